"""`python -m benchmarks.danger_weights` learns `locales/danger_weights.txt` anew from the labelled
texts; `… measure [folder]` prints how well that goes with authors it has not seen, beside the lists
of a folder (`<language>/danger.toml`) that had not seen them either.

Theory of operation. A logistic regression with a quadratic penalty over the features of
`dialogue.danger.weights`, each text's divided by the root of how many it has. Weights are rounded
to whole numbers (`SCALE` of them are one unit of log odds); those that round to nothing are left
out. The problem is convex and begins at nothing, so the same texts give the same file. Thresholds
are set with authors left out in turn (`MET`, `DANGER`).
"""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from backend.catalogues import LOCALES
from backend.danger_lists import FILE, LIMITS, WEIGHTS, load_danger
from dialogue.danger import HEEDED, DangerList, Look, Weights, classify
from dialogue.danger.weights import LEAST_WORDS, features, words_of
from tests.dialogue.danger_texts import (
    REPLIES,
    Labelled,
    digest,
    plain_replies,
    training_texts,
)
from tests.dialogue.reply_set import FOLDER

PENALTY = 30.0
"""How much fitting the texts counts against small weights."""

LEAST_TEXTS = 2
"""Texts that a feature has to be in."""

SCALE = 20

MET = 0.9
"""Share of the texts of danger by an author left out that have to be doubtful at least, whether or
not a list knows them: what is said to ordinary ones costs a line."""

DANGER = 0.005
"""Share of the ordinary labelled texts that may be danger though no list knows them: an answer is
lost."""

Floats = NDArray[np.float64]

EXACTLY = {"maxiter": 5000, "maxfun": 9000, "ftol": 1e-14, "gtol": 1e-5}
"""When fitting ends: where the rounded weights are the same on any machine."""

ROUGHLY = {"maxiter": 200, "ftol": 1e-7}
"""Enough for scores that only set thresholds, in a tenth of the time."""

HEAD = """\
# Learnt by python -m benchmarks.danger_weights from the texts of this hash; not to be edited.
# For danger above nothing, against it below: "=" begins words, "_" stands between them.
"""


def learn(texts: Sequence[Labelled], options: Mapping[str, float] = EXACTLY) -> Weights:
    """The weights, without thresholds."""
    found = [features(words_of(one.text)) for one in texts]
    count = Counter(feature for several in found for feature in several)
    names = sorted(feature for feature, times in count.items() if times >= LEAST_TEXTS)
    fitted = _fit(_matrix(found, names), np.where([one.told for one in texts], 1.0, -1.0), options)
    whole = [round(SCALE * float(weight)) for weight in fitted]
    by_feature = {name: w for name, w in zip(names, whole[:-1], strict=True) if w}
    return Weights(digest(texts), whole[-1], 0, 0, by_feature)


def _matrix(found: Sequence[frozenset[str]], names: Sequence[str]) -> csr_matrix:
    at = {name: column for column, name in enumerate(names)}
    columns, values, ends = list[int](), list[float](), [0]
    for several in found:
        known = sorted(at[feature] for feature in several if feature in at)
        columns += known
        values += [len(several) ** -0.5] * len(known)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(found), len(names)))


def _fit(texts: csr_matrix, told: Floats, options: Mapping[str, float]) -> Floats:
    """Weights and, at the end, what a text with none of the features scores."""

    def cost(at: Floats) -> tuple[float, Floats]:
        margin = told * (texts @ at[:-1] + at[-1])
        slope = -PENALTY * told / (1 + np.exp(np.clip(margin, -500, 500)))
        loss = PENALTY * np.logaddexp(0, -margin).sum() + np.square(at[:-1]).sum() / 2
        return float(loss), np.append(texts.T @ slope + at[:-1], slope.sum())

    start = np.zeros(texts.shape[1] + 1)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options=dict(options))
    return np.asarray(found.x)


