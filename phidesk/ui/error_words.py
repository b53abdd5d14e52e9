"""The sentence, button and hint of every error, by the name of its class; `messages.py` fills in the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from phidesk.core.errors import Fact, ToolServerReason
from phidesk.engine.protocol import BUILTIN, OLLAMA
from phidesk.ui.notices import NoticeAction

translate = QCoreApplication.translate


@dataclass(frozen=True)
class ErrorWords:
    """Sentence and hint may name the `values` of `notice_for_error`; an empty label is the action's own."""

    sentence: str
    action: NoticeAction
    hint: str = ""
    label: str = ""
    other: NoticeAction | None = None


def words_for_error(name: str, facts: Mapping[str, Fact]) -> ErrorWords:
    """Return the words of an error, those of its engine or reason first; general ones for an unknown name."""
    table = _engine_words() | _model_words(facts) | _download_words() | _storage_words() | _file_words()
    told = facts.get("reason") or facts.get("kind") or facts.get("engine") or ""
    reason = "out_of_memory" if facts.get("out_of_memory") else told
    general = ErrorWords(translate("Errors", "Something did not work."), NoticeAction.TRY_AGAIN)
    return table.get(f"{name} {reason}") or table.get(name) or general


def _engine_words() -> dict[str, ErrorWords]:
    """Words by error class; "Class engine" or "Class reason" where that needs its own."""
    again, other = NoticeAction.TRY_AGAIN, NoticeAction.CHOOSE_ENGINE
    return {
        f"EngineMissing {OLLAMA}": ErrorWords(
            translate("Errors", "Ollama is not installed."),
            other,
            translate("Errors", "You can also install it first."),
            other=again,
        ),
        "EngineNotStarted": ErrorWords(
            translate("Errors", "{engine} could not be started."),
            again,
            translate("Errors", "Its last words stand in the details."),
            other=other,
        ),
        "EngineMissing": ErrorWords(translate("Errors", "{engine} is not part of this installation."), other),
        f"EngineUnreachable {OLLAMA}": ErrorWords(
            translate("Errors", "Ollama is not running."),
            other,
            translate("Errors", "You can also start it now."),
            other=again,
        ),
        f"EngineUnreachable {BUILTIN}": ErrorWords(translate("Errors", "{engine} does not answer."), other),
        "EngineUnreachable": ErrorWords(
            translate("Errors", "{engine} does not answer."),
            other,
            translate("Errors", "Please check its address, and whether it is running."),
            other=again,
        ),
        "CertificateUntrusted": ErrorWords(
            translate("Errors", "This computer does not trust what answers at {place}."),
            other,
            translate(
                "Errors",
                "Nothing was sent. Whoever runs it can add its certificate to this computer; in your own network, an "
                "address with http needs none.",
            ),
        ),
        "EngineStarting": ErrorWords(translate("Errors", "{engine} is still starting."), again),
        "EngineForbidden": ErrorWords(
            translate("Errors", "{engine} does not let PhiDesk in."),
            other,
            translate("Errors", "Its settings name who may connect (OLLAMA_ORIGINS)."),
        ),
        f"KeyRequired {OLLAMA}": ErrorWords(
            translate("Errors", "Something in front of Ollama wants a key."),
            other,
            translate("Errors", "PhiDesk talks with Ollama on this computer, which wants none."),
        ),
        "KeyRequired": ErrorWords(translate("Errors", "{engine} wants a valid key."), NoticeAction.ENTER_KEY),
        "ServerNotAdded": ErrorWords(
            translate("Errors", "{engine} is not among your servers."),
            other,
            translate("Errors", "You can add it on the page Models."),
        ),
        "ToolNameTaken": ErrorWords(
            translate("Errors", "Another tool has this name already."),
            again,
            translate("Errors", "Please choose another name."),
        ),
        "ToolServerMissing": ErrorWords(
            translate("Errors", "The program of the tool server “{server}” is not on this computer."),
            again,
            translate("Errors", "Please check its command, or install the program."),
        ),
        f"ToolServerMissing {ToolServerReason.AT_START}": ErrorWords(
            translate("Errors", "The program of the tool server “{server}” cannot be started."),
            again,
            translate("Errors", "Please check its command. What the system says stands in the details."),
        ),
        "ToolServerKeysUnknown": ErrorWords(
            translate("Errors", "The tool server “{server}” needs a key that is not known any more."),
            NoticeAction.ENTER_KEY,
            translate("Errors", "Please write it into its environment, in place of the dots. The details name it."),
        ),
        f"ToolServerKeysUnknown {ToolServerReason.LOCKED}": ErrorWords(
            translate("Errors", "The keys of the tool server “{server}” are in the keyring, which did not open."),
            again,
            translate("Errors", "Please unlock the safe place of this computer (keyring) and try again."),
        ),
        "ToolServerEnded": ErrorWords(
            translate("Errors", "The tool server “{server}” ended unexpectedly."),
            again,
            translate("Errors", "The next question to it starts it again. Its last words stand in the details."),
        ),
        f"ToolServerEnded {ToolServerReason.AT_START}": ErrorWords(
            translate("Errors", "The tool server “{server}” ended as soon as it was started."),
            again,
            translate("Errors", "Often an argument or a key is missing. Its last words stand in the details."),
        ),
        "ToolServerSilent": ErrorWords(
            translate("Errors", "The tool server “{server}” did not answer in time."), again
        ),
        f"ToolServerSilent {ToolServerReason.AT_START}": ErrorWords(
            translate("Errors", "The tool server “{server}” was not ready after {seconds} seconds and was ended."),
            again,
            translate("Errors", "It may be no server of tools, or it waits for something: please check its command."),
        ),
        "ToolServerForeign": ErrorWords(
            translate("Errors", "The program “{server}” does not answer as a tool server does."),
            again,
            translate("Errors", "Please check its command."),
        ),
        f"ToolServerForeign {ToolServerReason.VERSION}": ErrorWords(
            translate("Errors", "The tool server “{server}” speaks a version of the protocol that is not known."),
            again,
            translate("Errors", "The details name it. A newer PhiDesk, or another version of the server, may help."),
        ),
        f"ToolServerRefused {ToolServerReason.AT_START}": ErrorWords(
            translate("Errors", "The tool server “{server}” refused to begin."),
            again,
            translate("Errors", "Its words stand in the details."),
        ),
        "ToolServerRefused": ErrorWords(
            translate("Errors", "The tool server “{server}” answered with an error."),
            again,
            translate("Errors", "Its words stand in the details."),
        ),
        "AddressUnusable": ErrorWords(
            translate("Errors", "This is not the address of a server."),
            again,
            translate("Errors", "For example: 192.168.1.5:8000"),
        ),
        "KeyUnusable": ErrorWords(
            translate("Errors", "This cannot be a key."),
            NoticeAction.ENTER_KEY,
            translate("Errors", "It may have Latin letters, digits and signs, on one line."),
        ),
        "NotAnEngine": ErrorWords(
            translate("Errors", "What answers at {place} is not an engine."),
            other,
            translate("Errors", "Please check the address."),
        ),
        "EngineTooOld": ErrorWords(
            translate("Errors", "{engine} is too old for PhiDesk."),
            other,
            translate("Errors", "You can also update it and try again."),
            other=again,
        ),
        "EngineBusy": ErrorWords(translate("Errors", "{engine} is busy with other questions."), again),
        "EngineRefused": ErrorWords(
            translate("Errors", "{engine} did not accept the question."),
            again,
            translate("Errors", "Its own words stand in the details."),
        ),
        "SchemaRefused": ErrorWords(
            translate("Errors", "{engine} does not answer in the form that is set (JSON schema)."),
            NoticeAction.ANSWER_FREELY,
            translate("Errors", "The form stays set under Advanced. Its own words stand in the details."),
            other=other,
        ),
        "EngineDied": ErrorWords(
            translate("Errors", "{engine} stopped in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept."),
        ),
        "EngineDied out_of_memory": ErrorWords(
            translate("Errors", "{engine} ran out of memory in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept. Close other programs first."),
        ),
        "EngineDamaged": ErrorWords(
            translate("Errors", "{engine} is not completely installed."),
            other,
            translate("Errors", "Please install it again. Its own words stand in the details."),
        ),
        "ModelFolderUnusable": ErrorWords(
            translate("Errors", "{engine} may not read its own folder of models."),
            other,
            translate("Errors", "The folder may belong to somebody else, or its disk is not there."),
        ),
        "AnswerGarbled": ErrorWords(
            translate("Errors", "{engine} sent something unreadable in the middle of the answer."),
            NoticeAction.CONTINUE,
            translate("Errors", "The text so far is kept."),
        ),
        "ProcessorTooOld": ErrorWords(
            translate("Errors", "{engine} needs a newer processor than this computer has."),
            other,
            translate("Errors", "Another engine may be able to use it."),
        ),
        "PromptTooLong": ErrorWords(
            translate("Errors", "This conversation no longer fits into the model's memory."),
            NoticeAction.NEW_CONVERSATION,
        ),
        "WrongArgument": ErrorWords(translate("Errors", "This cannot be done: {detail}."), again),
        "OutputUnwritable": ErrorWords(translate("Errors", "The answer could not be printed to its end."), again),
        "SecretsUnavailable": ErrorWords(
            translate("Errors", "The safe place for keys (keyring) cannot be used."),
            NoticeAction.ENTER_KEY,
            translate("Errors", "A key that you enter again is known until PhiDesk is closed."),
        ),
        "BlockedByOfflineRule": ErrorWords(
            translate("Errors", "PhiDesk did not connect to {place}, because nobody allowed it."), other
        ),
        "SwitchedOffline": ErrorWords(
            translate("Errors", "PhiDesk did not connect to {place}, because you let nothing leave this computer."),
            other,
            translate("Errors", "You can change that on the page Health."),
        ),
    }


