"""Texts as they come in, by whatever door: what cannot be stored is refused, wide digits are narrowed.

Forms, REST and workbooks all read values through `app.core.types`, which calls this; what reads a text
past it (a comment, a search) calls it itself.
"""

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def storable(text: str) -> str:
    """Return a text that can be stored; ValueError names the sign that cannot be, in Chinese."""
    for place, char in enumerate(text, 1):
        if char == "\0" or 0xD800 <= ord(char) < 0xE000:
            raise ValueError(f"第 {place} 个字符无法识别（U+{ord(char):04X}），请删去后重新填写")
    return text


def narrow(text: str) -> str:
    """Write wide digits, letters and signs narrow: for numbers and dates."""
    return text.translate(WIDE)


def narrow_letters(text: str) -> str:
    """Write wide digits and letters narrow; other signs stay as they are: for numbers of papers and persons."""
    return "".join(
        chr(ord(c) - 0xFEE0) if "０" <= c <= "９" or "Ａ" <= c <= "Ｚ" or "ａ" <= c <= "ｚ" else c
        for c in text
    )
