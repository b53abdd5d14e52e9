"""Bytes become the text that was meant, or are said to be none."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phidesk.documents.text_decoding import NotText, decode_text

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffd") | st.sampled_from("\n\t")
)


@given(TEXTS)
@example("")
@example("Grüße, 你好, مرحبا, 😀\n")
def test_utf_8_is_read_as_it_was_written(text: str) -> None:
    assert decode_text(text.encode()) == text


@pytest.mark.parametrize("encoding", MARKS)
@given(text=TEXTS)
def test_every_unicode_encoding_with_a_mark_is_read(encoding: str, text: str) -> None:
    assert decode_text(MARKS[encoding] + text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_latin_utf_16_is_known_without_a_mark(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@given(st.binary(max_size=2000))
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\xd8")
@example(b"\x80")
def test_whatever_the_bytes_are_it_is_text_or_not_text(content: bytes) -> None:
    try:
        text = decode_text(content)
    except NotText:
        return
    assert "\r" not in text
    assert "\0" not in text or text.count("\0") <= 0.01 * len(text)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Grüße aus München"),
        ("cp1252", "Résumé déjà vu, où êtes-vous?"),
        ("cp1252", "naïve – “quotes” €5"),
        ("cp1252", "café"),
        ("cp1250", "Zażółć gęślą jaźń. Łódź i Kraków są piękne."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),
        ("cp1251", "Съешь ещё этих мягких французских булок, да выпей чаю."),
        ("koi8_r", "Съешь ещё этих мягких французских булок, да выпей чаю."),
        ("cp1253", "Καλημέρα κόσμε, τι κάνεις σήμερα;"),
        ("cp1256", "مرحبا بالعالم كيف حالك اليوم"),
        ("cp932", "こんにちは世界。今日はいい天気ですね。"),
        ("gb18030", "你好世界。今天天气很好。我们去公园散步吧。"),
        ("big5", "你好世界。今天天氣很好。我們去公園散步吧。"),
        ("cp949", "안녕하세요 세계, 오늘 날씨가 좋네요."),
    ],
)
def test_older_encodings_are_told_apart(encoding: str, text: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_utf_8_with_a_broken_byte_stays_utf_8() -> None:
    content = ("Grüße aus München. " * 10).encode() + b"\xff"

    assert decode_text(content) == "Grüße aus München. " * 10 + "�"


@pytest.mark.parametrize("ends", [b"\r\n", b"\r", b"\n"])
def test_lines_end_alike(ends: bytes) -> None:
    assert decode_text(b"one" + ends + b"two") == "one\ntwo"


def test_a_coloured_log_is_text() -> None:
    log = "\x1b[31merror\x1b[0m: no room\n" * 20

    assert decode_text(log.encode()) == log


@pytest.mark.parametrize("content", [b"\x7fELF\x02\x01\x01\0\0\0", bytes(range(1, 32)) * 4, b"text\0text"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(NotText):
        decode_text(content)