def _model_words(facts: Mapping[str, Fact]) -> dict[str, ErrorWords]:
    other, another_model = NoticeAction.CHOOSE_ENGINE, translate("Errors", "Use another model")
    again, another_file = NoticeAction.TRY_AGAIN, translate("Errors", "Choose another file")
    return {
        f"NoModel {BUILTIN}": ErrorWords(
            translate("Errors", "There is no model to talk with yet."),
            NoticeAction.OPEN_MODELS,
            translate("Errors", "The file of a model (GGUF) can also be put into the folder {path}")
            if facts.get("path")
            else "",
        ),
        "NoModel": ErrorWords(translate("Errors", "{engine} has no model to talk with yet."), NoticeAction.OPEN_MODELS),
        "ModelMissing": ErrorWords(translate("Errors", "{engine} does not have {model}."), other, label=another_model),
        "ModelCannotChat": ErrorWords(translate("Errors", "One cannot talk with {model}."), other, label=another_model),
        "ModelElsewhere": ErrorWords(
            translate("Errors", "The answers of {model} would come from somebody else's computer."),
            other,
            translate("Errors", "Nothing was sent: PhiDesk does not talk with models in a cloud."),
            label=another_model,
        ),
        "ModelTooNew": ErrorWords(
            translate("Errors", "{engine} and {model} do not fit together."),
            other,
            translate("Errors", "Updating both usually helps."),
            label=another_model,
        ),
        "ModelLoadStalled": ErrorWords(
            translate("Errors", "{engine} gave up loading {model}, because it took too long."), NoticeAction.TRY_AGAIN
        ),
        "ModelFileDamaged": ErrorWords(
            translate("Errors", "The file of {model} is damaged or not complete."), other, label=another_model
        ),
        "ModelFileForeign": ErrorWords(
            translate("Errors", "PhiDesk cannot use this file as a model."),
            again,
            translate("Errors", "It wants a language model in one GGUF file."),
            another_file,
        ),
        "ModelFileForeign architecture": ErrorWords(
            translate("Errors", "The built-in engine does not know this kind of model."), again, label=another_file
        ),
        "ModelFileForeign part": ErrorWords(
            translate("Errors", "This file is only a part of a model."),
            again,
            translate("Errors", "A model in several files cannot be used, nor the part that reads pictures."),
            another_file,
        ),
        "ModelFileForeign embedding": ErrorWords(
            translate("Errors", "One cannot talk with this model."),
            again,
            translate("Errors", "It turns texts into numbers, for searching."),
            another_file,
        ),
        "ModelFileUnreachable": ErrorWords(
            translate("Errors", "PhiDesk cannot read the file of {model}."),
            again,
            translate("Errors", "It is on another computer, or belongs to another user of this one."),
        ),
        "ModelNotOurs": ErrorWords(
            translate("Errors", "{model} does not belong to PhiDesk and was not deleted."),
            other,
            translate("Errors", "Its file is {path}"),
            another_model,
        ),
        "ModelNameTaken": ErrorWords(
            translate("Errors", "{engine} already has another model with the name of {model}."),
            other,
            translate("Errors", "It was left as it is."),
            translate("Errors", "Use the one that is there"),
        ),
        "ModelLoadFailed out_of_memory": ErrorWords(
            translate("Errors", "There is not enough memory to load {model}."),
            NoticeAction.TRY_AGAIN,
            translate("Errors", "Close other programs first, or give the conversation a smaller memory."),
        ),
        "ModelLoadFailed": ErrorWords(translate("Errors", "{engine} could not load {model}."), NoticeAction.TRY_AGAIN),
    }


