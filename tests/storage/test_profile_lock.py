"""One process owns a profile, until it ends in whatever way."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phidesk.core.errors import ProfileInUse, StorageUnwritable
from phidesk.storage.profile_lock import ProfileLock

OWNER = """
import sys
from pathlib import Path
from phidesk.storage.profile_lock import ProfileLock
with ProfileLock(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "phidesk.lock"


@pytest.fixture
def owner(lock_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the profile."""
    command = [sys.executable, "-c", OWNER, str(lock_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


def test_a_profile_that_another_process_owns_is_in_use(lock_path: Path, owner: subprocess.Popen[str]) -> None:
    with pytest.raises(ProfileInUse) as raised, ProfileLock(lock_path):
        pass

    assert raised.value.path == lock_path


def test_a_killed_owner_leaves_the_profile_free(lock_path: Path, owner: subprocess.Popen[str]) -> None:
    owner.kill()
    owner.wait()

    with ProfileLock(lock_path), pytest.raises(ProfileInUse), ProfileLock(lock_path):
        pass


def test_a_profile_can_be_owned_again(lock_path: Path) -> None:
    with ProfileLock(lock_path):
        pass

    with ProfileLock(lock_path):
        assert lock_path.exists()


def test_a_child_of_the_owner_does_not_own_the_profile(lock_path: Path) -> None:
    with ProfileLock(lock_path):
        command = [sys.executable, "-c", "print('here', flush=True); input()"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, close_fds=False)
        assert child.stdout is not None
        assert child.stdout.readline() == b"here\n"

    with child, ProfileLock(lock_path):
        assert child.poll() is None
        child.communicate(b"\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps profiles apart by itself")
def test_only_the_person_can_read_the_lock_and_its_folder(lock_path: Path) -> None:
    with ProfileLock(lock_path):
        assert stat.S_IMODE(lock_path.stat().st_mode) == 0o600
        assert stat.S_IMODE(lock_path.parent.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, lock_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(StorageUnwritable), ProfileLock(lock_path):
        pass
