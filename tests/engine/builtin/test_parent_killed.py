"""llama.cpp does not outlive a parent that was killed without running a line of code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from phidesk.core.paths import PRACTICE_MODEL_FILE
from tests.processes.test_child import has_ended

PARENT = """
import json, os, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from phidesk.core.conversation import Role
from phidesk.core.tasks import Cancellation
from phidesk.engine.builtin.engine import CHILD_COMMAND, BuiltinEngine
from phidesk.engine.network import Gate
from phidesk.engine.protocol import AnswerRequest, PromptMessage, Reading, TextDelta
from phidesk.processes.child import Child

phase, folder, name = sys.argv[1:]

def start_loop(name, function):
    thread = threading.Thread(target=function, name=name)
    thread.start()
    return thread

def say(*words):
    print(*words, flush=True)

def load():
    order = {"parent_id": os.getpid(), "model_path": str(Path(folder, name)), "window_tokens": 8192,
             "cache_precision": "F16", "threads": 1, "key": "k"}
    numbers = []
    def watch(line):
        if "loading model" in line:
            say(numbers[0] if numbers else "early")
    child = Child(CHILD_COMMAND, name="child-output", start_loop=start_loop,
                  first_input=json.dumps(order).encode() + b"\\n", receive_error_line=watch)
    numbers.append(child.process_id)

def answer(text, kind):
    engine = BuiltinEngine([Path(folder)], Gate(lambda: datetime.now(UTC)), start_loop)
    model = next(model for model in engine.models() if name.startswith(model.name))
    request = AnswerRequest(model, (PromptMessage(Role.PERSON, text),), window_tokens=8192)
    for event in engine.answer(request, Cancellation()):
        if isinstance(event, kind) and (kind is TextDelta or event.total_tokens):
            say(engine.process_id)
            break
    kept.append(engine)

def idle():
    engine = BuiltinEngine([Path(folder)], Gate(lambda: datetime.now(UTC)), start_loop)
    engine.load(engine.models()[0], 512)
    say(engine.process_id)
    kept.append(engine)

kept = []
work = {
    "loading": load,
    "idle": idle,
    "reading": lambda: answer("one two three " * 1500, Reading),
    "writing": lambda: answer("Write a long story.", TextDelta),
}[phase]
asking = threading.Thread(target=work)
asking.start()
asking.join()
sys.stdin.read()
"""


@pytest.mark.parametrize("phase", ["loading", "idle", "reading", "writing"])
def test_the_child_is_gone_with_its_killed_parent(phase: str, practice_folder: Path) -> None:
    command = [sys.executable, "-c", PARENT, phase, str(practice_folder), PRACTICE_MODEL_FILE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child_id = int(parent.stdout.readline())

        parent.kill()

        assert has_ended(child_id)