def _download_words() -> dict[str, ErrorWords]:
    again = NoticeAction.TRY_AGAIN
    kept = translate("Errors", "What has come so far is kept.")
    return {
        "RegistryUnreachable": ErrorWords(
            translate("Errors", "The library of models does not answer."),
            again,
            translate("Errors", "Downloading needs the internet. A model can also come from a file or a USB stick."),
        ),
        "RegistryForeign": ErrorWords(
            translate("Errors", "Something else answers in place of the library of models."),
            again,
            translate(
                "Errors", "The login page of a network can do that, or a virus scanner that opens secure connections."
            ),
        ),
        "ModelNotOffered": ErrorWords(
            translate("Errors", "{engine} cannot get {model} from the library of models."),
            again,
            translate("Errors", "It may have been withdrawn, or be called differently by now."),
        ),
        "RegistryBusy": ErrorWords(
            translate("Errors", "The library of models cannot give out {model} just now."),
            again,
            translate("Errors", "It may be overloaded. Please try again a little later."),
        ),
        "DownloadRefused": ErrorWords(
            translate("Errors", "The library of models does not give out {model}."),
            again,
            translate("Errors", "Its own words stand in the details."),
        ),
        "DownloadBroken": ErrorWords(
            translate("Errors", "The download of {model} broke off again and again."),
            again,
            kept,
            translate("Errors", "Go on"),
        ),
        "DownloadDamaged": ErrorWords(
            translate("Errors", "What was downloaded is damaged, so nothing of it is kept."),
            again,
            label=translate("Errors", "Download again"),
        ),
        "DownloadUnwritable": ErrorWords(
            translate("Errors", "{engine} cannot write into its folder of models."),
            again,
            translate("Errors", "The details tell which folder that is."),
        ),
    }


