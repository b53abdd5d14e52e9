"""A diagnosis in words: a sentence for each finding, and what its one button does. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from phidesk.chat.diagnosis import Diagnosis, EngineFinding, FolderFinding, FolderUse
from phidesk.chat.placement import Cause
from phidesk.core.errors import PhiDeskError
from phidesk.core.memory_fit import DISK_RESERVE_BYTES, Place, Room
from phidesk.engine.hardware import GraphicsCard
from phidesk.engine.protocol import BUILTIN, UNKNOWN_HOLDER, EngineState, EngineStatus
from phidesk.storage.inspection import MiscountLook
from phidesk.ui.figures import engine_subject, number_text
from phidesk.ui.messages import engine_label, engine_remarks, model_label, notice_for_error, size_text

TOLD_MISCOUNT = 0.01
"""Below this share nobody sees a difference."""
LITTLE_MEMORY_BYTES = 1_000_000_000
"""With less than this free, loading any model pushes other programs to the disk."""

translate = QCoreApplication.translate


class Mark(Enum):
    """How good a finding is; the value stands before its line where there are no pictures."""

    GOOD = "✓"
    NEUTRAL = "·"
    PROBLEM = "✗"


class Remedy(Enum):
    """What the one button of a finding does."""

    LOOK_AGAIN = "look_again"
    OPEN_FOLDER = "open_folder"
    """Show the finding's folder in the system's file manager."""
    SHOW_MODELS = "show_models"
    """Go to the page where models come and go."""
    UNLOAD = "unload"
    """Free the memory that the finding's model holds."""


@dataclass(frozen=True)
class RemedyButton:
    """What mends a finding, and with what: a folder, or a model of an engine."""

    remedy: Remedy
    label: str
    folder: Path | None = None
    engine: str = ""
    model: str = ""


@dataclass(frozen=True)
class FindingWords:
    """One finding as it is shown. `name` tells findings apart; `details` is technical and not translated."""

    name: str
    title: str
    mark: Mark
    sentence: str
    button: RemedyButton | None = None
    details: str = ""


def words_for(diagnosis: Diagnosis) -> list[FindingWords]:
    """Say everything that was found, the most important first."""
    return [
        _answering_words(diagnosis),
        *(_engine_words(finding, diagnosis) for finding in diagnosis.engines),
        _placement_words(diagnosis),
        *_graphics_words(diagnosis.graphics),
        _memory_words(diagnosis.memory),
        _disk_words(diagnosis),
        _database_words(diagnosis),
        *(_folder_words(folder) for folder in diagnosis.folders),
        _keyring_words(diagnosis.keyring),
        _font_words(diagnosis),
        _network_words(diagnosis),
        *_miscount_words(diagnosis.miscount),
    ]


def diagnosis_lines(diagnosis: Diagnosis) -> list[str]:
    """Say everything that was found, a line each."""
    return [f"{words.mark.value} {words.title}: {words.sentence}" for words in words_for(diagnosis)]


def bundle_note() -> str:
    """Say what is in a support bundle and what is not."""
    return translate(
        "Health",
        "This file was written by PhiDesk for somebody who helps you.\n"
        "It holds: what works and what does not, logs of the engines and of PhiDesk, versions, and settings.\n"
        "It holds none of your messages, keys, names, and folders. Please look through it before you pass it on.",
    )


def _answering_words(diagnosis: Diagnosis) -> FindingWords:
    choice = diagnosis.choice
    title = translate("Health", "Who answers")
    if choice.error is not None or choice.model is None:
        sentence, details = _error_words(choice.error)
        return FindingWords("answering", title, Mark.PROBLEM, sentence, _look_again(), details=details)
    text = translate("Health", "{engine} answers with {model}.")
    sentence = text.format(model=model_label(choice.model.name), engine=engine_subject(choice.engine_name))
    return FindingWords("answering", title, Mark.GOOD, sentence, details=choice.model.name)


def _engine_words(finding: EngineFinding, diagnosis: Diagnosis) -> FindingWords:
    state = finding.state
    details = "\n".join(piece for piece in (state.address, state.detail) if piece)
    name, title = f"engine {finding.name}", f"{engine_label(finding.name)} {state.version}".strip()
    is_needed = diagnosis.choice.error is not None or diagnosis.choice.engine_name == finding.name
    if finding.error is not None:
        sentence, more = _error_words(finding.error)
        return FindingWords(name, title, Mark.PROBLEM, sentence, _look_again(), details=f"{details}\n{more}".strip())
    if not state.is_ready:
        mark = Mark.PROBLEM if is_needed else Mark.NEUTRAL
        sentence = _status_sentence(state).format(engine=engine_subject(finding.name), program=state.port_holder)
        return FindingWords(name, title, mark, sentence, _look_again(), details=details)
    count = sum(model.can_chat for model in finding.models)
    if not count:
        sentence = translate("Health", "{engine} is ready, but has no model to talk with.")
        folder = diagnosis.folder(FolderUse.MODELS)
        button = _open_folder(folder) if finding.name == BUILTIN else _show_models()
        sentence = sentence.format(engine=engine_subject(finding.name))
        mark = Mark.PROBLEM if is_needed else Mark.NEUTRAL
        return FindingWords(name, title, mark, sentence, button, details=details)
    sentence = translate("Health", "{engine} is ready; models to talk with: {count}.")
    sentence = sentence.format(engine=engine_subject(finding.name), count=number_text(count))
    remarks = engine_remarks(state)
    return FindingWords(name, title, Mark.GOOD, f"{sentence} {remarks}".strip(), details=details)


