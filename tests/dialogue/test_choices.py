"""Replies to options, in sentences and in every language: what is read, what is asked back."""

from collections.abc import Sequence

import pytest

from dialogue.answers import near
from dialogue.answers.choices import match, strip_padding
from dialogue.answers.lexicon import Entry, Lexicon, lexicon
from dialogue.answers.marks import marks
from dialogue.answers.near import distance, nearest
from dialogue.answers.normalise import LONGEST, fold
from dialogue.answers.rules import RULES, Confidence, confidence
from dialogue.answers.tokens import MOST, tokens
from dialogue.outcomes import (
    Ambiguous,
    Answered,
    DontKnow,
    NotUnderstood,
    Outcome,
    OutOfRange,
    Refused,
    Remark,
    Skipped,
)
from dialogue.questions import Option, Question, Reading
from tests.dialogue.samples import LOCALES, option, question, reading, reply

ALL = ("en", "zu", "xh", "af", "st", "es")


def options(**labels: str) -> Sequence[Option]:
    """Options numbered from 1, labelled in English."""
    return [option(str(n), name, label) for n, (name, label) in enumerate(labels.items(), 1)]


def worded(code: str, name: str, *said: str, **labels: str) -> Option:
    return Option(code, name, labels, {"en": said} if said else {})


SAFETY = question(
    "select_one", "safety",
    worded("1", "very_safe", en="Very safe", es="Muy seguro", af="Baie veilig",
           zu="Ngiphephe kakhulu", xh="Ndikhuseleke kakhulu", st="Ke bolokehile haholo"),
    worded("2", "safe", en="Safe", es="Seguro", af="Veilig", zu="Ngiphephile", xh="Ndikhuselekile",
           st="Ke bolokehile"),
    worded("3", "unsafe", "not safe", en="Unsafe", es="Inseguro", af="Onveilig", zu="Angiphephile",
           xh="Andikhuselekanga", st="Ha ke a bolokeha"),
    worded("4", "very_unsafe", en="Very unsafe", es="Muy inseguro", af="Baie onveilig",
           zu="Angiphephile nhlobo", xh="Andikhuselekanga konke", st="Ha ke a bolokeha ho hang"),
)  # fmt: skip
TWO = question("select_one", "two", *SAFETY.options[1:3])
AGREE = question(
    "select_one", "agree",
    *options(sa="Strongly agree", soa="Somewhat agree"),
    option("3", "sod", "Somewhat disagree"), option("4", "sd", "Strongly disagree"),
)  # fmt: skip
OFTEN = question(
    "select_one", "often",
    *options(always="Always", often="Often", sometimes="Sometimes", rarely="Rarely", never="Never"),
)  # fmt: skip
AGES = question(
    "select_one", "ages",
    *options(u18="Under 18", a="18-24", b="25-34", c="35-49", d="50 or older"),
)  # fmt: skip
ROOMS = question("select_one", "rooms", *options(a="1-2 rooms", b="3-4 rooms", c="5+ rooms"))
WORK = question(
    "select_one", "work", *options(full="Full-time", part="Part-time", none="I have no work now")
)
SEX = question("select_one", "sex", *options(woman="Woman", man="Man"))
MET = question("yes_no", "met", option("1", "yes", ""), option("2", "no", ""))
SEEN = question(
    "select_many", "seen",
    *options(robbery="Robbery", drugs="Drugs", shots="Gunshots", assault="Assault"),
    option("5", "none", "None of these", role="none"),
)  # fmt: skip
RANK = question("rank", "rank", *options(light="Street lights", police="Police", jobs="Jobs"))


def how(code: str = "en") -> Reading:
    return reading(code, *(other for other in ALL if other != code))


def read(asked: Question, text: str, code: str = "en") -> Outcome:
    return asked.read(reply(text), how(code))


def short(outcome: Outcome) -> object:
    """An outcome as the tables below write it: a name, several names or numbers, or a kind."""
    match outcome:
        case Answered(value):
            return value
        case Ambiguous(candidates):
            return " or ".join(candidates)
        case Remark(kind):
            return f"remark: {kind}"
        case NotUnderstood(phrase):
            return f"? {phrase}" if phrase else "?"
        case OutOfRange(phrase):
            return f"out: {phrase}"
        case _:
            return type(outcome).__name__


def check(asked: Question, code: str, said: str, expected: object) -> None:
    assert short(read(asked, said, code)) == expected


