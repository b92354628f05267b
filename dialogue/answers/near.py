"""Near spelling: how far two words are apart, and how far they may be."""

from collections.abc import Mapping, Sequence

CLEARLY = 2
"""Steps by which the nearest must be nearer than the next."""

MIN_LOST = 4
"""Letters of a word too short to be told when one is lost."""

SHORT = 6
"""Letters of the longest word that another letter may make another word of ("safe", "same")."""

_FAR = 99


def allowed(word: str) -> int:
    """Slips that a word of this length may have: none up to three letters, never in digits."""
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) <= 7 else 2


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with a neighbour (optimal string alignment) to make one
    word the other; `most` + 1 where it is more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [_FAR] * (len(other) + 1), list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        earlier, before, row = before, row, [n]
        for m, against in enumerate(other, 1):
            step = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != against))
            swapped = n > 1 and m > 1 and letter == other[m - 2] and one[n - 2] == against
            row.append(min(step, earlier[m - 2] + 1) if swapped else step)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def nearest(
    said: Sequence[str], phrases: Mapping[tuple[str, ...], Sequence[str]], prefixes: Sequence[str]
) -> tuple[str, ...]:
    """Names of the phrases within the slips allowed for the words `said`: one if it is clearly the
    nearest, several if not, none if nothing is near.

    A slip never makes or unmakes a negation by one of the `prefixes`: such a phrase is not meant,
    but it is in the way of another that is no nearer ("nsafe": safe or unsafe). So is
    one with another first letter, where slips are rare and other words many ("wine", "fine").
    """
    joined = "".join(said)
    most = allowed(joined)
    if most == 0:
        return ()
    near: dict[str, int] = {}
    jumped: dict[str, int] = {}
    for phrase, names in phrases.items():
        word = "".join(phrase)
        if allowed(word):
            apart = distance(joined, word, most + CLEARLY)
            if joined.startswith(word) and joined[len(word) :].strip(word[-1]):
                continue  # another word made from it ("safer", "safely"), no slip
            other = joined[0] not in word[:2] or word[0] not in joined[:2]
            found = jumped if other or negated(said, phrase, prefixes) else near
            for name in names:
                found[name] = min(apart, found.get(name, _FAR))
    best = min(near.values(), default=_FAR)
    if best > most:
        return ()
    close = [name for name, apart in near.items() if apart < best + CLEARLY]
    in_the_way = [n for n, apart in jumped.items() if apart <= best and n not in close]
    return (*close, *in_the_way)


def is_plain_slip(
    said: Sequence[str], name: str, phrases: Mapping[tuple[str, ...], Sequence[str]]
) -> bool:
    """Whether the words are near a phrase of that name by a slip that needs no asking: in a short
    word letters swapped or doubled, or one lost where five or more were meant. Another letter
    makes a real word of it too easily ("same", "save")."""
    joined = "".join(said)
    return any(
        name in names
        and distance(joined, "".join(phrase), allowed(joined)) <= allowed(joined)
        and len(said) == len(phrase)
        and all(map(_is_plain, said, phrase))
        for phrase, names in phrases.items()
    )


def _is_plain(one: str, meant: str) -> bool:
    """Whether it is the word itself, a long one, or a short one with such a slip."""
    if one == meant or len(meant) > SHORT:
        return True
    if len(one) == len(meant):
        return sorted(one) == sorted(meant)
    if len(one) > len(meant):
        doubled = (n for n in range(1, len(one)) if one[n] == one[n - 1])
        return any(one[:n] + one[n + 1 :] == meant for n in doubled)
    return len(meant) > MIN_LOST and any(
        meant[:n] + meant[n + 1 :] == one for n in range(len(meant))
    )


def negated(said: Sequence[str], phrase: Sequence[str], prefixes: Sequence[str]) -> bool:
    """Whether one of two words in the same place has a prefix that negates and the other not."""
    pairs = zip(said, phrase, strict=False)
    return len(said) != len(phrase) or any(
        one.startswith(prefix) != other.startswith(prefix)
        for one, other in pairs
        for prefix in prefixes
    )
