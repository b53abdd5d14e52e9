"""OLLAMA_HOST means to us what it means to Ollama."""

from __future__ import annotations

import pytest

from phidesk.engine.ollama.address import ollama_address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("   ", "http://127.0.0.1:11434"),
        ("1.2.3.4", "http://1.2.3.4:11434"),
        ("1.2.3.4:5", "http://1.2.3.4:5"),
        (":8080", "http://127.0.0.1:8080"),
        ("example.com:56789/", "http://example.com:56789"),
        ("example.com/some/path/", "http://example.com:11434/some/path"),
        ("http://example.com", "http://example.com:80"),
        ("https://example.com", "https://example.com:443"),
        ("https://example.com:56789/path", "https://example.com:56789/path"),
        ("http://", "http://127.0.0.1:80"),
        ("localhost", "http://127.0.0.1:11434"),
        ("http://LocalHost:3", "http://127.0.0.1:3"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:5", "http://127.0.0.1:5"),
        ("[::]", "http://127.0.0.1:11434"),
        ("::", "http://127.0.0.1:11434"),
        ("[::]:5", "http://127.0.0.1:5"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[::1]:5", "http://[::1]:5"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:443"),
        ("' 1.2.3.4:5 '", "http://1.2.3.4:5"),
        ('"1.2.3.4"', "http://1.2.3.4:11434"),
        ("1.2.3.4:", "http://1.2.3.4:11434"),
        ("1.2.3.4:65536", "http://1.2.3.4:11434"),
        ("1.2.3.4:-1", "http://1.2.3.4:11434"),
        ("1.2.3.4:port", "http://1.2.3.4:11434"),
        ("https://1.2.3.4:port", "https://1.2.3.4:443"),
    ],
)
def test_the_address_is_read_as_ollama_reads_it(value: str, address: str) -> None:
    assert ollama_address({"OLLAMA_HOST": value, "OTHER": "x"}) == address


def test_without_the_variable_it_is_the_usual_place() -> None:
    assert ollama_address({}) == "http://127.0.0.1:11434"
