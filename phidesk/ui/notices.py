"""What a notice is: a sentence with the buttons that mend what it says. `messages.py` makes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate


class NoticeAction(Enum):
    """What the one button of a notice does."""

    TRY_AGAIN = "try_again"
    """Do the same once more."""
    CONTINUE = "continue"
    """Let the model go on where the text ends."""
    NEW_CONVERSATION = "new_conversation"
    """Open a new conversation with the same settings and the text that was not answered."""
    LINKED_CONVERSATION = "linked_conversation"
    """Sum up the older part, and open a conversation that begins with that, with the text that was not answered."""
    MORE_MEMORY = "more_memory"
    """Give the conversation the larger window that the error names, and do the same once more."""
    SUMMARISE = "summarise"
    """Let the model say the older part in short, and do the same once more."""
    LET_OLDEST_GO = "let_oldest_go"
    """Do the same once more without the oldest messages, which the model then no longer sees."""
    READ_IN_PARTS = "read_in_parts"
    """Let the model read a message that is too long part after part, sum it up, and answer it from that."""
    KEEP_AS_DOCUMENT = "keep_as_document"
    """Keep what is too long as a document, and send its passages that fit the question."""
    ANSWER_FREELY = "answer_freely"
    """Do the same once more without the JSON schema that answers shall keep to."""
    CHOOSE_ENGINE = "choose_engine"
    """Forget the chosen engine and model, let PhiDesk choose, and do the same once more."""
    ENTER_KEY = "enter_key"
    """Open the place where the key of this server is entered."""
    OPEN_MODELS = "open_models"
    """Show the page on which models are downloaded and brought from files."""
    STOP = "stop"
    """Stop the answer that is being written."""
    KEEP_WAITING = "keep_waiting"
    """Take the notice away and wait on."""
    REPLACE = "replace"
    """Let what comes from a file take the place of what has the same name."""
    KEEP_BOTH = "keep_both"
    SKIP = "skip"
    """Leave what is here as it is, and take the rest."""
    QUIT = "quit"
    """Close the program: nothing can be mended from inside."""


Choice = tuple[NoticeAction, str]
"""What a button does, and the words on it."""


@dataclass(frozen=True)
class Notice:
    """One sentence in everyday words, and the buttons that mend it. `details` is technical and not translated.

    The first choice is the most likely one. A second one is for a question with two answers, neither of which mends
    anything by itself, for what is mended in another place (there it does the same once more), and for what may fail
    again and again: there it is the way out.
    """

    sentence: str
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    details: str = ""
    can_be_usual: bool = False
    """Whether one of the choices may be taken without asking from now on."""

    @property
    def action(self) -> NoticeAction | None:
        """What the first button does; None where there is no button."""
        return self.choices[0][0] if self.choices else None

    @property
    def action_label(self) -> str:
        """What stands on the first button."""
        return self.choices[0][1] if self.choices else ""

    def with_first(self, action: NoticeAction, label: str) -> Notice:
        """Return the notice with another first button; the others stay."""
        return replace(self, choices=((action, label), *self.choices[1:]))


def choice_of(action: NoticeAction | None) -> tuple[Choice, ...]:
    """Return the button of an action with its usual words; none for None."""
    return ((action, action_label(action)),) if action is not None else ()


def action_label(action: NoticeAction) -> str:
    """Return the words on the button of an action; "More memory" names a size and has none here."""
    labels = {
        NoticeAction.TRY_AGAIN: translate("NoticeAction", "Try again"),
        NoticeAction.CONTINUE: translate("NoticeAction", "Continue"),
        NoticeAction.NEW_CONVERSATION: translate("NoticeAction", "Go on in a new conversation"),
        NoticeAction.LINKED_CONVERSATION: translate("NoticeAction", "New conversation with a summary"),
        NoticeAction.SUMMARISE: translate("NoticeAction", "Summarise the older part"),
        NoticeAction.LET_OLDEST_GO: translate("NoticeAction", "Let the oldest go"),
        NoticeAction.READ_IN_PARTS: translate("NoticeAction", "Read it in parts"),
        NoticeAction.KEEP_AS_DOCUMENT: translate("NoticeAction", "Attach it as a document"),
        NoticeAction.ANSWER_FREELY: translate("NoticeAction", "Answer without it"),
        NoticeAction.CHOOSE_ENGINE: translate("NoticeAction", "Use another engine"),
        NoticeAction.ENTER_KEY: translate("NoticeAction", "Enter the key"),
        NoticeAction.OPEN_MODELS: translate("NoticeAction", "Get a model"),
        NoticeAction.STOP: translate("NoticeAction", "Stop"),
        NoticeAction.KEEP_WAITING: translate("NoticeAction", "Keep waiting"),
        NoticeAction.QUIT: translate("NoticeAction", "Quit PhiDesk"),
    }
    return labels[action]
