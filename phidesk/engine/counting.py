"""How many tokens the prompt of a request is: exactly where the vocabulary and the template are known, else about.

A vocabulary is read once for each model file and kept on disk: Ollama tells phi4-mini's in 6 MB of JSON.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from phidesk.core.errors import PhiDeskError
from phidesk.core.tools import ToolUse
from phidesk.engine.control_tokens import without_control_tokens
from phidesk.engine.native_tools import native_definitions
from phidesk.engine.phi4_mini import render_prompt
from phidesk.engine.protocol import AnswerRequest, TokenCount
from phidesk.engine.tokens import TokenCounter
from phidesk.engine.vocabulary import Vocabulary, dump_vocabulary, load_vocabulary

TEMPLATE_TOKENS = 5
"""About what a template puts around one message: ChatML four or five, Llama 3 five."""
_ASCII_CHARACTERS_PER_TOKEN = 4.0
_OTHER_CHARACTERS_PER_TOKEN = 1.5
"""Of usual text in usual vocabularies; for estimates only."""

logger = logging.getLogger(__name__)


class CounterShelf:
    """Counters of models, by what identifies their files. Safe from every thread."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` keeps them for later runs; None keeps them for this run only."""
        self._folder = folder
        self._lock = threading.Lock()
        self._counters: dict[str, TokenCounter | None] = {}

    def find(self, key: str, read: Callable[[], Vocabulary | None]) -> TokenCounter | None:
        """Return the counter of a model, made of its vocabulary where there is none yet.

        None where the vocabulary is of a kind that only can be estimated, or cannot be read now: what `read` raises
        is logged, and it is asked again next time.
        """
        with self._lock:
            if key not in self._counters:
                try:
                    vocabulary = self._kept(key) or self._read(key, read)
                except PhiDeskError as problem:
                    logger.info("vocabulary not read: %s", problem)
                    return None
                self._counters[key] = None if vocabulary is None else TokenCounter(vocabulary)
            return self._counters[key]

    def _read(self, key: str, read: Callable[[], Vocabulary | None]) -> Vocabulary | None:
        vocabulary = read()
        if vocabulary is not None:
            self._keep(key, vocabulary)
        return vocabulary

    def _kept(self, key: str) -> Vocabulary | None:
        if self._folder is None:
            return None
        try:
            return load_vocabulary(self._path(self._folder, key).read_bytes())
        except (OSError, ValueError):
            return None

    def _keep(self, key: str, vocabulary: Vocabulary) -> None:
        """Write it whole or not at all. Where that fails, it is read again next time."""
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(dump_vocabulary(vocabulary))
            unfinished.replace(path)
        except OSError as problem:
            logger.info("vocabulary not kept: %s", problem)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / f"{sha256(key.encode()).hexdigest()[:32]}.json"


def count_request(request: AnswerRequest, counter: TokenCounter | None) -> TokenCount:
    """Count the prompt of a request: exactly for phi4-mini, whose prompt is rendered by us, else about."""
    if counter is not None and request.model.is_phi4_mini:
        return TokenCount(counter.count_prompt(render_prompt(request)), is_exact=True)
    texts = [message.text for message in request.messages]
    if request.instructions:
        texts.append(request.instructions)
    texts += [
        text for message in request.messages for use in message.tool_uses for text in (_call_text(use), use.result)
    ]
    if request.told_tools:
        texts.append(json.dumps(native_definitions(request.told_tools), ensure_ascii=False))
    count = estimate_tokens if counter is None else counter.count
    tokens = sum(count(without_control_tokens(text)) for text in texts)
    return TokenCount(tokens + TEMPLATE_TOKENS * (len(texts) + 1), is_exact=False)


def _call_text(use: ToolUse) -> str:
    return f'{{"name":"{use.call.name}","arguments":{use.call.arguments}}}'


def estimate_tokens(text: str) -> int:
    """Guess without a vocabulary."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    other_characters = len(text) - ascii_characters
    return round(ascii_characters / _ASCII_CHARACTERS_PER_TOKEN + other_characters / _OTHER_CHARACTERS_PER_TOKEN)
