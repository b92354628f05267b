"""Public holidays by country, from the `holidays` package."""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country (ISO 3166-1) in a year, with the days on which those of a
    weekend are observed; none where the package does not know the country."""
    import holidays  # when first asked, since most commands never do

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
