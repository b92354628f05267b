"""Options that are each other's opposite: only between two such does a "not" choose the other."""

from dialogue.answers.lexicon import Labelled, Lexicon
from dialogue.answers.tokens import word_tokens


def opposite(name: str, known: Lexicon) -> str | None:
    """What "not" with an option means, where the scale has just the two and the other is the word's
    own negation ("unsafe" for "safe"). None on a graded scale, where two merely differ, and for the
    negated of the two: a double negation is asked back."""
    plain = [option for option in known.options if option.role is None]
    if len(plain) != 2:
        return None
    this, other = plain if plain[0].name == name else plain[::-1]
    return other.name if _negates(this, other, known) else None


def contraries(name: str, known: Lexicon) -> tuple[str, ...]:
    """The options whose label has a word that is the negation of one in this option's, or the other
    way round, in any of the languages ("unsafe" and "very unsafe" for "safe")."""
    this = next(option for option in known.options if option.name == name)
    return tuple(
        other.name
        for other in known.options
        if other.role is None
        and any(
            _differ(this.label.get(lo.code, ""), other.label.get(lo.code, ""), known)
            for lo in known.languages
        )
    )


def _differ(one: str, other: str, known: Lexicon) -> bool:
    prefixes = known.listed("negative_prefixes_of_words")
    these, those = set(word_tokens(one)), set(word_tokens(other))
    return any(
        p + word in opposed
        for said, opposed in ((these, those), (those, these))
        for word in said
        for p in prefixes
    )


def _negates(one: Labelled, other: Labelled, known: Lexicon) -> bool:
    """Whether in a language the other label is the one with a prefix or a word that negates it."""
    prefixes = known.listed("negative_prefixes_of_words")
    for locale in known.languages:
        plain, negated = (word_tokens(o.label.get(locale.code, "")) for o in (one, other))
        bare = tuple(w for w in negated if locale.words.marks.get((w,)) not in ("negators", "no"))
        if plain and bare == plain != negated:
            return True
        if len(plain) == len(negated) == 1 and any(negated[0] == p + plain[0] for p in prefixes):
            return True
    return False
