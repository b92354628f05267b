"""Which area a text names: found, asked back, or kept as words. Names of places are made up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogues import load_locales
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.geometry import shape
from dialogue.answers.place_names import distance, is_slip, sounds, stems, tokens
from dialogue.answers.places import Area, Found
from dialogue.effects import Record
from dialogue.outcomes import (
    Ambiguous,
    Answered,
    DontKnow,
    NotUnderstood,
    Outcome,
    Refused,
    Remark,
)
from dialogue.questions.place import Location
from tests.dialogue.samples import AREAS, Chat, desk, question, reading, reply, survey
from tests.dialogue.shipped import shipped_desk

ZA = shipped_desk("demo-za").gazetteer
MX = shipped_desk("demo-mx").gazetteer
LISTS = [locale.words.places for locale in load_locales().values()]
PLACE = question("location", "place")


def sure(code: str, rule: str = "area name", in_words: bool = False) -> Found:
    return Found((code,), rule, True, in_words)


# --- found ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("W02", "W02"),
        ("w 2", "W02"),
        ("OLD HARBOUR", "W01"),
        ("Old Harbour North", "W02"),
        ("old-harbour north.", "W02"),
        ("oldharbournorth", "W02"),
        ("I live in Old Harbour North", "W02"),
        ("I stay in the Thembakhanya township please", "W04"),
        ("Old Harbour, Demo City", "W01"),
        ("Thembakhanya section 4", "W04"),
        ("Thembakhanya Ext. 2", "W04"),
        ("Ngihlala eThembakhanya", "W04"),
        ("e-Thembakhaya", "W05"),
        ("eThembakhanyeni", "W04"),
        ("kwaSiyakhula", "W11"),
        ("Ek woon in Ou Hawe Noord asb", "W02"),
        ("ke dula Kgotso", "W09"),
        ("Kwa-Nomvula", "W10"),
        ("Ward 12", "W12"),
        ("wyk 3", "W03"),
        ("iwadi 3", "W03"),
        ("Siyakhula, Thembakhanya", "W11"),
        ("Thembakhanya (Siyakhula)", "W11"),
        ("Die Duine", "W13"),
    ],
)
def test_an_area_is_its_name_alias_or_code_whatever_stands_around(text: str, code: str) -> None:
    assert ZA.find(text) == sure(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Col. Nueva Aurora", "C10"),
        ("vivo en la colonia Nueva Aurora", "C10"),
        ("Jardines Mirador", "C02"),
        ("AMPLIACION GIRASOL", "C11"),
        ("Amp. Girasol", "C11"),
        ("Sn Telmo", "C06"),
        ("Las Tinajuelas", "C13"),
        ("uh girasol", "C09"),
        ("Fracc. Los Ahuehuetes", "C07"),
    ],
)
def test_spanish_kinds_articles_and_abbreviations_may_come_and_go(text: str, code: str) -> None:
    assert MX.find(text) == sure(code)


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("Tembakanya", "W04", "area spelling"),
        ("Old Harbour Nort", "W02", "area spelling"),
        ("Pambili", "W12", "area spelling"),
        ("Fambili", "W12", "area spelling"),
        ("vaalkrans hieghts", "W03", "near spelling"),
        ("Sunrse Valley Veiw", "W06", "near spelling"),
        ("Old Harbor North", "W02", "near spelling"),
        ("Thmebakhanya section 4", "W04", "near spelling"),
    ],
)
def test_a_misspelling_that_can_mean_only_one_is_that_one(text: str, code: str, rule: str) -> None:
    assert ZA.find(text) == sure(code, rule)


def test_a_spot_described_in_words_has_its_area_if_one_is_named_with_certainty() -> None:
    found = ZA.find("the blue tavern at the back of Thembakhanya")
    assert found == sure("W04", "area in words", in_words=True)
    two_words = ZA.find("the blue tavern at the bridge in Camp Two")
    assert two_words == sure("W12", "area in words", in_words=True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12 Main Road Rietkuil South", "W08"),
        ("12 Long Street, Old Harbour North", "W02"),
        ("near the clinic in Old Harbour", "W01"),
        ("between the school and the church in Old Harbour", "W01"),
        ("in Old Harbour near the clinic", "W01"),
        ("old harbour side by the taxi rank", "W01"),
        ("agter die skool in Ou Hawe", "W01"),
        ("naby die kliniek in Rietkuil Suid", "W08"),
        ("eduze komtholampilo eThembakhanya", "W04"),
        ("ecaleni kwekliniki eThembakhaya", "W05"),
        ("pela tliliniki ko Thembakhanya", "W04"),
        ("gaufi le tliliniki kwa Thembakhanya", "W04"),
    ],
)
def test_a_landmark_or_a_street_beside_the_one_area_named_takes_nothing_from_it(
    text: str, code: str
) -> None:
    assert ZA.find(text) == sure(code, "area in words", in_words=True)


NAMED = Gazetteer((Area("H", "Hilltop"), Area("R", "Riverside")), lists=LISTS)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ha ke dule mo Hilltop",
            "ga ke nne mo Hilltop",
            "ngangihlala eHilltop",
            "ngazalelwa eHilltop",
        ),
        *(
            "umama uhlala eHilltop",
            "my ma bly in Riverside",
            "nunca en Riverside",
            "5 km in Hilltop",
        ),
        *("nowhere in Riverside", "I lived in Riverside before", "far from in Riverside"),
        *(
            "school in Riverside",
            "friends in Riverside",
            "police in Riverside",
            "gangs in Riverside",
        ),
        *("near in Riverside", "umama uhlala phambili eHilltop manje", "shop 5 in Hilltop"),
    ],
)
def test_an_area_that_few_words_may_say_nobody_lives_in_is_offered(text: str) -> None:
    found = NAMED.find(text)
    assert found.codes
    assert not found.sure


@pytest.mark.parametrize(
    "text", ["12 in Riverside", "near the clinic in Riverside", "we live in Riverside"]
)
def test_an_address_of_few_words_is_sure(text: str) -> None:
    assert NAMED.find(text).sure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cerca de la clínica en San Telmo", "C06"),
        ("calle Juárez 12, colonia Nueva Aurora", "C10"),
        ("a lado de la escuela en la colonia Nueva Aurora", "C10"),
    ],
)
def test_so_it_does_in_spanish(text: str, code: str) -> None:
    assert MX.find(text) == sure(code, "area in words", in_words=True)


@pytest.mark.parametrize(
    "text",
    [
        *("not in Old Harbour", "I dont live in Old Harbour", "I work in Old Harbour"),
        *("my sister stays in Old Harbour", "I used to live in Old Harbour", "near Old Harbour"),
        *("next to the Old Harbour clinic", "12 Old Harbour Road", "in Old Harbour Lakes"),
        *("between the river and Old Harbour", "close to Old Harbour in a shack"),
        *("from Old Harbour to Phambili", "between Old Harbour and Phambili"),
        *("Old Harbour is close to us", "in Old Harbour or near it", "the shack by the dunes"),
        *(
            "the taxi goes from here to Old Harbour",
            "Old Harbour 12 a shack",
            "born in Old Harbour",
        ),
    ],
)
def test_what_speaks_against_the_area_named_leaves_it_open(text: str) -> None:
    assert not ZA.find(text).sure


@pytest.mark.parametrize(
    "text",
    [
        *("no vivo en San Telmo", "por la calle de San Telmo a dos cuadras", "cerca de San Telmo"),
        *("entre el río y San Telmo, una casa azul", "trabajo en Nueva Aurora", "ni en San Telmo"),
    ],
)
def test_nor_is_it_taken_in_spanish(text: str) -> None:
    assert not MX.find(text).sure


# --- asked ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Rietkuil", ("W07", "W08")),
        ("Thembakha", ("W04", "W05")),
        ("Thembakhaxya", ("W04", "W05")),
        ("Sunrise", ("W06",)),
        ("Kgutso", ("W09",)),
        ("Rietkuil North", ("W07", "W08")),
        ("Thembakhanya East", ("W04",)),
        ("Thembakhanya clinic", ("W04",)),
        ("behind the blue tavern near Ward 4 clinic", ("W04",)),
        ("the second street not in Thembakhanya itself", ("W04",)),
        ("the blue shop by the harbour wall today", ("W01",)),
        ("Old Harbour or Rietkuil South", ("W01", "W08")),
        ("the blue tavern on the corner, 4 Thembakhanya", ("W04",)),
    ],
)
def test_what_is_not_certain_is_a_candidate(text: str, codes: tuple[str, ...]) -> None:
    found = ZA.find(text)
    assert (set(found.codes), found.sure) == (set(codes), False)


def test_a_known_word_is_not_taken_for_a_misspelt_one() -> None:
    town = Gazetteer([Area("A", "Acacia Ridge"), Area("B", "Reed Bridge")])
    assert not town.find("Acacia Bridge").sure
    assert town.find("Acacia Rigde") == sure("A", "near spelling")


NUMBERED = Gazetteer(
    [Area("K2", "Camp Two"), Area("K3", "Camp Three"), Area("W04", "The Mill"), Area("5", "Brook")],
    "",
    LISTS,
)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *[(said, "K2") for said in ("camp 2", "Camp Two", "camp twee", "camp dos", "camp pedi")],
        *[(said, "W04") for said in ("ward four", "ward 4", "wyk vier", "iwadi yesine", "ward 04")],
    ],
)
def test_a_number_in_a_name_may_be_in_words_or_digits(said: str, code: str) -> None:
    assert NUMBERED.find(said) == sure(code)


def test_a_number_in_words_that_is_a_code_is_asked_too() -> None:
    assert NUMBERED.find("ward five") == Found(("5",), "area code")


def test_a_number_or_a_letter_is_never_misspelt() -> None:
    town = Gazetteer([Area("A", "Sonnendal Zone 3"), Area("B", "Marigold Block C")])
    assert not town.find("Sonnendal Zone 4").sure
    assert not town.find("Marigold Block D").sure
    assert town.find("Sonnendel Zone 3") == sure("A", "near spelling")


def test_the_two_words_of_one_sound_in_two_names_are_both_candidates() -> None:
    town = Gazetteer([Area("A", "Quarry"), Area("B", "Kwari")])
    assert town.find("quary") == Found(("A", "B"), "area spelling")


@pytest.mark.parametrize("text", ["", "12", "the moon", "Ward", "xyz", "x" * 3000, "blue " * 90])
def test_what_names_no_area_is_not_found(text: str) -> None:
    assert ZA.find(text).codes == ()


def test_a_code_in_figures_is_asked_never_taken() -> None:
    town = Gazetteer([Area("12", "Hilltop")], lists=LISTS)
    for text in ("12", "I live in 12", "Ward 12"):
        assert town.find(text) == Found(("12",), "area code")
    assert town.find("13") == Found()


# --- the same name in several places -------------------------------------------------------------
TWINS = Gazetteer(
    [
        Area("N", "North District"),
        Area("S", "South District"),
        Area("N1", "Centre", parent="N"),
        Area("S1", "Centre", parent="S"),
        Area("S2", "Centre", parent="Far Away"),
        Area("S3", "Centre"),
    ],
    lists=LISTS,
)


def test_a_parent_named_in_the_same_reply_or_earlier_tells_twins_apart() -> None:
    assert TWINS.find("Centre").codes == ("N1", "S1", "S2", "S3")
    assert TWINS.find("Centre, South District") == sure("S1")
    assert TWINS.find("Centre, Far Away") == sure("S2")
    assert TWINS.find("centre", within=("N",)) == sure("N1")
    assert TWINS.find("centre", within=("N1",)).codes == ("N1", "S1", "S2", "S3")


def test_twins_are_shown_with_their_parent_and_chosen_by_it() -> None:
    codes = ("N1", "S1", "S2", "S3")
    labels = [TWINS.label(code, codes) for code in codes]
    assert labels == [
        "Centre (North District)", "Centre (South District)", "Centre (Far Away)", "Centre (S3)",
    ]  # fmt: skip
    assert TWINS.label("N1", ("N1", "N")) == "Centre"
    assert TWINS.choose("the north one", codes) is None
    assert TWINS.choose("north", codes) == "N1"
    assert TWINS.choose("district", codes) is None
    assert TWINS.choose("?", codes) is None


# --- the question --------------------------------------------------------------------------------
def read(text: str, *offered: str, code: str = "en", **more: object) -> Outcome:
    asked = PLACE.narrowed(offered) if offered else PLACE
    return asked.read(reply(text, **more), reading(code, "zu"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("w1", "W1"),
        ("WARD 2", "W2"),
        ("riverside.", "W1"),
        ("hilltop", "W2"),
        ("Ward 2, Testville", "W2"),
    ],
)
def test_an_area_is_answered_by_its_code(text: str, code: str) -> None:
    assert read(text) == Answered(code, "area name")


def test_words_beside_an_area_are_kept_with_it() -> None:
    said = "our street by the old well is in Riverside park"
    assert read(said) == Answered(said, "place in words", sealed=True)
    said = "our street with the old well is in Ward 1"
    assert read(said) == Answered("W1", "area in words", words=said)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Corner", Ambiguous(("W2", "W3"))),
        ("the moon", Answered("the moon", "place in words", sealed=True)),
        ("where the taxis stop", Answered("where the taxis stop", "place in words", sealed=True)),
        ("why do you ask?", Remark("question")),
        ("is it safe at night in Ward 2?", Remark("question")),
        ("Ward 2?", Answered("W2", "area name")),
        ("yes", NotUnderstood("reply_place")),
        ("cha", NotUnderstood("reply_place")),
        ("1 2", NotUnderstood("reply_place")),
        ("https://maps.app.goo.gl/abc", NotUnderstood("place_link")),
        ("https://maps.app.goo.gl/abc the moon", NotUnderstood("place_link")),
        ("https://maps.app.goo.gl/abc Riverside", Answered("W1", "area name")),
        ("geo:-36.01,24.01", Answered("-36.010,24.010", "pin outside", sealed=True)),
    ],
)
def test_what_else_a_reply_can_be(text: str, outcome: Outcome) -> None:
    assert read(text) == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("2", Answered("W3", "area chosen")),
        ("3", NotUnderstood("reply_place")),
        ("Ward 3", Answered("W3", "area name")),
        ("corner ward 3", Answered("W3", "area name")),
        ("Corner", Ambiguous(("W2", "W3"))),
        ("riverside", Answered("W1", "area name")),
        ("2. Ward 3", Answered("W3", "area chosen")),
        ("2 hilltop", Ambiguous(("W2",))),
        ("no", NotUnderstood("reply_place")),
        ("corner clinic", Ambiguous(("W2", "W3"))),
    ],
)
def test_a_reply_to_a_list_of_areas_is_read_against_it(text: str, outcome: Outcome) -> None:
    # "2" is the second of these, and Ward 2 the first: only where the two agree is it an answer.
    offered = ("W2", "W3") if text != "2" else ("W1", "W3")
    assert read(text, *offered) == outcome


@pytest.mark.parametrize(
    "said",
    [
        "the moon",
        "yes",
        "woman",
        "both",
        "thanks",
        "why?",
        "?",
        "...",
        "lol",
        "hello",
        "7",
        "a@b.c",
    ],
)
def test_what_is_none_of_the_areas_offered_shows_them_again(said: str) -> None:
    assert read(said, "W2", "W3") == Ambiguous(("W2", "W3"))
    assert (
        read(said, "W9", "W3") != Answered(said, "place in words", sealed=True) or said == "woman"
    )


@pytest.mark.parametrize(
    "said", ["another place", "Enye indawo", "none of them", "neither", "no", "the third", "3."]
)
def test_another_place_asks_for_its_name(said: str) -> None:
    assert read(said, "W1", "W3") == NotUnderstood("reply_place")


@pytest.mark.parametrize(
    ("said", "area"),
    [
        *[(said, "N") for said in ("the first", "first one please", "one", "north", "noord een")],
        *[(said, "S") for said in ("the second one", "yes the second", "two", "the last one")],
        *[(said, "S") for said in ("the south one", "ok the south one", "South please")],
    ],
)
def test_an_area_is_chosen_by_its_place_or_by_what_tells_it(said: str, area: str) -> None:
    areas = [Area("N", "Rietkuil North", ("Rietkuil Noord",)), Area("S", "Rietkuil South")]
    how = replace(reading("en", "af"), gazetteer=Gazetteer(areas, "", LISTS))
    asked = PLACE.narrowed(("N", "S"))
    assert asked.read(reply(said), how) == Answered(area, "area chosen")


@pytest.mark.parametrize("said", ["yes that one", "yes please", "the first", "yebo leyo"])
def test_a_yes_with_more_agrees_to_the_one_offered(said: str) -> None:
    assert read(said, "W3") == Answered("W3", "area chosen")


def test_a_spelt_number_that_is_another_ones_name_is_asked_again() -> None:
    assert read("zero", "W1", "W3") == Ambiguous(("W1", "W3"))


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        *[(said, Remark("question")) for said in ("why?", "who is this?", "why do you ask", "?")],
        *[(said, Remark("greeting")) for said in ("hello", "sawubona")],
        *[(said, Remark("thanks")) for said in ("thanks", "🙏")],
        *[(said, Remark("noise")) for said in ("lol", "😂")],
        *[(said, DontKnow()) for said in ("dont know the name", "idk lol", "angilazi igama")],
        *[(said, Refused()) for said in ("none of your business", "where i live is my business")],
        ("personal lol", Refused()),
        ("me@example.org", NotUnderstood("reply_place")),
        ("hilltop?", Answered("W2", "area name")),
    ],
)
def test_what_is_said_beside_the_question_is_no_place(said: str, outcome: Outcome) -> None:
    assert read(said) == outcome


def test_a_number_that_is_another_ones_name_is_asked_again() -> None:
    assert read("2", "W2", "W3") == NotUnderstood("reply_place")


def test_yes_to_the_one_area_offered_is_that_area() -> None:
    assert read("yes", "W2") == Answered("W2", "area chosen")
    assert read("yebo", "W2") == Answered("W2", "area chosen")


def test_an_area_that_is_gone_meanwhile_cannot_be_chosen() -> None:
    assert read("1", "W9") == NotUnderstood("reply_place")
    assert read("yes", "W9") == NotUnderstood("reply_place")


def test_of_two_twins_the_one_offered_is_meant() -> None:
    how = replace(reading(), gazetteer=TWINS)
    asked = PLACE.narrowed(("N1", "N"))
    assert asked.read(reply("Centre"), how) == Answered("N1", "area chosen")
    assert PLACE.narrowed(("N1", "S1")).read(reply("south"), how) == Answered("S1", "area chosen")


def test_more_areas_than_a_list_holds_need_more_of_the_name() -> None:
    many = Gazetteer(
        [Area(f"A{n}", f"Marula {letter * 4}") for n, letter in enumerate("bdfgjklmn")]
    )
    how = replace(reading(), gazetteer=many)
    assert PLACE.read(reply("Marula"), how) == NotUnderstood("place_more")


def test_a_pin_is_its_area_and_the_coordinates_are_not_kept() -> None:
    ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    square = shape(((ring,),))
    areas = [Area("A", "Here", shape=square), Area("B", "There", shape=square)]
    one = replace(reading(), gazetteer=Gazetteer(areas[:1]))
    two = replace(reading(), gazetteer=Gazetteer(areas))
    pin = reply("Some Shop", location=(0.5, 0.5))
    assert PLACE.read(pin, one) == Answered("A", "pin")
    assert PLACE.read(reply("https://maps.google.com/?q=0.5,0.5"), one) == Answered("A", "pin")
    assert PLACE.read(pin, two) == Ambiguous(("A", "B"))
    assert PLACE.narrowed(("A",)).read(pin, one) == Answered("A", "pin")


# --- in a conversation ---------------------------------------------------------------------------
HOME = survey(question("location", "home"), question("open", "why"))


def records(chat: Chat) -> list[Record]:
    return [effect for effect in chat.all if isinstance(effect, Record)]


def test_candidates_are_offered_by_number_with_a_way_out() -> None:
    chat = Chat(desk(HOME)).send("PULSE").send("Corner")
    assert chat.message is not None
    assert chat.text == "Which one do you mean?"
    shown = [(choice.number, choice.label) for choice in chat.message.choices]
    assert shown == [("1", "Ward 2"), ("2", "Ward 3"), ("3", "Another place")]
    chat.tap("3")
    assert chat.text.startswith("Please reply with the name of a place.")
    chat.send("behind the moon")
    assert [(r.rule, r.raw) for r in records(chat)] == [("place in words", "behind the moon")]


def test_what_is_no_area_is_never_recorded_while_areas_are_offered() -> None:
    chat = Chat(desk(HOME)).send("PULSE").send("Corner")
    assert chat.send("woman").text == "Which one do you mean?"
    chat.send("both")
    assert [(r.question, r.outcome, r.value) for r in records(chat)] == [
        ("home", "not_coded", None)
    ]


def test_a_tap_on_an_earlier_list_answers_nothing() -> None:
    chat = Chat(desk(HOME)).send("PULSE").send("Corner")
    assert chat.message is not None
    first = chat.message.question
    chat.send("Riverside clinic")
    chat.tap("1", first)
    assert records(chat) == []
    assert chat.text.startswith("That question is closed.")


def test_a_single_candidate_is_asked_by_name() -> None:
    chat = Chat(desk(HOME)).send("PULSE").send("Riverside clinic")
    assert chat.message is not None
    assert chat.text == "Did you mean this one?"
    assert [choice.label for choice in chat.message.choices] == ["Ward 1", "Another place"]
    chat.tap("1")
    assert [(r.value, r.rule, r.raw) for r in records(chat)] == [("W1", "area chosen", None)]


def test_words_beside_an_area_are_recorded_sealed_beside_its_code() -> None:
    said = "our street with the old well is in Ward 1"
    chat = Chat(desk(HOME)).send("PULSE").send(said)
    assert [(r.value, r.rule, r.raw) for r in records(chat)] == [("W1", "area in words", said)]


def test_a_place_told_before_narrows_the_next() -> None:
    twice = survey(question("location", "ward"), question("location", "part"))
    at = desk(twice)
    parts = [Area(f"P{w}", "Square", parent=w) for w in ("W1", "W2")]
    chat = Chat(replace(at, areas=(*AREAS, *parts))).send("PULSE").send("Hilltop").send("Square")
    assert [record.value for record in records(chat)] == ["W2", "PW2"]


# --- comparing -----------------------------------------------------------------------------------
def test_spellings_of_one_sound_are_one() -> None:
    assert sounds("quamakhutha") == sounds("kwamakuta")
    assert sounds("zocco") == sounds("soko")
    assert sounds("phumla") == ("pumla", "fumla")
    assert sounds("ward11") != sounds("ward1")


def test_a_stem_is_what_is_left_without_a_locative() -> None:
    assert "siyakhula" in stems("esiyakhuleni")
    assert "mandeno" in stems("emandenweni")
    assert stems("hill") == []


@given(st.text("abcd", max_size=8), st.text("abcd", max_size=8), st.integers(0, 3))
def test_distance_is_the_same_both_ways_and_stops_at_the_limit(a: str, b: str, most: int) -> None:
    assert distance(a, b, most) == distance(b, a, most)
    assert distance(a, b, most) == min(distance(a, b, 8), most + 1)


def test_a_slip_is_in_vowels_or_in_the_order() -> None:
    assert distance("abcd", "acbd", 2) == 1
    assert is_slip("harbour", "harbor")
    assert is_slip("ridge", "rigde")
    assert not is_slip("port", "fort")


@given(st.text(max_size=60), st.sampled_from(["", "Thembakhanya ", "ward "]))
def test_no_text_raises_and_what_is_sure_is_one_area(text: str, before: str) -> None:
    found = ZA.find(before + text)
    assert set(found.codes) <= set(ZA.areas)
    assert not found.sure or len(found.codes) == 1


@given(st.sampled_from(sorted({n for a in ZA.areas.values() for n in a.names})))
def test_every_name_finds_its_area_in_capitals_in_small_letters_and_joined(name: str) -> None:
    codes = {ZA.find(form).codes for form in (name.upper(), name.lower(), "".join(tokens(name)))}
    assert len(codes) == 1
    assert name in ZA.areas[codes.pop()[0]].names


def test_a_question_for_a_place_reads_nothing_before_it_is_asked() -> None:
    assert Location(name="x").offered == ()
