"""The language in which the compiler speaks: Chinese, or English where that is asked for.

Messages are written in English where they are made; their Chinese stands in the gettext catalogue
beside this module. A test asks that none is missing.
"""

import os
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from generator.chinese import chinese

CATALOGUE = Path(__file__).with_name("messages_zh_CN.po")
LANGUAGES = ("zh", "en")
SETTING = "GENERATOR_LANGUAGE"

_spoken = LANGUAGES[0]


def use(language: str = "") -> None:
    """Speak a language from now on: as asked, else as the environment says, else Chinese."""
    global _spoken
    asked = language or os.environ.get(SETTING, "")
    _spoken = asked if asked in LANGUAGES else LANGUAGES[0]


use()


def tr(message: str, /, **values: object) -> str:
    """Return a message in the language that is spoken, its {holes} filled with the values.

    Without values braces are ordinary characters.
    """
    said = catalogue().get(message, message) if _spoken == "zh" else message
    return said.format(**values) if values else said


def later(message: str) -> str:
    """Return a message as it is: it is kept now and said with `tr` when somebody reads it."""
    return message


def meaning(text: str) -> str:
    """Return what a key of the language or an error code means, in the language that is spoken."""
    return chinese(text) if _spoken == "zh" else text


@cache
def catalogue() -> dict[str, str]:
    """Return the Chinese by the English."""
    with CATALOGUE.open("rb") as file:
        read = read_po(file, locale="zh_CN")
    return {str(entry.id): str(entry.string) for entry in read if entry.id and entry.string}
