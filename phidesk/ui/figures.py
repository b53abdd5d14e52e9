"""Figures and names as people read them: sizes, tokens, engines, models. Imported through `messages.py`."""

from __future__ import annotations

import math
import os
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QObject

from phidesk.engine.names import BUILTIN, FROM_OLLAMA, OLLAMA
from phidesk.ui.visible_text import visible_line

if TYPE_CHECKING:  # figures are painted at once, answers come later
    from phidesk.chat.forecast import PromptForecast
    from phidesk.core.answers import Gauge
    from phidesk.core.parts import FilePart, PassagesPart

NEARLY_FULL = 0.9
"""From this share of the window on we say so: the next question may no longer fit."""

FIGURE_SEPARATOR = " · "
"""Between the figures of one line."""

_LONGEST_WORDS = 20
"""Characters of a word on average, above which these are no words."""
_SMALLEST_WHOLE_SPEED = 10
"""Below this a decimal tells more."""
_SECOND_MS = 1_000
_KILOBYTE = 1_000
_MEGABYTE = 1_000_000
_GIGABYTE = 1_000_000_000
_SMALLEST_GIGABYTES = 100 * _MEGABYTE
"""Below this, gigabytes with one decimal would say 0.0."""

# Patterns are compiled when the first model is named: the first paint names none.
_QUANTISATION = r"(?i)[.\-_](?:i?q\d\w*|b?f16|f32|fp16|mxfp4)$"
_SIZE_TAG = r"(?i)\d+(?:\.\d+)?[bm]"
_NOISE = r"(?i)[-_.](?:gguf|instruct|chat|it|latest)$"
_FAMILIES = (
    (r"(?i)phi-?4-mini(?:-instruct)?(?=$|-)", "Phi-4-mini"),
    (r"(?i)phi-?4(?=$|-)", "Phi-4"),
    (r"(?i)phi-?3\.5", "Phi-3.5"),
    (r"(?i)smollm2", "SmolLM2"),
)
_PRACTICE_MODEL = "SmolLM2 135M"

translate = QCoreApplication.translate


class CountedWords(QObject):
    """Texts with plural forms.

    A class, because `lupdate` finds plural forms only in `tr`: in `translate` it takes the number for an encoding.
    """

    def tokens(self, count: int) -> str:
        """Say how many tokens."""
        return self.tr("{count} tokens", "", count).format(count=number_text(count))

    def answers_at_once(self, count: int) -> str:
        """Say that answers wait for each other."""
        text = self.tr("{count} answers are being written at once, so each waits for the others.", "", count)
        return text.format(count=number_text(count))

    def tokens_per_s(self, speed: float) -> str:
        """Say how fast something is read or written."""
        told = number_text(round(speed)) if speed >= _SMALLEST_WHOLE_SPEED else decimal_text(speed)
        return self.tr("{count} tokens a second", "", round(speed)).format(count=told)

    def tokens_too_many(self, count: int) -> str:
        """Say by how much a prompt is too long."""
        return self.tr("{count} tokens too many. Nothing was sent.", "", count).format(count=number_text(count))

    def excess(self, count: int, *, is_exact: bool) -> str:
        """Say by how much what is typed is too long."""
        if is_exact:
            text = self.tr("With this message {count} tokens too many", "", count)
        else:
            text = self.tr("With this message about {count} tokens too many", "", count)
        return text.format(count=number_text(count))

    def reading(self, total: int) -> str:
        """Say how much the model reads."""
        return self.tr("Reading {total} tokens…", "", total).format(total=number_text(total))

    def reading_part(self, done: int, total: int) -> str:
        """Say how much of it the model has read."""
        text = self.tr("Reading, {done} of {total} tokens…", "", total)
        return text.format(done=number_text(done), total=number_text(total))

    def reading_part_for(self, done: int, total: int, seconds: str) -> str:
        """Say how much of it the model has read, and about how long the rest takes."""
        text = self.tr("Reading, {done} of {total} tokens, about {seconds} s left", "", total)
        return text.format(done=number_text(done), total=number_text(total), seconds=seconds)

    def reading_words(self, words: int) -> str:
        """Say how much the model reads."""
        return self.tr("Reading {words} words…", "", words).format(words=number_text(words))

    def reading_words_for(self, words: int, seconds: str) -> str:
        """Say how much the model reads, and about how long."""
        text = self.tr("Reading {words} words, about {seconds} s", "", words)
        return text.format(words=number_text(words), seconds=seconds)

    def words(self, count: int) -> str:
        """Say how long a text is."""
        return self.tr("{count} words", "", count).format(count=number_text(count))

    def characters(self, count: int) -> str:
        """Say how long a text is whose words cannot be counted."""
        return self.tr("{count} characters", "", count).format(count=number_text(count))

    def files(self, count: int) -> str:
        """Say how many files go along."""
        return self.tr("{count} files", "", count).format(count=number_text(count))

    def writing(self, words_per_s: int) -> str:
        """Say how fast the answer comes."""
        return self.tr("Writing · {words} words a second", "", words_per_s).format(words=number_text(words_per_s))


