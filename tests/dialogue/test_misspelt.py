"""Misspelt words are found by halves as they would be by looking at every listed word."""

from hypothesis import example, given
from hypothesis import strategies as st

from dialogue.danger.misspelt import SHORTEST, Misspelt, near

listed_words = st.lists(st.text("ab", min_size=1, max_size=10), min_size=1, max_size=8)


@st.composite
def typed(draw: st.DrawFn) -> tuple[list[str], str]:
    """Listed words, and one of them with up to two mistakes."""
    words = draw(listed_words)
    word = draw(st.sampled_from(words))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(word)))
        letter, gone = draw(st.sampled_from("abc")), word[at + 1 :]
        mistakes = (word[:at] + letter + word[at:], word[:at] + letter + gone, word[:at] + gone)
        swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
        word = draw(st.sampled_from([*mistakes, swapped]))
    return words, word


@given(typed())
@example((["abbaba"], "abaaba"))
@example((["abcdefg"], "abcedfg"))
@example((["abcdef"], ""))
def test_whatever_is_typed_the_words_found_are_those_that_are_near(
    case: tuple[list[str], str],
) -> None:
    words, word = case
    those = {w for w in words if len(w) >= SHORTEST and w[:1] == word[:1] and near(w, word)}
    assert set(Misspelt.of(words).meant(word)) == those
