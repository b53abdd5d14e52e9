"""What the page Models says about models, their fit and their downloads."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QObject

from phidesk.chat.models_overview import InstalledModel, Offer
from phidesk.core.downloads import Download, DownloadPhase
from phidesk.core.memory_fit import Fit, FitVerdict, Place, Scarcity
from phidesk.core.model_info import LoadedModel
from phidesk.core.tools import ToolFormat
from phidesk.engine.catalogue import Purpose, RecommendedModel
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.figures import number_text
from phidesk.ui.messages import engine_label, model_label, size_text
from phidesk.ui.widgets.state_line import StateTone

_KILOBYTE, _MEGABYTE, _GIGABYTE = 1_000, 1_000_000, 1_000_000_000
_MINUTE_S, _HOUR_S = 60, 3600

translate = QCoreApplication.translate


class CountedTimes(QObject):
    """Durations with plural forms; a class, because `lupdate` finds plural forms only in `tr`."""

    def minutes(self, count: int) -> str:
        """Say how many minutes are left."""
        return self.tr("about {count} minutes left", "", count).format(count=number_text(count))

    def hours(self, count: int) -> str:
        """Say how many hours are left."""
        return self.tr("about {count} hours left", "", count).format(count=number_text(count))


def offer_title(model: RecommendedModel) -> str:
    """Name a recommended model so that those of one family differ."""
    if model.purpose is Purpose.PRECISE:
        return translate("Models", "{model}, more exact").format(model=model_label(model.name.partition(":")[0]))
    if model.purpose is Purpose.FULL_PRECISION:
        return translate("Models", "{model}, full precision").format(model=model_label(model.name.partition(":")[0]))
    return model_label(model.name)


def purpose_text(purpose: Purpose) -> str:
    """Say what a model is recommended for."""
    texts = {
        Purpose.EVERYDAY: translate("Models", "The model that PhiDesk is made for: talks, writes, calculates."),
        Purpose.PRECISE: translate("Models", "The same model, kept more exactly: a little better, and slower."),
        Purpose.FULL_PRECISION: translate("Models", "The same model in full precision, for large graphics cards."),
        Purpose.REASONING: translate("Models", "Thinks before it answers: for mathematics and riddles. It takes time."),
        Purpose.SMALL: translate("Models", "For computers with little memory: quick, and less clever."),
        Purpose.SMALLEST: translate("Models", "The smallest one: for very old computers, and to try things out."),
    }
    return texts[purpose]


def capability_text(name: str) -> str:
    """Say what a model can do; an unknown word stands for itself."""
    texts = {
        "completion": translate("Models", "conversations"),
        "tools": translate("Models", "tools"),
        "vision": translate("Models", "pictures"),
        "thinking": translate("Models", "thinking"),
        "embedding": translate("Models", "searching in documents"),
        "insert": translate("Models", "filling gaps"),
    }
    return texts.get(name, name)


def tool_format_text(tool_format: ToolFormat) -> str:
    """Say in which way a model uses tools; empty where no conversation with it is possible."""
    texts = {
        ToolFormat.PHI4_MINI: translate("Models", "in its own format, which PhiDesk writes and reads"),
        ToolFormat.NATIVE: translate("Models", "in the way of its engine"),
        ToolFormat.GRAMMAR: translate("Models", "not by itself"),
        ToolFormat.NONE: "",
    }
    return texts[tool_format]


def summary_text(model: InstalledModel) -> str:
    """Write size, precision and engine on one line; what is unknown is left out."""
    info = model.info
    size = size_text(info.size_bytes) if info.size_bytes else ""
    return " · ".join(piece for piece in (size, info.parameters, info.quantisation, engine_label(info.engine)) if piece)


def place_text(model: InstalledModel) -> str:
    """Say where an installed model lies."""
    if model.folder is not None:
        return str(model.folder)
    if model.info.engine == OLLAMA:
        return translate("Models", "Folder of Ollama")
    return translate("Models", "unknown") if model.info.engine == BUILTIN else translate("Models", "At the server")


def loaded_text(loaded: LoadedModel) -> str:
    """Say that a model is in memory, and how much of which it takes."""
    graphics, total = loaded.gpu_bytes, loaded.size_bytes
    if graphics and total and total > graphics:
        text = translate("Models", "Ready in memory: {graphics} graphics memory, {computer} computer memory")
        return text.format(graphics=size_text(graphics), computer=size_text(total - graphics))
    if graphics:
        return translate("Models", "Ready in memory: {size} graphics memory").format(size=size_text(graphics))
    if total:
        return translate("Models", "Ready in memory: {size} computer memory").format(size=size_text(total))
    return translate("Models", "Ready in memory")


def offer_text(offer: Offer) -> str:
    """Say how much is fetched, and how much memory it will take; what is unknown is left out."""
    size, need = offer.model.size_bytes, offer.verdict.needed_bytes
    if size is None:
        return translate("Models", "Its size is known once the download begins.")
    if need is None:
        return translate("Models", "{size} to download.").format(size=size_text(size))
    if offer.verdict.place is Place.GRAPHICS:
        text = translate("Models", "{size} to download, needs about {need} of graphics memory.")
    else:
        text = translate("Models", "{size} to download, needs about {need} of memory.")
    return text.format(size=size_text(size), need=size_text(need))


def fit_text(verdict: FitVerdict) -> tuple[str, StateTone]:
    """Say whether a model suits this computer, and how good that is."""
    words, tone = _fit_words(verdict)
    if verdict.is_disk_known or verdict.fit is Fit.UNKNOWN:
        return words, tone
    text = translate("Models", "{fit} · room on the disk not known").format(fit=words)
    return text, StateTone.NEUTRAL if tone is StateTone.READY else tone


def _fit_words(verdict: FitVerdict) -> tuple[str, StateTone]:
    match verdict:
        case FitVerdict(fit=Fit.FITS, place=Place.GRAPHICS):
            return translate("Models", "Fits on the graphics card"), StateTone.READY
        case FitVerdict(fit=Fit.FITS, place=Place.PARTLY):
            return translate("Models", "Fits, partly on the graphics card: slower"), StateTone.READY
        case FitVerdict(fit=Fit.FITS):
            return translate("Models", "Fits into the computer's memory"), StateTone.READY
        case FitVerdict(fit=Fit.TIGHT, scarce=Scarcity.DISK):
            return translate("Models", "Tight: the disk will be nearly full"), StateTone.PROBLEM
        case FitVerdict(fit=Fit.TIGHT):
            return translate("Models", "Tight: close other programs first"), StateTone.PROBLEM
        case FitVerdict(fit=Fit.TOO_LARGE, scarce=Scarcity.DISK):
            return translate("Models", "The disk has too little room"), StateTone.PROBLEM
        case FitVerdict(fit=Fit.TOO_LARGE):
            return translate("Models", "Too large for this computer"), StateTone.PROBLEM
        case _:
            return translate("Models", "Whether it fits is not known"), StateTone.NEUTRAL


def download_text(download: Download) -> str:
    """Say on one line how far a download is."""
    amount = amount_text(download.completed_bytes, download.total_bytes)
    match download.phase:
        case DownloadPhase.WAITING:
            return translate("Models", "Waiting to begin…")
        case DownloadPhase.STALLED:
            return translate("Models", "{amount} · nothing has come for a while, still trying").format(amount=amount)
        case DownloadPhase.CHECKING:
            return translate("Models", "Checking that every byte is right…")
        case DownloadPhase.PAUSED:
            return translate("Models", "{amount} · paused").format(amount=amount)
        case DownloadPhase.DONE:
            return translate("Models", "Done")
        case _:
            speed = speed_text(download.bytes_per_s) if download.bytes_per_s else ""
            left = duration_text(download.remaining_s) if download.remaining_s is not None else ""
            return " · ".join(piece for piece in (amount, speed, left) if piece)


def amount_text(done_bytes: int, total_bytes: int | None) -> str:
    """Write "0.95 of 2.49 GB", with the unit of the whole."""
    if not total_bytes:
        return size_text(done_bytes)
    if total_bytes >= _GIGABYTE:
        done, total = (QLocale().toString(number / _GIGABYTE, "f", 2) for number in (done_bytes, total_bytes))
        return translate("Models", "{done} of {total} GB").format(done=done, total=total)
    done, total = (number_text(round(number / _MEGABYTE)) for number in (done_bytes, total_bytes))
    return translate("Models", "{done} of {total} MB").format(done=done, total=total)


def speed_text(bytes_per_s: float) -> str:
    """Write "14 MB/s"."""
    if bytes_per_s < _MEGABYTE:
        return translate("Models", "{speed} kB/s").format(speed=number_text(round(bytes_per_s / _KILOBYTE)))
    megabytes = bytes_per_s / _MEGABYTE
    speed = QLocale().toString(megabytes, "f", 1) if megabytes < 10 else number_text(round(megabytes))
    return translate("Models", "{speed} MB/s").format(speed=speed)


def duration_text(seconds: float) -> str:
    """Say roughly how long it still takes."""
    if seconds < _MINUTE_S:
        return translate("Models", "less than a minute left")
    if seconds < 2 * _HOUR_S:
        return CountedTimes().minutes(round(seconds / _MINUTE_S))
    return CountedTimes().hours(round(seconds / _HOUR_S))
