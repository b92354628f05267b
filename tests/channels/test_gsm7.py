"""Folding: what SMS cannot carry cheaply is written so that it can, on SMS alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import CHANNELS
from channels.base import Fold
from channels.client import Client
from channels.gsm7 import encoding, fold
from channels.rendering import CARRIES, render
from channels.simulator import Simulator
from dialogue.messages import Choice, Message
from tests.channels.samples import config

ANYTHING = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)
HOW: list[Fold] = ["none", "typographic", "accents"]


@pytest.mark.parametrize(
    ("text", "typographic", "accents"),
    [
        ("plain", "plain", "plain"),
        ("“Don’t” – wait…", '"Don\'t" - wait...', '"Don\'t" - wait...'),
        ("14:30\u202fp.m.\u200f\t`x`", "14:30 p.m. 'x'", "14:30 p.m. 'x'"),
        ("¿Qué tan seguro en su año?", None, None),  # all of it is in the alphabet
        ("¿Está aquí, señor Muñoz?", "¿Está aquí, señor Muñoz?", "¿Esta aqui, señor Muñoz?"),
        ("Sê asb môre vir ŉ vriend", None, "Se asb more vir 'n vriend"),
        ("ação à Ção", None, "acao à Çao"),
        ("tšheke Š", None, "tsheke S"),
        ("œuf nº 1ª", None, "oeuf no 1a"),
        ("cafe\u0301 au de\u0301", "café au dé", "café au dé"),
        ("ḓṱḽṅ", None, "dtln"),
    ],
)
def test_fold(text: str, typographic: str | None, accents: str | None) -> None:
    assert fold([text], "none") == (text,)
    assert fold([text], "typographic") == (typographic or text,)
    assert fold([text], "accents") == (accents or text,)


@pytest.mark.parametrize("text", ["“Sí” 👍", "Жизнь, sí…", "\u200fمرحبا sí", "日本 ção"])
def test_what_stays_out_of_the_alphabet_is_not_touched(text: str) -> None:
    assert fold([text, "sí"], "accents") == (text, "sí")


@given(ANYTHING, st.sampled_from(HOW))
def test_a_message_is_whole_in_the_alphabet_or_as_it_was(texts: list[str], how: Fold) -> None:
    folded = fold(texts, how)
    assert len(folded) == len(texts)
    assert folded == tuple(texts) or {encoding(text) for text in folded} == {"GSM-7"}
    assert fold(folded, how) == folded


# --- where it is done ----------------------------------------------------------------------------
ASKED = Message("¿Está aquí?", (Choice("1", "Sí"), Choice("2", "No")))


def test_sms_is_folded_and_no_other_channel() -> None:
    assert [p.text for p in render(ASKED, CARRIES["sms"])] == ["¿Esta aqui?\n1 Si\n2 No"]
    for kind in ("whatsapp", "telegram"):
        [part] = render(ASKED, CARRIES[kind])
        assert (part.text, part.choices[0].label) == ("¿Está aquí?", "Sí")


def test_one_label_outside_the_alphabet_leaves_the_whole_message() -> None:
    [part] = render(replace(ASKED, choices=(Choice("1", "👍"),)), CARRIES["sms"])
    assert part.text == "¿Está aquí?\n1 👍"


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("kind", "like"), [("sms", ""), ("simulator", "sms")])
def test_a_channel_folds_as_it_is_set(how: Fold, kind: str, like: str, http: Client) -> None:
    made = CHANNELS[kind](replace(config(kind, {"like": like}), sms_fold=how), http)
    assert made.carries.fold == how


@pytest.mark.parametrize("like", ["whatsapp", "telegram"])
def test_a_simulator_of_another_kind_folds_nothing(like: str, http: Client) -> None:
    assert Simulator(config("simulator", {"like": like}), http).carries.fold == "none"
