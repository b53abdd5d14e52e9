"""From the command line to one command, and from its end to an exit code. A traceback is never shown."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from typing_extensions import override

from phidesk import __version__
from phidesk.chat.answering import failure
from phidesk.chat.turn import UNEXPECTED
from phidesk.cli.ask import NEW_CONVERSATION, Answered, ask, report_answer
from phidesk.cli.look import list_conversations, show_diagnosis
from phidesk.core.answers import AnswerOutcome, FinishReason
from phidesk.core.errors import PhiDeskError, WrongArgument
from phidesk.core.paths import find_paths
from phidesk.services import Services
from phidesk.ui.command_line import CommandWords

SELF_TEST = "self-test"

logger = logging.getLogger(__name__)


def run_command(arguments: Sequence[str], environment: Mapping[str, str], *, self_test: Callable[[], int]) -> int:
    """Run one command and return its exit code. `self_test` needs the window and is given from outside."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    wants_json = "--json" in arguments
    try:
        options = make_parser().parse_args([_without_surrogates(argument) for argument in arguments])
        if options.command == SELF_TEST:
            return self_test()
        with Services(find_paths(environment), environment, post=lambda closure: closure()) as services:
            commands = {"ask": ask, "conversations": list_conversations, "doctor": show_diagnosis}
            return commands[options.command](options, services)
    except BrokenPipeError:  # Whoever read our output has enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        outcome = AnswerOutcome(FinishReason.STOPPED)
    except PhiDeskError as error:
        outcome = failure(error)
    except Exception:  # the exception hook of the command line
        logger.info("a bug", exc_info=True)
        outcome = AnswerOutcome(FinishReason.ERROR, error=UNEXPECTED)
    return report_answer(Answered(outcome), wants_json=wants_json)


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing its usage and leaving with exit code 2."""

    @override
    def error(self, message: str) -> NoReturn:
        raise WrongArgument(detail=message)


def make_parser() -> argparse.ArgumentParser:
    """Describe the commands and their options."""
    words = CommandWords()
    parser = _Parser(prog="phidesk", description=words.program())
    parser.add_argument("--version", action="version", version=f"PhiDesk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    asking = commands.add_parser("ask", help=words.ask(), description=words.ask())
    asking.add_argument("question", help=words.question())
    asking.add_argument("--engine", metavar="ollama|builtin|URL", help=words.engine())
    asking.add_argument("--model", metavar="NAME", help=words.model())
    asking.add_argument("--system", metavar="TEXT", help=words.system())
    asking.add_argument("--window", metavar="TOKENS", type=int, help=words.window())
    asking.add_argument("--max-tokens", metavar="TOKENS", type=int, help=words.max_tokens())
    asking.add_argument("--temperature", metavar="NUMBER", type=float, help=words.temperature())
    asking.add_argument("--seed", metavar="NUMBER", type=int, help=words.seed())
    asking.add_argument("--conversation", metavar=f"ID|{NEW_CONVERSATION}", help=words.conversation())

    listing = commands.add_parser("conversations", help=words.conversations(), description=words.conversations())
    looking = commands.add_parser("doctor", help=words.doctor(), description=words.doctor())
    commands.add_parser(SELF_TEST, help=words.self_test(), description=words.self_test())
    for command in (asking, listing, looking):
        command.add_argument("--json", action="store_true", help=words.json())
    return parser


def _without_surrogates(argument: str) -> str:
    """Bytes that are no text in the system's encoding come as lone surrogates; no engine can take them."""
    return argument.encode("utf-8", "replace").decode("utf-8")