# --- one option ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "name", "rule"),
    [
        *[(said, "unsafe", "code") for said in ("3", "3.", "(3)", "#3", "03", "3️⃣", "③", "３", "❸")],
        *[(said, "unsafe", "label") for said in ("Unsafe", "UNSAFE!", "*unsafe*", "un-safe")],
        ("not safe", "unsafe", "synonym"),
        *[(said, "unsafe", "polite") for said in ("I feel unsafe", "unsafe thanks", "hi, unsafe")],
        *[
            (said, "unsafe", "position")
            for said in ("option 3", "no. 3", "number three", "3 please")
        ],
        *[(said, "unsafe", "position") for said in ("the third one", "3rd", "option3", "third")],
        ("3 unsafe", "unsafe", "code and label"),
        ("unsafe because robbers are everywhere you look in this whole place", "unsafe", "polite"),
        ("3 because of crime", "unsafe", "position"),
        ("unsfe", "unsafe", "near spelling"),
        ("unsaef please", "unsafe", "near spelling"),
        ("unsaaaafe", "unsafe", "polite"),
        ("veryunsafe", "very_unsafe", "label"),
        ("the last one", "very_unsafe", "position"),
        ("very very unsafe", "very_unsafe", "polite"),
    ],
)
def test_one_option_is_read_and_by_which_rule(said: str, name: str, rule: str) -> None:
    assert read(SAFETY, said) == Answered(name, rule)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        # two readings
        *[(said, "1 or 2") for said in ("1 or 2", "1/2", "1-2", "safe or very safe")],
        ("2 unsafe", "2 or 3"),
        ("between safe and unsafe", "2 or 3"),
        # a negator on a graded scale, before and behind
        ("not very safe", "2 or 3 or 4"),
        ("I don't feel safe", "3 or 4"),
        ("safe? not", "?"),
        ("not unsafe", "1 or 2"),
        ("never unsafe", "1 or 2 or 3"),
        ("no, unsafe", "3"),
        ("no unsafe", "1 or 2 or 3"),
        ("neither safe nor unsafe", "?"),
        # a hedge, a contrast, a condition, other people, other times
        ("maybe safe", "2"),
        ("safe but not at night", "2"),
        ("safe if police are there", "2"),
        ("I used to feel safe", "2"),
        ("my sister feels safe", "2"),
        ("i dont know, safe", "2"),
        ("safe?", "2"),
        # strengthened
        ("extremely safe", "1 or 2"),
        ("so unsafe", "3 or 4"),
        # a slip that could be either
        ("nsafe", "?"),
        ("usafe", "?"),
        # more words than a label can carry
        ("unsafe walking dogs near old taxi ranks yonder", "3"),
        ("safe to say", "2"),
        ("keep us safe", "2"),
        ("police unsafe", "3"),
        ("safer", "?"),
        ("SAFE?!", "2"),
        ("4 sure", "4"),
        ("more than 2", "2"),
        *[(said, "?") for said in (">3", "~2", "'90", "pass me by")],
        ("safe during the day", "2"),
        ("sometimes unsafe", "3"),
        ("2 of my friends were robbed", "2"),
        # no reading
        *[(said, "?") for said in ("a", "b", "cheese", "saf", "-1", "- 2", "both", "depends")],
        *[(said, "out: no_such_number") for said in ("7", "33", "12", "0")],
        ("very", "1 or 4"),
        # beside the question
        *[(said, "remark: question") for said in ("?", "why do you ask", "what is this", "huh")],
        *[(said, "remark: greeting") for said in ("hello", "good morning", "hi 😂")],
        *[(said, "remark: thanks") for said in ("thanks!", "thank you", "🙏")],
        *[(said, "remark: noise") for said in ("😂", "lol", "🦁")],
        *[(said, "DontKnow") for said in ("idk", "I don't know", "no idea please")],
        *[(said, "Refused") for said in ("rather not say", "none of your business")],
        *[(said, "Skipped") for said in ("pass", "next question")],
    ],
)
def test_what_is_in_doubt_is_asked_back_or_kept_apart(said: str, expected: str) -> None:
    check(SAFETY, "en", said, expected)


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        *[("es", said, "safe") for said in ("segura", "Seguros", "me siento segura", "segur@")],
        *[("es", said, "unsafe") for said in ("insegura", "la tercera", "opción 3", "insegurra")],
        ("es", "insegura porque no hay luz", "unsafe"),
        ("es", "no me siento segura", "3 or 4"),
        ("es", "más o menos segura", "2"),
        ("es", "segura pero no de noche", "2"),
        ("es", "ni segura ni insegura", "?"),
        ("es", "no estoy segura", "?"),
        ("es", "no quiero contestar", "Refused"),
        ("es", "tengo seguro", "2"),
        ("en", "how safe", "2"),
        ("es", "hola", "remark: greeting"),
        ("es", "para qué es esto", "remark: question"),
        ("zu", "ngizizwa ngiphephile", "safe"),
        ("zu", "ngiphepile", "safe"),
        ("zu", "angiphepile", "unsafe"),
        ("zu", "angiphephile ngoba kumnyama", "unsafe"),
        ("zu", "okwesithathu", "unsafe"),
        ("zu", "angizizwa ngiphephile", "1 or 3 or 4"),
        ("zu", "angibuzwa ngiphephile", "1 or 3 or 4"),
        ("zu", "mhlawumbe ngiphephile", "2"),
        ("zu", "ngiphephile kodwa hhayi ebusuku", "2"),
        ("zu", "ngiphephile kakhulu", "1 or 2 or 4"),
        ("zu", "angazi", "DontKnow"),
        ("zu", "sawubona", "remark: greeting"),
        ("xh", "ndiziva ndikhuselekile", "safe"),
        ("xh", "andiziva ndikhuselekile", "1 or 3 or 4"),
        ("xh", "mhlawumbi ndikhuselekile", "2"),
        ("xh", "andifuni kuphendula", "Refused"),
        ("xh", "enkosi", "remark: thanks"),
        ("af", "ek voel onveilig", "unsafe"),
        ("af", "onveilige", "unsafe"),
        ("af", "nie baie veilig nie", "2 or 3 or 4"),
        ("af", "redelik veilig", "2"),
        ("af", "die derde een", "unsafe"),
        ("af", "weet nie", "DontKnow"),
        ("st", "ke ikutlwa ke bolokehile", "safe"),
        ("st", "ha ke ikutlwe ke bolokehile", "3 or 4"),
        ("st", "mohlomong ke bolokehile", "2"),
        ("st", "bolokehile", "1 or 2"),
        ("st", "ha ke batle ho bua", "Refused"),
        # another language than the session's, and two at once
        ("zu", "very unsafe", "very_unsafe"),
        ("en", "angiphephile", "unsafe"),
        ("en", "nie safe nie", "3 or 4"),
        ("en", "safe kodwa", "2"),
    ],
)
def test_every_language_has_its_ways(code: str, said: str, expected: str) -> None:
    check(SAFETY, code, said, expected)


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("en", "isn't safe", "unsafe"),
        ("es", "no es segura", "unsafe"),
        ("es", "no es insegura", "2"),
        ("en", "it is not unsafe", "2"),
    ],
)
def test_not_means_the_opposite_only_of_two_and_never_twice(
    code: str, said: str, expected: str
) -> None:
    check(TWO, code, said, expected)


