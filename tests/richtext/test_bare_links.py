"""Addresses without markup are links, without the signs of the sentence around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.markdown import parse


def links_in(markdown: str) -> list[str]:
    return [span.link for block in parse(markdown) for span in block.spans if span.link]


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ("See https://a.example/b_c_d?x=1&y=2#z.", ["https://a.example/b_c_d?x=1&y=2#z"]),
        ("(https://en.wikipedia.example/wiki/A_(b))", ["https://en.wikipedia.example/wiki/A_(b)"]),
        ('"http://a.example", "HTTP://B.example"!', ["http://a.example", "HTTP://B.example"]),
        ("**https://a.example** and *https://b.example*", ["https://a.example", "https://b.example"]),
        ("| a |\n|---|\n| https://a.example |", ["https://a.example"]),
        ("\u53c2\u89c1https://a.example/x\u3002 https://b.example\u8fd9", ["https://a.example/x", "https://b.example"]),
        ("\u201chttps://a.example/K\xf6ln\u201d", ["https://a.example/K\xf6ln"]),
        ("https://a.example\u202egnp.exe", ["https://a.example"]),
        ("[text](https://a.example) <https://b.example>", ["https://a.example", "https://b.example"]),
        ("`https://a.example` https:// file://a ftp://b x://c", []),
        ("```\nhttps://a.example\n```", []),
    ],
)
def test_addresses_are_links(markdown: str, links: list[str]) -> None:
    assert links_in(markdown) == links


def test_the_text_around_keeps_its_look() -> None:
    (block,) = parse("a **b https://a.example c** d")

    assert [(span.text, span.bold, span.link) for span in block.spans] == [
        ("a ", False, ""),
        ("b ", True, ""),
        ("https://a.example", True, "https://a.example"),
        (" c", True, ""),
        (" d", False, ""),
    ]


@given(st.lists(st.sampled_from(["https://", "a.b", ".", ")", "(", "]", " ", "x", "?", "/"]), max_size=20))
def test_the_text_stays_as_it_is(pieces: list[str]) -> None:
    text = "x" + "".join(pieces) + "x"

    (block,) = parse(text)

    assert block.text == text