def file_label(file: FilePart | PassagesPart) -> str:
    """Name a file that goes along with a question, on one line, each sign seen; pasted text has no name of its own."""
    return visible_line(" ".join(file.name.split())) or translate("Figures", "Pasted text")


def passages_text(passages: PassagesPart) -> str:
    """Say how much of a document a question is sent with."""
    if not passages.shown:
        text = translate("Figures", "No passage of “{name}” was found for this question")
        return text.format(name=file_label(passages))
    return translate("Figures", "The model sees {shown} of {count} passages of “{name}”").format(
        shown=number_text(passages.shown), count=number_text(passages.count), name=file_label(passages)
    )


def file_length_text(file: FilePart) -> str:
    """Say how long a file is, and whether it is one of which a question is only sent passages."""
    length = length_text(file.text)
    return translate("Figures", "{length}, kept whole").format(length=length) if file.is_document else length


def length_text(text: str) -> str:
    """Say how long a text is: in words, or in characters where spaces do not part them (Chinese, long rows of code)."""
    words = len(text.split())
    if len(text) > _LONGEST_WORDS * max(1, words):
        return CountedWords().characters(len(text))
    return CountedWords().words(words)


def seconds_text(seconds: float) -> str:
    """Write a duration that is only known roughly: whole seconds, from half a minute on in tens; at least 1."""
    step = 1 if seconds < 30 else 10
    return number_text(max(1, step * round(seconds / step)))


def duration_text(milliseconds: float) -> str:
    """Write a duration that was measured: milliseconds below a second."""
    if milliseconds < _SECOND_MS:
        return translate("Figures", "{count} ms").format(count=number_text(round(milliseconds)))
    return translate("Figures", "{seconds} s").format(seconds=decimal_text(milliseconds / _SECOND_MS))


def moment_text(moment: datetime) -> str:
    """Write when something was, in this computer's time."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    day, time = _locale().toString(local.date()), _locale().toString(local.time(), QLocale.FormatType.ShortFormat)
    return f"{day} · {time}"


def line_of(text: str, most: int) -> str:
    """Return a text as one line of so many characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def number_text(number: int) -> str:
    """Write a whole number with the person's separators."""
    return _locale().toString(number)


def decimal_text(number: float) -> str:
    """Write a number with one decimal."""
    return _locale().toString(number, "f", 1)


def size_text(size_bytes: int) -> str:
    """Write an amount of memory in decimal units, as shops and Ollama do: "3.9 GB", "42 MB", "235 kB"."""
    if 0 < size_bytes < _MEGABYTE:
        return translate("Figures", "{size} kB").format(size=number_text(math.ceil(size_bytes / _KILOBYTE)))
    if size_bytes < _SMALLEST_GIGABYTES:
        return translate("Figures", "{size} MB").format(size=number_text(round(size_bytes / _MEGABYTE)))
    return translate("Figures", "{size} GB").format(size=_locale().toString(size_bytes / _GIGABYTE, "f", 1))


