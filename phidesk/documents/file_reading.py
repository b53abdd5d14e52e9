"""Files that go along with a question, read as text. Which kinds: everything that is text, whatever its ending says."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from phidesk.core.errors import FileIsFolder, FileNotText, FileTooLarge, FileUnreadable
from phidesk.core.parts import FilePart
from phidesk.core.unlinked_opening import READING, open_unlinked
from phidesk.documents.text_decoding import NotText, decode_text

MOST_BYTES = 2_000_000
"""Larger files are refused. The largest window of phi4-mini, 131,072 tokens, holds about 0.5 MB of English."""
PLAIN_TEXT = "text/plain"

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".markdown": "text/markdown",
    ".md": "text/markdown",
    ".tsv": "text/tab-separated-values",
    ".xml": "application/xml",
}
PDF, OFFICE, PICTURE, SOUND, ARCHIVE, OTHER = "pdf", "office", "picture", "sound", "archive", "other"
"""What a file is that is no text: the fact `kind` of `FileNotText`. Film counts as sound."""
_BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"{\\rtf", OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OFFICE),  # Word, Excel and PowerPoint until 2003
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"II*\0", PICTURE),
    (b"MM\0*", PICTURE),
    (b"PK\x03\x04", ARCHIVE),
    (b"PK\x05\x06", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
)
_ENDINGS = {
    OFFICE: {".doc", ".docx", ".epub", ".odp", ".ods", ".odt", ".pages", ".ppt", ".pptx", ".rtf", ".xls", ".xlsx"},
    PICTURE: {".avif", ".bmp", ".gif", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".psd", ".tif", ".tiff", ".webp"},
    SOUND: {".aac", ".avi", ".flac", ".m4a", ".mkv", ".mov", ".mp3", ".mp4", ".ogg", ".opus", ".wav", ".webm"},
    ARCHIVE: {".7z", ".bz2", ".gz", ".rar", ".tar", ".xz", ".zip", ".zst"},
}


def read_file(path: Path, *, follows_links: bool = True) -> FilePart:
    """Read a file as text. Blocks.

    Args:
        path: without `follows_links` it is absolute, with every link resolved.
        follows_links: False for what somebody else asks for, after the person allowed this place and no other.

    Raises:
        FileIsFolder: it is a folder.
        FileTooLarge: it has more than `MOST_BYTES`.
        FileNotText: it is something else; pictures, PDF and documents of office programs among them.
        FileUnreadable: it is gone, may not be read, or is no file but a device.
    """
    content = _read_bytes(path, follows_links=follows_links)
    kind = _kind_by_beginning(content, path)
    if kind:
        raise FileNotText(path, kind=kind)
    try:
        text = decode_text(content)
    except NotText:
        raise FileNotText(path, kind=_kind_by_ending(path)) from None
    name = path.name.encode(errors="replace").decode()  # names that are no text exist
    return FilePart(name, _MEDIA_TYPES.get(path.suffix.lower(), PLAIN_TEXT), text)


def _read_bytes(path: Path, *, follows_links: bool) -> bytes:
    try:
        if path.is_dir():
            raise FileIsFolder(path)
        descriptor = os.open(path, READING) if follows_links else open_unlinked(path)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # reading a pipe or a device may never end
                raise FileUnreadable(path, detail="not a regular file")
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise FileUnreadable(path, detail=str(error)) from error
    if len(content) > MOST_BYTES:
        raise FileTooLarge(path, limit_bytes=MOST_BYTES)
    return content


def _kind_by_beginning(content: bytes, path: Path) -> str:
    """Name what begins so; empty for what may be text."""
    kind = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), "")
    is_packed_document = kind == ARCHIVE and _kind_by_ending(path) == OFFICE
    return OFFICE if is_packed_document else kind


def _kind_by_ending(path: Path) -> str:
    ending = path.suffix.lower()
    return next((kind for kind, endings in _ENDINGS.items() if ending in endings), OTHER)
