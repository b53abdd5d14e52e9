"""`phidesk ask`: streams, tells figures and failures in one JSON object, and never shows a traceback."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from phidesk.core.conversation import Overflow
from phidesk.core.paths import PRACTICE_MODEL_FILE, find_paths
from phidesk.services import Services
from tests.cli.conftest import Run
from tests.cli.program import Program, end_of
from tests.fakes.ollama_daemon import OllamaDaemon
from tests.fakes.ollama_models import Failure, phi4_mini
from tests.fakes.openai_dialects import KEY, VLLM, dialect_server
from tests.fakes.openai_server import scripted_server

GREETING = "Hello, I am a scripted model. 😀 Grüße!"
FIELDS = {
    "text",
    "finish",
    "prompt_tokens",
    "answer_tokens",
    "window_tokens",
    "gpu_bytes",
    "total_bytes",
    "engine",
    "model",
    "conversation",
    "timings",
    "error",
    "facts",
}
TIMINGS = {"load_ms", "reading_ms", "writing_ms", "first_token_ms", "total_ms"}
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


def last_question(daemon: OllamaDaemon) -> dict[str, Any]:
    bodies = [received.body for received in daemon.requests if received.path in {"/api/generate", "/api/chat"}]
    body: dict[str, Any] = bodies[-1]
    return body


def output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


class TestOverflow:
    @pytest.mark.parametrize(
        ("overflow", "said"),
        [
            (Overflow.SUMMARISE, "The conversation no longer fits: its older part is being summarised."),
            (Overflow.MORE_MEMORY, "The conversation no longer fits: it takes more memory."),
        ],
    )
    def test_a_conversation_that_no_longer_fits_is_given_room_as_was_chosen_in_the_window(
        self, program: Program, overflow: Overflow, said: str
    ) -> None:
        question = "Why? " * 160
        begun = program.run("ask", "--conversation", "new", "--window", "2048", "--json", question)
        conversation_id = begun.document["conversation"]
        choose(program, conversation_id, overflow)

        ended = program.run("ask", "--conversation", conversation_id, question)

        assert (ended.code, ended.output) == (0, GREETING + "\n")
        assert ended.error_lines[0] == said
        assert len(ended.error_lines) == 2


def choose(program: Program, conversation_id: str, overflow: Overflow) -> None:
    """Let this be done without asking, as the panel does."""
    paths = find_paths(program.environment)
    with Services(paths, program.environment, post=lambda closure: closure()) as services:
        conversations = services.open_profile().conversations
        settings = conversations.get(conversation_id).result().settings
        conversations.change_settings(conversation_id, replace(settings, overflow=overflow)).result()


class TestTools:
    def test_what_only_the_window_may_ask_about_is_refused_and_said(self, tmp_path: Path) -> None:
        call = '<|tool_call|>[{"name":"list_folder","arguments":{"path":"/"}}]<|/tool_call|>'
        with OllamaDaemon([phi4_mini()]) as daemon:
            daemon.say(call, when="FOLDER")
            daemon.say("Then not.", when="not allow")
            program = Program(tmp_path, daemon.url)
            begun = program.run("ask", "--conversation", "new", "--json", "Hello")
            allow_tools(program, begun.document["conversation"], "list_folder")

            ended = program.run("ask", "--conversation", begun.document["conversation"], "FOLDER please")

        assert (ended.code, ended.output) == (0, "Then not.\n")
        assert ended.error_lines[0] == "“List a folder” was not used: only the window asks whether it may."


def allow_tools(program: Program, conversation_id: str, *tools: str) -> None:
    """Tick tools for a conversation, as the panel does."""
    with Services(find_paths(program.environment), program.environment, post=lambda closure: closure()) as services:
        conversations = services.open_profile().conversations
        settings = conversations.get(conversation_id).result().settings
        conversations.change_settings(conversation_id, replace(settings, tools=frozenset(tools))).result()


class TestAnswer:
    def test_it_streams_while_it_is_written(self, program: Program, daemon: OllamaDaemon) -> None:
        daemon.say(["first ", None, "second"])
        process = program.start("ask", "hello")

        begun = output_of(process).read(len("first "))
        daemon.go_on()
        ended = end_of(process)

        assert begun == b"first "
        assert (ended.code, ended.output) == (0, "second\n")

    def test_figures_go_to_the_error_output(self, program: Program) -> None:
        ended = program.run("ask", "hello")

        assert (ended.code, ended.output) == (0, GREETING + "\n")
        assert ended.errors == "[Phi-4-mini · 19 of 8,192 · 3.7 GB graphics memory]\n"

    def test_the_last_line_is_one_object_with_the_engine_s_own_figures(
        self, program: Program, daemon: OllamaDaemon
    ) -> None:
        ended = program.run("ask", "--json", "hello")

        document = ended.document
        assert ended.output.startswith(GREETING + "\n{")
        assert (ended.code, ended.errors) == (0, "")
        assert document.keys() == FIELDS
        assert document["timings"].keys() == TIMINGS
        assert all(value >= 0 for value in document["timings"].values())
        memory = daemon.runners[0].model.memory(8192, 1)
        expected = {
            "text": GREETING,
            "finish": "stop",
            "prompt_tokens": len(daemon.models[2].tokens(last_question(daemon)["prompt"])),
            "answer_tokens": 11,
            "window_tokens": 8192,
            "gpu_bytes": memory.gpu_bytes,
            "total_bytes": memory.size_bytes,
            "engine": "ollama",
            "model": "phi4-mini:latest",
            "conversation": None,
            "error": None,
            "facts": {"counted_tokens": len(daemon.models[2].tokens(last_question(daemon)["prompt"]))},
        }
        assert {name: document[name] for name in expected} == expected

    def test_no_character_of_an_answer_breaks_the_object(self, run: Run, daemon: OllamaDaemon) -> None:
        said = 'a\u2028b\u0085c\r\nd"\\\x00\x1b[31m😀'
        daemon.say([said])

        ended = run("ask", "--json", "hello")

        assert ended.output.splitlines()[-1].isascii()
        assert ended.document["text"] == said

    def test_options_reach_the_engine(self, run: Run, daemon: OllamaDaemon) -> None:
        options = ["--window", "1024", "--max-tokens", "5", "--temperature", "0.5", "--seed", "7"]

        ended = run("ask", "--json", "--model", "smollm2", "--system", "Be brief.", *options, "hello")

        body = last_question(daemon)
        wanted = {"num_ctx": 1024, "num_predict": 5, "temperature": 0.5, "seed": 7}
        assert body["model"] == ended.document["model"] == "smollm2:latest"
        assert body["messages"][0] == {"role": "system", "content": "Be brief."}
        assert {name: body["options"][name] for name in wanted} == wanted
        assert ended.document["window_tokens"] == 1024

    def test_the_length_limit_is_no_failure(self, run: Run, daemon: OllamaDaemon) -> None:
        ended = run("ask", "--json", "--max-tokens", "2", "hello")

        assert (ended.code, ended.document["finish"], ended.document["answer_tokens"]) == (0, "length", 2)
        assert ended.errors == "The answer reached its length limit.\n"

    def test_a_full_window_is_no_failure(self, run: Run) -> None:
        ended = run("ask", "--json", "--model", "scripted", "--window", "256", "FOREVER")

        assert (ended.code, ended.document["finish"]) == (0, "window_full")
        assert ended.errors == "The memory of this conversation is full.\n"

    def test_without_ollama_a_real_model_answers_built_in(self, lonely_program: Program) -> None:
        ended = lonely_program.run("ask", "--json", "--window", "512", "--max-tokens", "3", "Hi")

        document = ended.document
        assert (ended.code, document["engine"]) == (0, "builtin")
        assert document["model"] == PRACTICE_MODEL_FILE.removesuffix(".gguf")
        assert (document["finish"], document["answer_tokens"]) == ("length", 3)
        assert document["window_tokens"] == 512
        assert document["total_bytes"] > 0

    def test_a_server_at_an_address_answers(self, run: Run) -> None:
        with scripted_server() as server:
            server.says("/v1/models", {"data": [{"id": "small", "max_model_len": 512}]})
            server.streams(
                "/v1/chat/completions",
                {"choices": [{"delta": {"content": "Hi."}}]},
                {
                    "choices": [{"delta": {}, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 4, "completion_tokens": 2},
                },
                b"data: [DONE]\n\n",
            )

            ended = run("ask", "--json", "--engine", server.address, "hello")

        document = ended.document
        assert (ended.code, document["text"], document["engine"]) == (0, "Hi.", server.address)
        assert (document["prompt_tokens"], document["answer_tokens"], document["window_tokens"]) == (4, 2, 512)
        assert (document["gpu_bytes"], document["total_bytes"]) == (None, None)

    def test_a_server_gets_the_key_that_was_kept_for_it(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.fakes.keyrings.EnvironmentKeyring")
        with dialect_server(VLLM, key=KEY) as server:
            monkeypatch.setenv("PHIDESK_TEST_KEY", KEY)
            answered = program.run("ask", "--json", "--engine", f"{server.address}/v1", "hello")
            monkeypatch.setenv("PHIDESK_TEST_KEY", "wrong-key-of-the-tests")
            refused = program.run("ask", "--json", "--engine", server.address, "hello")

        assert (answered.code, answered.document["text"]) == (0, GREETING)
        assert (refused.code, refused.document["error"]) == (1, "KeyRequired")
        assert "wrong-key-of-the-tests" not in refused.output + refused.errors

    @needs_posix
    def test_a_model_cannot_control_the_terminal(self, program: Program, daemon: OllamaDaemon) -> None:
        daemon.say(["a\x1b[2Jb\x07\x9bc\td"])
        ours, theirs = os.openpty()

        ended = end_of(program.start("ask", "hello", stdout=theirs))
        shown = os.read(ours, 1000)
        os.close(ours)
        os.close(theirs)

        assert (ended.code, shown) == (0, b"a[2Jbc\td\r\n")


class TestQuestion:
    def test_a_dash_reads_the_standard_input(self, program: Program, daemon: OllamaDaemon) -> None:
        daemon.say("Zwei.", when="Wie viel?")

        ended = program.run("ask", "-", stdin="\ufeffWie viel?\nÄh.\n".encode())

        assert (ended.code, ended.output) == (0, "Zwei.\n")
        assert "\ufeff" not in daemon.prompts[0]

    def test_bytes_that_are_no_text_are_replaced(self, program: Program, daemon: OllamaDaemon) -> None:
        from_input = program.run("ask", "-", stdin=b"a\xff\xed\xa0\x80b")
        from_argument = program.run("ask", b"a\xffb")

        assert (from_input.code, from_argument.code) == (0, 0)
        assert "a\ufffd\ufffd\ufffd\ufffdb" in daemon.prompts[0]
        assert "a?b" in daemon.prompts[1]

    def test_a_lone_surrogate_does_not_stop_it(self, run: Run, daemon: OllamaDaemon) -> None:
        ended = run("ask", "a\ud800b")

        assert ended.code == 0
        assert "a?b" in daemon.prompts[0]

    @pytest.mark.parametrize("question", ["", " \n\t"])
    def test_an_empty_question_is_refused(self, run: Run, question: str) -> None:
        ended = run("ask", "--json", question)

        assert (ended.code, ended.document["error"]) == (1, "WrongArgument")

    @needs_posix
    def test_a_closed_standard_input_is_refused(self, program: Program) -> None:
        command = [sys.executable, "-m", "phidesk", "ask", "--json", "-"]
        script = 'exec "$@" <&-'

        process = subprocess.Popen(
            ["/bin/sh", "-c", script, "sh", *command],
            env=program.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ended = end_of(process)

        assert (ended.code, ended.document["error"]) == (1, "WrongArgument")

    def test_a_question_that_does_not_fit_is_not_sent_and_both_numbers_are_told(
        self, program: Program, daemon: OllamaDaemon
    ) -> None:
        options = ["--model", "phi4-mini", "--window", "300"]
        ended = program.run("ask", "--json", *options, "-", stdin=b"word " * 50_000)

        assert (ended.code, ended.document["error"]) == (1, "WindowExceeded")
        assert ended.document["facts"]["window_tokens"] == 300
        assert ended.document["facts"]["prompt_tokens"] == 250_003  # in the daemon's vocabulary every byte is one
        assert ended.errors == "This message alone is longer than the model's memory.\n"
        assert not [received for received in daemon.requests if received.path == "/api/generate"]


class TestFailure:
    @pytest.mark.parametrize(
        ("arguments", "error", "fact"),
        [
            (["--model", "nobody", "hi"], "ModelMissing", {"engine": "ollama", "model": "nobody", "detail": ""}),
            (["--engine", "nobody", "hi"], "WrongArgument", None),
            (["--engine", "http://127.0.0.1:99999", "hi"], "WrongArgument", None),
            (["--engine", "http://[", "hi"], "WrongArgument", None),
            (["--engine", "http://me:secret@127.0.0.1:1", "hi"], "WrongArgument", None),
            (["--nonsense", "hi"], "WrongArgument", {"detail": "unrecognized arguments: --nonsense"}),
            (["--mod", "phi4-mini", "hi"], "WrongArgument", None),
            ([], "WrongArgument", {"detail": "the following arguments are required: question"}),
            (["one", "two"], "WrongArgument", {"detail": "unrecognized arguments: two"}),
            (["--window", "255", "hi"], "WrongArgument", {"detail": "--window: 256 to 2147483647, not 255"}),
            (["--window", str(10**30), "hi"], "WrongArgument", None),
            (["--max-tokens", "0", "hi"], "WrongArgument", None),
            (["--max-tokens", "-1", "hi"], "WrongArgument", None),
            (["--max-tokens", str(10**30), "--conversation", "new", "hi"], "WrongArgument", None),
            (["--max-tokens", "many", "hi"], "WrongArgument", None),
            (["--temperature", "nan", "hi"], "WrongArgument", None),
            (["--temperature", "6", "hi"], "WrongArgument", None),
            (["--seed", "-1", "hi"], "WrongArgument", None),
            (["--conversation", "nobody", "hi"], "ConversationMissing", {"conversation_id": "nobody"}),
            (["--conversation", "", "hi"], "ConversationMissing", {"conversation_id": ""}),
        ],
    )
    def test_it_is_one_object_one_sentence_and_code_1(
        self, run: Run, daemon: OllamaDaemon, arguments: list[str], error: str, fact: dict[str, object] | None
    ) -> None:
        ended = run("ask", "--json", *arguments)

        document = ended.document
        assert ended.code == 1
        assert document.keys() == FIELDS
        assert document["timings"].keys() == TIMINGS
        assert (document["text"], document["finish"], document["error"]) == ("", "error", error)
        assert fact is None or document["facts"] == fact
        assert len(ended.output.splitlines()) == len(ended.error_lines) == 1
        assert "secret" not in ended.output or "secret" in str(arguments)
        assert daemon.prompts == []

    @pytest.mark.parametrize("arguments", [["nonsense", "--json"], ["--json"], ["--json", "ask"]])
    def test_so_is_a_command_that_does_not_exist(self, run: Run, arguments: list[str]) -> None:
        ended = run(*arguments)

        assert (ended.code, ended.document["error"], len(ended.error_lines)) == (1, "WrongArgument", 1)

    def test_nobody_answers_at_the_address(self, lonely_program: Program) -> None:
        ended = lonely_program.run("ask", "--json", "--engine", "ollama", "hi")

        assert (ended.code, ended.errors) == (1, "Ollama is not running.\n")
        assert ended.document["error"] == "EngineUnreachable"
        assert ended.document["facts"]["address"] == lonely_program.ollama
        assert ended.document["engine"] == "ollama"

    def test_without_json_only_the_sentence_is_printed(self, lonely_program: Program) -> None:
        ended = lonely_program.run("ask", "--engine", "ollama", "hi")

        assert (ended.code, ended.output, ended.errors) == (1, "", "Ollama is not running.\n")

    def test_something_else_answers_at_the_address(self, run: Run, daemon: OllamaDaemon) -> None:
        ended = run("ask", "--json", "--engine", daemon.url, "hi")

        assert (ended.code, ended.document["error"]) == (1, "NotAnEngine")

    @pytest.mark.parametrize("failure", [Failure.DAEMON_KILLED, Failure.CONNECTION_CUT, Failure.RUNNER_KILLED])
    @pytest.mark.parametrize("conversation", [[], ["--conversation", "new"]])
    def test_an_engine_that_dies_leaves_the_text_so_far(
        self, run: Run, daemon: OllamaDaemon, failure: Failure, conversation: list[str]
    ) -> None:
        daemon.say(["one ", "two "], then=failure)

        ended = run("ask", "--json", *conversation, "hi")

        document = ended.document
        assert (ended.code, document["finish"], document["error"]) == (1, "error", "EngineDied")
        assert (document["text"], document["engine"]) == ("one two ", "ollama")
        assert document["model"] == "phi4-mini:latest"
        assert ended.output.startswith("one two \n{")
        assert ended.errors == "Ollama stopped in the middle of the answer.\n"

    def test_a_stream_that_ends_without_its_last_word_ended_early(self, run: Run, daemon: OllamaDaemon) -> None:
        daemon.say(["one ", "two "], then=Failure.ENDS_WITHOUT_DONE)

        ended = run("ask", "--json", "hi")

        assert (ended.code, ended.document["finish"], ended.document["text"]) == (1, "ended_early", "one two ")

    @pytest.mark.endure  # It takes the 30 s that it is about.
    def test_a_daemon_that_says_nothing_is_unreachable(self, program: Program, daemon: OllamaDaemon) -> None:
        daemon.is_frozen = True

        process = program.start("ask", "--json", "--engine", "ollama", "hi")
        output, errors = process.communicate(timeout=35)

        assert process.returncode == 1
        assert b'"error": "EngineUnreachable"' in output
        assert errors == b"Ollama is not running.\n"

    def test_a_folder_that_cannot_be_written(self, tmp_path: Any, daemon: OllamaDaemon) -> None:
        (tmp_path / "file").write_text("no folder")

        ended = Program(tmp_path / "file", daemon.url).run("ask", "--json", "--conversation", "new", "hi")

        assert (ended.code, ended.document["error"]) == (1, "StorageUnwritable")

    @needs_posix
    def test_a_reader_that_leaves_ends_it(self, program: Program, daemon: OllamaDaemon) -> None:
        process = program.start("ask", "--json", "FOREVER")
        output_of(process).read(10)

        output_of(process).close()
        with process:
            errors = process.stderr.read() if process.stderr else b""

        assert (process.returncode, errors) == (1, b"The answer could not be printed to its end.\n")
        daemon.wait_until(lambda: not daemon.is_generating)

    @needs_posix
    @pytest.mark.parametrize("redirection", [">/dev/full", ">&-"])
    @pytest.mark.parametrize("command", [["ask", "hi"], ["ask", "--json", ""], ["doctor"], ["conversations", "--json"]])
    def test_an_output_that_takes_nothing(self, program: Program, redirection: str, command: list[str]) -> None:
        if redirection == ">/dev/full" and sys.platform != "linux":
            pytest.skip("a device of Linux")
        words = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-m", "phidesk", *command]

        process = subprocess.Popen(words, env=program.environment, stderr=subprocess.PIPE)
        ended = end_of(process)

        assert (ended.code, ended.errors) == (1, "The answer could not be printed to its end.\n")

    @needs_posix
    def test_an_error_output_that_takes_nothing_is_no_failure(self, program: Program) -> None:
        words = ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-m", "phidesk", "ask", "--json", "hi"]

        process = subprocess.Popen(words, env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ended = end_of(process)

        assert (ended.code, ended.document["text"]) == (0, GREETING)


def is_writing(daemon: OllamaDaemon) -> bool:
    return daemon.is_held


def hold_writing(daemon: OllamaDaemon) -> None:
    daemon.say(["one ", None, "two "])


def hold_reading(daemon: OllamaDaemon) -> None:
    daemon.say("never", reading_s=math.inf)


def hold_load(daemon: OllamaDaemon) -> None:
    daemon.load_s = math.inf


def freeze(daemon: OllamaDaemon) -> None:
    daemon.is_frozen = True


PHASES: dict[str, tuple[Callable[[OllamaDaemon], None], Callable[[OllamaDaemon], bool], str]] = {
    "writing": (hold_writing, is_writing, "one "),
    "reading": (hold_reading, lambda daemon: daemon.is_generating, ""),
    "loading": (hold_load, lambda daemon: daemon.is_loading, ""),
    "looking for an engine": (freeze, lambda daemon: bool(daemon.requests), ""),
}


@needs_posix
class TestStop:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("phase", PHASES)
    def test_a_signal_stops_at_once_and_tells_what_was_said(
        self, program: Program, daemon: OllamaDaemon, phase: str, number: signal.Signals
    ) -> None:
        hold, is_held, text = PHASES[phase]
        hold(daemon)
        process = program.start("ask", "--json", "hi")
        daemon.wait_until(lambda: is_held(daemon), timeout_s=20)
        begun = output_of(process).read(len(text))

        process.send_signal(number)
        ended = end_of(process, read_before=begun)

        document = ended.document
        assert (ended.code, ended.errors) == (1, "Stopped\n")
        assert (document["text"], document["finish"], document["error"]) == (text, "stopped", None)
        assert document.keys() == FIELDS
        daemon.wait_until(lambda: not daemon.is_generating)

    @pytest.mark.parametrize("phase", PHASES)
    def test_a_saved_answer_is_stopped_too(self, program: Program, daemon: OllamaDaemon, phase: str, run: Run) -> None:
        hold, is_held, text = PHASES[phase]
        hold(daemon)
        process = program.start("ask", "--json", "--conversation", "new", "hi")
        daemon.wait_until(lambda: is_held(daemon), timeout_s=20)
        begun = output_of(process).read(len(text))

        process.send_signal(signal.SIGINT)
        ended = end_of(process, read_before=begun)

        assert (ended.code, ended.document["finish"], ended.document["text"]) == (1, "stopped", text)
        assert ended.document["conversation"]

    def test_a_signal_while_the_question_is_read(self, program: Program) -> None:
        process = program.start("ask", "--json", "-", stdin=subprocess.PIPE)
        wait_for_reading(process)

        process.send_signal(signal.SIGTERM)
        ended = end_of(process)

        assert (ended.code, ended.document["finish"], ended.errors) == (1, "stopped", "Stopped\n")

    def test_a_signal_while_the_program_starts(self, program: Program) -> None:
        code = (
            "import runpy, signal, sys\n"
            "class Signal:\n"
            "    def find_spec(self, name, path, target=None):\n"
            "        if name == 'phidesk.cli.ask': signal.raise_signal(signal.SIGINT)\n"
            "sys.meta_path.insert(0, Signal())\n"
            "runpy.run_module('phidesk', run_name='__main__')\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, "ask", "--json", "hi"],
            env=program.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

        ended = end_of(process)

        assert (ended.code, ended.document["finish"], ended.errors) == (1, "stopped", "Stopped\n")

    def test_the_built_in_engine_stops_too(self, program: Program) -> None:
        process = program.start("ask", "--json", "--engine", "builtin", "Write a long story.")
        begun = output_of(process).read(1)

        process.send_signal(signal.SIGINT)
        ended = end_of(process, read_before=begun)

        assert (ended.code, ended.document["finish"]) == (1, "stopped")
        assert ended.document["text"].startswith(begun.decode())


def wait_for_reading(process: subprocess.Popen[bytes]) -> None:
    """Wait until the program reads its standard input."""
    assert process.stdin is not None
    process.stdin.write(b"x" * 200_000)  # More than a pipe holds: returns only once it is being read.
    process.stdin.flush()


class TestConversation:
    def test_without_a_conversation_nothing_is_saved_but_the_models_vocabulary(
        self, run: Run, program: Program
    ) -> None:
        run("ask", "hi")

        kept = [path for path in program.home.rglob("*") if path.is_file()]
        assert {path.parent.name for path in kept} <= {"vocabularies"}

    def test_a_new_one_is_begun_and_gone_on_with(self, run: Run, daemon: OllamaDaemon) -> None:
        daemon.say("Blue.", when="colour")

        begun = run("ask", "--json", "--conversation", "new", "--seed", "7", "Your favourite colour?")
        gone_on = run("ask", "--json", "--conversation", begun.document["conversation"], "Why?")
        listed = run("conversations", "--json")

        assert gone_on.document["conversation"] == begun.document["conversation"]
        assert "Your favourite colour?" in daemon.prompts[1]
        assert "Blue." in daemon.prompts[1]
        assert last_question(daemon)["options"]["seed"] == 7
        assert gone_on.document["prompt_tokens"] > begun.document["prompt_tokens"]
        rows = listed.document["conversations"]
        assert [row["id"] for row in rows] == [begun.document["conversation"]]
        assert rows[0]["title"] == "Your favourite colour?"

    def test_its_settings_change_as_asked_and_stay(self, run: Run, daemon: OllamaDaemon) -> None:
        begun = run("ask", "--json", "--conversation", "new", "--system", "Be brief.", "hi")
        conversation = ["--conversation", begun.document["conversation"]]

        run("ask", *conversation, "--window", "4096", "and?")
        ended = run("ask", "--json", *conversation, "more")

        assert ended.document["window_tokens"] == 4096
        assert "Be brief." in daemon.prompts[-1]

    def test_a_profile_that_is_open_elsewhere_is_left_alone(
        self, program: Program, daemon: OllamaDaemon, run: Run
    ) -> None:
        hold_writing(daemon)
        process = program.start("ask", "--conversation", "new", "hi")
        daemon.wait_until(lambda: daemon.is_held, timeout_s=20)

        second = run("ask", "--json", "--conversation", "new", "hi")
        daemon.go_on()
        first = end_of(process)

        assert (first.code, second.code, second.document["error"]) == (0, 1, "ProfileInUse")
