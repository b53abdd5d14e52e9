"""Words are found in everything that a transcript holds, marked, counted and shown one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.tasks import TaskRunner
from phidesk.ui.chat.find_bar import FindBar
from phidesk.ui.chat.finding import Finding
from phidesk.ui.chat.transcript_hits import FoundHits, next_portion
from phidesk.ui.chat.transcript_message import Inset, Speaker, Thinking, TranscriptMessage
from phidesk.ui.chat.transcript_selection import Place, Selection, slice_utf16
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from phidesk.ui.theme.theme import Theme
from tests.fakes.workers import Workers
from tests.richtext.generated_answers import generated_answer

FILLER = "Something else that is long enough to be seen.\n\n" * 3


class Scene:
    """A bar above a transcript, as the page has them."""

    def __init__(self, window: QWidget, view: TranscriptView, bar: FindBar, finding: Finding) -> None:
        self.window = window
        self.view = view
        self.bar = bar
        self.finding = finding

    @property
    def field(self) -> QLineEdit:
        found = self.bar.findChild(QLineEdit, "findField")
        assert found is not None
        return found

    @property
    def count(self) -> str:
        found = self.bar.findChild(QLabel, "findCount")
        assert found is not None
        return found.text()

    def is_end_seen(self, message: int) -> bool:
        return 0 < self.view.message_rect(message).bottom() < self.view.viewport().height()

    def is_place_seen(self, message: int) -> bool:
        return self.view.message_rect(message).intersects(self.view.viewport().rect())


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    window = QWidget()
    qtbot.addWidget(window)
    main_thread = MainThread()
    with ThreadPoolExecutor(1) as executor:
        runner = TaskRunner(executor, main_thread.post)
        bar, view = FindBar(theme), TranscriptView()
        inside = QWidget(window)  # A layout of the window itself would tell the screen its least size.
        layout = QVBoxLayout(inside)
        layout.addWidget(bar)
        layout.addWidget(view)
        window.resize(700, 500)
        inside.resize(window.size())
        with qtbot.waitExposed(window):
            window.show()
        yield Scene(window, view, bar, Finding(bar, view, runner, window))
    main_thread.close()


def talk(*texts: str) -> list[TranscriptMessage]:
    speakers = (Speaker.PERSON, Speaker.MODEL)
    return [TranscriptMessage(f"m{number}", speakers[number % 2], text) for number, text in enumerate(texts)]


def test_hits_are_counted_and_the_nearest_is_shown(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk("Where is the café?", FILLER, "A cafe", "**Caf**é!"))
    scene.finding.open()

    QTest.keyClicks(scene.field, "cafe")

    qtbot.waitUntil(lambda: scene.count.endswith("of 3"))
    assert scene.view.marked_hits == 3


def test_enter_goes_from_hit_to_hit_and_around(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk("one needle", FILLER * 5, "two needle", FILLER * 5))
    scene.finding.open()
    QTest.keyClicks(scene.field, "needle")
    qtbot.waitUntil(lambda: scene.count != "")
    first = scene.count

    QTest.keyClick(scene.field, Qt.Key.Key_Return)
    second = scene.count
    QTest.keyClick(scene.field, Qt.Key.Key_Return)

    assert {first, second} == {"1 of 2", "2 of 2"}
    assert scene.count == first
    QTest.keyClick(scene.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert scene.count == second


def test_what_was_never_drawn_is_found_and_shown(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk(*["needle" if number == 3 else FILLER for number in range(200)]))
    scene.finding.open()

    QTest.keyClicks(scene.field, "needle")

    qtbot.waitUntil(lambda: scene.count == "1 of 1")
    assert scene.is_place_seen(3)


def test_nothing_found_is_said(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk("Hello"))
    scene.finding.open()

    QTest.keyClicks(scene.field, "xyz")

    qtbot.waitUntil(lambda: scene.count == "Not found")
    button = scene.bar.findChild(QToolButton, "findNext")
    assert button is not None
    assert not button.isEnabled()


def test_arriving_text_is_searched_too(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk("A needle?", ""))
    scene.finding.open()
    QTest.keyClicks(scene.field, "needle")
    qtbot.waitUntil(lambda: scene.count == "1 of 1")

    scene.view.append_text("m1", "Yes, a needle.\n\nAnd a second needle.")

    qtbot.waitUntil(lambda: scene.count == "1 of 3")


def test_escape_takes_bar_and_marks_away(scene: Scene, qtbot: QtBot) -> None:
    scene.view.show_messages(talk("A needle?"))
    scene.finding.open()
    QTest.keyClicks(scene.field, "needle")
    qtbot.waitUntil(lambda: scene.count == "1 of 1")

    QTest.keyClick(scene.field, Qt.Key.Key_Escape)

    assert scene.bar.isHidden()
    assert scene.view.marked_hits == 0
    assert scene.view.hasFocus()


def test_counting_goes_on_after_the_nearest_hit_is_shown(scene: Scene, qtbot: QtBot) -> None:
    answers = [f"{generated_answer(number, parts=3)}\n\n{FILLER * 10}A needle." for number in range(400)]
    scene.view.show_messages(talk(*(text for answer in answers for text in ("A question?", answer))))
    scene.finding.open()

    QTest.keyClicks(scene.field, "needle")

    qtbot.waitUntil(lambda: scene.count.endswith("so far"))
    assert scene.view.marked_hits > 0
    qtbot.waitUntil(lambda: scene.count.endswith(" of 400"))


def test_the_hit_before_is_found_while_all_others_are_counted(theme: Theme, qtbot: QtBot) -> None:
    window, workers = QWidget(), Workers()
    qtbot.addWidget(window)
    bar, view = FindBar(theme, window), TranscriptView(window)
    view.resize(640, 480)
    finding = Finding(bar, view, TaskRunner(workers, lambda closure: closure()), window)
    scene = Scene(window, view, bar, finding)
    answers = [f"{generated_answer(number % 20, parts=3)}\n\n{FILLER * 10}A needle." for number in range(2_000)]
    view.show_messages(talk(*(text for answer in answers for text in ("A question?", answer))))
    view.reveal_message(2_001)
    scene.field.setText("needle")
    workers.work()
    is_first_seen, was_before_seen = scene.is_end_seen(2_001), scene.is_end_seen(1_999)

    finding.go(-1)
    workers.work()  # What was begun before.
    workers.work()

    assert is_first_seen
    assert not was_before_seen
    assert scene.is_end_seen(1_999)
    assert scene.count.endswith("so far")


def test_messages_are_counted_from_a_place_on_both_ways() -> None:
    found = FoundHits(talk("needle", "needle", "needle", "needle"), {}, "needle")

    forwards = [index for index, _ in found.uncounted(2)]
    backwards = [index for index, _ in found.uncounted(1, is_backwards=True)]
    counts = found.uncounted(0)
    found.add([next(counts)])
    found.add([(0, 1), (1, 1)])

    assert forwards == [2, 3, 0, 1]
    assert backwards == [1, 0, 3, 2]
    assert [index for index, _ in counts] == [2, 3]
    assert found.total == 2


def test_opening_a_thought_finds_what_was_thought(scene: Scene, qtbot: QtBot) -> None:
    thought = TranscriptMessage("m1", Speaker.MODEL, "A needle.", insets=(Inset(0, Thinking("Which needle?")),))
    scene.view.show_messages([*talk("Where?"), thought])
    scene.finding.open()
    QTest.keyClicks(scene.field, "needle")
    qtbot.waitUntil(lambda: scene.count == "1 of 1")

    scene.view.toggle(1, 0)

    qtbot.waitUntil(lambda: scene.count.endswith("of 2"))
    assert scene.view.marked_hits == 2


def test_the_nearest_hit_is_unknown_while_messages_before_it_are_not_counted() -> None:
    found = FoundHits(talk("needle", "other", "needle"), {}, "needle")

    found.add([(1, 0)])
    before_counting = found.nearest(Place(1, 0, 0)), found.nearest(Place(1, 0, 0), is_backwards=True)
    found.add([(2, 1)])
    ahead = found.nearest(Place(1, 0, 0))

    assert before_counting == (None, None)
    assert ahead == Selection(Place(2, 0, 0), Place(2, 0, 6))
    assert not found.is_complete


def test_from_hit_to_hit_it_goes_around_both_ways() -> None:
    found = FoundHits(talk("needle needle", "other", "needle"), {}, "needle")
    found.add(found.uncounted(1))
    forwards, backwards = [found.in_message(2)[0]], [found.in_message(2)[0]]

    for _ in range(3):
        for hits, place, is_backwards in ((forwards, forwards[-1].end, False), (backwards, backwards[-1].start, True)):
            hit = found.nearest(place, is_backwards=is_backwards)
            assert hit is not None
            hits.append(hit)

    assert [found.number_of(hit) for hit in forwards] == [2, 0, 1, 2]
    assert [found.number_of(hit) for hit in backwards] == [2, 1, 0, 2]


def test_only_messages_that_changed_are_counted_again() -> None:
    messages = talk("needle", "other", "needle")
    before = FoundHits(messages, {}, "needle")
    before.add(before.uncounted(0))

    changed = [*messages[:2], *talk("", "", "needle needle")[2:]]
    found = FoundHits(changed, {}, "needle", before)

    assert next_portion(found.uncounted(0)) == [(2, 2)]
    found.add([(2, 2)])
    assert found.is_complete
    assert found.total == 3


@pytest.mark.parametrize("seed", range(0, 60, 7))
def test_the_count_of_a_message_is_what_is_marked_in_it(seed: int) -> None:
    for wanted in ("e", "the model", "x", "n\u0303", "ß", "模型"):
        found = FoundHits(talk("", generated_answer(seed, parts=4)), {}, wanted)
        found.add(found.uncounted(0))

        assert found.total == len(found.in_message(1))


@pytest.mark.parametrize(("opened", "expected"), [(frozenset(), 1), (frozenset({0}), 2)])
def test_folded_thoughts_are_searched_only_when_open(opened: frozenset[int], expected: int) -> None:
    message = TranscriptMessage("m", Speaker.MODEL, "A needle.", insets=(Inset(0, Thinking("Which needle?")),))

    found = FoundHits([message], {"m": opened}, "needle")

    found.add(found.uncounted(0))

    assert found.total == len(found.in_message(0)) == expected


def test_hits_are_where_the_words_are(scene: Scene) -> None:
    scene.view.show_messages(talk("x", "- 😀 one **two** three\n- more\n\n| a | two |\n|---|---|\n| two | b |\n"))

    hits = scene.view.find_words("two").in_message(1)

    assert len(hits) == 3
    for hit in hits:
        block = scene.view.content.layout(hit.start.message).boxes[hit.start.block].block
        assert slice_utf16(block.text, hit.start.offset, hit.end.offset) == "two"
