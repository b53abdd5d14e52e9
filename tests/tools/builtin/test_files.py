"""Reading, listing and writing the person's files: what is shown beforehand is what happens, and nothing else."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tools import Intent, Risk
from phidesk.core.unlinked_opening import scan_unlinked
from phidesk.documents.file_reading import read_file
from phidesk.tools.builtin.file_reading import MOST_CHARACTERS, FileReadingTool
from phidesk.tools.builtin.folder_listing import MOST_NAMES, FolderListingTool
from phidesk.tools.builtin.note_writing import LONGEST_TEXT, NoteWritingTool
from phidesk.tools.tool import CallFault, Tool, run_as_asked

POSIX = pytest.mark.skipif(os.name == "nt", reason="pipes and links as on Unix")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = (tmp_path / "home").resolve()
    (home / "letters").mkdir(parents=True)
    (home / "letters" / "one.txt").write_text("first line\nsecond line\n", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return home


@pytest.fixture
def reader(home: Path) -> FileReadingTool:
    return FileReadingTool(home, lambda path: read_file(path, follows_links=False).text)


@pytest.fixture
def lister(home: Path) -> FolderListingTool:
    return FolderListingTool(home)


@pytest.fixture
def writer(home: Path) -> NoteWritingTool:
    return NoteWritingTool(home / "notes")


def run(tool: Tool, **arguments: object) -> dict[str, object]:
    result = json.loads(run_as_asked(tool, arguments, tool.intent(arguments), Cancellation()))
    assert isinstance(result, dict)
    return result


def test_a_file_is_read_after_its_folder_is_named(reader: FileReadingTool, home: Path) -> None:
    path = home / "letters" / "one.txt"

    assert reader.intent({"path": "letters/one.txt"}) == Intent(
        Risk.READING, place=str(home / "letters"), facts=(("path", str(path)),)
    )
    assert run(reader, path="letters/one.txt") == {"path": str(path), "text": "first line\nsecond line"}


@pytest.mark.parametrize("way", ["../secret.txt", "letters/../../secret.txt", "./letters/./../../secret.txt"])
def test_the_folder_to_be_allowed_is_where_a_way_really_leads(reader: FileReadingTool, home: Path, way: str) -> None:
    assert reader.intent({"path": way}).place == str(home.parent)


@POSIX
def test_links_lead_to_the_folder_of_their_target(
    reader: FileReadingTool, lister: FolderListingTool, home: Path
) -> None:
    (home / "letters" / "harmless.txt").symlink_to(home.parent / "secret.txt")
    (home / "letters" / "more").symlink_to(home.parent)

    assert reader.intent({"path": "letters/harmless.txt"}).place == str(home.parent)
    assert reader.intent({"path": "letters/more/secret.txt"}).place == str(home.parent)
    assert lister.intent({"path": "letters/more"}).place == str(home.parent)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="places of Linux")
@pytest.mark.parametrize(
    "path", ["/dev/zero", "/proc/self/environ", "/proc/1/../self/mem", "/sys/kernel", "/dev/stdin"]
)
def test_devices_and_memory_are_not_asked_for(reader: FileReadingTool, lister: FolderListingTool, path: str) -> None:
    for tool in (reader, lister):
        with pytest.raises(CallFault, match="cannot be read"):
            tool.intent({"path": path})


@POSIX
def test_a_pipe_does_not_hang(reader: FileReadingTool, home: Path) -> None:
    os.mkfifo(home / "pipe")

    with pytest.raises(CallFault, match="no such file"):
        run(reader, path="pipe")


@pytest.mark.parametrize(
    "path", ["", " ", "a\0b", "x" * 2000, "//server/share/file", "\\\\server\\share", "~nobody-here/x"]
)
def test_what_is_no_path_is_told(reader: FileReadingTool, path: str) -> None:
    with pytest.raises(CallFault):
        reader.intent({"path": path})


@POSIX
def test_links_in_circles_are_told(reader: FileReadingTool, home: Path) -> None:
    (home / "a").symlink_to(home / "b")
    (home / "b").symlink_to(home / "a")

    with pytest.raises(CallFault):
        run(reader, path="a")


def test_before_it_is_allowed_nobody_learns_what_exists(reader: FileReadingTool, home: Path) -> None:
    assert reader.intent({"path": "letters/none.txt"}).place == str(home / "letters")
    with pytest.raises(CallFault, match="no such file"):
        run(reader, path="letters/none.txt")


def test_what_is_no_text_is_told_in_a_way_to_go_on(reader: FileReadingTool, home: Path) -> None:
    (home / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (home / "large.txt").write_bytes(b"x" * 2_000_001)

    for path, told in (("picture.png", "picture"), ("large.txt", "too large"), ("letters", "Use list_folder")):
        with pytest.raises(CallFault, match=told):
            run(reader, path=path)


def test_a_long_file_is_read_in_parts(reader: FileReadingTool, home: Path) -> None:
    lines = [f"line {number} of a long file" for number in range(1, 1001)]
    (home / "long.txt").write_text("\n".join(lines), encoding="utf-8")

    read: list[str] = []
    while len(read) < len(lines):
        told = run(reader, path="long.txt", from_line=len(read) + 1)
        part = str(told["text"]).split("\n")
        assert told["lines"] == f"{len(read) + 1} to {len(read) + len(part)} of 1000"
        read += part

    assert read == lines
    with pytest.raises(CallFault, match="from 1 to 1000"):
        run(reader, path="long.txt", from_line=1001)


def test_one_endless_line_is_cut(reader: FileReadingTool, home: Path) -> None:
    (home / "line.txt").write_text("x" * 20_000, encoding="utf-8")

    assert len(str(run(reader, path="line.txt")["text"])) == MOST_CHARACTERS


def test_a_folder_is_listed_without_what_is_hidden(lister: FolderListingTool, home: Path) -> None:
    (home / "letters" / ".hidden").touch()
    (home / "letters" / "Zoo").mkdir()
    (home / "letters" / "Beta.md").touch()

    assert lister.intent({"path": "letters"}) == Intent(
        Risk.READING, place=str(home / "letters"), facts=(("path", str(home / "letters")),)
    )
    assert run(lister, path="letters") == {
        "path": str(home / "letters"), "folders": ["Zoo"], "files": ["Beta.md", "one.txt"],
    }  # fmt: skip


def test_a_full_folder_is_cut_and_says_so(lister: FolderListingTool, home: Path) -> None:
    for number in range(MOST_NAMES + 7):
        (home / f"{number:04}.txt").touch()

    told = run(lister, path=".")

    assert told["folders"] == ["letters"]
    assert told["more"] == 8
    assert len(told["files"]) == MOST_NAMES - 1  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "told"), [("letters/one.txt", "Use read_file"), ("nowhere", "no such folder")])
def test_what_is_no_folder_is_told(lister: FolderListingTool, path: str, told: str) -> None:
    with pytest.raises(CallFault, match=told):
        run(lister, path=path)


def test_a_note_is_shown_whole_and_then_written(writer: NoteWritingTool, home: Path) -> None:
    path = home / "notes" / "shopping.txt"
    text = "milk\n" * 500 + "grüße 🎂"

    intent = writer.intent({"name": "shopping", "text": text})

    assert intent == Intent(Risk.CHANGING, place=str(home / "notes"), facts=(("path", str(path)), ("text", text)))
    assert not path.parent.exists()
    assert run(writer, name="shopping", text=text) == {"written": str(path), "bytes": len(text.encode())}
    assert path.read_bytes() == text.encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_note_overwrites_nothing(writer: NoteWritingTool, home: Path) -> None:
    run(writer, name="list.md", text="first")

    with pytest.raises(CallFault, match="exists already"):
        writer.intent({"name": "list.md", "text": "second"})
    with pytest.raises(CallFault, match="exists already"):
        run(writer, name="list.md", text="second")

    assert [file.read_text(encoding="utf-8") for file in (home / "notes").iterdir()] == ["first"]


@POSIX
def test_a_link_in_the_place_of_a_note_is_not_followed(writer: NoteWritingTool, home: Path) -> None:
    (home / "notes").mkdir()
    (home / "notes" / "trap.txt").symlink_to(home / "elsewhere.txt")

    with pytest.raises(CallFault, match="exists already"):
        writer.intent({"name": "trap.txt", "text": "x"})
    with pytest.raises(CallFault, match="exists already"):
        writer.run({"path": str(home / "notes" / "trap.txt"), "text": "x"}, Cancellation())

    assert not (home / "elsewhere.txt").exists()


@pytest.mark.parametrize(
    "name",
    ["", "../x.txt", "a/b.txt", "a\\b.txt", "/etc/x.txt", "C:x.txt", ".hidden.txt", "..", ".txt", " .txt", "con.txt", "NUL", "x.txt\0",
     "a\nb.txt", "x.sh", "x.txt.exe", "x.desktop", "x.html", "\u202etxt.md", "n" * 101 + ".txt", "what?.txt"],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_run_are_refused(writer: NoteWritingTool, home: Path, name: str) -> None:
    with pytest.raises(CallFault, match='"name" must'):
        writer.intent({"name": name, "text": "x"})
    with pytest.raises(CallFault, match='"name" must'):
        run(writer, name=name, text="x")

    assert not (home / "notes").exists()


@pytest.mark.parametrize("text", ["x" * (LONGEST_TEXT + 1), "\ud800"])
def test_texts_that_cannot_be_written_are_refused(writer: NoteWritingTool, home: Path, text: str) -> None:
    with pytest.raises(CallFault):
        writer.intent({"name": "x", "text": text})


def test_a_folder_that_cannot_be_made_is_told(home: Path) -> None:
    writer = NoteWritingTool(home / "letters" / "one.txt" / "notes")

    with pytest.raises(CallFault, match="could not be written"):
        run(writer, name="x", text="y")


@pytest.mark.parametrize("tool_name", ["reader", "lister", "writer"])
def test_stopping_leaves_nothing_behind(tool_name: str, home: Path, request: pytest.FixtureRequest) -> None:
    tool = request.getfixturevalue(tool_name)
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled):
        tool.run({"path": "letters", "name": "x", "text": "y"}, cancel)

    assert not (home / "notes").exists()


def swap_for_link(place: Path, target: Path) -> None:
    """Put a link where a file or folder stood."""
    place.rename(place.with_name("moved away"))
    place.symlink_to(target)


@POSIX
@pytest.mark.parametrize("swapped", ["letters/one.txt", "letters"])
def test_a_link_put_there_after_the_person_was_asked_is_not_read(
    reader: FileReadingTool, lister: FolderListingTool, home: Path, swapped: str
) -> None:
    (home / "one.txt").write_text("secret", encoding="utf-8")
    file, folder = {"path": "letters/one.txt"}, {"path": "letters"}
    asked, asked_folder = reader.intent(file), lister.intent(folder)

    swap_for_link(home / swapped, home / "one.txt" if swapped.endswith(".txt") else home)

    with pytest.raises(CallFault, match="something else"):
        run_as_asked(reader, file, asked, Cancellation())
    assert asked.settled is not None
    with pytest.raises(CallFault, match="no such file"):  # also where it comes later than the last look
        reader.run(asked.settled, Cancellation())
    if swapped == "letters":
        assert asked_folder.settled is not None
        with pytest.raises(CallFault):
            lister.run(asked_folder.settled, Cancellation())


@POSIX
def test_a_link_in_the_place_of_the_folder_for_notes_is_not_written_into(writer: NoteWritingTool, home: Path) -> None:
    run(writer, name="first", text="x")
    asked = writer.intent({"name": "second", "text": "y"})

    swap_for_link(home / "notes", home / "letters")

    assert asked.settled is not None
    with pytest.raises(CallFault, match="could not be written"):
        writer.run(asked.settled, Cancellation())
    assert {entry.name for entry in (home / "letters").iterdir()} == {"one.txt"}


@POSIX
def test_what_is_open_already_is_what_is_read(tmp_path: Path) -> None:
    folder = (tmp_path / "inner").resolve()
    folder.mkdir()
    (folder / "file.txt").touch()

    with scan_unlinked(folder) as entries:
        swap_for_link(folder, tmp_path)
        assert [entry.name for entry in entries] == ["file.txt"]