def test_a_label_with_not_is_the_opposite_of_the_one_without() -> None:
    happy = question("select_one", "happy", *options(yes="Happy", no="Not happy"))
    check(happy, "en", "isn't happy", "no")


def test_options_that_merely_differ_have_no_opposite() -> None:
    check(SEX, "en", "not woman", "2")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("agree", "1 or 2"),
        ("I agree", "1 or 2"),
        ("disagree", "3 or 4"),
        ("don't agree", "3 or 4"),
        ("strongly", "1 or 4"),
        ("strongly aggree", "sa"),
        ("I strongly agree", "sa"),
        ("strongly disagre", "sd"),
    ],
)
def test_the_bare_stem_of_a_scale_names_its_degrees(said: str, expected: str) -> None:
    check(AGREE, "en", said, expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("never", "never"),
        ("very often", "2"),
        ("offten", "often"),
        ("oftn", "often"),
        ("not often", "1 or 3 or 4 or 5"),
        ("wine", "?"),
        ("i am always afraid", "1"),
    ],
)
def test_how_often(said: str, expected: str) -> None:
    check(OFTEN, "en", said, expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [("part time", "part"), ("parttime", "part"), ("I have no wo", "none"), ("time", "1 or 2")],
)
def test_labels_joined_split_and_cut(said: str, expected: str) -> None:
    check(WORK, "en", said, expected)


def test_a_special_option_counts_as_a_whole_only() -> None:
    asked = question(
        "select_one", "asked", *options(a="Red"), option("9", "dk", "No se", role="dont_know")
    )
    check(asked, "en", "eso no se pregunta", "9")


