"""Programs of the person's as tools."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

from phidesk.core.tasks import Cancellation, Cancelled
from phidesk.core.tool_spec import ProgramAction
from phidesk.core.tools import Intent, Risk, ToolDefinition
from phidesk.processes.sandbox.limits import Enforced, Limits
from phidesk.tools.program import LONGEST_LAST_WORDS, MOST_LAST_LINES, ProgramTool
from phidesk.tools.tool import CallFault
from tests.processes.sandbox import start_loop

DEFINITION = ToolDefinition("weather", "Tell the weather.")
EVERY_WALL = Enforced(network=True, folders=True, processes=True)
ARGUMENTS = {"town": "Zürich <|end|>", "days": [1, 2]}


def tool(
    *command: str | Path,
    folder: str | Path = "",
    may_write: bool = False,
    time_limit_s: float = 20,
    enforced: Enforced = EVERY_WALL,
    limits: Limits | None = None,
) -> ProgramTool:
    action = ProgramAction(tuple(map(str, command)), str(folder), time_limit_s, may_write)
    return ProgramTool(DEFINITION, action, enforced=enforced, start_loop=start_loop, limits=limits)


def python(code: str, **more: object) -> ProgramTool:
    return tool(sys.executable, "-c", code, **more)  # type: ignore[arg-type]


def fault_of(failing: ProgramTool) -> str:
    with pytest.raises(CallFault) as caught:
        failing.run(ARGUMENTS, Cancellation())
    return str(caught.value)


def test_arguments_arrive_as_json_and_the_output_is_the_result() -> None:
    echo = python("import sys; print(sys.stdin.read())")

    assert json.loads(echo.run(ARGUMENTS, Cancellation())) == ARGUMENTS
    assert echo.definition is DEFINITION


def test_a_script_file_is_run_from_its_folder(tmp_path: Path) -> None:
    script = tmp_path / "weather script.py"
    script.write_text("import json, sys, towns\nprint(towns.WEATHER[json.load(sys.stdin)['town'][0]])")
    (tmp_path / "towns.py").write_text("WEATHER = {'Z': 'rain'}")

    assert tool(sys.executable, script, folder=tmp_path).run(ARGUMENTS, Cancellation()) == "rain"


def test_a_script_outside_its_folder_is_readable_because_the_command_names_it(tmp_path: Path) -> None:
    script = tmp_path / "weather.py"
    script.write_text("print('sun')")

    assert tool(sys.executable, script).run({}, Cancellation()) == "sun"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /bin/sh")
def test_a_script_that_names_its_interpreter_is_a_program(tmp_path: Path) -> None:
    script = tmp_path / "weather"
    script.write_text('#!/bin/sh\nread line\necho "$line"')
    script.chmod(0o755)

    assert json.loads(tool(script).run(ARGUMENTS, Cancellation())) == ARGUMENTS


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_nothing_passes_a_shell(tmp_path: Path) -> None:
    script = tmp_path / "show"
    script.write_text('#!/bin/sh\nprintf "%s|" "$@"')
    script.chmod(0o755)

    result = tool(script, "$(id)", "; id", "a b", "`id`").run({"town": "$(id)"}, Cancellation())

    assert result == "$(id)|; id|a b|`id`|"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_a_program_of_the_system_is_found_by_its_name() -> None:
    assert tool("sh", "-c", "echo found").run({}, Cancellation()) == "found"


def test_output_that_is_no_text_is_shown_as_well_as_possible() -> None:
    assert python("import sys; sys.stdout.buffer.write(b'\\xff ok')").run({}, Cancellation()) == "\ufffd ok"


def test_no_output_is_told_as_such() -> None:
    assert "wrote nothing" in python("").run({}, Cancellation())


def test_a_failure_is_told_with_its_last_words() -> None:
    code = "import sys\nfor n in range(5000): print('line', n, file=sys.stderr)\nsys.exit(7)"

    fault = fault_of(python(code))

    assert fault.startswith("The program failed with exit code 7. It said:\n")
    assert fault.splitlines()[1:] == [f"line {n}" for n in range(5000 - MOST_LAST_LINES, 5000)]


def test_last_words_have_a_longest_length() -> None:
    fault = fault_of(python("import sys; print('x' * 100_000, file=sys.stderr); sys.exit(1)"))

    assert len(fault) < LONGEST_LAST_WORDS + 100


def test_what_failed_without_words_is_told_too() -> None:
    assert fault_of(python("import sys; sys.exit(2)")).startswith(
        "The program failed with exit code 2. It said nothing."
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import threading; threading.Event().wait()", "longer than 1 seconds"),
        ("print('x' * 100_000)", "longer than 5000 bytes"),
    ],
)
def test_a_limit_is_told_as_the_reason(code: str, reason: str) -> None:
    assert reason in fault_of(python(code, time_limit_s=1, limits=Limits(output_bytes=5000)))


def test_a_system_that_has_nothing_left_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    echo = python("print('ran')")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")

    assert "could not be started" in fault_of(echo)


def test_a_wish_to_stop_stops_it() -> None:
    cancel = Cancellation()
    cancel.cancel()

    with pytest.raises(Cancelled):
        python("import threading; threading.Event().wait()").run({}, cancel)


def test_it_changes_its_folder_only_if_it_may(tmp_path: Path) -> None:
    code = "open('note', 'w').write('x')"

    python(code, folder=tmp_path, may_write=True).run({}, Cancellation())
    assert (tmp_path / "note").read_text() == "x"

    if sys.platform == "linux":
        (tmp_path / "note").unlink()
        assert "Error: [Errno" in fault_of(python(code, folder=tmp_path))
        assert not (tmp_path / "note").exists()


def test_the_intent_shows_what_will_run_and_where(tmp_path: Path) -> None:
    intent = tool(sys.executable, "two words.py", folder=tmp_path / ".." / tmp_path.name).intent({"town": "Bern"})

    assert intent == Intent(
        Risk.READING,
        place=f"{Path(sys.executable).resolve()} 'two words.py'",
        facts=(
            ("program", f"{sys.executable} 'two words.py'"),
            ("folder", str(tmp_path.resolve())),
            ("arguments", '{"town": "Bern"}'),
        ),
    )


def test_what_may_change_something_is_changing(tmp_path: Path) -> None:
    assert python("", folder=tmp_path, may_write=True).intent({}).risk is Risk.CHANGING


def test_where_a_wall_is_open_it_is_said_and_counts_as_changing() -> None:
    intent = python("", enforced=Enforced(network=False, folders=True, processes=False)).intent({})

    assert intent.risk is Risk.CHANGING
    assert intent.facts[-1] == ("not_enforced", "network, processes")


@pytest.mark.parametrize("program", ["", "no-such-program", "relative/program", "../program", "/nowhere/at/all", "/"])
def test_a_program_that_is_none_is_refused_before_anybody_is_asked(program: str) -> None:
    with pytest.raises(CallFault):
        tool(program).intent({})


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_a_device_is_no_program_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")

    for wrong in (tool("/dev/zero"), tool(tmp_path / "link"), python("", folder="/dev/zero"), tool("/dev/stdin")):
        with pytest.raises(CallFault):
            wrong.run({}, Cancellation())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_permission_belongs_to_what_a_link_leads_to(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_text("#!/bin/sh\n")
    link = tmp_path / "link"
    link.symlink_to("first")
    linked = tool(link)
    before = linked.intent({}).place

    link.unlink()
    link.symlink_to("second")

    assert (before, linked.intent({}).place) == (str(tmp_path / "first"), str(tmp_path / "second"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")

    with pytest.raises(CallFault):
        tool(tmp_path / "circle").intent({})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")
@pytest.mark.parametrize(
    "action", ["open('{}').read()", "__import__('os').listdir('{}')", "__import__('socket').socket()"]
)
def test_it_reaches_nothing_but_its_own(tmp_path: Path, action: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    folder = tmp_path / "own"
    folder.mkdir()

    action = action.format(secret if "open" in action else tmp_path)

    assert "PermissionError" in fault_of(python(action, folder=folder))
