"""`phidesk self-test`: the installed program proves itself, offscreen and in a temporary folder.

It asks the practice model in the real window and compares what is shown with what the engine says. Packages run it
after installing; it needs no network and touches nothing of the person's.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from phidesk.app import open_window
from phidesk.core.answers import FinishReason
from phidesk.core.conversation import ConversationSettings, Message
from phidesk.core.errors import PhiDeskError
from phidesk.core.paths import HOME_VARIABLE, PRACTICE_MODEL_FILE, find_paths
from phidesk.engine.protocol import BUILTIN
from phidesk.profile import Profile
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.chat.conversation_page import ConversationPage
from phidesk.ui.command_line import self_test_line
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.messages import notice_for_outcome
from phidesk.ui.question_driver import QuestionDriver
from phidesk.ui.theme.theme import Theme

QUESTION = "Say hello."
ANSWER_TOKENS = 24
PATIENCE_S = 120.0
"""A slow computer loads and answers in a few seconds."""
NO_OLLAMA = "http://127.0.0.1:1"
"""What else runs on this computer must not matter."""


def run_self_test(model: str = PRACTICE_MODEL_FILE.removesuffix(".gguf")) -> int:
    """Run every step and print what worked and what did not; return 0 if everything did."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory(prefix="phidesk-self-test-") as home:
        findings = _ask_in_window(Path(home), model)
    for step, problem in findings.items():
        print(self_test_line(step, problem))  # noqa: T201 - what it is for
    return 1 if any(findings.values()) else 0


def _ask_in_window(home: Path, model: str) -> dict[str, str]:
    """Return the problem of each step, empty where there is none."""
    environment = {HOME_VARIABLE: str(home), "OLLAMA_HOST": NO_OLLAMA, "PHIDESK_OLLAMA": "none"}
    application = make_application(sys.argv[:1])
    theme = Theme(application)
    main_thread = MainThread()
    with Services(find_paths(environment), environment, main_thread.post) as services:
        services.on_close(main_thread.close)
        try:
            profile = services.open_profile()
        except PhiDeskError as error:
            return {"data": str(error)}
        window = open_window(theme, services)
        driver = QuestionDriver(window, QUESTION, patience_s=PATIENCE_S)
        window.completed.connect(partial(_ask, window, driver, model))
        application.exec()
        page = window.findChild(ConversationPage)
        if page is None:
            return {"window": "no page"}
        return {"data": "", "window": ""} | _findings(page, services, profile)


def _ask(window: MainWindow, driver: QuestionDriver, model: str) -> None:
    page = window.findChild(ConversationPage)
    if page is not None:
        page.change_settings(ConversationSettings(engine=BUILTIN, model=model, answer_limit_tokens=ANSWER_TOKENS))
    driver.ask()


def _findings(page: ConversationPage, services: Services, profile: Profile) -> dict[str, str]:
    if page.current_id is None:
        return {"question": "not saved"}
    answer = profile.conversations.get(page.current_id).result().messages[-1]
    findings = {"question": "", "answer": _answer_problem(answer)}
    if not findings["answer"]:
        findings["gauge"] = _gauge_problem(page, services, answer)
    return findings


def _answer_problem(answer: Message) -> str:
    outcome = answer.outcome
    if outcome is None:
        return "not finished"
    if outcome.finish not in (FinishReason.STOP, FinishReason.LENGTH):
        notice = notice_for_outcome(outcome)
        return f"{outcome.finish.value}: {notice.sentence}\n{notice.details}" if notice else outcome.finish.value
    return "" if answer.text.strip() else "empty"


def _gauge_problem(page: ConversationPage, services: Services, answer: Message) -> str:
    """Compare what is shown with what was stored and with what llama.cpp says right now."""
    loaded = services.directory.engine(BUILTIN).loaded()
    windows = [model.window_tokens for model in loaded]
    stored = answer.outcome.gauge if answer.outcome is not None else None
    if page.gauge is None or page.gauge != stored or [page.gauge.window_tokens] != windows:
        return f"shown {page.gauge}, stored {stored}, engine {windows}"
    return "" if page.gauge.consumed_tokens else f"no tokens: {page.gauge}"
