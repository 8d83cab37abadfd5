"""The reference, the editor's hints and `explain` are in Chinese, whole."""

from generator.chinese import catalogue, chinese
from generator.codes import CODES, FAMILIES
from generator.keys import parts as every_part
from generator.reader import slots


def _meanings() -> set[str]:
    parts = {part for _, part in every_part()}
    found = {part.__doc__ or "" for part in parts}
    found |= {slot.help for part in parts for slot in slots(part)}
    found |= {text for code in CODES.values() for text in (code.title, code.text)}
    return {" ".join(text.split()) for text in found | set(FAMILIES.values())} - {""}


def test_every_meaning_has_its_chinese_and_nothing_else_has():
    assert _meanings() - set(catalogue()) == set(), "add them to generator/zh_CN.po"
    assert set(catalogue()) - _meanings() == set(), "nobody says this any more"


def test_what_has_no_chinese_is_said_as_it_is():
    assert chinese("A word\n    of nobody.") == "A word of nobody."


def test_words_of_the_language_stay_as_they_are_written():
    """What stands between backticks in English is no word to be translated."""
    for english, said in catalogue().items():
        for word in english.split("`")[1::2]:
            if word.isidentifier():
                assert word in said, (english, said)
