"""The end of a conversation, read back only as far as a window may hold it."""

from __future__ import annotations

from itertools import chain, islice

from phidesk.chat.request import prompt_messages, spoken_backwards
from phidesk.core.conversation import Conversation, Message
from phidesk.engine.protocol import PromptMessage


class SpokenTail:
    """The newest messages that are sent where there is room. It grows backwards; each message is rendered once."""

    def __init__(self, conversation: Conversation) -> None:
        self.messages: list[Message] = []
        """The oldest first."""
        self.is_whole = False
        """Whether nothing was said before them."""
        self._prompts: list[tuple[PromptMessage, ...]] = []
        self._earlier = spoken_backwards(conversation)

    def grow(self, count: int | None = None) -> None:
        """Read so many messages more; None reads to the beginning."""
        newest_first = list(islice(self._earlier, count))
        self.is_whole = self.is_whole or count is None or len(newest_first) < count
        self._put_before(newest_first)

    def grow_to(self, message_id: str | None, *, most: int) -> None:
        """Read back to this message, None is the first one, but not more than so many in all."""
        newest_first: list[Message] = []
        for message in islice(self._earlier, max(0, most - len(self.messages))):
            newest_first.append(message)
            if message.id == message_id:
                break
        else:
            self.is_whole = self.is_whole or len(self.messages) + len(newest_first) < most
        self._put_before(newest_first)

    def prompt(self, first: int, end: int | None = None) -> tuple[PromptMessage, ...]:
        """Return what is sent of these messages."""
        return tuple(chain.from_iterable(self._prompts[first:end]))

    def _put_before(self, newest_first: list[Message]) -> None:
        older = newest_first[::-1]
        self.messages[:0] = older
        self._prompts[:0] = map(prompt_messages, older)
