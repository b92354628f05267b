"""How a reply was found to mean what was recorded: the registry of rules.

The name of the rule is kept with every answer, so that a person who codes anew can look at one kind
of reading by itself; where a rule is not exact, the resident's own words are kept sealed beside it.
Source: answer interpretation §1 and §10.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

VERSION = 2
"""Goes up whenever the rules read a reply in another way than before."""


class Confidence(StrEnum):
    """How sure a rule is: the very words; understood from words; a slip of spelling mended."""

    EXACT = "exact"
    READ = "read"
    NEAR = "near"


RULES: Mapping[str, Confidence] = MappingProxyType(
    {
        # --- options -----------------------------------------------------------------------------
        "code": Confidence.EXACT,  # the printed number alone, or a tap
        "label": Confidence.EXACT,  # the printed label alone
        "synonym": Confidence.READ,  # another word of the author's or the language's for it
        "code and label": Confidence.READ,  # "3 often"
        "position": Confidence.READ,  # "option 3", "the third one", "three"
        "polite": Confidence.READ,  # label or synonym among polite words
        "inflection": Confidence.READ,  # another gender or number of a label
        "opposite": Confidence.READ,  # "not safe" where there are just two, opposite
        "band": Confidence.READ,  # a number or range that lies in one option's
        "cut label": Confidence.READ,  # the beginning of one label, as channels cut titles
        "near spelling": Confidence.NEAR,
        "list": Confidence.READ,  # several options
        "codes": Confidence.EXACT,  # several printed numbers and nothing else
        "list near spelling": Confidence.NEAR,
        "confirmed": Confidence.READ,  # yes to "did you mean …"
        # --- special answers ---------------------------------------------------------------------
        "dont_know": Confidence.EXACT,
        "refused": Confidence.EXACT,
        # --- numbers -----------------------------------------------------------------------------
        "digits": Confidence.READ,
        "number words": Confidence.READ,
        "none": Confidence.READ,  # "nobody" is 0
        "look-alike": Confidence.NEAR,  # O for 0
        "out of": Confidence.READ,  # "4 out of 5"
        "converted": Confidence.READ,  # months into years
        "about": Confidence.READ,  # an age told roughly
        # --- dates -------------------------------------------------------------------------------
        "iso": Confidence.EXACT,
        "date": Confidence.READ,
        "named month": Confidence.READ,
        "relative day": Confidence.READ,
        "weekday": Confidence.READ,
        # --- places ------------------------------------------------------------------------------
        "area name": Confidence.EXACT,
        "area spelling": Confidence.READ,
        "area in words": Confidence.READ,
        "area chosen": Confidence.READ,  # of those asked back
        "pin": Confidence.EXACT,
        "pin nearby": Confidence.READ,
        "pin outside": Confidence.READ,
        "place in words": Confidence.READ,
        # --- other types -------------------------------------------------------------------------
        "text": Confidence.READ,
        "picture": Confidence.EXACT,
        # --- not by reading ----------------------------------------------------------------------
        "known": Confidence.EXACT,
        "back": Confidence.EXACT,
    }
)


def confidence(rule: str) -> Confidence:
    """The class of a rule; one not registered counts as read, so that the words are kept."""
    return RULES.get(rule, Confidence.READ)
