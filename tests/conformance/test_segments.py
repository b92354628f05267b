"""Our count of SMS segments is that of Twilio's own calculator."""

import random
from pathlib import Path

import pytest

from channels.gsm7 import encoding, segments
from tests.conformance.conftest import run_node

pytestmark = pytest.mark.conformance

GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà"
EXTENSION = "\f^{}\\[~]|€"
# Single code points only: the calculator keeps emoji of several code points (families, flags, skin
# tones) and letters with combining accents whole, and so may count a part more or less. A phone
# network knows only UTF-16 units, and so do we.
UCS2 = "áíóúêôçšïëâãõ`\t\u00a0“”‘’–—…•ṱḓṋḽЖд中文字😀🙂🚓"
CHOSEN = [
    *(letter * count for letter in "a€á😀" for count in (33, 34, 35, 36, 66, 67, 68, 69, 70, 71)),
    *(letter * count for letter in "a€á" for count in (76, 77, 80, 81, 134, 135, 152, 153, 154)),
    *("a" * count for count in (159, 160, 161, 305, 306, 307, 1530, 1600)),
    *("a" * 152 + text for text in ("€", "€" * 2, "€" + "a" * 7, "€" + "a" * 8)),
    *("á" + "a" * 65 + "😀" + "a" * count for count in range(8)),
    "",
    "\r\n" * 80,
    "\r\n" * 81,
]


def texts() -> list[str]:
    chance = random.Random(2026)
    alphabets = (GSM, GSM + EXTENSION, EXTENSION, GSM + UCS2, UCS2)
    return CHOSEN + [
        "".join(chance.choices(chance.choice(alphabets), k=chance.randrange(400)))
        for _ in range(2000)
    ]


def test_segments(node_modules: Path) -> None:
    cases = texts()
    counted = run_node(node_modules, "segments.cjs", cases)
    assert counted == [[encoding(text), segments(text)] for text in cases]