@pytest.mark.parametrize("said", ["hey man", "yes man"])
def test_a_short_label_said_by_the_way_is_asked_back(said: str) -> None:
    check(SEX, "en", said, "2")


def test_a_short_label_within_a_sentence_is_asked_back() -> None:
    check(SEX, "en", "a man robbed me", "2")


# --- labels that are numbers ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *[
            (said, "a")
            for said in ("18-24", "18 – 24", "18 to 24", "20", "I am 20", "20 years", "2")
        ],
        *[(said, "b") for said in ("between 25 and 34", "34", "25-34 years", "option 3")],
        *[(said, "d") for said in ("50+", "50 or older", "over 50", "65", "55 or more")],
        *[(said, "u18") for said in ("under 18", "16", "I am under 18", "younger than 18", "1")],
        ("5", "1 or 5"),
        ("20-30", "2 or 3"),
        ("34 or less", "1 or 2 or 3"),
        ("30-20", "?"),
        ("not 20", "?"),
    ],
)
def test_an_age_or_a_band_in_any_notation_is_its_band(said: str, expected: str) -> None:
    check(AGES, "en", said, expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("1", "a"),
        ("2", "1 or 2"),
        ("2 rooms", "a"),
        ("7", "c"),
        ("3-4", "b"),
        ("option 2", "b"),
        ("2 or 3 rooms", "1 or 2"),
        ("2 or 3", "1 or 2 or 3"),
        ("2 beds in the kitchen", "1"),
        ("1990", "3"),
        ("2 3-4 rooms", "b"),
    ],
)
def test_a_number_that_is_position_and_value_is_asked_back(said: str, expected: str) -> None:
    check(ROOMS, "en", said, expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *[("about 40", "c"), ("I'm around 30 yrs", "b"), ("about 60", "d")],
        *[("about 35", "3 or 4"), ("about 25", "2 or 3"), ("about 18", "?"), ("about 3", "3")],
        *[
            ("maybe 40", "?"),
            ("about 30 or 40", "?"),
            ("about 30-40", "?"),
            ("about 40 maybe", "?"),
        ],
        *[("about my son 40", "4"), ("over about 40", "?")],
    ],
)
def test_an_age_told_roughly_is_its_band_if_no_other_is_near(said: str, expected: str) -> None:
    check(AGES, "en", said, expected)


def test_who_is_as_old_as_that_may_be_another() -> None:
    check(AGES, "en", "my son is 20", "2")


def test_a_number_beyond_every_band_is_named() -> None:
    few = question("select_one", "few", *options(a="1-2", b="3-4"))
    check(few, "en", "9", "out: no_such_number")


def test_a_tap_is_its_number_whatever_else_the_number_may_be() -> None:
    assert ROOMS.read(reply(choice="2"), how()) == Answered("b", "code")


# --- yes and no ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        *[
            ("en", said, "yes")
            for said in ("Yes", "y", "yesss", "yep", "of course", "👍🏾", "✅", "I do")
        ],
        *[("en", said, "yes") for said in ("yebo", "ewe", "ee", "sí", "ja", "yes, thanks")],
        *[
            ("en", said, "no")
            for said in ("No", "nope", "noo", "of course not", "👎", "❌", "tjhe")
        ],
        *[("en", said, "1 or 2") for said in ("yes I was robbed last year", "yes, last year")],
        *[("en", said, "1 or 2") for said in ("yes when I have time", "yes only on sundays")],
        ("en", "no to drugs", "1 or 2"),
        ("es", "no me gusta", "1 or 2"),
        *[("en", said, "no") for said in ("no, I have not", "no I was not", "not at all", "never")],
        *[("es", said, "yes") for said in ("sí", "si", "claro que sí", "simón", "sii")],
        *[("es", said, "no") for said in ("no", "claro que no", "para nada", "nel")],
        *[("zu", said, "yes") for said in ("yebo", "yebo ngiyabonga", "impela")],
        *[("zu", said, "no") for said in ("cha", "qha", "hhayi", "cha angifuni")],
        *[("xh", said, "no") for said in ("hayi", "hayi khona")],
        *[("af", said, "no") for said in ("nee", "natuurlik nie", "glad nie")],
        *[("st", said, "yes") for said in ("ee", "e", "eya", "ee ruri")],
        *[
            ("en", said, "1 or 2")
            for said in ("yes but only once", "maybe yes", "yes?", "yes if I must")
        ],
        *[("en", said, "1 or 2") for said in ("yes no", "no, yes")],
        *[("en", said, "1 or 2") for said in ("no lights here", "I don't feel well", "I said no")],
        *[("en", said, "?") for said in ("maybe", "yesterday", "nobody", "yes and no", "not")],
        *[("es", said, "DontKnow") for said in ("no sé", "nose", "ni idea")],
        *[("zu", said, "DontKnow") for said in ("angazi", "cha angazi")],
        ("es", "no quiero decir", "Refused"),
        ("af", "ja maar", "1 or 2"),
        # it means yes in Sesotho only: not read in Spanish, which says "and" with it
        ("es", "e", "?"),
    ],
)
def test_yes_and_no_in_phrases_and_pictures(code: str, said: str, expected: str) -> None:
    check(MET, code, said, expected)


