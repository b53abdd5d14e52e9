"""Programs that try to get out: each is run with namespaces and as on a system that has none (Linux)."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from phidesk.processes.sandbox.limits import Enforced, Limit, Limits, Outcome
from phidesk.processes.sandbox.program_run import what_is_enforced
from tests.processes.sandbox import run_code, start_loop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")

as_a_person = pytest.mark.skipif(os.getuid() == 0, reason="the system does not limit the processes of root")
REFUSED = {"PermissionError", "ProcessLookupError", "FileNotFoundError", "OSError"}
ATTEMPT = """
import json, os, pathlib, socket, sys
here = pathlib.Path.cwd(); target = pathlib.Path(sys.argv[1])
def attempt(action):
    try: result = repr(action())
    except BaseException as error: result = type(error).__name__
    print(json.dumps(result), flush=True)
"""


@pytest.fixture(params=[True, False], ids=["namespaces", "no namespaces"])
def may_use_namespaces(request: pytest.FixtureRequest) -> bool:
    may = bool(request.param)
    if may and not enforced(may).processes:
        pytest.skip("this system permits no namespaces")
    return may


@pytest.fixture(autouse=True)
def _walls(may_use_namespaces: bool) -> None:
    if not (enforced(may_use_namespaces).folders and enforced(may_use_namespaces).network):
        pytest.skip("this kernel has no Landlock, or this processor no filter of ours")


@cache
def enforced(may_use_namespaces: bool) -> Enforced:
    return what_is_enforced(start_loop=start_loop, may_use_namespaces=may_use_namespaces)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The program's own folder; its parent holds a secret."""
    (tmp_path / "secret").write_text("the secret")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "letter").write_text("a letter")
    return folder


def attempts(outcome: Outcome) -> list[str]:
    assert outcome.exit_code == 0, outcome
    return [json.loads(line) for line in outcome.output.splitlines()]


def test_its_own_folder_is_read_and_not_written(folder: Path, may_use_namespaces: bool) -> None:
    code = ATTEMPT + "attempt((here / 'letter').read_text)\nattempt(lambda: (here / 'letter').write_text('mine'))"
    outcome = run_code(code, folder, folder, may_use_namespaces=may_use_namespaces)

    read, written = attempts(outcome)
    assert read == "'a letter'"
    assert written in REFUSED
    assert (folder / "letter").read_text() == "a letter"


def test_a_writable_folder_is_written(folder: Path, may_use_namespaces: bool) -> None:
    code = ATTEMPT + (
        "attempt(lambda: (here / 'new').write_text('mine'))\n"
        "attempt(lambda: (here / 'sub').mkdir())\n"
        "attempt(lambda: (here / 'new').rename(here / 'sub' / 'newer') and None)\n"
        "attempt((here / 'letter').unlink)"
    )
    outcome = run_code(code, folder, folder, writable=(folder,), may_use_namespaces=may_use_namespaces)

    assert attempts(outcome) == ["4", "None", "None", "None"]
    assert (folder / "sub" / "newer").read_text() == "mine"


@pytest.mark.parametrize(
    "action",
    [
        "(target / 'secret').read_text()",
        "(here / '..' / 'secret').read_text()",
        "os.listdir(target)",
        "os.listdir('/')",
        "os.listdir('/home')",
        "open('/etc/../root/.bashrc')",
        "(here / 'link').read_text()",
        "(here / 'link folder' / 'secret').read_text()",
        "(target / 'secret').write_text('mine')",
        "(here / 'link').write_text('mine')",
        "(target / 'new').write_text('mine')",
        "(target / 'new').mkdir()",
        "(target / 'secret').unlink()",
        "os.truncate(target / 'secret', 0)",
        "os.link(target / 'secret', here / 'hard link')",
        "(target / 'secret').rename(here / 'moved')",
        "(here / 'letter').rename(target / 'moved')",
        "(here / 'sent').symlink_to(target / 'secret') or (here / 'sent').read_text()",
        "os.open(os.path.relpath(target / 'secret', here), os.O_RDONLY, dir_fd=os.open(here, os.O_PATH))",
        "os.chroot(target)",
        "os.mknod(here / 'disk', 0o60600, os.makedev(254, 0))",
        "os.mknod(here / 'memory', 0o20600, os.makedev(1, 1))",
        "open('/dev/mem', 'rb')",
        "open('/dev/tty')",
        "open('/dev/shm/shared', 'w')",
        "open('/proc/sys/kernel/hostname', 'w')",
        "open(f'/proc/{sys.argv[2]}/environ').read()",
        "open(f'/proc/{sys.argv[2]}/mem', 'rb')",
        "os.listdir(f'/proc/{sys.argv[2]}/cwd')",
        "os.listdir(f'/proc/{sys.argv[2]}/root')",
        "os.listdir(f'/proc/{sys.argv[2]}/fd')",
        "open(f'/proc/{os.getppid()}/environ').read()",
        "os.listdir(f'/proc/{os.getppid()}/root/home')",
        "os.readlink(f'/proc/{os.getppid()}/fd/0')",
        "open(f'/proc/{os.getppid()}/fd/1')",
        "os.listdir('/proc/self/root/home')",
    ],
)
def test_nothing_outside_is_reached(folder: Path, may_use_namespaces: bool, action: str) -> None:
    outside = folder.parent
    (folder / "link").symlink_to(outside / "secret")
    (folder / "link folder").symlink_to(outside)
    outcome = run_code(
        f"{ATTEMPT}attempt(lambda: {action})",
        folder,
        outside,
        os.getpid(),
        writable=(folder,),
        may_use_namespaces=may_use_namespaces,
    )

    assert attempts(outcome)[0] in REFUSED
    assert sorted(it.name for it in outside.iterdir()) == ["own", "secret"]
    assert (outside / "secret").read_text() == "the secret"
    assert (folder / "letter").exists()


