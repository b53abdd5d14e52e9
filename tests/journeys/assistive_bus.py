"""What a screen reader does: it asks a program over the accessibility bus (AT-SPI 2), and listens.

The protocol is the D-Bus interfaces of at-spi2-core (xml/*.xml there); the numbers of roles are those of `AtspiRole`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

PREFIX = "org.a11y.atspi"
ROOT = "/org/a11y/atspi/accessible/root"
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
PATIENCE_S = 20.0
LOOK_S = 0.02
ANSWER_S = 5.0
_EVENTS = {
    "Announcement": "announcement",
    "ChildrenChanged": "children-changed",
    "StateChanged": "state-changed:focused",
    "TextCaretMoved": "text-caret-moved",
    "PropertyChange": "property-change:accessible-name",
}
"""What is listened to: names on the bus, and those by which it is asked for."""
_USABLE_BITS = (8, 25)
"""Enabled and showing, as in `AtspiStateType`."""
_FOCUSED_BIT = 12
_WORD = 1
"""As in `AtspiTextGranularity`."""
_ALL, _ANY, _IN_ORDER = 1, 2, 1
"""As in `AtspiCollectionMatchType` and `AtspiCollectionSortOrder`."""


class Role(IntEnum):
    """Those that the tests look for."""

    LIST = 31
    LIST_ITEM = 32
    MENU_ITEM = 35
    BUTTON = 43
    HEADING = 83
    LINK = 88


def missing_tools() -> list[str]:
    """Return what has to be installed before a program can be heard."""
    missing = [name for name in ("Xvfb", "dbus-daemon") if shutil.which(name) is None]
    return missing if _launcher() is not None else [*missing, "at-spi-bus-launcher"]


@dataclass(frozen=True)
class Node:
    """Something that a screen reader can read or press."""

    bus: DBusConnection
    name: str
    path: str

    @property
    def role(self) -> int:
        return int(self._call("Accessible", "GetRole"))

    @property
    def words(self) -> str:
        """The accessible name."""
        return self._property("Name")

    @property
    def description(self) -> str:
        """What is said besides the name."""
        return self._property("Description")

    @property
    def level(self) -> int:
        """Of a heading."""
        return int(self._call("Accessible", "GetAttributes")["level"])

    @property
    def actions(self) -> dict[str, tuple[str, str]]:
        """The words and the key of what can be done, by names."""
        return {name: (words, keys) for name, words, keys in self._call("Action", "GetActions")}

    @property
    def caret(self) -> int:
        """Where the caret stands in the text."""
        return int(self._property("CaretOffset", "Text"))

    @property
    def has_focus(self) -> bool:
        low, _high = self._call("Accessible", "GetState")
        return bool(low >> _FOCUSED_BIT & 1)

    @property
    def interfaces(self) -> list[str]:
        return [name.removeprefix(f"{PREFIX}.") for name in self._call("Accessible", "GetInterfaces")]

    @property
    def text(self) -> str:
        """What the text interface gives."""
        return str(self._call("Text", "GetText", "ii", (0, -1)))

    @property
    def can_be_used(self) -> bool:
        """Whether it can be seen and is not greyed out."""
        low, _high = self._call("Accessible", "GetState")
        return all(low >> bit & 1 for bit in _USABLE_BITS)

    def children(self) -> list[Node]:
        return [Node(self.bus, name, path) for name, path in self._call("Accessible", "GetChildren")]

    def find(self, role: Role, words: str | None = None) -> Node | None:
        """Return the first of what is below it, in the order of reading."""
        return next((node for node in self.walk() if node.role == role and words in (None, node.words)), None)

    def walk(self) -> Iterator[Node]:
        for child in self.children():
            yield child
            yield from child.walk()

    def act(self, name: str = "") -> None:
        """Do one of its actions, the first if it has no name."""
        number = list(self.actions).index(name) if name else 0
        assert self._call("Action", "DoAction", "i", (number,))

    def word_at(self, offset: int) -> str:
        """Return the word that a character of the text belongs to."""
        return str(self._call("Text", "GetStringAtOffset", "iu", (offset, _WORD)))

    def headings(self) -> list[Node]:
        """Return the headings below it, as a screen reader looks for the next one."""
        word, bit = divmod(Role.HEADING, 32)
        roles = [1 << bit if number == word else 0 for number in range(4)]
        rule: tuple[object, ...] = ([0, 0], _ALL, {}, _ALL, roles, _ANY, [], _ALL, False)
        found = self._call("Collection", "GetMatches", "(aiia{ss}iaiiasib)uib", (rule, _IN_ORDER, 0, True))
        return [Node(self.bus, name, path) for name, path in found]

    def _property(self, name: str, interface: str = "Accessible") -> str:
        address = DBusAddress(self.path, bus_name=self.name, interface=f"{PREFIX}.{interface}")
        reply = self.bus.send_and_get_reply(Properties(address).get(name), timeout=ANSWER_S)
        return "" if reply.header.message_type is MessageType.error else str(reply.body[0][1])

    def _call(self, interface: str, method: str, signature: str | None = None, body: tuple[object, ...] = ()) -> Any:
        address = DBusAddress(self.path, bus_name=self.name, interface=f"{PREFIX}.{interface}")
        reply = self.bus.send_and_get_reply(new_method_call(address, method, signature, body), timeout=ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise LookupError(method, reply.body)
        return reply.body[0]


class ScreenReader:
    """Finds programs, and hears what they announce."""

    def __init__(self, address: str) -> None:
        self._bus = open_dbus_connection(bus=address)
        self._heard = open_dbus_connection(bus=address)
        self.announced: list[str] = []
        self.changed: list[str] = []
        """The paths of those whose children were told to be others, each as often as it was told."""
        self.renamed: list[str] = []
        """The paths of those of which it was told that they have other words, each as often as it was told."""
        self.caret: tuple[Node, int] | None = None
        """Where the caret went last: in which text, and before which character."""
        self.focused: Node | None = None
        """What got the keyboard last. Menus are found by this alone: Qt counts them among nobody's children."""
        self._listen()

    def close(self) -> None:
        self._bus.close()
        self._heard.close()

    def programs(self) -> list[Node]:
        return Node(self._bus, f"{PREFIX}.Registry", ROOT).children()

    def listen(self) -> list[str]:
        """Return everything that was announced until now."""
        while True:
            try:
                message = self._heard.receive(timeout=LOOK_S)
            except TimeoutError:
                return self.announced
            member = message.header.fields.get(HeaderFields.member)
            if member == "Announcement":
                self.announced.append(message.body[3][1])
            elif member == "ChildrenChanged":
                self.changed.append(message.header.fields[HeaderFields.path])
            elif member == "PropertyChange":
                self.renamed.append(message.header.fields[HeaderFields.path])
            elif member == "TextCaretMoved":
                self.caret = (self._source(message), message.body[1])
            elif member == "StateChanged" and message.body[:2] == ("focused", 1):
                self.focused = self._source(message)

    def count_changes(self, node: Node) -> int:
        """Return how often it was told until now that other children are in a node."""
        self.listen()
        return self.changed.count(node.path)

    def _source(self, message: Message) -> Node:
        fields = message.header.fields
        return Node(self._bus, fields[HeaderFields.sender], fields[HeaderFields.path])

    def _listen(self) -> None:
        for member in _EVENTS:
            rule = MatchRule(type="signal", interface=f"{PREFIX}.Event.Object", member=member)
            Proxy(message_bus, self._heard).AddMatch(rule)
        wait(self._register)

    def _register(self) -> bool:
        """Ask for what is listened to; return whether all of it stands in the registry, which may have begun anew."""
        for event in _EVENTS.values():
            self._ask_registry("RegisterEvent", "sass", (f"object:{event}", [], ""))
        (listeners,) = self._ask_registry("GetRegisteredEvents")
        return len({event for _, event in listeners}) == len(_EVENTS)

    def _ask_registry(self, method: str, signature: str | None = None, body: tuple[object, ...] = ()) -> Any:
        registry = DBusAddress("/org/a11y/atspi/registry", f"{PREFIX}.Registry", f"{PREFIX}.Registry")
        call = new_method_call(registry, method, signature, body)
        reply = self._heard.send_and_get_reply(call, timeout=ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise LookupError(method, reply.body)
        return reply.body


@contextmanager
def assistive_bus(folder: Path) -> Iterator[tuple[Mapping[str, str], ScreenReader]]:
    """Start a screen and buses of our own; give what a program's environment has to say, and who listens to it."""
    with ExitStack() as stack:
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "XDG_CACHE_HOME": str(folder)}
        display = _first_line(stack, ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24"], environment)
        environment["DISPLAY"] = f":{display}"
        daemon = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        environment["DBUS_SESSION_BUS_ADDRESS"] = _first_line(stack, daemon, environment)
        environment |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        launcher = _launcher()
        assert launcher is not None
        stack.enter_context(_process([launcher, "--launch-immediately"], environment))
        reader = ScreenReader(_address_of_bus(environment["DBUS_SESSION_BUS_ADDRESS"]))
        stack.callback(reader.close)
        yield environment, reader


def wait(condition: Callable[[], Any]) -> Any:
    """Look until something is so, and return it."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            found = condition()
        except LookupError:  # It went away while it was looked at.
            found = None
        if found:
            return found
        time.sleep(LOOK_S)
    raise TimeoutError


def _launcher() -> str | None:
    return next((path for path in LAUNCHERS if Path(path).is_file()), None)


def _address_of_bus(session: str) -> str:
    with open_dbus_connection(bus=session) as connection:
        address = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")

        def ask() -> str | None:
            reply = connection.send_and_get_reply(new_method_call(address, "GetAddress"), timeout=ANSWER_S)
            return None if reply.header.message_type is MessageType.error else str(reply.body[0])

        return str(wait(ask))


def _first_line(stack: ExitStack, command: list[str], environment: Mapping[str, str]) -> str:
    process = stack.enter_context(_process(command, environment))
    assert process.stdout is not None
    return process.stdout.readline().strip()


@contextmanager
def _process(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
