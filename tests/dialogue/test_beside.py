"""What stands beside an option that is named: harmless words, or words that make another thing of
it. A reply in doubt is asked back, in every language."""

import pytest

from dialogue.outcomes import Answered, NotUnderstood
from dialogue.questions import Option, Question
from tests.dialogue.samples import option, question, reading, reply

LANGUAGES = ("en", "zu", "xh", "af", "st", "tn", "es")


SAFETY = question(
    "select_one", "safety",
    Option("1", "safe", {"en": "Safe", "es": "Seguro", "af": "Veilig", "zu": "Ngiphephile",
                         "xh": "Ndikhuselekile", "st": "Ke bolokehile", "tn": "Ke sireletsegile"}),
    Option("2", "so_so", dict.fromkeys(LANGUAGES, "So-so")),
    Option("3", "unsafe", {"en": "Unsafe", "es": "Inseguro", "af": "Onveilig",
                           "zu": "Angiphephile", "xh": "Andikhuselekanga",
                           "st": "Ha ke a bolokeha", "tn": "Ga ke a sireletsega"}),
)  # fmt: skip
SEX = question(
    "select_one", "sex",
    Option("1", "woman", {"en": "Woman", "es": "Mujer", "af": "Vrou", "zu": "Owesifazane",
                          "xh": "Umfazi", "st": "Mme", "tn": "Mme"}),
    Option("2", "man", {"en": "Man", "es": "Hombre", "af": "Man", "zu": "Indoda", "xh": "Indoda",
                        "st": "Ntate", "tn": "Rre"}),
)  # fmt: skip
HOME = question(
    "select_one", "home", Option("1", "house", dict.fromkeys(LANGUAGES, "House") | {"es": "Casa"}),
    Option("2", "flat", dict.fromkeys(LANGUAGES, "Flat")),
)  # fmt: skip
OFTEN = question(
    "select_one", "often",
    Option("1", "always", {"en": "Always", "es": "Siempre", "af": "Altyd", "zu": "Njalo",
                           "xh": "Rhoqo", "st": "Kamehla", "tn": "Ka metlha"}),
    Option("2", "never", {"en": "Never", "es": "Nunca", "af": "Nooit", "zu": "Neze",
                          "xh": "Soze", "st": "Le kgale", "tn": "Le goka"}),
)  # fmt: skip
GLAD = question(
    "select_one", "glad", option("1", "glad", "Glad"), option("2", "not_glad", "Not glad"),
    option("3", "so_so", "So-so"),
)  # fmt: skip
MET = question("yes_no", "met", option("1", "yes", ""), option("2", "no", ""))
SEEN = question(
    "select_many", "seen",
    Option("1", "robbery", dict.fromkeys(LANGUAGES, "Robbery")),
    Option("2", "drugs", dict.fromkeys(LANGUAGES, "Drugs")),
    Option("3", "shots", dict.fromkeys(LANGUAGES, "Gunshots")),
)  # fmt: skip
ORDER = question("rank", "order", *SEEN.options)
AGE = question("age", "age")


def value(asked: Question, code: str, said: str) -> object:
    """The answer's value; None where it is asked back."""
    others = ("es", "en") if code == "es" else ("en", "zu", "xh", "af", "st", "tn")
    country = "MX" if code == "es" else "ZA"
    how = reading(code, *(other for other in others if other != code), country=country)
    outcome = asked.read(reply(said), how)
    return outcome.value if isinstance(outcome, Answered) else None


