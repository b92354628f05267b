"""Coordinates in what people paste. All places are made up, out at sea."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.answers.maps import coordinates, has_link, without_links

HERE = (-36.01, 24.01)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/maps/@-36.01,24.01,15z",
        "https://www.google.com/maps/place/Some+Shop/@-36.5,24.5,17z/data=!3m1!3d-36.01!4d24.01",
        "https://maps.google.com/?q=-36.01,24.01",
        "https://maps.google.com/maps?q=loc:-36.01,24.01&z=15",
        "https://www.google.com/maps/search/?api=1&query=-36.01%2C24.01",
        "https://www.google.com/maps/search/-36.01,+24.01",
        "https://maps.apple.com/?ll=-36.01,24.01&q=Pin",
        "https://maps.apple.com/place?coordinate=-36.01,24.01",
        "https://www.openstreetmap.org/#map=15/-36.01/24.01",
        "https://www.openstreetmap.org/?mlat=-36.01&mlon=24.01#map=12/-36.5/24.5",
        "I live here geo:-36.01,24.01?z=15",
        "-36.01, 24.01",
        "−36.01 24.01",
        "(-36.01,24.01)",
        "36.01S 24.01E",
        "36.01° S, 24.01° E",
        "36°00'36\"S 24°00'36\"E",
        "36° 0′ 36.0″ S, 24° 0′ 36.0″ E",
    ],
)
def test_a_link_or_a_pair_of_figures_is_a_place(text: str) -> None:
    found = coordinates(text)
    assert found is not None
    assert found == pytest.approx(HERE)


def test_minutes_may_have_no_seconds_and_the_west_may_be_spanish() -> None:
    assert coordinates("17°57'N 107°57'O") == pytest.approx((17.95, -107.95))


@pytest.mark.parametrize(
    "text",
    [
        "", "1, 2", "3 4", "36.01", "call 082 123 4567", "geo:95.0,24.0", "99.01, 24.01",
        "-36.01, 224.01", "https://maps.app.goo.gl/abc123", "https://example.org/?q=hilltop",
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert coordinates(text) is None


def test_links_are_set_apart_from_words() -> None:
    shared = "Hilltop  https://maps.app.goo.gl/abc123 thanks"
    assert has_link(shared)
    assert without_links(shared) == "Hilltop thanks"
    assert has_link("maps.app.goo.gl/abc")
    assert not has_link("Hilltop")


@given(
    st.text(max_size=60) | st.from_regex(r"[-+0-9.,°'\" NSEWgeo:@!/?q=&]{0,200}", fullmatch=True)
)
def test_no_text_raises_and_every_place_is_on_earth(text: str) -> None:
    found = coordinates(text)
    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)
