"""Bytes as text: the Unicode encodings for certain, older ones as far as they can be told apart.

Western and Central European, Greek, Cyrillic, Arabic, Japanese, Chinese and Korean texts are told apart by
charset-normalizer. It cannot know: a few accented words in an old encoding may be read with wrong letters. So whoever
attaches a file can look at what was read.
"""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLDER = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1256", "koi8_r", "cp932", "gb18030", "big5", "cp949")
"""More of them would be mistaken for each other more often (measured on short texts in 14 encodings)."""
_CENTRAL_EUROPEAN = ("ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ăâîşţ", "čćđšž")
"""The accented letters of Polish, Czech and Slovak, Hungarian, Romanian, Croatian and Slovenian."""
_ORDINARY_CONTROLS = frozenset("\t\n\r\f\x1b")
"""Of tables, printers and coloured logs."""
_MOST_STRANGE = 0.01
"""Share of characters that no text has, above which it is none."""
_LEAST_NULS = 0.4
"""Share of every second byte that is nought in UTF-16 of a Latin script; other scripts have a mark."""
_DAMAGE = 10
"""Text with this many times more whole than broken characters of UTF-8 is UTF-8 with damage."""


class NotText(Exception):
    """These bytes are something else."""


def decode_text(content: bytes) -> str:
    r"""Return the text, without a byte order mark, its lines ended by `\n`.

    Raises:
        NotText: it is something else than text.
    """
    text = _decode(content)
    strange = sum(map(text.count, _strange_characters(text)))
    if strange > _MOST_STRANGE * len(text):
        raise NotText
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    encoding = _unmarked_utf_16(content)
    if encoding:
        return content.decode(encoding, "replace")
    if 0 in content:
        raise NotText
    try:
        return content.decode()
    except UnicodeDecodeError:
        return _decode_damaged(content) or _decode_older(content)


def _unmarked_utf_16(content: bytes) -> str:
    """Name the byte order if every second byte is often nought and none of the others is."""
    half = len(content) // 2
    first, second = content[0::2].count(0), content[1::2].count(0)
    if not first and second > _LEAST_NULS * half:
        return "utf-16-le"
    if not second and first > _LEAST_NULS * half:
        return "utf-16-be"
    return ""


def _decode_damaged(content: bytes) -> str:
    """Return UTF-8 text of which a few bytes are broken; empty where it is not UTF-8 at all."""
    text = content.decode(errors="replace")
    broken = text.count("�")
    whole = sum(character > "\x7f" for character in text) - broken
    return text if whole >= _DAMAGE * broken else ""


def _decode_older(content: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 20 ms, for few files

    best = from_bytes(content, cp_isolation=list(_OLDER)).best()
    encoding = "cp1252" if best is None else best.encoding
    text = _decode_strictly(content, encoding)
    return text if encoding != "cp1250" or _is_central_european(text) else _decode_strictly(content, "cp1252")


def _decode_strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotText from None


def _is_central_european(text: str) -> bool:
    """Whether several accented letters occur that belong to one language; else it is Western text."""
    accented = {letter for letter in text.casefold() if letter > "\x7f" and letter.isalpha()}
    return len(accented) > 1 and any(accented <= set(letters) for letters in _CENTRAL_EUROPEAN)


def _strange_characters(text: str) -> set[str]:
    return {it for it in set(text) if (it < " " and it not in _ORDINARY_CONTROLS) or it == "�"}