def folder_text(path: str) -> str:
    """Write a folder shorter where people know the sign for their own: not on Windows."""
    home = str(Path.home())
    return f"~{path[len(home) :]}" if os.sep == "/" and f"{path}/".startswith(f"{home}/") else path


def gauge_text(gauge: Gauge, *, last_known: bool = False) -> str:
    """Write the figures on one line, what matters most first; what is unknown is left out, empty if all is."""
    pieces = (_tokens_text(gauge), _warning_text(gauge), _changed_text(gauge), *_memory_texts(gauge))
    line = FIGURE_SEPARATOR.join(filter(None, pieces))
    if not line:
        return ""
    return translate("Figures", "last known: {figures}").format(figures=line) if last_known else line


def forecast_text(forecast: PromptForecast) -> str:
    """Say what the question that is being typed will take."""
    used, total = number_text(forecast.prompt_tokens), number_text(forecast.window_tokens)
    if forecast.excess_tokens:
        return CountedWords().excess(forecast.excess_tokens, is_exact=forecast.is_exact)
    if forecast.is_exact:
        text = translate("Figures", "{used} of {total} with this message", "tokens of the window")
    else:
        text = translate("Figures", "about {used} of {total} with this message", "tokens of the window")
    return text.format(used=used, total=total)


def window_note(gauge: Gauge) -> str:
    """Say where the window is not the one that was asked for; empty where it is."""
    if gauge.asked_window_tokens is not None and gauge.window_tokens is not None:
        text = translate("Figures", "The engine gave {given} where {asked} were asked for.", "tokens of the window")
        given = CountedWords().tokens(gauge.window_tokens)
        return text.format(given=given, asked=number_text(gauge.asked_window_tokens))
    if gauge.changed_window_tokens is not None:
        text = translate(
            "Figures", "The model was loaded anew with {tokens}, by another program or for another conversation."
        )
        return text.format(tokens=CountedWords().tokens(gauge.changed_window_tokens))
    if gauge.replaced_window_tokens is not None:
        text = translate(
            "Figures",
            "The model was loaded anew for this answer: another program or conversation had changed it to {tokens}.",
        )
        return text.format(tokens=CountedWords().tokens(gauge.replaced_window_tokens))
    return ""


def gauge_tip(gauge: Gauge) -> str:
    """Explain the figures one below the other, with the technical words in brackets."""
    lines: list[str] = []
    if gauge.consumed_tokens is not None and gauge.window_tokens:
        text = translate("Figures", "Memory of the conversation (context): {used} of {total} tokens, {left} left")
        left = max(0, gauge.window_tokens - gauge.consumed_tokens)
        used, total = number_text(gauge.consumed_tokens), number_text(gauge.window_tokens)
        lines.append(text.format(used=used, total=total, left=number_text(left)))
    if gauge.is_estimated:
        lines.append(translate("Figures", "Estimated: this version of the engine leaves out what it had read before."))
    if note := window_note(gauge):
        lines.append(note)
    if gauge.gpu_bytes is not None:
        text = translate("Figures", "Graphics memory (VRAM): {size}")
        lines.append(text.format(size=size_text(gauge.gpu_bytes)))
        if gauge.total_bytes is not None:
            text = translate("Figures", "Computer memory (RAM): {size}")
            lines.append(text.format(size=size_text(max(0, gauge.total_bytes - gauge.gpu_bytes))))
    return "\n".join(lines)


def engine_label(engine_name: str) -> str:
    """Name an engine by itself; a server is named by its host."""
    if engine_name == OLLAMA:
        return "Ollama"
    if engine_name == BUILTIN:
        return translate("Figures", "Built-in engine")
    if not engine_name:
        return translate("Figures", "Engine")
    address = engine_name if "//" in engine_name else f"//{engine_name}"
    return urlsplit(address).netloc.rpartition("@")[2] or engine_name


