"""The menu of commands that Telegram shows beside the text field."""

from collections.abc import Mapping
from types import MappingProxyType

DEFAULT = "en"
"""What Telegram shows to those whose language has no menu."""

MENUS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "start": "Take part",
            "help": "Emergency numbers and how this works",
            "language": "Change the language",
            "stop": "Leave and get no more messages",
        },
        "es": {
            "start": "Participar",
            "help": "Números de emergencia y cómo funciona",
            "language": "Cambiar el idioma",
            "stop": "Salir y no recibir más mensajes",
        },
        "af": {
            "start": "Neem deel",
            "help": "Noodnommers en hoe dit werk",
            "language": "Verander die taal",
            "stop": "Tree uit en kry geen boodskappe meer nie",
        },
        "zu": {
            "start": "Bamba iqhaza",
            "help": "Izinombolo eziphuthumayo nokuthi kusebenza kanjani",
            "language": "Shintsha ulimi",
            "stop": "Phuma, ungabe usathola imiyalezo",
        },
        "xh": {
            "start": "Thabatha inxaxheba",
            "help": "Iinombolo zongxamiseko nendlela esebenza ngayo",
            "language": "Tshintsha ulwimi",
            "stop": "Phuma, ungaphinde ufumane imiyalezo",
        },
        "st": {
            "start": "Nka karolo",
            "help": "Dinomoro tsa tshohanyetso le kamoo e sebetsang ka teng",
            "language": "Fetola puo",
            "stop": "Tswa mme o se hlole o fumana melaetsa",
        },
    }
)
"""Descriptions by language and command. All but English still need a speaker's review. Telegram
picks by the language of the resident's app."""
