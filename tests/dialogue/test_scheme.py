"""A coding scheme: read with every fault at once, and what it suggests."""

import tomllib
from collections.abc import Mapping

import pytest

from backend.catalogues import load_locales
from dialogue.scheme import (
    MOST_CODES,
    Code,
    Scheme,
    every_code,
    given_faults,
    in_order,
    language_faults,
    read_scheme,
    suggestions,
)

GOOD = """
slug = "unsafe-why"
title = { en = "Why people feel unsafe", es = "Por qué hay inseguridad" }
[[codes]]
name = "lighting"
code = "L"
label = { en = "Lighting", es = "Alumbrado" }
match = { en = ["street light", "dark"], es = ["alumbrado", "sin luz"] }
dimension = "personal"
[[codes]]
name = "gangs"
code = "G"
label = { en = "Gangs", es = "Pandillas" }
match = ["gang", "gangs", "M-13"]
[[codes]]
name = "no_answer"
code = "NA"
kind = "special"
label = { en = "No answer", es = "No es respuesta" }
"""


def scheme() -> Scheme:
    found, faults = read_scheme(tomllib.loads(GOOD))
    assert faults == ()
    assert found is not None
    return found


def test_a_file_is_read() -> None:
    read = scheme()
    assert (read.slug, read.version, read.title["en"]) == (
        "unsafe-why",
        0,
        "Why people feel unsafe",
    )
    lighting, gangs, no_answer = read.codes
    assert (lighting.code, lighting.dimension, lighting.special) == ("L", "personal", False)
    assert lighting.match == {"en": ("street light", "dark"), "es": ("alumbrado", "sin luz")}
    assert gangs.match == {"": ("gang", "gangs", "M-13")}
    assert (no_answer.special, no_answer.match, no_answer.dimension) == (True, {}, None)


FAULTY: Mapping[str, tuple[str, str]] = {
    "slug": ('slug = "unsafe-why"', 'slug = "Unsafe why"'),
    "title": ('title = { en = "Why people feel unsafe", es = "Por qué hay inseguridad" }', ""),
    "colour": ('slug = "unsafe-why"', 'slug = "unsafe-why"\ncolour = "red"'),
    "codes[0].name": ('name = "lighting"', 'name = "Lighting"'),
    "codes[0].code": ('code = "L"', 'code = "too long"'),
    "codes[1].code": ('code = "G"', 'code = "l"'),
    "codes[1].name": ('name = "gangs"', 'name = "lighting"'),
    "codes[2].code": ('code = "NA"', 'code = "Q"'),
    "codes[2].kind": ('kind = "special"', 'kind = "odd"'),
    "codes[0].dimension": ('dimension = "personal"', 'dimension = "cosmic"'),
    "codes[0].label": ('label = { en = "Lighting", es = "Alumbrado" }', ""),
    "codes[0].colour": ('code = "L"', 'code = "L"\ncolour = "red"'),
    "codes[0].match.es": ('"sin luz"]', "3]"),
    "codes[0].match.es[1]": ('"sin luz"]', '"!?"]'),
    "codes[1].match": ('"M-13"', '"Dark"'),
}


@pytest.mark.parametrize("where", FAULTY)
def test_each_fault_has_its_place(where: str) -> None:
    old, new = FAULTY[where]
    assert old in GOOD
    found, faults = read_scheme(tomllib.loads(GOOD.replace(old, new, 1)))
    assert found is None
    assert where in {fault.where for fault in faults}


def test_all_faults_come_at_once() -> None:
    read, faults = read_scheme({"slug": "!", "codes": [{"name": "1", "code": "?"}]})
    assert read is None
    assert [fault.where for fault in faults] == [
        "slug", "title", "codes[0].name", "codes[0].code", "codes[0].label",
    ]  # fmt: skip
    assert read_scheme({"slug": "x", "title": {"en": "X"}})[1][0].what == "there is none"


