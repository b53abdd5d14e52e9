"""The picture of README, made anew: `python -m tests.journeys.readme_picture resources/screenshots/conversation.png`.

The words come from the recorded daemon; the sum, the figures and everything else are the program's.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from phidesk.app import open_window
from phidesk.core.conversation import ConversationSettings
from phidesk.core.paths import HOME_VARIABLE, find_paths
from phidesk.services import Services
from phidesk.ui.application import make_application
from phidesk.ui.last_state import LAST_CONVERSATION, PANEL, SHOWN
from phidesk.ui.main_thread import MainThread
from phidesk.ui.main_window import MainWindow
from phidesk.ui.theme.theme import Theme
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini
from tests.journeys.desk import Followed

EARLIER = ("Explain photosynthesis to a child of eight", "A kind letter to my landlord about the heating")
QUESTION = "A coat costs 240 euros and is 15 % off. What do I pay?"
CALL = (
    "Let me calculate that exactly.\n"
    '<|tool_call|>[{"name":"calculator","arguments":{"expression":"240 - 15% of 240"}}]<|/tool_call|>'
)
ANSWER = r"You pay **204 euros** and save 36: $$240 \cdot \left(1 - \frac{15}{100}\right) = 204$$"
SECOND_QUESTION = "Show me 10 %, 15 % and 20 % side by side."
SECOND_ANSWER = """Of a price of 240 euros:

| Off | You save | You pay |
|----:|---------:|--------:|
| 10 % | 24 € | 216 € |
| 15 % | 36 € | 204 € |
| 20 % | 48 € | 192 € |
"""
PATIENCE_S = 60
SETTLED_MS = 4000
"""After this time the window is complete, and what the next question takes is counted."""


def main(picture: Path) -> None:
    """Talk, open the program where that was left, take its picture."""
    application = make_application(sys.argv[:1])
    theme = Theme(application, "light", 15)
    main_thread = MainThread()
    with tempfile.TemporaryDirectory() as home, OllamaDaemon([phi4_mini()]) as daemon:
        environment = {HOME_VARIABLE: home, "OLLAMA_HOST": daemon.url, "PHIDESK_OLLAMA": "none"}
        with Services(find_paths(environment), environment, main_thread.post) as services:
            services.on_close(main_thread.close)
            _talk(services, daemon)
            window = open_window(theme, services)
            window.resize(1280, 800)
            QTimer.singleShot(SETTLED_MS, partial(_take, window, picture))
            application.exec()


def _talk(services: Services, daemon: OllamaDaemon) -> None:
    """Ask all of it, the conversation of the picture last, and leave that in view beside its panel."""
    daemon.say(CALL, when=QUESTION)
    daemon.say(ANSWER, when="<|tool_response|>")
    daemon.say(SECOND_ANSWER, when=SECOND_QUESTION)
    for question in EARLIER:
        _ask(services, question)
    conversation_id = _ask(services, QUESTION, tools=frozenset({"calculator"}))
    _ask(services, SECOND_QUESTION, conversation_id=conversation_id, tools=frozenset({"calculator"}))
    state = services.open_records().state
    state.set(LAST_CONVERSATION, conversation_id).result()
    state.set(PANEL, SHOWN).result()


def _ask(
    services: Services, question: str, *, conversation_id: str | None = None, tools: frozenset[str] = frozenset()
) -> str:
    settings = ConversationSettings(tools=tools)
    followed = Followed(services.open_profile().chat.ask(question, conversation_id=conversation_id, settings=settings))
    followed.follow_to_end(patience_s=PATIENCE_S)
    assert followed.turn.conversation_id is not None
    return followed.turn.conversation_id


def _take(window: MainWindow, picture: Path) -> None:
    window.grab().save(str(picture))
    window.close()
    QApplication.quit()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
