"""Addresses: one spelling for each, and a warning where others could read along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.errors import AddressUnusable
from phidesk.core.servers import is_public_http, is_this_computer, normalised_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("  http://Box.LAN:8000/ ", "http://box.lan:8000"),
        ("http://box:8000/v1", "http://box:8000"),
        ("http://box:8000/v1/chat/completions/", "http://box:8000"),
        ("http://box:8000/v1/models?limit=1#top", "http://box:8000"),
        ("http://box:80", "http://box"),
        ("https://box:443/", "https://box"),
        ("https://box:80", "https://box:80"),
        ("https://gate.example/lab/v1", "https://gate.example/lab"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("box\n:8000", "http://box:8000"),
        ("localhost:1234", "http://localhost:1234"),
    ],
)
def test_an_address_has_one_spelling(written: str, address: str) -> None:
    assert normalised_address(written) == address
    assert normalised_address(address) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "http://",
        "ftp://box",
        "file:///etc/passwd",
        "box:99999",
        "box:0",
        "http://[",
        "http://a b<c>",
        "http://:80",
    ],
)
def test_what_is_no_address_of_a_server_is_refused(written: str) -> None:
    with pytest.raises(AddressUnusable):
        normalised_address(written)


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://10.0.0.7", False),
        ("https://localhost.example.com", False),
    ],
)
def test_this_computer_is_known_by_its_address(*, address: str, is_here: bool) -> None:
    assert is_this_computer(address) is is_here


@pytest.mark.parametrize("written", ["http://me:secret@box", "me:secret@box:8000", "http://secret@box"])
def test_an_address_with_a_password_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(AddressUnusable) as raised:
        normalised_address(written)

    assert "secret" not in str(raised.value)


@given(st.text())
def test_whatever_is_typed_is_an_address_or_refused(written: str) -> None:
    try:
        address = normalised_address(written)
    except AddressUnusable:
        return

    assert normalised_address(address) == address
    assert isinstance(is_public_http(address), bool)


@pytest.mark.parametrize(
    "address",
    [
        "http://models.example",
        "http://models.example:8000",
        "http://8.8.8.8:8000",
        "http://[2606:4700::1111]",
        "http://[::ffff:8.8.8.8]",
        "http://local.example",
    ],
)
def test_plain_http_through_the_internet_is_public(address: str) -> None:
    assert is_public_http(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://models.example",
        "https://8.8.8.8",
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://10.1.2.3",
        "http://172.16.0.9:8000",
        "http://192.168.1.5:8000",
        "http://169.254.3.4",
        "http://100.101.102.103:8000",
        "http://[::1]:8000",
        "http://[fd00::7]:8000",
        "http://[fe80::1%eth0]:8000",
        "http://[::ffff:192.168.1.5]",
        "http://box:8000",
        "http://box.local:8000",
        "http://box.local.:8000",
        "http://box.lan",
    ],
)
def test_encrypted_or_in_a_private_network_it_is_not(address: str) -> None:
    assert not is_public_http(address)
