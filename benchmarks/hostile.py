"""`python -m benchmarks hostile`: how long the whole reading of a reply takes against its length,
for texts made to be slow; drawn in `benchmarks/hostile.svg`.

Measured is everything between a text and its outcome: which language it is in, commands, danger,
places, and the reading proper, for every question of the labelled set. The slowest text of each
length counts. A line that rises no steeper than the dashed one is linear in the length.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from backend import wiring
from backend.catalogues import danger_weights, load_locales
from bot.language import LanguageGuesser
from channels.base import LONGEST_TEXT
from dialogue.conversation import converse
from dialogue.desk import City, Desk, Helpline
from dialogue.events import Reply
from dialogue.memory import Conversation, Gate
from dialogue.survey import Session, Status, Survey, SurveyKind
from tests.dialogue.reply_set import AREAS, LANGUAGES, questions

LENGTHS = (10, 30, 100, 300, 1000, 2000, LONGEST_TEXT)
SEED = 20261128
PLOT = Path(__file__).parent / "hostile.svg"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _repeated(unit: str) -> Callable[[int], str]:
    return lambda length: (unit * (length // len(unit) + 1))[:length]


def _random(length: int) -> str:
    random = Random(SEED + length)
    return "".join(random.choice("aeiou nsty0123.,'-") for _ in range(length))


HOSTILE: Mapping[str, Callable[[int], str]] = {
    "one letter": _repeated("a"),
    "digits": _repeated("9"),
    "digits apart": _repeated("1 "),
    "commas": _repeated("1,"),
    "number words": _repeated("twenty one hundred and "),
    "negations": _repeated("not not "),
    "labels": _repeated("very unsafe or safe "),
    "near labels": _repeated("unsaef verry "),
    "areas": _repeated("Old Harbour North of "),
    "accents": _repeated("á" + "\u0301" * 3),
    "joiners": _repeated("👩‍👧‍👦 "),
    "dates": _repeated("1/2/3/4 "),
    "links": _repeated("https://maps.example/@1,2,"),
    "danger": _repeated("he hits me not he "),
    "random": _random,
}


def hostile() -> None:
    """Prints the slowest time of each length, and draws it."""
    desk, survey = _desk()
    guesser = wiring.guesser()
    for name, make in HOSTILE.items():  # fills every cache
        _slowest(desk, survey, guesser, {name: make}, 30)
    print("Reading a hostile reply whole, the slowest of every question and text:")
    print(f"{'characters':>12}{'ms':>10}{'us a character':>16}   slowest text")
    found: list[tuple[int, float]] = []
    for length in LENGTHS:
        seconds, text = _slowest(desk, survey, guesser, HOSTILE, length)
        found.append((length, seconds))
        print(f"{length:12}{seconds * 1e3:10.2f}{seconds * 1e6 / length:16.2f}   {text}")
    PLOT.write_text(draw(found), encoding="utf-8")
    print(f"drawn in {PLOT.name}")


def _slowest(
    desk: Desk,
    survey: Survey,
    guesser: LanguageGuesser,
    texts: Mapping[str, Callable[[int], str]],
    length: int,
) -> tuple[float, str]:
    worst = (0.0, "")
    for name, make in texts.items():
        text = make(length)
        for question in survey.questions:
            session = Session(
                "s", survey.slug, 1, Status.ACTIVE, started_at=NOW, question=question.name
            )
            conversation = Conversation(locale="en", gate=Gate.OPEN, session=session)
            seconds = min(_once(desk, conversation, guesser, text) for _ in range(3))
            worst = max(worst, (seconds, f"{name}, {question.name}"))
    return worst


def _once(desk: Desk, conversation: Conversation, guesser: LanguageGuesser, text: str) -> float:
    begun = time.perf_counter()
    guess = guesser.guess(text, desk.city.languages, conversation.locale)
    converse(desk, conversation, Reply("turn", text, guess=guess), NOW)
    return time.perf_counter() - begun


def _desk() -> tuple[Desk, Survey]:
    asked = tuple(questions().values())
    survey = Survey("replies", 1, SurveyKind.SURVEY, {"en": "Replies"}, asked, locales=("en",))
    emergency = Helpline("emergency", "112")
    city = City(
        "bench", "Testville", "ZA", "UTC", LANGUAGES["ZA"], 16, "LEMON", "Demo Council", "",
        (emergency,),
    )  # fmt: skip
    return Desk(city, load_locales(), (survey,), AREAS["ZA"], weights=danger_weights()), survey


# --- the drawing ----------------------------------------------------------------------------
WIDTH, HEIGHT, MARGIN = 640, 400, 60


def draw(found: Sequence[tuple[int, float]]) -> str:
    """Time against length, both logarithmic, as SVG; dashed: linear from the first point on."""
    lengths = [length for length, _ in found]
    times = [seconds * 1e3 for _, seconds in found]
    linear = [times[0] * length / lengths[0] for length in lengths]
    low, high = min(times), max(*times, *linear)

    def at(length: int, ms: float) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * _place(length, lengths[0], lengths[-1])
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * _place(ms, low, high)
        return f"{x:.0f},{y:.0f}"

    measured = [at(*point) for point in zip(lengths, times, strict=True)]
    straight = [at(*point) for point in zip(lengths, linear, strict=True)]
    labels = "".join(
        f'<text x="{point.split(",")[0]}" y="{HEIGHT - MARGIN + 20}" text-anchor="middle">{length}'
        f'</text><text x="{point.split(",")[0]}" y="{int(point.split(",")[1]) + 18}"'
        f' text-anchor="middle">{ms:.1f}</text>'
        for point, length, ms in zip(measured, lengths, times, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="12"><title>Slowest reading of a reply, in ms, against'
        " its length in characters; both axes logarithmic; dashed: linear</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
        f'<polyline points="{" ".join(straight)}" fill="none" stroke="gray" stroke-dasharray="6"/>'
        f'<polyline points="{" ".join(measured)}" fill="none" stroke="black" stroke-width="2"/>'
        f"{labels}"
        f'<text x="{MARGIN}" y="24">Slowest reading of a reply, ms (dashed: linear)</text>'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">characters</text></svg>\n'
    )


def _place(value: float, low: float, high: float) -> float:
    """Where a value lies between two, by logarithm."""
    return _log(value / low) / (_log(high / low) or 1)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else 0.0