def _status_sentence(state: EngineState) -> str:
    if state.status is EngineStatus.NOT_AN_ENGINE and state.port_holder not in {"", UNKNOWN_HOLDER}:
        return translate("Health", "{program} is at the address of {engine}.")
    sentences = {
        EngineStatus.ABSENT: translate("Health", "{engine} is not installed."),
        EngineStatus.STARTING: translate("Health", "{engine} is still starting."),
        EngineStatus.UNREACHABLE: translate("Health", "{engine} is not running."),
        EngineStatus.FORBIDDEN: translate("Health", "{engine} does not let PhiDesk in."),
        EngineStatus.NOT_AN_ENGINE: translate("Health", "Something else is at the address of {engine}."),
    }
    return sentences.get(state.status, translate("Health", "{engine} does not answer."))


def _placement_words(diagnosis: Diagnosis) -> FindingWords:
    placement, choice = diagnosis.placement, diagnosis.choice
    model = model_label(choice.model.name) if choice.model is not None else translate("Health", "The model")
    values = {
        "model": model,
        "engine": engine_subject(choice.engine_name),
        "size": size_text(placement.outside_bytes),
        "other": model_label(placement.other_model),
    }
    is_partly = placement.place is Place.PARTLY
    button = None
    if placement.cause is Cause.TOO_LARGE:
        button = _show_models()
    elif placement.cause is Cause.OTHER_MODEL:
        label = translate("Health", "Free its memory")
        button = RemedyButton(Remedy.UNLOAD, label, engine=choice.engine_name, model=placement.other_model)
    is_slower = placement.cause in {Cause.TOO_LARGE, Cause.OTHER_MODEL, Cause.NOT_USED}
    mark = Mark.GOOD if placement.place is Place.GRAPHICS else Mark.PROBLEM if is_slower else Mark.NEUTRAL
    return FindingWords(
        "placement",
        translate("Health", "Where it runs"),
        mark,
        _placement_sentence(placement.cause, is_partly=is_partly).format_map(values),
        button,
    )


def _placement_sentence(cause: Cause, *, is_partly: bool) -> str:
    if is_partly and cause is Cause.OTHER_MODEL:
        return translate("Health", "{model} runs partly on the processor, because {other} holds graphics memory.")
    if is_partly:
        return translate(
            "Health", "{model} runs partly on the processor, because {size} of it do not fit on the graphics card."
        )
    sentences = {
        Cause.FITS: translate("Health", "{model} runs wholly on the graphics card."),
        Cause.NOT_LOADED: translate("Health", "{model} is not in memory now; the next question loads it."),
        Cause.NOT_TOLD: translate("Health", "{engine} does not tell where {model} runs."),
        Cause.BUILTIN_ENGINE: translate(
            "Health", "{model} runs on the processor, because the built-in engine uses no graphics card here."
        ),
        Cause.NO_CARD: translate("Health", "{model} runs on the processor, because no graphics card was found."),
        Cause.OTHER_MODEL: translate(
            "Health", "{model} runs on the processor, because {other} holds the graphics memory."
        ),
        Cause.TOO_LARGE: translate(
            "Health", "{model} runs on the processor, because it is too large for the graphics card."
        ),
        Cause.NOT_USED: translate("Health", "{model} runs on the processor, although the graphics card has room."),
    }
    return sentences[cause]


def _graphics_words(cards: tuple[GraphicsCard, ...]) -> Iterator[FindingWords]:
    title = translate("Health", "Graphics memory")
    if not cards:
        sentence = translate("Health", "No graphics card tells how much memory it has.")
        yield FindingWords("graphics", title, Mark.NEUTRAL, sentence)
    for number, card in enumerate(cards):
        text = translate("Health", "{card} has {free} of {total} free.")
        sentence = text.format(card=card.name, **_room_values(card.room))
        yield FindingWords(f"graphics {number}", title, Mark.GOOD, sentence)


def _memory_words(room: Room) -> FindingWords:
    title = translate("Health", "Memory of the computer")
    sentence = translate("Health", "{free} of {total} are free.").format_map(_room_values(room))
    if room.free_bytes >= LITTLE_MEMORY_BYTES:
        return FindingWords("memory", title, Mark.GOOD, sentence)
    sentence = translate("Health", "Only {free} of {total} are free; closing other programs helps.")
    return FindingWords("memory", title, Mark.PROBLEM, sentence.format_map(_room_values(room)), _look_again())


