"""The line above a conversation: what it is about, who answers, and the ways to sidebar and panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.ui.figures import engine_label, model_label, size_text
from phidesk.ui.shortcuts import Shortcut
from phidesk.ui.theme.theme import Theme
from phidesk.ui.widgets.elided_label import ElidedLabel
from phidesk.ui.widgets.icon_button import IconButton
from phidesk.ui.widgets.key_tip import key_tip
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.plain_tip import plain_tip, set_plain_tip

if TYPE_CHECKING:  # which models there are is known later
    from phidesk.core.model_info import ModelInfo

_HEIGHT_PX = 51
"""Without the line below."""
_MODEL_SHARE = 0.42
"""The name of the model takes at most this part, so that the title keeps its own."""
_SIDE_MARGIN_PX = 24
_GAP_PX = 8


@dataclass(frozen=True)
class ModelWish:
    """Who shall answer. None means: PhiDesk chooses."""

    engine: str | None = None
    model: str | None = None


class ConversationHeader(QWidget):
    """Knows titles and names of models; the menu lists what `set_models` was given last."""

    model_requested = Signal(object)
    """The person chose who shall answer. Carries a `ModelWish`; nothing changes here before `set_wish`."""
    panel_requested = Signal()
    """The person wants to see everything about this conversation, or no longer."""
    sidebar_requested = Signal()
    """The person wants the hidden sidebar back."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._models: tuple[ModelInfo, ...] | None = None
        self._server_names: dict[str, str] = {}
        self._wishes: dict[str, ModelWish] = {}
        self._wish = ModelWish()
        self._answering = ModelWish()
        self.setObjectName("conversationHeader")
        self._sidebar = IconButton(theme, "panel-left", self.tr("Show the sidebar"))
        self._sidebar.setObjectName("showSidebar")
        self._sidebar.setToolTip(key_tip(self.tr("Show the sidebar"), Shortcut.SIDEBAR))
        self._sidebar.hide()
        self._title = ElidedLabel()
        self._title.setObjectName("conversationTitle")
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._model = MenuButton(theme)
        self._model.setObjectName("modelButton")
        self._choices = QActionGroup(self)
        self._panel = IconButton(theme, "info", self.tr("About this conversation"))
        self._panel.setObjectName("panelButton")
        self._panel.setToolTip(key_tip(self.tr("About this conversation"), Shortcut.PANEL))
        self._panel.setCheckable(True)
        self._lay_out()
        self._on_theme_changed()
        self.set_title("")
        self.set_models(())
        self._connect()

    def set_title(self, title: str) -> None:
        """Show this title; a conversation without one is a new one."""
        self._title.setText(title or self.tr("New conversation"))

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """Offer these and no others; those that cannot chat are left out. Emits nothing."""
        offered = tuple(model for model in models if model.can_chat)
        if offered != self._models:
            self._models = offered
            self._fill_menu(offered)

    def set_server_names(self, names: Mapping[str, str]) -> None:
        """Name servers as the person did; keys are addresses. Those without a name are named by their host."""
        named = {address: name for address, name in names.items() if name}
        if named != self._server_names:
            self._server_names = named
            self._fill_menu(self._models or ())

    @property
    def wishes(self) -> Mapping[str, ModelWish]:
        """The models that are offered, by the names that people read."""
        return self._wishes

    def set_wish(self, wish: ModelWish) -> None:
        """Mark what the person chose. Emits nothing."""
        self._wish = wish
        self._show_wish()

    def set_answering(self, engine_name: str, model_name: str) -> None:
        """Say who would answer now; both empty while nobody would."""
        self._answering = ModelWish(engine_name, model_name) if model_name else ModelWish()
        self._show_who_answers()

    def set_sidebar_shown(self, is_shown: bool) -> None:
        """Offer the way back to the sidebar only while it is hidden."""
        self._sidebar.setHidden(is_shown)

    def set_panel_shown(self, is_shown: bool) -> None:
        """Show the button of the panel as pressed or not."""
        self._panel.setChecked(is_shown)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._model.setMaximumWidth(round(self.width() * _MODEL_SHARE))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(_SIDE_MARGIN_PX, 8, _SIDE_MARGIN_PX, 8)
        row.setSpacing(_GAP_PX)
        row.addWidget(self._sidebar)
        row.addWidget(self._title, 1)
        row.addWidget(self._model)
        row.addWidget(self._panel)
        line = QFrame()
        line.setProperty("panel", "line")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row, 1)
        layout.addWidget(line)

    def _connect(self) -> None:
        self._theme.changed.connect(self._on_theme_changed)
        self._sidebar.clicked.connect(self._on_sidebar_clicked)
        self._panel.clicked.connect(self._on_panel_clicked)
        self._choices.triggered.connect(self._on_choices_triggered)

    def _fill_menu(self, models: Sequence[ModelInfo]) -> None:
        menu = self._model.menu()
        menu.clear()
        for action in self._choices.actions():
            self._choices.removeAction(action)
            action.deleteLater()
        self._add_choice(self.tr("Chosen by PhiDesk"), ModelWish())
        if models:
            menu.addSeparator()
        names = self._distinct_names(models)
        self._wishes = {name: ModelWish(model.engine, model.name) for model, name in zip(models, names, strict=True)}
        for model, name in zip(models, names, strict=True):
            action = self._add_choice(name, self._wishes[name], size_bytes=model.size_bytes)
            action.setToolTip(plain_tip(model.name))
        self._show_wish()

    def _add_choice(self, words: str, wish: ModelWish, *, size_bytes: int | None = None) -> QAction:
        escaped = words.replace("&", "&&")
        action = QAction(f"{escaped}\t{size_text(size_bytes)}" if size_bytes else escaped, self._choices)
        action.setCheckable(True)
        action.setData(wish)
        self._model.menu().addAction(action)
        return action

    def _distinct_names(self, models: Sequence[ModelInfo]) -> list[str]:
        """Name models in a friendly way, and those that would then have one name by their technical one."""
        friendly = [self._who(model.engine, model_label(model.name)) for model in models]
        counts = Counter(friendly)
        return [
            name if counts[name] == 1 else self._who(model.engine, model.name)
            for model, name in zip(models, friendly, strict=True)
        ]

    def _who(self, engine_name: str | None, model_words: str) -> str:
        if not engine_name:
            return model_words
        return f"{model_words} · {self._server_names.get(engine_name) or engine_label(engine_name)}"

    def _show_wish(self) -> None:
        for action in self._choices.actions():
            action.setChecked(action.data() == self._wish)
        self._show_who_answers()

    def _show_who_answers(self) -> None:
        shown = self._answering if self._answering.model else self._wish
        if not shown.model:
            text = said = self.tr("Choose a model")
        else:
            text = self._who(shown.engine, model_label(shown.model))
            is_chosen_by_us = self._wish == ModelWish()
            said = self.tr("Model: {model}, chosen by PhiDesk") if is_chosen_by_us else self.tr("Model: {model}")
        self._model.setText(text)
        self._model.setAccessibleName(said.format(model=text))
        set_plain_tip(self._model, said.format(model=text))

    def _on_theme_changed(self) -> None:
        self._title.setFont(self._theme.title_font())
        heights = (self._model.sizeHint().height(), self._panel.sizeHint().height(), self._title.fontMetrics().height())
        needed = max(heights) + 2 * _GAP_PX
        self.setFixedHeight(max(_HEIGHT_PX, needed) + 1)

    def _on_sidebar_clicked(self) -> None:
        self.sidebar_requested.emit()

    def _on_panel_clicked(self) -> None:
        self.panel_requested.emit()

    def _on_choices_triggered(self, action: QAction) -> None:
        wish = action.data()
        self._show_wish()  # what is marked is what holds, not what is wished
        self.model_requested.emit(wish)
