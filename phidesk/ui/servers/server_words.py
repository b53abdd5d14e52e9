"""What is said about a server."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from phidesk.chat.server_book import KeyPlace
from phidesk.core.servers import Server, is_public_http
from phidesk.engine.openai.probe import ServerFacts
from phidesk.ui.figures import number_text
from phidesk.ui.messages import engine_label

translate = QCoreApplication.translate


class CountedServerWords(QObject):
    """Texts with plural forms; see `figures.CountedWords`."""

    def models(self, count: int) -> str:
        """Say how many models a server offers."""
        if count == 1:
            return self.tr("1 model")
        return self.tr("{count} models", "", count).format(count=number_text(count))


def server_name(server: Server) -> str:
    """Name a server as the person did, else by its host."""
    return server.name or engine_label(server.address)


def facts_text(facts: ServerFacts) -> str:
    """Say what a test found, in one line; what the server does not tell is left out."""
    pieces = [translate("Servers", "It answers"), CountedServerWords().models(len(facts.models))]
    if facts.window_tokens:
        text = translate("Servers", "memory of a conversation (context) {count}")
        pieces.append(text.format(count=number_text(facts.window_tokens)))
    pieces.append(translate("Servers", "needs a key") if facts.needs_key else translate("Servers", "needs no key"))
    return " · ".join(pieces)


def warning_text(address: str) -> str:
    """Warn of a normalised address on whose way others can read along; empty where there is nothing to warn of."""
    if not is_public_http(address):
        return ""
    return translate(
        "Servers",
        "This address lies in the internet and is not encrypted: others can read along, the key too. "
        "Use https if the server has it.",
    )


def key_place_text(place: KeyPlace) -> str:
    """Say where a key is kept, as far as that is worth a word."""
    texts = {
        KeyPlace.NOWHERE: "",
        KeyPlace.KEYRING: translate("Servers", "The key is in the safe place of this computer (keyring)."),
        KeyPlace.THIS_RUN: translate(
            "Servers",
            "This computer has no safe place for keys (keyring) that can be used, so PhiDesk forgets the key when it "
            "is closed.",
        ),
    }
    return texts[place]