def _miscount_words(look: MiscountLook) -> list[FindingWords]:
    """Say it only where it matters: how full the memory of a conversation is, was told wrong by so much."""
    if look.share <= TOLD_MISCOUNT:
        return []
    title = translate("Health", "Counting before sending")
    text = translate("Health", "A prompt was counted as {counted} tokens, and the engine read {read}.")
    values = {"counted": number_text(look.counted_tokens), "read": number_text(look.prompt_tokens)}
    return [FindingWords("miscount", title, Mark.NEUTRAL, text.format_map(values))]


def _disk_words(diagnosis: Diagnosis) -> FindingWords:
    room = diagnosis.disk
    title = translate("Health", "Disk")
    if room.free_bytes >= DISK_RESERVE_BYTES:
        sentence = translate("Health", "{free} of {total} are free where the conversations are.")
        return FindingWords("disk", title, Mark.GOOD, sentence.format_map(_room_values(room)))
    sentence = translate("Health", "Only {free} of {total} are free where the conversations are.")
    return FindingWords(
        "disk",
        title,
        Mark.PROBLEM,
        sentence.format_map(_room_values(room)),
        _open_folder(diagnosis.folder(FolderUse.DATA)),
    )


def _database_words(diagnosis: Diagnosis) -> FindingWords:
    look = diagnosis.database
    title = translate("Health", "Conversations")
    if look.error is not None:
        sentence, details = _error_words(look.error)
        return FindingWords("database", title, Mark.PROBLEM, sentence, _open_folder(look.path.parent), details=details)
    if look.size_bytes is None:
        return FindingWords("database", title, Mark.NEUTRAL, translate("Health", "There are no conversations yet."))
    sentence = translate("Health", "Their file is in order and takes {size}.").format(size=bytes_text(look.size_bytes))
    return FindingWords("database", title, Mark.GOOD, sentence)


def _folder_words(folder: FolderFinding) -> FindingWords:
    titles = {
        FolderUse.DATA: translate("Health", "Folder of conversations"),
        FolderUse.MODELS: translate("Health", "Folder of models"),
        FolderUse.LOGS: translate("Health", "Folder of logs"),
    }
    name, path = f"folder {folder.use.value}", str(folder.path)
    button = _open_folder(folder.path)
    if folder.error is None:
        sentence = translate("Health", "PhiDesk can write there.")
        return FindingWords(name, titles[folder.use], Mark.GOOD, sentence, button, details=path)
    sentence, details = _error_words(folder.error)
    return FindingWords(name, titles[folder.use], Mark.PROBLEM, sentence, button, details=f"{path}\n{details}")


def _keyring_words(keyring: str) -> FindingWords:
    title = translate("Health", "Keys of servers")
    if keyring:
        sentence = translate("Health", "They are kept in the safe place of this computer (keyring).")
        return FindingWords("keyring", title, Mark.GOOD, sentence, details=keyring)
    sentence = translate("Health", "This computer has no safe place for them, so they are known for this run only.")
    return FindingWords("keyring", title, Mark.NEUTRAL, sentence, _look_again())


def _font_words(diagnosis: Diagnosis) -> FindingWords:
    fonts = diagnosis.fonts
    title = translate("Health", "Letters")
    if not fonts.missing_scripts:
        sentence = translate("Health", "Texts are shown in {font}, and letters of all common scripts are there.")
        return FindingWords("fonts", title, Mark.GOOD, sentence.format(font=fonts.family))
    sentence = translate("Health", "No font on this computer has letters for: {scripts}.")
    return FindingWords(
        "fonts", title, Mark.NEUTRAL, sentence.format(scripts=", ".join(fonts.missing_scripts)), details=fonts.family
    )


def _network_words(diagnosis: Diagnosis) -> FindingWords:
    network = diagnosis.network
    title = translate("Health", "Internet")
    if network.outside_connections:
        text = translate("Health", "Connections to other computers since PhiDesk was started: {count}.")
        sentence = text.format(count=number_text(network.outside_connections))
        return FindingWords("network", title, Mark.NEUTRAL, sentence)
    return FindingWords("network", title, Mark.GOOD, nothing_left_text())


def bytes_text(size_bytes: int) -> str:
    """Write an amount that may be small: "312 bytes", "1.4 kB"."""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def nothing_left_text() -> str:
    """Say that nobody else was connected to."""
    return translate("Health", "Nothing left this computer since PhiDesk was started.")


def _error_words(error: PhiDeskError | None) -> tuple[str, str]:
    if error is None:
        return translate("Health", "No model answers at the moment."), ""
    notice = notice_for_error(type(error).__name__, error.facts())
    return notice.sentence, notice.details


def _room_values(room: Room) -> dict[str, str]:
    return {"free": size_text(room.free_bytes), "total": size_text(room.total_bytes)}


def _look_again() -> RemedyButton:
    return RemedyButton(Remedy.LOOK_AGAIN, translate("Health", "Look again"))


def _show_models() -> RemedyButton:
    return RemedyButton(Remedy.SHOW_MODELS, translate("Health", "Choose a model"))


def _open_folder(folder: Path) -> RemedyButton:
    return RemedyButton(Remedy.OPEN_FOLDER, translate("Health", "Open the folder"), folder)
