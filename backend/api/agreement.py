"""How far the coding of a question is, and how far its coders agree: figures only."""

from dataclasses import dataclass

from fastapi import APIRouter

from backend.api.applying import CODERS, NOT_APPLIED, QuestionName, the_question, the_scheme
from backend.api.request import City, Database, Slug, guarded, problems
from backend.results.agreement import Agreement
from backend.results.coding import coding_report

router = APIRouter(tags=["coding"])


@dataclass(frozen=True, slots=True)
class OfCode:
    """Agreement on whether one code applies."""

    code: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """How far the coding of a question is, and how far coders agree on the answers that several
    labelled: on all codes of an answer together, and on each code."""

    scheme: str
    version: int
    progress: dict[str, int]
    all_codes: Agreement
    by_code: list[OfCode]


@router.get(
    "/{city}/surveys/{slug}/questions/{name}/agreement",
    dependencies=guarded(CODERS),
    summary="How far coders agree",
    description=(
        "Percent agreement, Cohen's kappa (two coders) and Krippendorff's alpha (any number), of"
        " what each coder gave before they could see the others' labels. Figures that are"
        " not defined are null: kappa and alpha need two values at least."
    ),
    responses=problems(_404=f"There is no such survey or question; or: {NOT_APPLIED}"),
)
def agreement(city: City, slug: Slug, name: QuestionName, database: Database) -> AgreementReport:
    """The figures."""
    with database.connect() as connection:
        the_question(connection, city, slug, name)
        applied = the_scheme(connection, city, slug, name)
        report = coding_report(connection, applied)
    return AgreementReport(
        scheme=applied.use.scheme,
        version=applied.scheme.version,
        progress=dict(report.progress),
        all_codes=report.all_codes,
        by_code=[OfCode(code, figures) for code, figures in report.by_code.items()],
    )