def with_thresholds(texts: Sequence[Labelled]) -> Weights:
    """Learnt from all the texts; the thresholds are those of scores by others who left one author
    out."""
    ordinary: list[float] = []
    dangerous: list[float] = []
    told = [one for one in texts if one.author != REPLIES]
    for author in sorted({one.author for one in told}):
        weights = learn([one for one in texts if one.author != author], ROUGHLY)
        of_author = [one for one in told if one.author == author]
        ordinary += _scores(weights, [one for one in of_author if not one.told])
        dangerous += _scores(weights, [one for one in of_author if one.told])
    doubtful = _passed_by(dangerous, MET) - 1
    danger = max(_passed_by(ordinary, DANGER), doubtful)
    return replace(learn(texts), doubtful=doubtful, danger=danger)


def _scores(weights: Weights, texts: Sequence[Labelled]) -> list[float]:
    read = (words_of(one.text) for one in texts)
    return [weights.score(words) if len(words) >= LEAST_WORDS else -1e9 for words in read]


def _passed_by(scores: Sequence[float], share: float) -> int:
    """The least whole number that at most this share reaches."""
    highest = sorted(scores, reverse=True)
    return int(np.floor(highest[int(share * len(highest))])) + 1


def written(weights: Weights) -> str:
    """The file; `backend.danger_lists.load_weights` reads it."""
    head = {name: getattr(weights, name) for name in ("texts", *LIMITS)}
    lines = [f"{name}: {value}" for name, value in head.items()]
    lines += ["", *(f"{weights.by_feature[one]} {one}" for one in sorted(weights.by_feature))]
    return HEAD + "\n".join(lines) + "\n"


# --- with authors not seen -----------------------------------------------------------------------
UNSEEN = {"t-": ("third", "widening"), "b-": ("second", "widening")}
"""Texts whose ids begin so, and the authors left out: who wrote them, and who had read them."""


def measure(lists: Sequence[DangerList]) -> None:
    """What lists, and lists with the second look, make of the texts of an author left out."""
    texts = training_texts()
    kept = list(plain_replies(FOLDER / "held_back"))
    for begins, without in UNSEEN.items():
        weights = with_thresholds([one for one in texts if one.author not in without])
        print(f"\n{begins} left out; doubtful {weights.doubtful}, danger {weights.danger}")
        print(f"{'':9}{'told of danger':>30}{'ordinary':>30}{'plain replies':>30}")
        print(f"{'':9}" + f"{'lists':>10}{'+ danger':>10}{'+ doubt':>10}" * 3)
        rows = [one for one in texts if one.id.startswith(begins)]
        for language in (*sorted({one.language for one in rows}), ""):
            of = _of(language)
            line = f"{language or 'all':9}"
            for some in (
                [one for one in rows if one.told and of(one)],
                [one for one in rows if not one.told and of(one)],
                [one for one in kept if of(one)],
            ):
                line += "".join(f"{share:>10.1%}" for share in _taken(lists, weights, some))
            print(line, flush=True)


def _of(language: str) -> Callable[[Labelled], bool]:
    return lambda one: language in ("", one.language)


def _taken(
    lists: Sequence[DangerList], weights: Weights, texts: Sequence[Labelled]
) -> tuple[float, ...]:
    """Shares: by the lists; by them or as danger; by them or at least in doubt."""
    listed = [classify(one.text, lists) is not None for one in texts]
    looks = [weights.look(one.text) for one in texts]
    danger = [a or b is Look.DANGER for a, b in zip(listed, looks, strict=True)]
    doubt = [a or b in HEEDED for a, b in zip(listed, looks, strict=True)]
    return tuple(sum(some) / max(len(texts), 1) for some in (listed, danger, doubt))


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        folder = Path(sys.argv[2]) if sys.argv[2:] else LOCALES
        measure([load_danger(path) for path in sorted(folder.glob(f"*/{FILE}"))])
    else:
        (LOCALES / WEIGHTS).write_text(written(with_thresholds(training_texts())), encoding="utf-8")
