"""The page explains waiting: phases with this computer's past, the pace of writing, and silence with a way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.core.answers import FinishReason
from phidesk.core.conversation import ConversationSettings
from phidesk.core.tasks import StartLoop, TaskRunner
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.protocol import OLLAMA
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_front import ConversationFront
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.chat.transcript_frame import TranscriptFrame
from phidesk.ui.chat.transcript_view import TranscriptView
from phidesk.ui.main_thread import MainThread
from phidesk.ui.messages import Notice, NoticeAction
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.notice_card import NoticeCard
from tests.fakes.faulty_line import Fault, FaultyLine
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import scripted
from tests.journeys.desk import Desk, open_desk

PATIENCE_MS = 10_000
SILENCE_S = 0.3
Kind = TypeVar("Kind", bound=QWidget)
SAID = "One two three."


@pytest.fixture
def daemon() -> Iterator[OllamaDaemon]:
    with OllamaDaemon([scripted()]) as daemon:
        yield daemon


@pytest.fixture
def line(daemon: OllamaDaemon) -> Iterator[FaultyLine]:
    with FaultyLine(lambda: daemon.url) as line:
        yield line


@pytest.fixture
def desk(line: FaultyLine, gate: Gate, tmp_path: Path, start_loop: StartLoop) -> Iterator[Desk]:
    engine = OllamaEngine(line.url, gate)
    with open_desk(tmp_path, engine, start_loop) as desk:
        yield desk
    engine.close()


@pytest.fixture
def page(desk: Desk, theme: Theme, qtbot: QtBot, qapp: QApplication) -> Iterator[ConversationPage]:
    main_thread = MainThread()
    window = QWidget()
    window.resize(800, 600)
    with ThreadPoolExecutor(1, thread_name_prefix="work") as pool:
        runner = TaskRunner(pool, main_thread.post)
        page = ConversationPage(
            ConversationBody(ConversationFront(theme), theme, TranscriptFrame(theme, runner=runner)),
            service=desk.service,
            conversations=desk.conversations,
            runner=runner,
            theme=theme,
            silence_s=SILENCE_S,
            parent=window,
        )
        page.resize(window.size())
        page.change_settings(ConversationSettings(engine=OLLAMA, window_tokens=8192))
        with qtbot.waitExposed(window):
            window.show()
        yield page
        desk.service.stop_all()
        main_thread.close()
    window.close()
    window.deleteLater()


class Hand:
    """What a person sees and does."""

    def __init__(self, page: ConversationPage, desk: Desk, qtbot: QtBot) -> None:
        self.page, self.desk, self.qtbot = page, desk, qtbot
        self.transcript = self.find(TranscriptView, "transcript")
        self.card = self.find(NoticeCard, "noticeCard")
        self.field = self.find(QPlainTextEdit, "composerInput")

    def find(self, kind: type[Kind], name: str) -> Kind:
        found = self.page.findChild(kind, name)
        assert isinstance(found, kind)
        return found

    def notice(self) -> Notice:
        assert self.card.notice is not None
        return self.card.notice

    def asks(self, text: str) -> None:
        QTest.keyClicks(self.field, text)
        QTest.keyClick(self.field, Qt.Key.Key_Return)

    def waits(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def waits_for_silence(self) -> None:
        self.waits(lambda: self.card.isVisible() and self.notice().action is NoticeAction.KEEP_WAITING)

    def presses(self, name: str) -> None:
        QTest.mouseClick(self.find(QPushButton, name), Qt.MouseButton.LeftButton)

    def is_writing(self) -> bool:
        return bool(self.page.writing_ids)

    def shown(self) -> str:
        messages = self.transcript.content.messages
        return self.transcript.message_text(messages[-1].key) if messages else ""

    def stored_answer(self) -> tuple[str, FinishReason | None]:
        assert self.page.current_id is not None
        answer = self.desk.conversations.get(self.page.current_id).result().messages[-1]
        return answer.text, answer.outcome.finish if answer.outcome else None


@pytest.fixture
def hand(page: ConversationPage, desk: Desk, qtbot: QtBot) -> Hand:
    return Hand(page, desk, qtbot)


def falls_silent(daemon: OllamaDaemon) -> None:
    """Let the next answer hold after its first words."""
    daemon.say([SAID, None, " Four."])


def test_silence_in_the_middle_of_an_answer_is_said(hand: Hand, daemon: OllamaDaemon) -> None:
    falls_silent(daemon)

    hand.asks("Count.")
    hand.waits_for_silence()

    assert hand.notice().sentence == "Ollama has said nothing more for 1\u00a0s."
    assert hand.find(QPushButton, "noticeOtherAction").text() == "Stop"
    assert hand.shown() == SAID
    assert hand.is_writing()
    daemon.go_on()
    hand.waits(lambda: not hand.is_writing())


def test_the_question_goes_away_when_the_answer_goes_on(hand: Hand, daemon: OllamaDaemon) -> None:
    falls_silent(daemon)
    hand.asks("Count.")
    hand.waits_for_silence()

    daemon.go_on()
    hand.waits(lambda: not hand.is_writing())

    assert not hand.card.isVisible()
    assert hand.stored_answer() == (f"{SAID} Four.", FinishReason.STOP)


def test_stop_ends_a_silent_answer_and_keeps_its_text(hand: Hand, daemon: OllamaDaemon) -> None:
    falls_silent(daemon)
    hand.asks("Count.")
    hand.waits_for_silence()

    hand.presses("noticeOtherAction")
    hand.waits(lambda: not hand.is_writing())

    assert not hand.card.isVisible()
    assert hand.stored_answer() == (SAID, FinishReason.STOPPED)
    daemon.wait_until(lambda: not daemon.is_generating)


def test_keep_waiting_is_asked_again_after_as_long(hand: Hand, daemon: OllamaDaemon) -> None:
    falls_silent(daemon)
    hand.asks("Count.")
    hand.waits_for_silence()

    hand.presses("noticeAction")
    assert not hand.card.isVisible()
    hand.waits_for_silence()

    daemon.go_on()
    hand.waits(lambda: not hand.is_writing())


def test_silence_is_told_when_its_conversation_is_opened_again(hand: Hand, daemon: OllamaDaemon) -> None:
    falls_silent(daemon)
    hand.asks("Count.")
    hand.waits_for_silence()
    silent_id = hand.page.current_id

    hand.page.show_conversation(None)
    assert not hand.card.isVisible()
    hand.page.show_conversation(silent_id)
    hand.waits_for_silence()

    daemon.go_on()
    hand.waits(lambda: not hand.is_writing())


def test_before_the_first_word_waiting_is_no_silence(hand: Hand, daemon: OllamaDaemon) -> None:
    daemon.say(["Well."], reading_s=60.0)
    hand.asks("Count.")

    hand.waits(lambda: hand.transcript.status == "Reading…")
    hand.qtbot.wait(int(SILENCE_S * 3000))

    assert not hand.card.isVisible()
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())


def test_a_connection_that_hangs_has_a_way_out(hand: Hand, line: FaultyLine, daemon: OllamaDaemon) -> None:
    daemon.say(["word "] * 40)
    line.fail(Fault.STALLED, after_bytes=1000)
    hand.asks("Count.")
    hand.waits_for_silence()

    hand.presses("noticeOtherAction")
    hand.waits(lambda: not hand.is_writing())

    text, finish = hand.stored_answer()
    assert finish is FinishReason.STOPPED
    assert text == hand.shown() != ""


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.RESET, Fault.NONSENSE, Fault.KILLED])
def test_what_was_received_before_a_fault_is_shown_and_on_disk(
    hand: Hand, line: FaultyLine, daemon: OllamaDaemon, fault: Fault
) -> None:
    daemon.pieces_per_s = 200
    daemon.say(["red 😀 ", "green 😀 "] * 30)
    line.fail(fault, after_bytes=1500, after="😀".encode()[:2], nonsense=b"\x00\xff<html>", kill=daemon.kill)

    hand.asks("Count.")
    hand.waits(lambda: hand.card.isVisible() and not hand.is_writing())

    text, finish = hand.stored_answer()
    assert finish is FinishReason.ERROR
    assert text == hand.shown()
    assert ("red 😀 green 😀 " * 30).startswith(text)
    assert len(text) > 20
    assert hand.notice().action is NoticeAction.CONTINUE


def test_a_load_is_told_with_what_it_usually_takes(hand: Hand, daemon: OllamaDaemon) -> None:
    daemon.load_s = 0.8
    hand.asks("Hi")
    hand.waits(hand.is_writing)
    hand.waits(lambda: hand.transcript.status == "Loading the model…")
    hand.waits(lambda: not hand.is_writing())
    daemon.kill()
    daemon.start()

    hand.asks("Hi")
    hand.waits(lambda: hand.transcript.status == "Loading the model, usually 1 s")

    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())
    assert hand.transcript.content.messages[-1].note == "Stopped; the model was not loaded to its end"


def test_the_pace_of_writing_is_told(hand: Hand, daemon: OllamaDaemon) -> None:
    daemon.pieces_per_s = 50
    daemon.say(["red ", "green "] * 1000)
    hand.asks("Write.")

    hand.waits(lambda: hand.transcript.status.startswith("Writing · "))

    words = int(hand.transcript.status.split()[2])
    assert 25 <= words <= 75
    hand.page.stop()
    hand.waits(lambda: not hand.is_writing())
