"""`imbizo demo load`, with a synthetic year and without."""

from tests.backend.cli.conftest import SECRET, Desk


def test_a_year_is_made_once(desk: Desk) -> None:
    made = desk.well("demo", "load", "--year", "--residents", "4")
    assert "Loaded demo-mx, demo-za." in made
    assert made.count("all of them synthetic") == 2
    again = desk.well("demo", "load", "--year")
    assert again.count("is there already") == 2
    assert "4 residents with seed 1" in desk.refused("demo", "load", "--year", "--seed", "3")
    assert "test-za: is no demo city" in desk.refused("demo", "load", "--year", "--city", "test-za")


def test_what_goes_with_a_year_only(bare: Desk) -> None:
    settings = {"IMBIZO_DATABASE_URL": "sqlite:///x.db", "IMBIZO_SECRET_KEYS": SECRET}
    for option in (["--seed", "3"], ["--residents", "9"], ["--city", "demo-za"]):
        assert "--year" in bare.refused("demo", "load", *option, **settings)
    assert "nowhere" in bare.refused("demo", "load", "--year", "--city", "nowhere", **settings)
