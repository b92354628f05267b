"""Faults of a survey that has its form: what would confuse a resident or lose an answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from dialogue.answers.normalise import fold_word
from dialogue.desk import City
from dialogue.faults import Fault
from dialogue.keywords import KEYWORD
from dialogue.leaving import Leaving
from dialogue.locale import Locale
from dialogue.questions import Option, Question
from dialogue.questions.choice import Choosing, SelectMany
from dialogue.questions.number import Scale
from dialogue.survey import Survey, SurveyKind
from dialogue.survey_file import worded

SPECIAL = ("yes", "no", "dont_know", "refused")
LONGEST_TEXT = 1000
"""Characters of a question's text, so that with its options it fits one message of any channel."""


def faults(survey: Survey, locales: Mapping[str, Locale]) -> tuple[Fault, ...]:
    """Every fault of one survey at once, each with its place in the file."""
    found = [*_languages(survey, locales), *_names(survey), *_keywords(survey, locales)]
    for n, question in enumerate(survey.questions):
        where = f"questions[{n}]"
        found += _question(question, where)
        found += _options(question, where, locales)
        found += _condition(survey, n, where)
    return tuple(found)


def city_faults(
    city: City, surveys: Sequence[Survey], locales: Mapping[str, Locale]
) -> tuple[Fault, ...]:
    """What a city's surveys, languages and safe word do to one another."""
    found = [
        Fault("languages", f"there is no locale '{code}'")
        for code in city.languages
        if code not in locales
    ]
    taken: dict[str, str] = {}
    for survey in surveys:
        if not set(survey.locales) & set(city.languages):
            found.append(Fault(f"surveys.{survey.slug}", "is complete in no language of the city"))
        for keyword in map(fold_word, survey.keywords):
            if keyword in taken and taken[keyword] != survey.slug:
                found.append(
                    Fault(f"surveys.{survey.slug}", f"'{keyword}' is a keyword of {taken[keyword]}")
                )
            taken[keyword] = survey.slug
        if fold_word(city.safe_word) in {*map(fold_word, survey.keywords), *_labels(survey)}:
            found.append(Fault(f"surveys.{survey.slug}", "uses the city's safe word"))
    if city.safe_word and fold_word(city.safe_word) in command_words(locales):
        found.append(Fault("safe_word", "is a command"))
    if Leaving.of(lo.words for lo in locales.values()).is_asked(city.safe_word):
        found.append(Fault("safe_word", "asks to be left alone, which is STOP"))
    return tuple(found)


def locale_faults(locales: Mapping[str, Locale]) -> tuple[Fault, ...]:
    """Command words that mean two things in two locales, and yes/no words that are commands."""
    found: list[Fault] = []
    meaning: dict[str, tuple[str, str]] = {}
    for code, locale in locales.items():
        for command, words in locale.words.commands.items():
            for word in map(fold_word, words):
                other = meaning.setdefault(word, (command, code))
                if other[0] != command:
                    found.append(
                        Fault(f"{code}.commands.{command}", f"'{word}' is {other[0]} in {other[1]}")
                    )
    for code, locale in locales.items():
        for key in ("yes", "no"):
            clash = sorted(locale.words.folded.get(key, frozenset()) & meaning.keys())
            found += [Fault(f"{code}.replies.{key}", f"'{word}' is a command") for word in clash]
    return tuple(found)


def command_words(locales: Mapping[str, Locale]) -> frozenset[str]:
    """Every command word of every locale, folded."""
    lists = (words for lo in locales.values() for words in lo.words.commands.values())
    return frozenset(fold_word(word) for words in lists for word in words)


def _languages(survey: Survey, locales: Mapping[str, Locale]) -> Iterator[Fault]:
    for code in survey.title:
        if code not in locales:
            yield Fault(f"title.{code}", f"there is no locale '{code}'")
    if not survey.locales:
        yield Fault("title", "no language has every text")
    for n, question in enumerate(survey.questions):
        texts = [(f"questions[{n}].text", question.text)]
        texts += [
            (f"questions[{n}].options[{m}].label", o.label)
            for m, o in enumerate(question.options)
            if o.label or not worded(question, o)
        ]
        for where, text in texts:
            for code in survey.title:
                if code not in text:
                    yield Fault(f"{where}.{code}", "is missing")


def _names(survey: Survey) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, question in enumerate(survey.questions):
        if question.name in seen:
            yield Fault(f"questions[{n}].name", f"'{question.name}' is there twice")
        seen.add(question.name)
    ages = [n for n, question in enumerate(survey.questions) if question.kind == "age"]
    for n in ages[1:]:
        # What the resident told at the gate would answer both.
        yield Fault(f"questions[{n}].type", "asks the resident's own age again; use numeric")
    if not any(question.asks for question in survey.questions):
        yield Fault("questions", "none of them asks anything")
    elif survey.kind is SurveyKind.POLL and survey.vote is None:
        yield Fault("questions", "a poll asks one question, and none for an age")