def test_a_word_two_other_languages_disagree_on_is_not_read() -> None:
    both = question(
        "select_one", "both",
        Option("1", "first", {"en": "Left", "zu": "Dada", "xh": "Nana"}),
        Option("2", "second", {"en": "Right", "zu": "Baba la", "xh": "Dada"}),
    )  # fmt: skip
    check(both, "en", "dada", "1 or 2")
    check(both, "zu", "dada", "first")


def test_plain_options_take_the_words_of_a_language_too() -> None:
    plain = question("select_one", "plain", *options(a="Yes", b="No", c="Sometimes"))
    check(plain, "en", "yebo", "a")
    check(plain, "en", "nope", "b")
    once = question("select_one", "once", *options(a="Yes, once", b="Yes, often", c="No"))
    check(once, "en", "yes", "1 or 2")
    check(once, "en", "no", "c")


def test_of_two_labels_that_differ_in_an_accent_the_written_one_counts() -> None:
    who = question(
        "select_one",
        "who",
        Option("1", "dad", {"es": "Papá"}),
        Option("2", "potato", {"es": "Papa"}),
    )
    check(who, "es", "papá", "dad")
    check(who, "es", "papa", "potato")
    check(who, "es", "PAPÀ", "1 or 2")


# --- several options -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *[
            (said, ("robbery", "shots"))
            for said in ("1 3", "1,3", "1 & 3", "3;1", "13", "1.3", "1+3")
        ],
        *[(said, ("robbery", "shots")) for said in ("robbery and gunshots", "robery/gunshots")],
        *[(said, ("robbery", "shots")) for said in ("1 robbery, 3 gunshots", "1 and 1 and 3")],
        *[(said, ("robbery", "drugs")) for said in ("1-2", "robbery plus drugs", "robbery\ndrugs")],
        ("1-2-3", ("robbery", "drugs", "shots")),
        ("all", ("robbery", "drugs", "shots", "assault")),
        *[(said, ("robbery", "shots", "assault")) for said in ("all except 2", "all but drugs")],
        ("robbery but not gunshots", ("robbery",)),
        *[(said, ("drugs",)) for said in ("only 2", "just drugs", "drugs", "2")],
        *[(said, ("none",)) for said in ("none", "nothing", "5", "none of them")],
        ("1 and none", "out: not_with_others"),
        ("9", "out: no_such_number"),
        *[(said, "? several_unclear") for said in ("1-3", "1 or 3", "1, cheese", "maybe 1 and 2")],
        *[(said, "? several_unclear") for said in ("1, 2 robbery", "robbery but drugs", "1 to 3")],
        *[
            (said, "? several_unclear")
            for said in ("robbery at 3", "robbery=3", "robbery not", "all the drugs")
        ],
        *[(said, "? several_unclear") for said in ("none except drugs", "1 no 3")],
        *[(said, "?") for said in ("not 2", "except 2", "cheese", "1?", "yes")],
        ("I don't know", "DontKnow"),
        ("hello", "remark: greeting"),
    ],
)
def test_several_options(said: str, expected: object) -> None:
    check(SEEN, "en", said, expected)


def test_none_where_no_option_says_so_is_unclear() -> None:
    plain = question("select_many", "plain", *options(robbery="Robbery", drugs="Drugs"))
    check(plain, "en", "none", "?")


