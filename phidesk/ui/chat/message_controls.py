"""The ways to act on a message: the toolbar below it, the context menu, and keys while it has the focus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QKeyCombination, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu
from typing_extensions import override

from phidesk.core.conversation import AnswerWish
from phidesk.ui.chat.acting import Acting
from phidesk.ui.chat.conversation_body import ConversationBody
from phidesk.ui.chat.conversation_header import ModelWish
from phidesk.ui.chat.message_actions import KEYS, ActionKind, creativity_choices, keys_of
from phidesk.ui.chat.message_toolbar import ToolbarPlacing
from phidesk.ui.chat.shown_answer import ShownAnswer
from phidesk.ui.chat.shown_conversation import ShownConversation
from phidesk.ui.chat.tool_cards import call_line
from phidesk.ui.chat.transcript_menu import MenuEntry, MenuPlace
from phidesk.ui.figures import decimal_text
from phidesk.ui.shortcuts import Shortcut

translate = QCoreApplication.translate

_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_MIRRORED = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}


class MessageControls(QObject):
    """Turns what the hand does into wishes to `Acting`."""

    def __init__(
        self, acting: Acting, body: ConversationBody, shown: ShownConversation, writing: ShownAnswer, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._acting = acting
        self._body = body
        self._view = body.transcript.view
        self._input = body.composer.focusProxy() or body.composer
        self._shown = shown
        self._models: dict[str, ModelWish] = {}
        self._toolbar = ToolbarPlacing(
            body.toolbar,
            self._view,
            find=acting.actions,
            version=acting.version,
            free_height=body.transcript.free_height,
        )
        self._view.menu.add_source(self._entries)
        self._view.menu.add_source(self._call_entries)
        self._connect(writing)

    def set_models(self, models: Mapping[str, ModelWish]) -> None:
        """Offer these for another answer, by the names that people read."""
        self._models = dict(models)

    @override
    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if watched is self._view:
            return self._press(event)
        if Shortcut.EDIT_LAST_QUESTION.is_pressed(event) and self._body.composer.draft.is_blank:
            self._acting.edit_last_question()
            return True
        if Shortcut.PREVIOUS_MESSAGE.is_pressed(event) and self._view.content.messages:
            self._view.focus_message(self._view.content.messages[-1].key)
            return True
        return self._press_anywhere(event)

    @property
    def _is_mirrored(self) -> bool:
        return self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _connect(self, writing: ShownAnswer) -> None:
        self._toolbar.action_requested.connect(self._acting.do)
        self._acting.again_with_requested.connect(self._on_again_with_requested)
        self._acting.changed.connect(self._toolbar.refresh)
        writing.is_writing_changed.connect(self._toolbar.refresh)
        writing.end_shown.connect(self._toolbar.refresh)
        self._view.installEventFilter(self)
        self._input.installEventFilter(self)

    # Keys

    def _press(self, event: QKeyEvent) -> bool:
        """Do what a key means for the message that has the focus; return whether it means anything."""
        if Shortcut.UNDO.is_pressed(event) and self._body.undo_bar.is_offering:
            self._body.undo_bar.undo()
            return True
        index = self._view.focused_message
        if index is None:
            return self._press_anywhere(event)
        key = self._view.content.messages[index].key
        if event.matches(QKeySequence.StandardKey.Copy) and not self._view.has_selection:
            self._acting.do(ActionKind.COPY, key)
            return True
        pressed = self._sequence(event)
        kind = next((kind for kind, keys in KEYS.items() if pressed == QKeySequence(keys)), None)
        if kind is None:
            return self._press_anywhere(event)
        self._acting.do(kind, key)
        return True

    def _press_anywhere(self, event: QKeyEvent) -> bool:
        if not Shortcut.ANSWER_AGAIN.is_pressed(event):
            return False
        self._acting.answer_last_again()
        return True

    def _sequence(self, event: QKeyEvent) -> QKeySequence:
        """Return the pressed keys; from right to left the arrows have changed places."""
        key = Qt.Key(event.key())
        if self._is_mirrored:
            key = _MIRRORED.get(key, key)
        return QKeySequence(QKeyCombination(event.modifiers() & ~_KEYPAD, key))

    # Menus

    def _entries(self, place: MenuPlace) -> list[MenuEntry]:
        entries = []
        for action in self._acting.actions(place.key):
            activate = partial(self._acting.do, action.kind, place.key)
            choices: Sequence[MenuEntry] = ()
            if action.kind is ActionKind.AGAIN_WITH and action.is_possible:
                choices = self._choices(place.key)
            keys = QKeySequence(keys_of(action.kind, is_mirrored=self._is_mirrored))
            entries.append(
                MenuEntry(
                    action.kind.value, action.words, activate, keys, is_enabled=action.is_possible, entries=choices
                )
            )
        return entries

    def _call_entries(self, place: MenuPlace) -> list[MenuEntry]:
        """Offer to use the tools of an answer once more."""
        words = translate("MessageAction", "Use again: {call}")
        return [
            MenuEntry(
                f"useAgain_{number}",
                words.format(call=call_line(call)).replace("&", "&&"),
                partial(self._acting.use_tool_again, place.key, number),
            )
            for number, call in self._acting.calls(place.key).items()
        ]

    def _choices(self, key: str) -> list[MenuEntry]:
        """Offer other creativity, then other models."""
        lower, higher = creativity_choices(self._shown.settings.temperature)
        words = {
            lower: translate("MessageAction", "Lower creativity (temperature {temperature})"),
            higher: translate("MessageAction", "Higher creativity (temperature {temperature})"),
        }
        entries = [
            MenuEntry(
                f"again_at_{temperature}",
                text.format(temperature=decimal_text(temperature)),
                partial(self._acting.answer_again, key, AnswerWish(temperature=temperature)),
            )
            for temperature, text in words.items()
        ]
        entries += [
            MenuEntry(
                f"again_by_{wish.engine}_{wish.model}",
                name.replace("&", "&&"),
                partial(self._acting.answer_again, key, AnswerWish(wish.engine, wish.model)),
            )
            for name, wish in self._models.items()
        ]
        return entries

    def _on_again_with_requested(self, key: str) -> None:
        """Open the choices below the button, or below the message where there is no button."""
        menu = QMenu(self._view)
        menu.setObjectName("againMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in self._choices(key):
            action = menu.addAction(entry.text)
            action.setObjectName(entry.name)
            if entry.activate is not None:
                action.triggered.connect(entry.activate)
        menu.popup(self._menu_point(key))

    def _menu_point(self, key: str) -> QPoint:
        button = self._body.toolbar.button(ActionKind.AGAIN_WITH)
        if self._toolbar.key == key and button.isVisible():
            return button.mapToGlobal(button.rect().bottomLeft())
        rect = self._view.message_rect(self._view.content.index_of(key))
        inside = rect.intersected(self._view.viewport().rect())
        return self._view.viewport().mapToGlobal(inside.bottomLeft())