@pytest.mark.parametrize(
    "action",
    [
        "os.chmod(target / 'secret', 0)",
        "os.chmod(target, 0)",
        "os.utime(target / 'secret', (0, 0))",
        "os.setxattr(target / 'secret', 'user.mine', b'x')",
        "os.chown(target / 'secret', os.getuid(), os.getgid())",
    ],
)
def test_with_namespaces_rights_and_times_outside_stay_too(folder: Path, action: str) -> None:
    if not enforced(True).processes:
        pytest.skip("this system permits no namespaces")
    before = (folder.parent / "secret").stat()
    code = f"{ATTEMPT}attempt(lambda: {action})\nattempt(lambda: os.chmod(here / 'letter', 0o600))"
    outcome = run_code(code, folder, folder.parent, writable=(folder,))

    assert attempts(outcome)[0] in REFUSED
    assert attempts(outcome)[1] == "None"
    assert (folder.parent / "secret").stat() == before


def test_with_namespaces_the_folder_it_is_given_cannot_fill_the_disk(folder: Path) -> None:
    if not enforced(True).processes:
        pytest.skip("this system permits no namespaces")
    code = """
import errno, itertools, tempfile
try:
    for number in itertools.count(): open(f"{tempfile.gettempdir()}/{number}", "wb").write(bytes(2**20))
except OSError as error: print(number, error.errno == errno.ENOSPC)
"""
    outcome = run_code(code, folder, limits=Limits(file_bytes=8 * 2**20))

    assert outcome.output.split()[1] == b"True"
    assert int(outcome.output.split()[0]) in {7, 8}


def test_the_same_attempts_succeed_without_walls(folder: Path) -> None:
    """Or the tests above would prove nothing."""
    code = f"{ATTEMPT}attempt(lambda: (target / 'secret').read_text())\nattempt(lambda: socket.socket().close())"
    free = subprocess.run([sys.executable, "-c", code, folder.parent], cwd=folder, stdout=subprocess.PIPE, check=True)

    assert [json.loads(line) for line in free.stdout.splitlines()] == ["'the secret'", "None"]


@pytest.mark.parametrize(
    "action",
    [
        "socket.create_connection(('127.0.0.1', port), 1)",
        "socket.create_connection(('::1', port), 1)",
        "socket.create_server(('127.0.0.1', 0))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_UNIX).connect(chr(0) + 'phidesk-test-' + str(port))",
        "socket.socket(socket.AF_UNIX).connect('door')",
        "ctypes.CDLL(None, use_errno=True).syscall(425, 1, ctypes.create_string_buffer(256)) == -1 and os.open('/nowhere', 0)",
    ],
)
def test_no_connection_is_made(folder: Path, may_use_namespaces: bool, action: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as door,
    ):
        port = tcp.getsockname()[1]
        udp.bind(("127.0.0.1", port))
        abstract.bind(f"\0phidesk-test-{port}")
        door.bind(str(folder / "door"))
        for listener in (abstract, door):
            listener.listen()
        for listener in (tcp, udp, abstract, door):
            listener.setblocking(False)
        code = f"{ATTEMPT}import ctypes; port = {port}\nattempt(lambda: {action})"
        outcome = run_code(code, folder, folder, writable=(folder,), may_use_namespaces=may_use_namespaces)

        assert attempts(outcome)[0] in REFUSED
        for listener in (tcp, abstract, door):
            with pytest.raises(BlockingIOError):
                listener.accept()
        with pytest.raises(BlockingIOError):
            udp.recv(1)