def test_a_match_value_hints_at_one_code_only() -> None:
    """Whatever the order: a value for all languages meets those of each."""
    gang = '"gang", "gangs"'
    for first, second in (
        ('["street light", "dark"]', '["street light", "GANG"]'),
        ("match = {", 'match = { zu = ["gang"],'),
    ):
        _, faults = read_scheme(tomllib.loads(GOOD.replace(first, second, 1)))
        assert [str(f) for f in faults] == ["codes[1].match: 'gang' hints at codes[0]"]
    apart = GOOD.replace(f"[{gang}", f'{{ zu = [{gang}, "dark"').replace('"M-13"]', '"M-13"] }')
    assert read_scheme(tomllib.loads(apart))[1] == ()


def test_not_more_codes_than_columns() -> None:
    codes = [{"name": f"c{n}", "code": str(n), "label": {"en": "C"}} for n in range(MOST_CODES + 1)]
    _, faults = read_scheme({"slug": "many", "title": {"en": "Many"}, "codes": codes})
    assert [fault.where for fault in faults] == ["codes"]


def test_match_values_are_of_the_citys_languages() -> None:
    assert language_faults(scheme(), ["en", "es"]) == []
    assert [fault.where for fault in language_faults(scheme(), ["en"])] == ["codes[0].match.es"]


@pytest.mark.parametrize(
    ("text", "locale", "codes"),
    [
        ("It is DARK there", "en", {"lighting": "dark"}),
        ("street   light broken", "en", {"lighting": "street light"}),
        ("street, light", "en", {"lighting": "street light"}),
        ("darkness everywhere", "en", {}),
        ("dark gangs", "en", {"lighting": "dark", "gangs": "gangs"}),
        ("dark", "es", {}),
        ("SIN LÚZ y sin nada", "es", {"lighting": "sin luz"}),
        ("m 13 is here", "zu", {"gangs": "M-13"}),
        ("", "en", {}),
        ("very " * 200 + "dark", "en", {"lighting": "dark"}),
    ],
)
def test_what_is_suggested(text: str, locale: str, codes: dict[str, str]) -> None:
    found = suggestions(scheme().codes, text, locale)
    assert {one.code: one.because for one in found} == codes


@pytest.mark.parametrize(
    ("text", "locale", "found"),
    [
        ("no street lights", "en", [("lighting", "street light", True)]),
        ("street light and street lights", "en", [("lighting", "street light", False)]),
        ("gangs, no lamps", "en", [("lighting", "lamp", True), ("gangs", "gangs", False)]),
        ("faltan las lámparas", "es", [("lighting", "lampara", True)]),
        ("una lampara rota", "es", [("lighting", "lampara", False)]),
        ("lighting", "en", []),
        ("amalambu street lights", "zu", []),
    ],
)
def test_other_endings_are_suggested_and_marked(
    text: str, locale: str, found: list[tuple[str, str, bool]]
) -> None:
    endings = load_locales()[locale].words.replies.get("endings", ())
    codes = [
        Code("lighting", "L", {}, {"en": ("street light", "lamp"), "es": ("lampara",)}),
        Code("gangs", "G", {}, {"": ("gangs",)}),
    ]
    shown = suggestions(codes, text, locale, endings)
    assert [(one.code, one.because, one.inflected) for one in shown] == found


def test_codes_of_earlier_versions_stay() -> None:
    def version(*codes: tuple[str, str]) -> Scheme:
        return Scheme("s", 1, {}, tuple(Code(name, code, {}) for name, code in codes))

    first = version(("a", "1"), ("b", "2"), ("c", "3"))
    second = version(("c", "4"), ("d", "5"))
    third = version(("a", "2"))
    found = every_code([first, second, third])
    assert [(code.name, code.code) for code in found] == [
        ("a", "2"), ("c", "4"), ("d", "5"), ("b", "b"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "faulty"),
    [
        (["lighting"], False), (["gangs", "lighting"], False), (["no_answer"], False), ([], False),
        (["gangs", "gangs"], True), (["lighting", "no_answer"], True), (["nosuch"], True),
    ],
)  # fmt: skip
def test_what_a_coder_may_give(given: list[str], faulty: bool) -> None:
    assert bool(given_faults(scheme().codes, given)) is faulty


def test_codes_are_kept_in_the_schemes_order() -> None:
    assert in_order(scheme().codes, ["gangs", "lighting"]) == ("lighting", "gangs")