def _storage_words() -> dict[str, ErrorWords]:
    again = NoticeAction.TRY_AGAIN
    return {
        "DatabaseTooNew": ErrorWords(
            translate("Errors", "A later version of PhiDesk wrote these conversations."),
            NoticeAction.QUIT,
            translate("Errors", "They were left as they are. Please open them with the later version."),
        ),
        "DatabaseDamaged": ErrorWords(
            translate("Errors", "The file with the conversations is damaged."),
            NoticeAction.QUIT,
            translate("Errors", "It was left as it is: {path}"),
        ),
        "StorageFull": ErrorWords(
            translate("Errors", "The disk is full."), again, translate("Errors", "Make some room first: {path}")
        ),
        "StorageUnwritable": ErrorWords(
            translate("Errors", "PhiDesk may not write into its folder."), again, translate("Errors", "It is {path}")
        ),
        "NotEnoughRoom": ErrorWords(
            translate("Errors", "There is not enough room: {needed} are needed, {free} are free."),
            again,
            translate("Errors", "Make some room first, or choose another disk: {path}"),
        ),
        "FileTooLargeForDisk": ErrorWords(
            translate("Errors", "This stick or disk cannot hold a file of {needed}."),
            again,
            translate("Errors", "Its format (FAT32) ends at 4.3 GB. Format it as exFAT first, or take another one."),
        ),
        "StickDamaged": ErrorWords(
            translate("Errors", "The model in this folder is damaged or not complete."),
            again,
            translate("Errors", "Nothing was kept of it. Copy it to the stick once more."),
        ),
        "NotAModelStick": ErrorWords(
            translate("Errors", "There is no model from PhiDesk in this folder."),
            again,
            translate("Errors", "It was {path}"),
            translate("Errors", "Choose another folder"),
        ),
        "ProfileInUse": ErrorWords(
            translate("Errors", "PhiDesk is already open."), again, translate("Errors", "Close the other window first.")
        ),
        "ConversationMissing": ErrorWords(
            translate("Errors", "This conversation no longer exists."),
            NoticeAction.NEW_CONVERSATION,
            label=translate("Errors", "New conversation"),
        ),
        "PromptMissing": ErrorWords(
            translate("Errors", "These instructions are no longer in the library."), NoticeAction.TRY_AGAIN
        ),
    }


