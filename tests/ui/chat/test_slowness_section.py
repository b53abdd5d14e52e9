"""The panel's answer to "Why is it slow?", with a real page and engine behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from phidesk.chat.engine_choice import EngineReport
from phidesk.core.errors import EngineMissing
from phidesk.core.model_info import CachePrecision, ModelInfo
from phidesk.core.slowness import SlownessFacts
from phidesk.engine.protocol import BUILTIN
from phidesk.ui.chat.slowness_answers import SlownessAnswers
from phidesk.ui.chat.slowness_section import SlownessSection
from tests.ui.chat.conftest import Profile
from tests.ui.chat.test_conversation_page import PRACTICE_MODEL, Hand, MakePage, make_page

__all__ = ["make_page"]

SPILLED = SlownessFacts(gpu_share=0.5, window_tokens=16384, fitting_window_tokens=8192)
CROWDED = SlownessFacts(gpu_share=0.5, other_models=("llama3:latest",), is_on_battery=True)


@pytest.fixture
def section(theme: object, english: None, qtbot: QtBot) -> Iterator[SlownessSection]:
    host = QWidget()
    qtbot.addWidget(host)
    yield SlownessSection(host)
    host.close()


def label(section: SlownessSection, name: str) -> QLabel:
    found = section.findChild(QLabel, name)
    assert found is not None
    return found


def button(section: SlownessSection, name: str) -> QPushButton:
    found = section.findChild(QPushButton, name)
    assert found is not None
    return found


def sentence(section: SlownessSection) -> str:
    return label(section, "slownessSentence").text()


def test_nothing_unusual_is_said_so_and_needs_no_button(section: SlownessSection) -> None:
    section.show_facts(SlownessFacts())

    assert sentence(section) == "Nothing unusual was found."
    assert button(section, "mendSlowness").isHidden()


def test_the_weightiest_is_said_and_the_rest_waits_behind_details(section: SlownessSection) -> None:
    section.show_facts(CROWDED)
    details = label(section, "slownessDetails")
    assert details.isHidden()

    button(section, "slownessDetailsToggle").click()

    assert sentence(section).startswith("Other models take room")
    assert not details.isHidden()
    assert "battery" in details.text()
    assert "On the graphics card: 50 %" in details.text()


def test_a_click_tells_of_the_real_engine(
    section: SlownessSection, make_page: MakePage, profile: Profile, practice_model: ModelInfo, qtbot: QtBot
) -> None:
    answers = SlownessAnswers(
        section,
        make_page(),
        look=lambda report: profile.service.look_at_slowness(report, CachePrecision.F16),
        free=_refuse,
        keep_ready=_nothing,
        tasks=profile.runner,
    )
    answers.show_report(EngineReport(BUILTIN, practice_model))

    button(section, "askSlowness").click()

    qtbot.waitUntil(lambda: not button(section, "slownessDetailsToggle").isHidden())
    assert sentence(section)


def test_a_smaller_window_is_for_this_conversation(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    page = make_page()
    SlownessAnswers(
        section, page, look=lambda _report: SPILLED, free=_refuse, keep_ready=_nothing, tasks=profile.runner
    )
    button(section, "askSlowness").click()
    qtbot.waitUntil(lambda: not button(section, "mendSlowness").isHidden())

    button(section, "mendSlowness").click()

    assert page.settings.window_tokens == 8192
    assert sentence(section).startswith("Done.")


def test_what_was_asked_in_another_conversation_is_not_said_here(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    page = make_page()
    hand = Hand(page, profile, qtbot)
    page.set_model(BUILTIN, PRACTICE_MODEL)
    SlownessAnswers(
        section, page, look=lambda _report: SPILLED, free=_refuse, keep_ready=_nothing, tasks=profile.runner
    )
    hand.asks_and_is_answered("Hi")
    looked: list[bool] = []

    button(section, "askSlowness").click()
    profile.runner.run(lambda: True, done=looked.append, failed=_raise)
    page.show_conversation(None)

    qtbot.waitUntil(lambda: bool(looked))
    assert button(section, "mendSlowness").isHidden()


def test_freeing_that_fails_says_why(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    SlownessAnswers(
        section, make_page(), look=lambda _report: CROWDED, free=_refuse, keep_ready=_nothing, tasks=profile.runner
    )
    button(section, "askSlowness").click()
    qtbot.waitUntil(lambda: not button(section, "mendSlowness").isHidden())

    button(section, "mendSlowness").click()

    qtbot.waitUntil(lambda: not sentence(section).startswith("Other models"))
    assert sentence(section)


def asks(section: SlownessSection, qtbot: QtBot) -> None:
    button(section, "askSlowness").click()
    qtbot.waitUntil(lambda: not button(section, "mendSlowness").isHidden())


def test_a_model_that_is_loaded_often_is_kept_longer(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    kept: list[bool] = []
    facts = SlownessFacts(load_ms=9_000, can_keep_ready=True)
    SlownessAnswers(
        section,
        make_page(),
        look=lambda _report: facts,
        free=_refuse,
        keep_ready=lambda: kept.append(True),
        tasks=profile.runner,
    )
    asks(section, qtbot)

    button(section, "mendSlowness").click()

    qtbot.waitUntil(lambda: sentence(section).startswith("Done."))
    assert kept == [True]


def test_much_that_is_read_is_summarised(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    page = make_page()
    hand = Hand(page, profile, qtbot)
    page.set_model(BUILTIN, "scripted")
    hand.asks_and_is_answered("Hello")
    hand.asks_and_is_answered("Sure?")
    facts = SlownessFacts(reading_ms=9_000)
    SlownessAnswers(section, page, look=lambda _report: facts, free=_refuse, keep_ready=_nothing, tasks=profile.runner)
    asks(section, qtbot)

    button(section, "mendSlowness").click()

    assert page.current_id is not None
    hand.waits(lambda: len(hand.transcript.content.messages) == 5 and not hand.is_writing())
    summary = profile.conversations.get(page.current_id).result().messages[2]
    assert summary.is_standing_summary


def test_answers_elsewhere_that_are_waited_for_are_stopped(
    section: SlownessSection, make_page: MakePage, profile: Profile, qtbot: QtBot
) -> None:
    page = make_page()
    hand = Hand(page, profile, qtbot)
    hand.asks_for_a_story()
    page.show_conversation(None)
    facts = SlownessFacts(running_answers=2)
    SlownessAnswers(section, page, look=lambda _report: facts, free=_refuse, keep_ready=_nothing, tasks=profile.runner)
    asks(section, qtbot)

    button(section, "mendSlowness").click()

    qtbot.waitUntil(lambda: not page.writing_ids)


def _nothing() -> None:
    return


def _raise(error: Exception) -> None:
    raise error


def _refuse(engine_name: str) -> None:
    raise EngineMissing(engine=engine_name)