def engine_subject(engine_name: str) -> str:
    """Name an engine at the beginning of a sentence."""
    if engine_name == OLLAMA:
        return "Ollama"
    if engine_name == BUILTIN:
        return translate("Figures", "The built-in engine")
    if not engine_name:
        return translate("Figures", "The engine")
    return translate("Figures", "The engine at {host}").format(host=engine_label(engine_name))


def model_label(model_name: str) -> str:
    """Make the name of a model friendly: without registry, tag, file kind and quantisation."""
    if model_name.endswith(FROM_OLLAMA):
        label = model_label(model_name.removesuffix(FROM_OLLAMA))
        return translate("Figures", "{model} (from Ollama)").format(model=label)
    name, _, tag = model_name.rsplit("/", 1)[-1].partition(":")
    name = name.removesuffix(".gguf")
    shorter = _shorten(name)
    while shorter != name:
        name, shorter = shorter, _shorten(shorter)
    for pattern, family in _FAMILIES:
        if (match := re.match(pattern, name)) is not None:
            name = family + name[match.end() :].replace("-", " ")
            break
    else:
        name = (name[:1].upper() + name[1:]).replace("-", " ").replace("_", " ")
    size = re.match(_SIZE_TAG, tag)
    if size is not None and size.group().lower() not in name.lower():
        name = f"{name} {size.group().upper()}"
    return translate("Figures", "{model} (practice model)").format(model=name) if name == _PRACTICE_MODEL else name


def model_subject(model_name: str) -> str:
    """Name a model inside a sentence."""
    return model_label(model_name) if model_name else translate("Figures", "the model")


def _shorten(name: str) -> str:
    return re.sub(_NOISE, "", re.sub(_QUANTISATION, "", name))


def _tokens_text(gauge: Gauge) -> str:
    if gauge.consumed_tokens is None:
        return ""
    if gauge.window_tokens and gauge.is_estimated:
        text = translate("Figures", "about {used} of {total}", "tokens of the window")
        return text.format(used=number_text(gauge.consumed_tokens), total=number_text(gauge.window_tokens))
    if gauge.window_tokens:
        text = translate("Figures", "{used} of {total}", "tokens of the window")
        return text.format(used=number_text(gauge.consumed_tokens), total=number_text(gauge.window_tokens))
    return CountedWords().tokens(gauge.consumed_tokens)


def _warning_text(gauge: Gauge) -> str:
    if gauge.fill is None or gauge.fill < NEARLY_FULL:
        return ""
    return translate("Figures", "full") if gauge.fill >= 1 else translate("Figures", "nearly full")


def _changed_text(gauge: Gauge) -> str:
    if gauge.changed_window_tokens is None:
        return ""
    text = translate("Figures", "now loaded with {tokens}", "tokens of the window")
    return text.format(tokens=number_text(gauge.changed_window_tokens))


def _memory_texts(gauge: Gauge) -> list[str]:
    """Say where the model lies; without a split only how much it takes."""
    texts = []
    if gauge.gpu_bytes:
        texts.append(translate("Figures", "{size} graphics memory").format(size=size_text(gauge.gpu_bytes)))
    if gauge.total_bytes and gauge.gpu_bytes is None:
        texts.append(translate("Figures", "{size} memory").format(size=size_text(gauge.total_bytes)))
    elif gauge.total_bytes and gauge.total_bytes - (gauge.gpu_bytes or 0) >= _MEGABYTE:
        rest = gauge.total_bytes - (gauge.gpu_bytes or 0)
        texts.append(translate("Figures", "{size} computer memory").format(size=size_text(rest)))
    return texts


def _locale() -> QLocale:
    """Return the person's locale; the C locale of bare systems has no separators, so English stands in."""
    locale = QLocale()
    return QLocale(QLocale.Language.English) if locale.language() == QLocale.Language.C else locale