def test_pairs_of_sockets_between_its_own_processes_work(folder: Path, may_use_namespaces: bool) -> None:
    code = "import asyncio; asyncio.run(asyncio.sleep(0)); print('ran')"
    outcome = run_code(code, folder, may_use_namespaces=may_use_namespaces)

    assert outcome.output == b"ran\n"


@pytest.mark.parametrize("victim", ["os.getppid()", "int(sys.argv[2])", "-1", "1", "-int(sys.argv[3])"])
def test_nobody_else_is_killed(folder: Path, may_use_namespaces: bool, victim: str) -> None:
    code = f"{ATTEMPT}import signal\nattempt(lambda: os.kill({victim}, signal.SIGKILL))\nprint('\"alive\"')"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        outcome = run_code(code, folder, folder, bystander.pid, os.getpgid(0), may_use_namespaces=may_use_namespaces)

        assert attempts(outcome)[-1] == "alive"
        assert bystander.poll() is None
        bystander.kill()


FORK_BOMB = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""


@as_a_person
def test_a_fork_bomb_ends(folder: Path, may_use_namespaces: bool) -> None:
    outcome = run_code(
        FORK_BOMB, folder, may_use_namespaces=may_use_namespaces, limits=Limits(wall_s=2, process_count=32)
    )

    assert outcome.reached in {Limit.WALL, Limit.PROCESSES, Limit.MEMORY}, outcome


@as_a_person
def test_no_more_processes_than_the_limit_are_started(folder: Path, may_use_namespaces: bool) -> None:
    code = """
import os, threading
count = 0
try:
    while True:
        if os.fork() == 0: threading.Event().wait()
        count += 1
except OSError: print(count)
"""
    outcome = run_code(code, folder, may_use_namespaces=may_use_namespaces, limits=Limits(process_count=16))

    assert 8 <= int(outcome.output) <= 16


DAEMON = """
import fcntl, os, sys, threading
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        lock = open("lock", "w"); fcntl.flock(lock, fcntl.LOCK_EX)
        os.write(writer, b"x")
        for number in (0, 1, 2, reader, writer): os.close(number)
        threading.Event().wait()
    os._exit(0)
os.read(reader, 1); print("daemon runs", flush=True)
"""


def is_free(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("manner", ["ends", "is ended"])
def test_a_daemon_does_not_outlive_the_run(folder: Path, may_use_namespaces: bool, manner: str) -> None:
    rest = "" if manner == "ends" else "threading.Event().wait()"
    outcome = run_code(
        DAEMON + rest,
        folder,
        writable=(folder,),
        limits=Limits(wall_s=1),
        may_use_namespaces=may_use_namespaces,
    )

    assert outcome.output == b"daemon runs\n"
    assert is_free(folder / "lock")


US = """
import sys
from functools import cache
from pathlib import Path
from tests.processes.sandbox import run_code
run_code(sys.argv[1], Path(sys.argv[2]), writable=(Path(sys.argv[2]),), may_use_namespaces=bool(int(sys.argv[3])))
"""


def test_nothing_outlives_us_if_we_are_killed(folder: Path, may_use_namespaces: bool) -> None:
    os.mkfifo(folder / "sign")
    code = DAEMON + "open('sign', 'w').close(); threading.Event().wait()"
    arguments = [code, str(folder), str(int(may_use_namespaces))]
    with subprocess.Popen([sys.executable, "-c", US, *arguments]) as us:
        (folder / "sign").read_bytes()  # Until the daemon runs.

        us.kill()

        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # Until it does no longer.


def test_a_kernel_that_keeps_no_signals_in_refuses_them_all() -> None:
    """As on kernels before 6.12 without namespaces."""
    code = """
import ctypes, os
from phidesk.processes.sandbox.syscall_filter import SIGNALS, refuse_calls
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
assert refuse_calls(SIGNALS)
for victim in (os.getppid(), -1):
    try: os.kill(victim, 9)
    except PermissionError: print("refused")
"""
    asked = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)

    assert asked.stdout.split() == [b"refused", b"refused"]