def _file_words() -> dict[str, ErrorWords]:
    """Words for files that were to go along with a question."""
    again, another_file = NoticeAction.TRY_AGAIN, translate("Errors", "Choose another file")
    read = translate(
        "Errors", "PhiDesk reads files of text: notes, Markdown, tables as CSV, JSON, web pages, programs."
    )
    return {
        "FileUnreadable": ErrorWords(
            translate("Errors", "The file “{file}” cannot be read."),
            again,
            translate("Errors", "It may be gone, or PhiDesk may not open it."),
            another_file,
        ),
        "FileIsFolder": ErrorWords(
            translate("Errors", "The folder “{file}” cannot go along as a whole."),
            again,
            translate("Errors", "Choose the files in it that matter for the question."),
            another_file,
        ),
        "FileTooLarge": ErrorWords(
            translate("Errors", "The file “{file}” is larger than {limit}, more than a model can read at once."),
            again,
            translate("Errors", "Copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText pdf": ErrorWords(
            translate("Errors", "The file “{file}” is a PDF, which PhiDesk cannot read yet."),
            again,
            translate("Errors", "Copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText office": ErrorWords(
            translate("Errors", "The file “{file}” is a document that PhiDesk cannot read yet."),
            again,
            translate("Errors", "Save it as text, or copy the part that matters and paste it here."),
            another_file,
        ),
        "FileNotText picture": ErrorWords(
            translate("Errors", "The file “{file}” is a picture, and Phi-4-mini cannot see pictures."),
            again,
            read,
            another_file,
        ),
        "FileNotText sound": ErrorWords(
            translate("Errors", "The file “{file}” is a recording, and Phi-4-mini can neither hear nor see."),
            again,
            read,
            another_file,
        ),
        "FileNotText archive": ErrorWords(
            translate("Errors", "The file “{file}” is an archive."),
            again,
            translate("Errors", "Unpack it first, and choose the files in it that matter."),
            another_file,
        ),
        "NotAPromptFile": ErrorWords(
            translate("Errors", "The file “{file}” holds no instructions that PhiDesk exported."),
            again,
            "",
            another_file,
        ),
        "FileNotText": ErrorWords(translate("Errors", "The file “{file}” is not a text."), again, read, another_file),
    }
