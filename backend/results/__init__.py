"""What residents said, in counts that may be shown: figures, suppression, and the sentences that
go with them. Charts and indicators will have their files here."""

from backend.results.report import SurveyResults, SurveyUnknownError, results
from backend.results.suppression import Withheld, withhold

__all__ = ["SurveyResults", "SurveyUnknownError", "Withheld", "results", "withhold"]
