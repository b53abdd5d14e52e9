"""What of a text that is still being written can be read aloud already."""

from __future__ import annotations

import random

import pytest

from phidesk.richtext.sentences import sentence_ends
from tests.richtext.generated_answers import generated_answer


def pieces(text: str) -> list[str]:
    """All pieces of a complete text, without what parts them."""
    ends = sentence_ends(text, is_complete=True)
    return [text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False)]


def ends_while_written(text: str, chance: random.Random) -> list[int]:
    """Where pieces end if the text arrives in chunks."""
    ends: list[int] = []
    arrived = 0
    while arrived < len(text):
        arrived = min(len(text), arrived + chance.choice((1, 2, 3, 5, 17, 120)))
        ends += sentence_ends(text[:arrived], ends[-1] if ends else 0)
    return ends + sentence_ends(text, ends[-1] if ends else 0, is_complete=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you? Fine!", ["Hello there.", "How are you?", "Fine!"]),
        ("你好。今天怎么样？“好！”他说。", ["你好。", "今天怎么样？", "“好！”", "他说。"]),  # noqa: RUF001 - CJK
        ("كيف حالك؟ بخير.", ["كيف حالك؟", "بخير."]),
        ("यह है। वह है।", ["यह है।", "वह है।"]),
        ("Use **bold.** Then go.", ["Use **bold.**", "Then go."]),
        ("# A title. More\nText.", ["# A title.", "More", "Text."]),
        ("- one\n- two. More\n1. First\n2. Second", ["- one", "- two.", "More", "1. First", "2. Second"]),
        ("One line\nof two lines.\n\nAnother", ["One line\nof two lines.", "Another"]),
    ],
)
def test_sentences_of_all_scripts_headings_and_items_are_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Pi is 3.14 and costs $5.20 here.",
        "See e.g. Dr. Smith and J. Doe, z.B. Nr. 5.",
        "Open https://example.org/a?b=c.d now.",
        "Wait... for it.",
        "Call `a. B` now.",
        "So $a. B$ holds.",
        "So \\(a. B\\) holds.",
        "Then $$\na. B\n$$ holds.",
        "```py\na = 1. \n\nB!\n```",
        "~~~\na. B\n~~~",
        "| a. B | c |\n|---|---|\n| 1. D | 2 |",
        "**Note this. It matters.**",
        "**注意。很重要。**",
        "See [that. And this](https://example.org) now.",
    ],
)
def test_what_belongs_together_is_not_cut(text: str) -> None:
    assert pieces(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์ ที่ศึกษาวิธีทำให้คอมพิวเตอร์เรียนรู้จากข้อมูลได้เอง โดยไม่ต้องเขียน",
            [
                "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์",
                "ที่ศึกษาวิธีทำให้คอมพิวเตอร์เรียนรู้จากข้อมูลได้เอง",
                "โดยไม่ต้องเขียน",
            ],
        ),
        (
            "ການຮຽນຮູ້ຂອງເຄື່ອງຈັກແມ່ນສາຂາໜຶ່ງຂອງປັນຍາປະດິດຢູ່ໃນໂລກ ທີ່ສຶກສາວິທີ",
            ["ການຮຽນຮູ້ຂອງເຄື່ອງຈັກແມ່ນສາຂາໜຶ່ງຂອງປັນຍາປະດິດຢູ່ໃນໂລກ", "ທີ່ສຶກສາວິທີ"],
        ),
        ("word " * 160, [("word " * 81).strip(), ("word " * 79).strip()]),
        ("一个很长的句子，" * 60, ["一个很长的句子，" * 51, "一个很长的句子，" * 9]),  # noqa: RUF001 - CJK
    ],
    ids=["thai", "lao", "no sign at all", "commas only"],
)
def test_text_without_signs_is_cut_where_a_reader_may_pause(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ไปวันนี้ ไม่ไป",
        "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์ที่ต่าง ๆ กัน",
        "การเรียนรู้ของเครื่องเป็นสาขาหนึ่งของปัญญาประดิษฐ์มี 3 แบบ",
        "การเรียนรู้ของเครื่อง[เป็นสาขาหนึ่งของปัญญาประดิษฐ์ ที่ศึกษาวิธี](https://example.org)",
        "การเรียนรู้ของเครื่อง **เป็นสาขาหนึ่งของปัญญาประดิษฐ์ ที่ศึกษาวิธี**",
    ],
    ids=["short", "repeated word", "number", "link", "strong words"],
)
def test_no_pause_is_within_what_belongs_together(text: str) -> None:
    assert pieces(text) == [text]


