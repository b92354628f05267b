"""What residents said, in counts that may be shown: figures, suppression, and the sentences that
go with them. The way of a figure: `measuring` counts, `release` decides what may be renewed,
`publishing` keeps it, `report`, `groups` and `periods` show what was kept."""

from backend.results.merging import SurveyUnknownError
from backend.results.report import SurveyResults, results
from backend.results.suppression import Withheld

__all__ = ["SurveyResults", "SurveyUnknownError", "Withheld", "results"]
