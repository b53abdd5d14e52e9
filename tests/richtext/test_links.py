"""What an address really is, however it is dressed up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phidesk.richtext.links import LONGEST_ADDRESS, LinkKind, read_link


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://example.org/a?b=c%20d#e", "https://example.org/a?b=c%20d#e"),
        (" HTTPS://EXAMPLE.org ", "https://example.org"),
        ("http://bücher.example/ä ö", "http://xn--bcher-kva.example/%C3%A4%20%C3%B6"),
        ("https://ex%61mple.org/", "https://example.org/"),
        ("https://[::1]:80/", "https://[::1]:80/"),
        ("https://a.example/<b>\u202e\u200bmoc.live", "https://a.example/%3Cb%3E%E2%80%AE%E2%80%8Bmoc.live"),
    ],
)
def test_web_addresses_are_plain_ascii(address: str, plain: str) -> None:
    target = read_link(address)

    assert (target.kind, target.address) == (LinkKind.WEB, plain)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "www.example.org", "../x", "", "#a",
     "ftp://a.example", "tel:123", "https://", "https:///x", "https://[bad", "http://a.example:99999/", "mailto:",
     "\u202ehttps://a.example", "ht\ntps://a.example", "https://evil.example\u202egro.elgoog/", "https://a b.example",
     "https://a.example/" + "x" * LONGEST_ADDRESS],
)  # fmt: skip
def test_everything_else_is_refused(address: str) -> None:
    assert read_link(address).kind is LinkKind.REFUSED


def test_mail_addresses_are_known() -> None:
    assert read_link("MAILTO:someone@example.org?subject=Grüße").address == (
        "MAILTO:someone@example.org?subject=Gr%C3%BC%C3%9Fe"
    )
    assert read_link("mailto:someone@example.org").kind is LinkKind.MAIL


def test_letters_of_other_scripts_are_told() -> None:
    written, looked_up = (
        read_link("https://\u0430\u0440\u0440\u04cf\u0435.com/"),
        read_link("https://xn--80ak6aa92e.com/"),
    )

    assert written.host == looked_up.host == "xn--80ak6aa92e.com"
    assert written.foreign_host == looked_up.foreign_host == "\u0430\u0440\u0440\u04cf\u0435.com"
    assert read_link("https://apple.com").foreign_host == ""


def test_a_name_before_the_host_is_told() -> None:
    target = read_link("https://google.com@evil.example/x")

    assert target.has_login
    assert target.host == "evil.example"


def test_a_backslash_is_no_slash() -> None:
    assert read_link("https://a.example\\@b.example/").address == "https://a.example%5C@b.example/"


@given(st.text(max_size=60) | st.text(max_size=60).map("https://".__add__))
@settings(max_examples=300)
def test_any_text_is_an_address_of_printable_ascii(text: str) -> None:
    target = read_link(text)

    assert target.address.isascii()
    assert all(" " < character <= "~" and character not in '<>"' for character in target.address)
    assert read_link(target.address).address == target.address