DOUBTFUL = [
    # numbers that are times, days, counts, people
    *[(SAFETY, "en", said) for said in ("at 3", "by 3", "in 2", "on the 3rd", "me 2", "u 2")],
    *[(SAFETY, "en", said) for said in ("thank u 2", "only 2", "1 on a good day", "i am 3")],
    *[(SAFETY, "es", said) for said in ("a las 3", "son las 3", "de las 3", "los 2", "tengo 3")],
    *[(SAFETY, code, "ka 3") for code in ("st", "tn")],
    (SAFETY, "af", "ons 3"),
    *[(MET, "en", said) for said in ("at 1", "on the 1st", "the 2nd", "only 1", "is it 1")],
    (MET, "es", "a la 1"),
    *[(SEEN, "en", said) for said in ("only at 3", "by 2", "robbery and at 3")],
    (ORDER, "en", "3<1<2"),
    # fun, questions, things
    *[(SAFETY, "en", said) for said in ("safe lol", "haha safe", "safe 😂", "safe 😡")],
    *[(SAFETY, "es", said) for said in ("seguro jaja", "seguro? jaja", "seguro? aqui")],
    *[(SAFETY, "en", said) for said in ("safe? lol", "safe?? in this area", "?safe")],
    *[(SAFETY, "en", said) for said in ("is it safe", "am i safe", "in a safe", "my safe")],
    *[(SAFETY, "en", said) for said in ("safe bye", "sorry, safe")],
    *[(SAFETY, "af", said) for said in ("in veilig", "veilig lol", "nie altyd veilig nie")],
    (SAFETY, "zu", "haha ngiphephile"),
    (GLAD, "en", "my glad"),
    # words that nobody knows
    *[(OFTEN, "en", said) for said in ("always late", "never mind", "never on time")],
    (OFTEN, "af", "altyd laat"),
    (OFTEN, "zu", "njalo badakiwe"),
    *[(HOME, "en", said) for said in ("house burnt", "flat broke", "room in a house")],
    *[(HOME, "es", said) for said in ("casa de lamina", "casa quemada")],
    # said to one another
    *[(SEX, "en", said) for said in ("thanks man", "please man", "ok man", "sorry man")],
    *[(SEX, "es", said) for said in ("gracias hombre", "claro hombre", "por favor hombre")],
    (SEX, "af", "dankie man"),
    (SEX, "zu", "indoda yami"),
    (SEX, "xh", "indoda yam"),
    (SEX, "st", "ke a leboha mme"),
    (SEX, "tn", "ka kopo rre"),
    # a yes or a no with more behind it
    *[(MET, "es", said) for said in ("si quieren", "si quieres", "si estoy", "si dios quiere")],
    *[(MET, "es", said) for said in ("si supieras", "no, dos", "no hay dia sin robos")],
    *[(MET, "en", said) for said in ("no it happens daily", "no i saw three", "yeah right")],
    *[(MET, "en", said) for said in ("no less than 5", "ok bye", "ok sorry", "i dont disagree")],
    (MET, "en", "no its too much"),
    (MET, "af", "nee dis elke dag"),
    *[(MET, "st", said) for said in ("e tlo thusa", "e re", "e mong")],
    # years of another kind
    *[(AGE, "en", said) for said in ("been here 12 years", "10 years living here", "number 8")],
    (AGE, "es", "tengo 12 años aqui"),
    (AGE, "af", "12 jaar hier"),
    (AGE, "st", "dilemo tse 12 ke dula mona"),
    (AGE, "tn", "dingwaga di le 12 ke nna fano"),
    (AGE, "en", "out of 50"),
]


@pytest.mark.parametrize(("asked", "code", "said"), DOUBTFUL, ids=lambda x: getattr(x, "name", x))
def test_what_may_mean_another_thing_is_asked_back(asked: Question, code: str, said: str) -> None:
    assert value(asked, code, said) is None


@pytest.mark.parametrize(
    ("asked", "code", "said", "expected"),
    [
        *[(SAFETY, "en", said, "unsafe") for said in ("3", "option 3", "i choose 3", "3 please")],
        *[(SAFETY, "en", said, "unsafe") for said in ("the third one", "number three", "nr 3")],
        *[(SAFETY, "en", said, "safe") for said in ("i feel safe", "it is safe here", "safe 😊")],
        *[(SAFETY, "en", said, "safe") for said in ("eish, safe", "hi, safe, thanks")],
        *[(SAFETY, "af", said, "unsafe") for said in ("die derde een", "ek kies 3")],
        (SAFETY, "es", "me siento inseguro en mi colonia", "unsafe"),
        (SAFETY, "zu", "ngiphephile ebusuku", "safe"),
        (SAFETY, "st", "ya boraro", "unsafe"),
        *[(SEX, "en", said, "man") for said in ("man", "i am a man", "2 man")],
        (SEX, "es", "soy hombre", "man"),
        (SEX, "st", "ke mme", "woman"),
        (HOME, "en", "in a flat", "flat"),
        *[(MET, "en", said, "yes") for said in ("yes thanks", "hi yes", "1 yes", "option 1")],
        *[(MET, "en", said, "no") for said in ("no thank you", "2 no", "no not")],
        (MET, "en", "option the 2nd", "no"),
        (MET, "es", "sí, gracias", "yes"),
        (MET, "es", "si quiero", "yes"),
        (SEEN, "en", "the 1 and the 3", ("robbery", "shots")),
        (ORDER, "en", "3>1>2", ("shots", "robbery", "drugs")),
        *[(AGE, "en", said, 34) for said in ("34", "34 years old", "i am 34")],
    ],
)
def test_polite_words_and_what_is_said_of_oneself_change_nothing(
    asked: Question, code: str, said: str, expected: object
) -> None:
    assert value(asked, code, said) == expected


def test_a_yes_or_a_no_in_doubt_is_asked_back_with_both_and_a_plain_one_to_either_counts() -> None:
    one = SEX.narrowed(("2",))
    assert one.confirmed(reply("no"), reading()) == NotUnderstood()
    doubtful = question("select_one", "more", option("1", "more", "Yes"), option("2", "less", "No"))
    assert doubtful.narrowed(("2",)).confirmed(reply("no"), reading()) is None
    assert doubtful.narrowed(("2",)).read(reply("no"), reading()) == Answered("less", "label")
