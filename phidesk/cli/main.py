"""From the command line to one command, and from its end to an exit code. A traceback is never shown."""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from typing_extensions import override

from phidesk import __version__
from phidesk.chat.answering import failure
from phidesk.chat.turn import UNEXPECTED
from phidesk.cli.ask import NEW_CONVERSATION, Answered, ask, report_answer
from phidesk.cli.interruption import release_held_signals, signals_as_interrupts
from phidesk.cli.look import list_conversations, show_diagnosis
from phidesk.cli.output import replace_unwritable_characters
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.errors import OutputUnwritable, PhiDeskError, WrongArgument
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.command_line import CommandWords

SELF_TEST = "self-test"
TO_STICK, FROM_STICK = "model-to-stick", "model-from-stick"
JSON_OPTION = "--json"

logger = logging.getLogger(__name__)


def run_command(arguments: Sequence[str], environment: Mapping[str, str], *, self_test: Callable[[], int]) -> int:
    """Run one command and return its exit code. `self_test` needs the window and is given from outside."""
    replace_unwritable_characters()
    try:
        with signals_as_interrupts(), _bugs_of_threads_in_log():
            return _run_and_report(arguments, environment, self_test)
    except OutputUnwritable as error:
        return report_answer(Answered(failure(error)), wants_json=False)


def _run_and_report(arguments: Sequence[str], environment: Mapping[str, str], self_test: Callable[[], int]) -> int:
    try:
        return _run(arguments, environment, self_test)
    except KeyboardInterrupt:
        outcome = AnswerOutcome(FinishReason.STOPPED)
    except OutputUnwritable:
        raise
    except PhiDeskError as error:
        outcome = failure(error)
    except Exception:  # the exception hook of the command line
        logger.info("a bug", exc_info=True)
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
    return report_answer(Answered(outcome), wants_json=JSON_OPTION in arguments)


def _run(arguments: Sequence[str], environment: Mapping[str, str], self_test: Callable[[], int]) -> int:
    release_held_signals()
    options = make_parser().parse_args([_without_surrogates(argument) for argument in arguments])
    if options.command == SELF_TEST:
        return self_test()
    with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
        commands = {
            "ask": ask,
            "conversations": list_conversations,
            "doctor": show_diagnosis,
            TO_STICK: _use_stick,
            FROM_STICK: _use_stick,
        }
        return commands[options.command](options, services)


def _use_stick(options: argparse.Namespace, services: Services) -> int:
    from phidesk.cli import stick  # noqa: PLC0415 - 10 ms that other commands need not wait for

    use = stick.model_to_stick if options.command == TO_STICK else stick.model_from_stick
    return use(options, services)


@contextmanager
def _bugs_of_threads_in_log() -> Iterator[None]:
    """Keep tracebacks of our threads from the error output; what they should have done tells of the failure."""
    before = threading.excepthook
    threading.excepthook = lambda bug: logger.info("a bug in %s", bug.thread, exc_info=bug.exc_value)
    try:
        yield
    finally:
        threading.excepthook = before


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing its usage and leaving with exit code 2."""

    @override
    def error(self, message: str) -> NoReturn:
        raise WrongArgument(detail=message)


def make_parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    words = CommandWords()
    parser = _Parser(prog="phidesk", description=words.program(), allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"PhiDesk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asking = _add_command(commands, "ask", words.ask())
    asking.add_argument("question", help=words.question())
    asking.add_argument("--engine", metavar="ollama|builtin|URL", help=words.engine())
    asking.add_argument("--model", metavar="NAME", help=words.model())
    asking.add_argument("--system", metavar="TEXT", help=words.system())
    asking.add_argument("--window", metavar="TOKENS", type=int, help=words.window())
    asking.add_argument("--max-tokens", metavar="TOKENS", type=int, help=words.max_tokens())
    asking.add_argument("--temperature", metavar="NUMBER", type=float, help=words.temperature())
    asking.add_argument("--seed", metavar="NUMBER", type=int, help=words.seed())
    asking.add_argument("--conversation", metavar=f"ID|{NEW_CONVERSATION}", help=words.conversation())
    listing = _add_command(commands, "conversations", words.conversations())
    looking = _add_command(commands, "doctor", words.doctor())
    looking.add_argument("--bundle", metavar="FILE", help=words.bundle())
    exporting = _add_command(commands, TO_STICK, words.model_to_stick())
    exporting.add_argument("name", metavar="NAME", help=words.stick_model())
    importing = _add_command(commands, FROM_STICK, words.model_from_stick())
    for command in (exporting, importing):
        command.add_argument("folder", metavar="FOLDER", help=words.stick_folder())
        command.add_argument("--engine", metavar="ollama|builtin", help=words.stick_engine())
    _add_command(commands, SELF_TEST, words.self_test())
    for command in (asking, listing, looking, exporting, importing):
        command.add_argument(JSON_OPTION, action="store_true", help=words.json())
    return parser


def _add_command(commands: argparse._SubParsersAction[_Parser], name: str, words: str) -> argparse.ArgumentParser:
    """Add a command whose options have to be written out."""
    return commands.add_parser(name, help=words, description=words, allow_abbrev=False)


def _without_surrogates(argument: str) -> str:
    """Bytes that are no text in the system's encoding come as lone surrogates; no engine can take them."""
    return argument.encode("utf-8", "replace").decode("utf-8")
