"""Taking out of technical text what tells who somebody is: keys, names, folders, other computers, what they wrote.

Pure rules, for whatever leaves the person's hands.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

HOME, USER, KEY, ELSEWHERE = "~", "user", "(key)", "elsewhere"
"""What stands in place of what was taken out."""
WORDS_IN_A_ROW = 4
"""So many words of a text, one after the other, are that text; fewer are the language's, if the text has more."""
LONG_WORD = 12
"""A text of one word is told by it only if the word is as long as this."""
SHORTEST_KEY = 6
"""What is shorter stands in other words too, and is no secret: `1`, `true`, a port."""
PUBLIC_HOSTS = frozenset({"registry.ollama.ai", "ollama.com", "huggingface.co", "github.com"})
"""Of other computers only these may be named: everybody's programs go there."""

_KEYS = re.compile(
    r"""(?ix)
    (?P<lead>
        (?:bearer|basic)\ | (?:^|[\W_]) (?: (?:key|password|secret|signature) "? \s? [=:] \s? "? | token "? [=:] "? )
    )
    [^\s"',;&]+
    """
)
_KEYS_BY_LOOK = re.compile(r"(?i)\b(?:(?:sk|pk|hf|gh[opsu]|xox[a-z])[-_][a-z0-9_-]{6,}|eyJ[a-z0-9_-]+\.[a-z0-9_.-]+)")
_USER_FOLDER = re.compile(
    r"(?i)((?:^|[\s\"'=:(,])(?:[a-z]:)?[\\/]+(?:home|users|media|run[\\/]media)[\\/]+)([^\\/\s\"']+)"
)
_ADDRESS = re.compile(r"(?i)\b(?P<scheme>https?|wss?)://(?:[^\s/@\"']*@)?(?P<host>\[[^\]\s]+\]|[^\s:/\"'),;]+)")
_PLAIN_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_CONTROL = re.compile(r"\\[nrt\"]")
_WORD = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""Where no spaces part words, a character is one."""


class Scrubber:
    """Cleans lines of one person on one computer."""

    def __init__(
        self,
        *,
        home: PurePath,
        names: Iterable[str],
        keys: Iterable[str] = (),
        folders: Mapping[str, PurePath] | None = None,
    ) -> None:
        """`names` are those of the person and the computer; `keys` are secrets that are known as such.

        `folders` are ours, by their use, which stands in place of those that do not lie in the home folder.
        """
        self._home = _path_pattern(home)
        self._folders = {f"({use})": _path_pattern(folder) for use, folder in (folders or {}).items()}
        known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
        self._names = re.compile(
            "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known) or r"(?!)", re.IGNORECASE
        )
        self._known_keys = tuple(keys)

    def clean(self, text: str) -> str:
        """Return the text without keys, folders of the person, names, and addresses of other computers."""
        text = without_keys(text, self._known_keys)
        text = _KEYS.sub(rf"\g<lead>{KEY}", text)
        text = _KEYS_BY_LOOK.sub(KEY, text)
        text = _ADDRESS.sub(_clean_address, text)
        text = _PLAIN_IP.sub(lambda match: match.group() if _may_be_named(match.group()) else ELSEWHERE, text)
        text = self._home.sub(HOME, text)
        for use, folder in self._folders.items():
            text = folder.sub(use, text)
        text = _USER_FOLDER.sub(rf"\g<1>{USER}", text)
        return self._names.sub(USER, text)


def without_keys(text: str, keys: Iterable[str]) -> str:
    """Return the text with something else in place of these keys."""
    for key in sorted(keys, key=len, reverse=True):
        if len(key) >= SHORTEST_KEY:
            text = text.replace(key, KEY)
    return text


def lines_with_words_of(texts: Iterable[str], lines: Sequence[str]) -> set[int]:
    """Return the numbers of the lines in which something of the texts stands; takes a moment for many texts.

    That is: four words in a row, or a whole text of two or three words, or a text that is one long word.
    """
    places: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        words = _words(line)
        for length in range(1, WORDS_IN_A_ROW + 1):
            for row in _rows(words, length):
                places[row].add(number)
    found: set[int] = set()
    for text in texts:
        words = _words(text)
        if len(words) == 1 and len(words[0]) < LONG_WORD:
            continue
        for row in _rows(words, min(len(words), WORDS_IN_A_ROW)):
            found |= places.get(row, set())
    return found


def _rows(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    if length:
        yield from (tuple(words[start : start + length]) for start in range(len(words) - length + 1))


def _words(text: str) -> list[str]:
    """Split into words, also what was escaped as JSON does it."""
    plain = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return _WORD.findall(_CONTROL.sub(" ", plain).casefold())


def _path_pattern(home: PurePath) -> re.Pattern[str]:
    r"""Find a folder however its parts are joined: by /, by \, or by the doubled \\ of JSON."""
    parts = [re.escape(part.strip("\\/")) for part in home.parts if part.strip("\\/")]
    if not parts:
        return re.compile(r"(?!)")
    return re.compile(r"[\\/]*" + r"[\\/]+".join(parts) + r"(?=[\\/\s\"'),;:]|$)", re.IGNORECASE)


def _clean_address(match: re.Match[str]) -> str:
    host = match.group("host")
    return f"{match.group('scheme')}://{host if _may_be_named(host) else ELSEWHERE}"


def _may_be_named(host: str) -> bool:
    if host.lower() in PUBLIC_HOSTS or host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
