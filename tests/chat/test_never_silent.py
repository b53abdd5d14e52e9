"""Nothing is cut in silence: random conversations that overflow, with every policy, and the bytes that were really sent.

Every question begins with a mark of its own. The line in front of the engine shows which of them went through.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from phidesk.chat.prompt_plan import last_unseen
from phidesk.chat.request import spoken_messages
from phidesk.core.answers import AnswerOutcome
from phidesk.core.conversation import Conversation, ConversationSettings, Overflow, Role, newest_summary
from phidesk.core.tasks import StartLoop
from phidesk.engine.builtin.engine import BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.ollama.client import OllamaEngine
from phidesk.engine.openai.client import ServerEngine
from phidesk.engine.protocol import BUILTIN, Engine
from tests.fakes.faulty_line import FaultyLine
from tests.fakes.generated_texts import some_text
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import phi4_mini, scripted
from tests.fakes.openai_dialects import LM_STUDIO, MODEL, VLLM, Dialect, dialect_server
from tests.fakes.scripted_gguf import Script, write_scripted_gguf
from tests.journeys.desk import Desk, Followed, open_desk

BEHIND_LINE = (sys.executable, "-m", "tests.fakes.child_behind_line")
WINDOWS = (256, 512, 1024)
SERVER_WINDOW = 512
MOST_TURNS = 7
MARK = re.compile(r"\[q\d+\]")
TOLD = {None, "WindowExceeded"}
"""All that may be said of a conversation that became too long."""
SAMPLE, FEW, ALL = 30, 8, 1_000
"""The sample is as large as it must be to meet refusals of servers; llama.cpp answers in earnest and gets few of it."""
AMOUNTS = [
    pytest.param(SAMPLE, id="sample"),
    pytest.param(ALL, id="all", marks=(pytest.mark.endure, pytest.mark.timeout(3600))),
]


@dataclass(frozen=True)
class Scene:
    """An engine behind a line. `measure` counts the tokens of a text as its model does.

    `window_tokens` is what the engine holds whatever it is asked for; None: what it is asked for.
    """

    engine: Engine
    line: FaultyLine
    model: str
    measure: Callable[[str], int]
    window_tokens: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """What was asked last, as it went over the line."""
        body: dict[str, Any] = json.loads(self.line.asked.partition(b"\r\n\r\n")[2])
        return body

    @property
    def sent_texts(self) -> list[str]:
        """All texts of the newest prompt."""
        body = self.body
        return [body["prompt"]] if "prompt" in body else [message["content"] for message in body["messages"]]


def bytes_of(text: str) -> int:
    return len(text.encode())


@contextmanager
def ollama(gate: Gate, model: str) -> Iterator[Scene]:
    with OllamaDaemon([phi4_mini(), scripted()]) as daemon, FaultyLine(lambda: daemon.url) as line:
        engine = OllamaEngine(line.url, gate)
        yield Scene(engine, line, model, lambda text: len(phi4_mini().tokens(text)))
        engine.close()


@contextmanager
def builtin(gate: Gate, start_loop: StartLoop, folder: Path) -> Iterator[Scene]:
    write_scripted_gguf(str(folder / "scripted.gguf"), [Script("Hello, I am a scripted model. 😀 Grüße!")])
    told = folder / "address"
    with FaultyLine(lambda: told.read_text(encoding="utf-8")) as line:
        engine = BuiltinEngine([folder], gate, start_loop, (*BEHIND_LINE, line.url, str(told)))
        yield Scene(engine, line, "scripted", bytes_of)
        engine.close()


@contextmanager
def server(gate: Gate, dialect: Dialect) -> Iterator[Scene]:
    with dialect_server(dialect) as behind, FaultyLine(lambda: behind.address) as line:
        engine = ServerEngine(line.url, lambda: None, gate)
        yield Scene(engine, line, MODEL, len, dialect.window_tokens)
        engine.close()


ENGINES: dict[str, Callable[[Gate, StartLoop, Path], Any]] = {
    "ollama-exact": lambda gate, *_: ollama(gate, "phi4-mini:latest"),
    "ollama-estimated": lambda gate, *_: ollama(gate, "scripted:latest"),
    "builtin": builtin,
    "server-telling": lambda gate, *_: server(gate, replace(VLLM, window_tokens=SERVER_WINDOW)),
    "server-silent": lambda gate, *_: server(gate, replace(LM_STUDIO, window_tokens=SERVER_WINDOW, tells_window=False)),
}


@pytest.fixture(params=ENGINES)
def scene(request: pytest.FixtureRequest, gate: Gate, start_loop: StartLoop, tmp_path: Path) -> Iterator[Scene]:
    with ENGINES[request.param](gate, start_loop, tmp_path) as scene:
        yield scene


class Person:
    """Talks at random, and deals with an overflow by one policy."""

    def __init__(self, desk: Desk, scene: Scene, chance: Random) -> None:
        self.policy = chance.choice(("ask", "let go", "larger", "summarise"))
        self._desk = desk
        self._scene = scene
        self._chance = chance
        self._asked = 0
        self._id = ""
        self._settings = ConversationSettings(
            instructions=some_text(chance, 6) if chance.random() < 0.4 else "",
            engine=scene.engine.name,
            model=scene.model,
            window_tokens=chance.choice(WINDOWS),
            answer_limit_tokens=chance.choice((None, 4, 40)),
            temperature=0.0,
            overflow=Overflow.LET_OLDEST_GO if self.policy == "let go" else Overflow.ASK,
        )

    def talk(self) -> int:
        """Ask, change and overflow until it is enough; return how often something did not fit."""
        overflows = 0
        self._follow(self._desk.begin(self._question(), self._settings))
        for _ in range(self._chance.randint(2, MOST_TURNS)):
            outcome = self._act()
            if outcome.error is not None:
                overflows += 1
                self._overflow(outcome)
        return overflows

    @property
    def _conversation(self) -> Conversation:
        return self._desk.conversations.get(self._id).result()

    def _act(self) -> AnswerOutcome:
        service, chance = self._desk.service, self._chance.random()
        questions = [message for message in self._conversation.messages if message.role is Role.PERSON]
        if chance < 0.7:
            return self._follow(
                Followed(service.ask(self._question(), conversation_id=self._id, settings=self._settings))
            )
        if chance < 0.8:
            return self._follow(Followed(service.ask_edited(self._chance.choice(questions), self._question())))
        if chance < 0.9:
            return self._follow(Followed(service.ask_again(self._chance.choice(questions))))
        return self._follow(Followed(service.summarise(self._chance.choice(self._conversation.messages))))

    def _overflow(self, outcome: AnswerOutcome) -> None:
        facts = dict(outcome.facts)
        if self.policy == "larger" and (larger := int(facts["larger_window_tokens"] or 0)):
            self._settings = replace(self._settings, window_tokens=larger)
            self._desk.conversations.change_settings(self._id, self._settings).result()
            self._follow(Followed(self._desk.service.resume(self._id)))
        elif self.policy == "ask" and not facts["is_message_alone"]:
            self._follow(Followed(self._desk.service.resume(self._id, lets_oldest_go=True)))
        elif self.policy == "summarise" and len(self._conversation.messages) > 2:
            self._follow(Followed(self._desk.service.summarise(self._conversation.messages[-3])))

    def _question(self) -> str:
        self._asked += 1
        pieces = 150 if self._chance.random() < 0.05 else 14
        return f"[q{self._asked}] {some_text(self._chance, pieces, control=True)}"

    def _follow(self, followed: Followed) -> AnswerOutcome:
        outcome = followed.follow_to_end(patience_s=60)
        self._id = followed.turn.conversation_id or ""
        assert outcome.error in TOLD, (self.policy, outcome)
        answer = next(it for it in reversed(self._conversation.messages) if it.outcome == outcome)
        if outcome.error is None:
            self._check_whole(outcome)
            if not answer.is_summary:
                self._check_line()
        return outcome

    def _check_whole(self, outcome: AnswerOutcome) -> None:
        """See that the model read all that was sent, and that prompt and answer fit its window."""
        usage = outcome.usage
        assert usage.prompt_tokens is not None
        assert usage.prompt_tokens >= sum(map(self._scene.measure, self._scene.sent_texts))
        window_tokens = self._scene.window_tokens or self._settings.window_tokens or 0
        assert outcome.window_tokens in (None, window_tokens)
        assert usage.prompt_tokens < window_tokens
        assert self._scene.body.get("truncate", False) is False
        assert self._scene.body.get("shift", False) is False

    def _check_line(self) -> None:
        """See that the questions that were sent are those below the memory line, all of them.

        A question with which the summary at the line ends is sent once more in short.
        """
        conversation = self._conversation
        summary = newest_summary(conversation.messages)
        unseen = last_unseen(conversation.messages)
        place = next((place for place, it in enumerate(conversation.messages) if it.id == unseen), -1)
        assert summary is None or place >= summary - 1
        seen = conversation.messages[place + 1 :]
        in_short = unseen if summary is not None and place == summary - 1 else None
        sent = [it for it in spoken_messages(conversation) if it in seen or it.id == in_short]
        expected = [mark for it in sent for mark in MARK.findall(it.text)]
        assert [mark for text in self._messages_sent() for mark in MARK.findall(text)] == expected

    def _messages_sent(self) -> list[str]:
        """Return what was sent but for the instructions, in which a summary may quote questions."""
        body = self._scene.body
        if "prompt" in body:
            return [re.sub(r"^<\|system\|>.*?<\|end\|>", "", body["prompt"], flags=re.DOTALL)]
        return [message["content"] for message in body["messages"] if message["role"] != "system"]


@pytest.mark.parametrize("amount", AMOUNTS)
def test_whatever_is_sent_is_read_whole_and_shown_by_the_line(
    scene: Scene, start_loop: StartLoop, tmp_path: Path, amount: int
) -> None:
    overflows = 0
    if amount == SAMPLE and scene.engine.name == BUILTIN:
        amount = FEW
    with open_desk(tmp_path, scene.engine, start_loop) as desk:
        for number in range(amount):
            overflows += Person(desk, scene, Random(f"{scene.model} {number}")).talk()

    assert overflows > amount / 6
