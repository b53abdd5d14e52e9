"""What is taken out of technical text, and that what helps stays."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from phidesk.core.scrubbing import Scrubber, lines_with_words_of

LINUX = Scrubber(home=PurePosixPath("/home/erika"), names=["erika", "Erika Muster", "laptop-7"], keys=["Tr0ub4dor&3"])
WINDOWS = Scrubber(home=PureWindowsPath(r"C:\Users\Erika M"), names=["Erika M"])


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        ("loading /home/erika/models/a.gguf", "loading ~/models/a.gguf"),
        ("open('/home/erika')", "open('~')"),
        ("/home/otto/x and /media/erika/STICK/y", "/home/user/x and /media/user/STICK/y"),
        ("/home/erikas/x", "/home/user/x"),
        ("user ERIKA on laptop-7 (Erika Muster)", "user user on user (user)"),
        ("derikation stays", "derikation stays"),
        ("the key is Tr0ub4dor&3.", "the key is (key)."),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer (key)"),
        ('{"api_key": "geheim"}', '{"api_key": "(key)"}'),
        ("sk-proj-abc123456 and hf_abcdefghijk", "(key) and (key)"),
        ("GET /v1?api_key=geheim&x=1", "GET /v1?api_key=(key)&x=1"),
        ("https://name:word@example.org:8000/v1", "https://elsewhere:8000/v1"),
        ("dial tcp 192.168.1.5:11434: refused", "dial tcp elsewhere:11434: refused"),
    ],
)
def test_what_tells_of_the_person_is_taken_out(line: str, clean: str) -> None:
    assert LINUX.clean(line) == clean


@pytest.mark.parametrize(
    "line",
    [
        "http://127.0.0.1:11434/api/tags",
        "http://[::1]:8080/x",
        "https://registry.ollama.ai/v2/library/phi4-mini",
        "listening on 127.0.0.1:11434",
        "llama_kv_cache: size = 1024.00 MiB (8192 cells, 32 layers)",
        "keyboard, monkey: no key here",
        "print_info: EOS token = 200020",
    ],
)
def test_what_helps_stays(line: str) -> None:
    assert LINUX.clean(line) == line


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        (r"C:\Users\Erika M\AppData\x", r"~\AppData\x"),
        (r"{'path': 'c:\\users\\erika m\\x'}", r"{'path': '~\\x'}"),
        ("C:/Users/Erika M/x", "~/x"),
        (r"D:\Users\Otto\x", r"D:\Users\user\x"),
    ],
)
def test_folders_of_windows_are_taken_out_however_they_are_written(line: str, clean: str) -> None:
    assert WINDOWS.clean(line) == clean


def test_a_folder_of_ours_that_lies_elsewhere_is_called_by_its_use() -> None:
    folders = {
        "data": PureWindowsPath(r"D:\Praxis Dr. Muster\PhiDesk\data"),
        "logs": PureWindowsPath(r"C:\Users\Erika\logs"),
    }
    scrubber = Scrubber(home=PureWindowsPath(r"C:\Users\Erika"), names=[], folders=folders)

    cleaned = scrubber.clean(r"D:\Praxis Dr. Muster\PhiDesk\data\phidesk.sqlite, C:\Users\Erika\logs\x")

    assert cleaned == r"(data)\phidesk.sqlite, ~\logs\x"


@pytest.mark.parametrize(
    ("text", "line", "is_found"),
    [
        ("Please write to my landlord about mould.", "prompt='write to my landlord about'", True),
        ("Please write to my landlord", "my landlord", False),  # too few words to be this text
        ("Anna's diagnosis", "say: anna's diagnosis!", True),
        ("Anna's diagnosis", "the diagnosis of Anna", False),
        ("supercalifragilistic", "x=Supercalifragilistic;", True),
        ("Ollama", "Ollama is listening", False),
        ("first line\nsecond line here", r"\"first line\nsecond line here\"", True),
        ("Grüße aus München am Abend", r"Gr\u00fc\u00dfe aus M\u00fcnchen am Abend", True),
        ("你好世界今天", "input: 你好世界", True),
        ("", "anything at all", False),
    ],
)
def test_lines_with_words_of_a_text_are_found(text: str, line: str, is_found: bool) -> None:
    assert lines_with_words_of([text], ["another line", line]) == ({1} if is_found else set())


def test_what_is_too_short_for_a_secret_leaves_other_words_alone() -> None:
    scrubber = Scrubber(home=PurePosixPath("/home/erika"), names=[], keys=["1", "true", "geheim1", "geheim12"])

    assert scrubber.clean("level 1 of 11, true: geheim12 geheim1") == "level 1 of 11, true: (key) (key)"