def _keywords(survey: Survey, locales: Mapping[str, Locale]) -> Iterator[Fault]:
    commands = command_words(locales)
    names = {
        fold_word(name) for lo in locales.values() for name in (*lo.words.names, lo.words.name)
    }
    replies = {
        word for lo in locales.values() for key in SPECIAL for word in lo.words.folded.get(key, ())
    }
    labels = _labels(survey)
    for n, keyword in enumerate(survey.keywords):
        where, word = f"keywords[{n}]", fold_word(keyword)
        if not KEYWORD.fullmatch(keyword):
            yield Fault(where, "needs one word of 2 to 20 letters or digits")
        if word in commands:
            yield Fault(where, f"'{keyword}' is a command")
        if word in names:
            yield Fault(where, f"'{keyword}' is the name of a language")
        if word in replies:
            yield Fault(where, f"'{keyword}' is a reply to any question")
        if word in labels or word.isdigit():
            yield Fault(where, f"'{keyword}' is an answer of this survey")


def _labels(survey: Survey) -> frozenset[str]:
    return frozenset(
        word
        for q in survey.questions
        for o in q.options
        for words in _words(o).values()
        for word in words
    )


def _question(question: Question, where: str) -> Iterator[Fault]:
    for code, text in question.text.items():
        if len(text) > LONGEST_TEXT:
            yield Fault(
                f"{where}.text.{code}", f"has {len(text)} characters, {LONGEST_TEXT} are the most"
            )
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield Fault(f"{where}.minimum", "is greater than maximum")
    if isinstance(question, SelectMany):
        for key, count in (("minimum", low), ("maximum", high)):
            if count is not None and count != int(count):
                yield Fault(f"{where}.{key}", "needs a whole number")
        if low is not None and low > len(question.options):
            yield Fault(f"{where}.minimum", "is more than there are options")
    needs = isinstance(question, Choosing) and not isinstance(question, Scale)
    if needs and not question.options:
        yield Fault(f"{where}.options", "there is none")
    if question.kind == "yes_no" and not {"yes", "no"} <= {o.name for o in question.options}:
        yield Fault(f"{where}.options", "needs one named yes and one named no")
    if question.options and not isinstance(question, Choosing):
        yield Fault(f"{where}.options", f"a question of type {question.kind} has none")


def _options(question: Question, where: str, locales: Mapping[str, Locale]) -> Iterator[Fault]:
    for key in ("code", "name"):
        values = [getattr(option, key) for option in question.options]
        for value in {v for v in values if values.count(v) > 1}:
            yield Fault(f"{where}.options", f"{key} '{value}' is there twice")
    stops = {fold_word(w) for lo in locales.values() for w in lo.words.commands["stop"]}
    said = [_words(option) for option in question.options]
    for n, labels in enumerate(said):
        for code, words in labels.items():
            for word in sorted(words & stops):
                yield Fault(
                    f"{where}.options[{n}].label.{code}",
                    f"'{word}' is a STOP word, which always wins",
                )
    for (n, first), (m, second) in combinations(enumerate(said), 2):
        for code in first.keys() & second.keys():
            meant = _asking_back(question.options[n], code) & _asking_back(
                question.options[m], code
            )
            for word in sorted((first[code] & second[code]) - meant):
                yield Fault(
                    f"{where}.options[{m}].label.{code}", f"'{word}' reads like options[{n}]"
                )


def _asking_back(option: Option, code: str) -> frozenset[str]:
    """Folded synonyms written with a question mark ("M?"): where two options have one, it is asked
    back which of them is meant."""
    return frozenset(fold_word(w) for w in option.synonyms.get(code, ()) if w.endswith("?"))


def _words(option: Option) -> Mapping[str, frozenset[str]]:
    """Folded label and synonyms of an option by language."""
    codes: Iterable[str] = {*option.label, *option.synonyms}
    return {
        code: frozenset(
            fold_word(w) for w in (option.label.get(code, ""), *option.synonyms.get(code, ())) if w
        )
        for code in codes
    }


def _condition(survey: Survey, n: int, where: str) -> Iterator[Fault]:
    condition = survey.questions[n].only_if
    if condition is None:
        return
    earlier = {q.name: q for q in survey.questions[:n]}
    for name in condition.names:
        if name not in earlier:
            yield Fault(f"{where}.only_if", f"'{name}' is no earlier question")
    for name, literal in condition.literals:
        options = [o.name for o in earlier[name].options] if name in earlier else []
        if options and isinstance(literal, str) and literal not in options:
            yield Fault(f"{where}.only_if", f"'{literal}' is no option of {name}")