def test_glued_digits_that_could_be_a_longer_number_are_not_taken_apart() -> None:
    many = question(
        "select_many",
        "many",
        option("1", "a"),
        option("2", "b"),
        option("3", "c"),
        option("12", "d"),
    )
    check(many, "en", "12", ("d",))
    check(many, "en", "123", "out: no_such_number")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *[(said, ("police", "light", "jobs")) for said in ("2 1 3", "213", "2>1>3", "2-1-3")],
        ("jobs then police then street lights", ("jobs", "police", "light")),
        ("police, jobs", "out: too_few"),
        ("first 2 then 1 then 3", "? several_unclear"),
        ("all", "? several_unclear"),
        ("2 1 2 3", "? several_unclear"),
        ("1=2=3", "? several_unclear"),
    ],
)
def test_an_order(said: str, expected: object) -> None:
    check(RANK, "en", said, expected)


def test_a_tapped_option_is_one_of_several() -> None:
    assert SEEN.read(reply(choice="2"), how()) == Answered(("drugs",), "codes")


# --- near spelling -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("safe", "safe", 0), ("safe", "saef", 1), ("safe", "saf", 1), ("safe", "saffe", 1),
        ("safe", "sane", 1), ("safe", "unsafe", 2), ("ab", "abcdef", 3), ("abcd", "wxyz", 3),
    ],
)  # fmt: skip
def test_the_distance_of_two_words(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == apart


def test_a_slip_never_takes_a_negation_away() -> None:
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {("happy",): ("happy",)}
    assert nearest(("unhappy",), phrases, ("un",)) == ()
    assert nearest(("hapy",), phrases, ("un",)) == ("happy",)
    assert nearest(("ngiphephile",), {("angiphephile",): ("unsafe",)}, ("a",)) == ()


def test_digits_and_short_words_have_no_slips() -> None:
    assert nearest(("bus",), {("bas",): ("x",)}, ()) == ()
    assert nearest(("block12",), {("block13",): ("x",)}, ()) == ()
    assert near.allowed("abcdefgh") == 2


class Counting(Lexicon):
    """A lexicon that notes what is looked up in it."""

    looked_up: list[tuple[str, ...]]

    @classmethod
    def of(cls, known: Lexicon) -> "Counting":
        made = cls(known.options, known.languages, known.phrases, known.joined, known.stems)
        object.__setattr__(made, "looked_up", [])
        return made

    def option(self, words: tuple[str, ...]) -> Entry | None:
        self.looked_up.append(words)
        return Lexicon.option(self, words)


# --- what it costs -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "a" * LONGEST, "1 " * LONGEST, "safe " * LONGEST, "not " * LONGEST, "-" * LONGEST,
        "1-" * LONGEST, "😂" * LONGEST, "a'" * LONGEST, "9" * LONGEST, "safeunsafe" * LONGEST,
    ],
)  # fmt: skip
def test_hostile_texts_are_cut_to_a_few_words(text: str) -> None:
    said = tokens(fold(text))
    assert len(said.words) <= MOST + 2
    for asked in (SAFETY, AGES, MET, SEEN, RANK):
        assert not isinstance(read(asked, text), Answered)


def test_the_phrases_looked_up_grow_with_the_words_not_with_their_square() -> None:
    counts = []
    for times in (5, 10, 20):
        known = Counting.of(lexicon(SAFETY.options, how().languages))
        marks(tokens("it is not " * times), known)
        counts.append(len(known.looked_up))
    assert counts[1] <= 2 * counts[0] + 50
    assert counts[2] <= 2 * counts[1] + 50


# --- rules and words -----------------------------------------------------------------------------
def test_every_rule_has_a_class_and_an_unknown_one_keeps_the_words() -> None:
    assert confidence("code") is Confidence.EXACT
    assert confidence("near spelling") is Confidence.NEAR
    assert confidence("something new") is Confidence.READ
    assert set(RULES.values()) == set(Confidence)


def test_match_finds_nothing_among_no_options() -> None:
    assert match("safe", (), (LOCALES["en"],)).names == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please often, thank you", "often"),
        ("please", "please"),
        ("i think it's", "it's"),
        ("please please 2 please", "2"),
        ("pleased", "pleased"),
    ],
)
def test_polite_words_around_an_answer_fall_away_but_never_all(text: str, expected: str) -> None:
    padding = ("please", "i think", "it's", "option", "thank you", "", "!")
    assert strip_padding(text, padding) == expected


def test_a_question_without_options_confirms_nothing() -> None:
    assert question("open", "why").confirmed(reply("yes"), how()) is None


def test_outcomes_of_special_answers_are_three() -> None:
    assert read(SAFETY, "idk") == DontKnow()
    assert read(SAFETY, "no comment") == Refused()
    assert read(SAFETY, "pass") == Skipped()
