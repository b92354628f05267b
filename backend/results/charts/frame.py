"""What every picture has around what it shows: title, day, remarks, and the sentences in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.results.charts.picture import Kind, Shade, Tone
from backend.results.charts.shares import Share
from backend.results.charts.wording import Words

FEW_HATCH, UNSURE_DOTS = Shade(Tone.WITHHELD), Shade(Tone.UNSURE)
STUB = 0.12
"""Length of a hatched bar, of the whole axis: it says nothing."""

Named = Sequence[tuple[str, Share]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all pictures of a survey."""

    words: Words
    threshold: int
    synthetic: bool


def subtitle(
    setting: Setting, asked: int | None, days: Iterable[str | None], of: str = "asked"
) -> str:
    """How many were asked (or are themed), and as of when."""
    words = setting.words
    known = "asked_unknown" if asked is None else of
    n = words.number(asked or 0)
    return f"{words.say(known, n=n)} · {words.days(days)}"


def remarks(shares: Iterable[Share], setting: Setting) -> list[tuple[Shade, str]]:
    """The entries of the legend for what is not shown as a share."""
    every = list(shares)
    found = []
    if any(share.count is None for share in every):
        text = setting.words.say("withheld", threshold=setting.threshold)
        found.append((FEW_HATCH, text))
    if any(not share.sure for share in every):
        found.append((UNSURE_DOTS, setting.words.say("unsure")))
    return found


def foot(setting: Setting, *more: str) -> tuple[str, ...]:
    """The sentences under a picture: what the sample is, and where the data are made up."""
    said = [*more, setting.words.say("volunteers")]
    if setting.synthetic:
        said.append(setting.words.say("synthetic"))
    return tuple(said)


FEW_IN_WORDS = 3
"""So many are told in full; of more the highest and the lowest."""


def alternative(
    setting: Setting,
    kind: Kind,
    title: str,
    under: str,
    named: Named,
    *,
    last: tuple[str, Share] | None = None,
    latest: bool = False,
) -> str:
    """A few sentences in place of the picture. `last` stands apart from the highest and lowest."""
    words = setting.words
    told = [f"{name} {share.short(words)}" for name, share in named]
    sure = [
        (share.percent if share.percent is not None else share.count or 0, text)
        for text, (_, share) in zip(told, named, strict=True)
        if share.count is not None and share.sure
    ]
    ended = title if title.endswith((".", "?", "!", "…")) else f"{title}."
    said = [f"{words.say(f'kind_{kind}')}. {ended} {under}."]
    if len(sure) > FEW_IN_WORDS:
        said.append(words.say("alt_highest", what=max(sure, key=lambda one: one[0])[1]))
        said.append(words.say("alt_lowest", what=min(sure, key=lambda one: one[0])[1]))
    elif sure:
        said.append(words.say("alt_all", what="; ".join(text for _, text in sure)))
    if latest and sure:
        said.append(words.say("alt_last", what=sure[-1][1]))
    if last is not None and last[1].count is not None:
        said.append(f"{last[0]}: {last[1].short(words)}.")
    unsure = [text for text, (_, share) in zip(told, named, strict=True) if not share.sure]
    if unsure:
        said.append(words.say("alt_unsure", what="; ".join(unsure)))
    said.append(_gone(setting, named if last is None else [*named, last]))
    if setting.synthetic:
        said.append(words.say("synthetic") + ".")
    return " ".join(said)


def _gone(setting: Setting, named: Named) -> str:
    gone = [name for name, share in named if share.count is None]
    if not gone:
        return setting.words.say("alt_none_withheld")
    if len(gone) == len(named):
        return setting.words.say("alt_all_withheld", threshold=setting.threshold)
    return setting.words.say("alt_withheld", threshold=setting.threshold, what=", ".join(gone))
