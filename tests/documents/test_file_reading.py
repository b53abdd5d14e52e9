"""Files are read as text, or refused with the reason."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from phidesk.core.errors import FileIsFolder, FileNotText, FileTooLarge, FileUnreadable
from phidesk.core.parts import FilePart
from phidesk.documents.file_reading import ARCHIVE, MOST_BYTES, OFFICE, OTHER, PDF, PICTURE, SOUND, read_file


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("notes.txt", "text/plain"),
        ("README.md", "text/markdown"),
        ("table.CSV", "text/csv"),
        ("page.html", "text/html"),
        ("data.json", "application/json"),
        ("program.py", "text/plain"),
        ("Makefile", "text/plain"),
    ],
)
def test_a_text_is_read_whatever_its_ending(tmp_path: Path, name: str, media_type: str) -> None:
    path = tmp_path / name
    path.write_bytes("a;ü\r\n1;2".encode("utf-16"))

    assert read_file(path) == FilePart(name, media_type, "a;ü\n1;2")


def test_an_empty_file_is_text(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()

    assert read_file(path).text == ""


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("report.pdf", b"%PDF-1.7\n1 0 obj", PDF),
        ("renamed.txt", b"%PDF-1.7\n1 0 obj", PDF),
        ("letter.docx", b"PK\x03\x04\x14\0", OFFICE),
        ("letter.rtf", b"{\\rtf1 Hello}", OFFICE),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", OFFICE),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", PICTURE),
        ("photo.webp", b"RIFF\0\0\0\0WEBP", PICTURE),
        ("song.mp3", b"ID3\x03\0\0\0", SOUND),
        ("all.zip", b"PK\x03\x04\x14\0", ARCHIVE),
        ("program", b"\x7fELF\x02\x01\x01\0", OTHER),
    ],
)
def test_what_is_no_text_is_refused_by_its_kind(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(FileNotText) as refused:
        read_file(path)

    assert (refused.value.path, refused.value.kind) == (path, kind)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileIsFolder):
        read_file(tmp_path)


def test_a_large_file_is_refused_and_the_largest_is_not(tmp_path: Path) -> None:
    largest, larger = tmp_path / "largest.txt", tmp_path / "larger.txt"
    largest.write_bytes(b"a" * MOST_BYTES)
    larger.write_bytes(b"a" * (MOST_BYTES + 1))

    assert len(read_file(largest).text) == MOST_BYTES
    with pytest.raises(FileTooLarge) as refused:
        read_file(larger)
    assert refused.value.limit_bytes == MOST_BYTES


@pytest.mark.parametrize("path", [Path("missing.txt"), Path("null\0byte")])
def test_what_cannot_be_read_is_said(tmp_path: Path, path: Path) -> None:
    with pytest.raises(FileUnreadable):
        read_file(tmp_path / path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_that_nobody_fills_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(FileUnreadable):
        read_file(pipe)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_text("x")

    assert read_file(path).name == "caf?.txt"