@pytest.mark.parametrize("sign", ["[", "**"])
def test_what_is_never_closed_is_waited_for_no_longer_than_a_long_sentence(sign: str) -> None:
    found = pieces(sign + "Words come here. " * 200)

    assert max(map(len, found)) < 450


@pytest.mark.parametrize(
    ("text", "end"),
    [("你好。今", 3), ("2024年。今", 6), ("**重点**：好。今", 9), ("`x`是。今", 5)],  # noqa: RUF001 - CJK
)
def test_a_line_without_spaces_need_not_be_complete(text: str, end: int) -> None:
    assert sentence_ends(text) == [end]


def test_prices_are_no_formulas() -> None:
    assert pieces("It costs $5. And $10. So.") == ["It costs $5.", "And $10.", "So."]


@pytest.mark.parametrize("text", ["Hello", "Hello.", "Hello. ", "It is 3. ", "```py\nx. Y\n", "- `a. B", "| a. B |\n"])
def test_nothing_is_finished_before_that_is_certain(text: str) -> None:
    assert sentence_ends(text) == []


def test_a_sentence_is_finished_when_the_next_begins() -> None:
    assert sentence_ends("Hello. N") == [len("Hello.")]
    assert sentence_ends("Hello.\n\n") == [len("Hello.")]


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_blanks_are_no_piece(text: str) -> None:
    assert sentence_ends(text, is_complete=True) == []


@pytest.mark.parametrize("seed", range(150))
def test_pieces_are_the_same_however_the_text_arrives_and_are_all_of_it(seed: int) -> None:
    text = generated_answer(seed, parts=4)

    ends = sentence_ends(text, is_complete=True)

    assert ends_while_written(text, random.Random(seed)) == ends
    assert ends == sorted(set(ends))
    assert not text[ends[-1] :].strip()
    assert all(text[start:end].strip() for start, end in zip([0, *ends], ends, strict=False))


@pytest.mark.parametrize("seed", range(150))
def test_pieces_of_all_scripts_are_the_same_however_the_text_arrives(seed: int) -> None:
    chance = random.Random(seed)
    words = ["การเรียนรู้", "ของเครื่อง", "ๆ", "ການຮຽນ", "重点", "，", "、", "。", "word", "[ก ข](u)", "**", "`ก ข`", "3", "2.", "$ก ข$", "\n", "- "]  # noqa: RUF001 - CJK  # fmt: skip
    text = "".join(chance.choice(words) + chance.choice(["", " ", "  "]) for _ in range(300))

    ends = sentence_ends(text, is_complete=True)

    assert ends_while_written(text, chance) == ends
    assert not text[ends[-1] :].strip()


@pytest.mark.parametrize("seed", range(300))
def test_hostile_text_is_cut_the_same_way_however_it_arrives(seed: int) -> None:
    chance = random.Random(seed)
    signs = ["`", "$", "$$", "\\", "\\(", "\\)", "|", "\n", "\n\n", " ", ".", "?", "。", "```", "~~~", "#", "- ", "1.", "a", "B", "5", "…", ")", ">", "*"]  # fmt: skip
    text = "".join(chance.choice(signs) for _ in range(60))

    assert ends_while_written(text, chance) == sentence_ends(text, is_complete=True)
