"""What a tool does: which kind of action, and what that kind needs to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from phidesk.core.servers import is_public_http
from phidesk.core.tool_spec import (
    ActionMistake,
    AddressAction,
    AskAction,
    BuiltinAction,
    ProgramAction,
    TemplateAction,
    ToolAction,
    action_mistake,
)
from phidesk.tools.template import names_in_template
from phidesk.ui.theme.theme import Theme
from phidesk.ui.tools.tool_words import action_mistake_words, action_text
from phidesk.ui.widgets.button_row import ButtonRow
from phidesk.ui.widgets.check_line import CheckLine
from phidesk.ui.widgets.growing_text_edit import GrowingTextEdit
from phidesk.ui.widgets.keyboard_place import move_keyboard_to
from phidesk.ui.widgets.menu_button import MenuButton
from phidesk.ui.widgets.wrapped_label import WrappedLabel, make_wrapped_label

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TIME_LIMITS_S = (10.0, 30.0, 120.0, 600.0)

_WITHOUT_BODY = ("GET", "DELETE")
_NEW: tuple[ToolAction, ...] = (TemplateAction(""), AskAction(), ProgramAction(()), AddressAction(""))
_GAP_PX = 8
_EDGES_PX = 12


class ActionForm(QWidget):
    """Each kind keeps what was typed for it while another one is looked at."""

    changed = Signal()
    """The person changed what the tool does."""

    def __init__(self, theme: Theme, builtin: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """`builtin` names what comes with the program."""
        super().__init__(parent)
        self._theme = theme
        self._does: ToolAction = TemplateAction("")
        self._input_names: tuple[str, ...] = ()
        self._kind = MenuButton(theme)
        self._kind.setObjectName("actionKind")
        self._mistake = make_wrapped_label("actionMistake", tone="danger")
        self._parts: dict[type, _ActionPart] = {
            TemplateAction: _TemplatePart(theme),
            AskAction: _AskPart(theme),
            ProgramAction: _ProgramPart(theme),
            AddressAction: _AddressPart(theme),
            BuiltinAction: _BuiltinPart(theme, builtin),
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP_PX)
        layout.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(self._mistake)
        for part in self._parts.values():
            layout.addWidget(part)
            part.changed.connect(self._on_part_changed)
        self._new = (*_NEW, *(BuiltinAction(name) for name in builtin[:1]))
        for does in self._new:
            self._kind.menu().addAction(action_text(type(does))).triggered.connect(partial(self._on_chosen, type(does)))
        self.show_action(self._does)

    @property
    def does(self) -> ToolAction:
        """What stands in the form."""
        return self._does

    def show_action(self, does: ToolAction) -> None:
        """Show what a tool does, and forget what was typed for other kinds. Emits nothing."""
        for known in self._new:
            self._parts[type(known)].show_action(does if type(does) is type(known) else known)
        self._parts[type(does)].show_action(does)
        self._show(does)

    def show_inputs(self, names: Sequence[str]) -> None:
        """Take note of the inputs that texts may name."""
        self._input_names = tuple(names)
        for part in self._parts.values():
            part.show_inputs(self._input_names)

    def show_mistake(self, mistake: ActionMistake | None) -> None:
        """Mark what has to be mended, or nothing."""
        self._mistake.setText("" if mistake is None else action_mistake_words(mistake))
        self._mistake.setVisible(mistake is not None)

    def focus_mistake(self) -> None:
        """Put the keyboard where something is to be mended."""
        self._parts[type(self._does)].focus_first()

    def _show(self, does: ToolAction) -> None:
        self._does = does
        words = action_text(type(does))
        self._kind.setText(words)
        self._kind.setAccessibleName(self.tr("What the tool does: {action}").format(action=words))
        for kind, part in self._parts.items():
            part.setVisible(kind is type(does))
        self.show_mistake(None)

    def _on_chosen(self, kind: type) -> None:
        self._show(self._parts[kind].does)
        self.changed.emit()

    def _on_part_changed(self) -> None:
        self._does = self._parts[type(self._does)].does
        if action_mistake(self._does) is None:
            self.show_mistake(None)
        self.changed.emit()


class _ActionPart(QWidget):
    """The fields of one kind, under each other."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.does: ToolAction = TemplateAction("")
        self._names: tuple[str, ...] = ()
        self._is_filling = False
        self._unknown = make_wrapped_label("unknownNames", tone="warning")
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(_GAP_PX)
        self._unknown.hide()

    def show_action(self, does: ToolAction) -> None:
        self.does = does

    def show_inputs(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._show_unknown()

    def focus_first(self) -> None:
        move_keyboard_to(*self.findChildren(QLineEdit), *self.findChildren(GrowingTextEdit))

    def _template(self) -> str:
        """Return the text that may name inputs."""
        return ""

    def _fill(self, edit: GrowingTextEdit, text: str) -> None:
        """Show a text without telling anybody."""
        self._is_filling = True
        if edit.toPlainText() != text:
            edit.setPlainText(text)
        self._is_filling = False

    def _change(self, does: ToolAction) -> None:
        if self._is_filling:
            return
        self.does = does
        self._show_unknown()
        self.changed.emit()

    def _show_unknown(self) -> None:
        # Braces with quotes, colons or line breaks in them belong to JSON or a program.
        unknown = [name for name in names_in_template(self._template()) if name not in self._names and _is_word(name)]
        self._unknown.setText(
            self.tr("No input has this name: {names}. It stays as it is.").format(names=", ".join(unknown))
        )
        self._unknown.setVisible(bool(unknown))

    def _add_hint(self, words: str) -> WrappedLabel:
        label = make_wrapped_label("actionHint", words, tone="muted", step="small")
        self._lines.addWidget(label)
        return label

    def _add_line(self, name: str, words: str, receive: Callable[[str], None]) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setPlaceholderText(words)
        line.setAccessibleName(words)
        line.textEdited.connect(receive)
        self._lines.addWidget(line)
        return line

    def _add_text(self, name: str, words: str, receive: Callable[[], None], *, fewest_lines: int) -> GrowingTextEdit:
        text = GrowingTextEdit(fewest_lines=fewest_lines, most_lines=12, edges_px=_EDGES_PX)
        text.setObjectName(name)
        text.setPlaceholderText(words)
        text.setAccessibleName(words)
        text.textChanged.connect(receive)
        self._theme.changed.connect(text.fit_height)
        self._lines.addWidget(text)
        return text


class _TemplatePart(_ActionPart):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._text = self._add_text(
            "templateText", self.tr("The text that the model gets"), self._on_changed, fewest_lines=3
        )
        self._add_hint(
            self.tr("{name} becomes the value of the input “name”. {name|nobody} becomes “nobody” where none is given.")
        )
        self._lines.addWidget(self._unknown)

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, TemplateAction):
            self._fill(self._text, does.text)
            self._show_unknown()

    @override
    def _template(self) -> str:
        return self._text.toPlainText()

    def _on_changed(self) -> None:
        self._change(TemplateAction(self._text.toPlainText()))


class _AskPart(_ActionPart):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._question = self._add_line("askQuestion", self.tr("What you are asked"), self._on_edited)
        self._add_hint(
            self.tr("You type what the model gets. The question may name inputs, such as {name}; it may be empty.")
        )
        self._lines.addWidget(self._unknown)

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, AskAction):
            self._question.setText(does.question)
            self._show_unknown()

    @override
    def _template(self) -> str:
        return self._question.text()

    def _on_edited(self, question: str) -> None:
        self._change(AskAction(question))


class _ProgramPart(_ActionPart):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._command = self._add_text(
            "programCommand",
            self.tr("The program, then its arguments, one in each line"),
            self._on_changed,
            fewest_lines=2,
        )
        self._folder = self._add_line(
            "programFolder", self.tr("Folder in which it runs; empty for none"), self._on_edited
        )
        buttons = ButtonRow()
        choose = buttons.add_button("chooseProgram", self.tr("Choose a program…"))
        choose_folder = buttons.add_button("chooseProgramFolder", self.tr("Choose a folder…"))
        self._lines.addWidget(buttons)
        self._may_write = CheckLine(theme, self.tr("It may change files in its folder"))
        self._may_write.setObjectName("programMayWrite")
        self._lines.addWidget(self._may_write)
        self._limit = MenuButton(theme)
        self._limit.setObjectName("programTimeLimit")
        for limit_s in TIME_LIMITS_S:
            self._limit.menu().addAction(self._limit_words(limit_s)).triggered.connect(partial(self._on_limit, limit_s))
        self._lines.addWidget(self._limit, 0, Qt.AlignmentFlag.AlignLeading)
        self._add_hint(
            self.tr(
                "The inputs come as JSON on its standard input; what it writes on its standard output is the result. "
                "It runs without network and apart from your other files where this system can do that."
            )
        )
        self._limit_s = TIME_LIMITS_S[1]
        choose.clicked.connect(self._on_choose_clicked)
        choose_folder.clicked.connect(self._on_choose_folder_clicked)
        self._may_write.clicked.connect(self._on_changed)

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, ProgramAction):
            self._fill(self._command, "\n".join(does.command))
            self._folder.setText(does.folder)
            self._may_write.setChecked(does.may_write)
            self._show_limit(does.time_limit_s)

    @override
    def focus_first(self) -> None:
        move_keyboard_to(self._command)

    def _show_limit(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._limit.setText(self._limit_words(limit_s))
        self._limit.setAccessibleName(self._limit_words(limit_s))

    def _limit_words(self, limit_s: float) -> str:
        return self.tr("It may take {count} seconds").format(count=round(limit_s))

    def _on_changed(self) -> None:
        command = tuple(line for line in self._command.toPlainText().split("\n") if line)
        self._change(ProgramAction(command, self._folder.text().strip(), self._limit_s, self._may_write.isChecked()))

    def _on_edited(self, _folder: str) -> None:
        self._on_changed()

    def _on_limit(self, limit_s: float) -> None:
        self._show_limit(limit_s)
        self._on_changed()

    def _on_choose_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a program"))
        dialog.setObjectName("programDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_program_selected)
        dialog.open()

    def _on_program_selected(self, path: str) -> None:
        rest = self._command.toPlainText().split("\n")[1:]
        self._command.setPlainText("\n".join((str(Path(path)), *rest)))

    def _on_choose_folder_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose a folder"))
        dialog.setObjectName("programFolderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_folder_selected)
        dialog.open()

    def _on_folder_selected(self, path: str) -> None:
        self._folder.setText(str(Path(path)))
        self._on_changed()


class _AddressPart(_ActionPart):
    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._method = MenuButton(theme)
        self._method.setObjectName("addressMethod")
        for method in METHODS:
            self._method.menu().addAction(method).triggered.connect(partial(self._on_method, method))
        self._lines.addWidget(self._method, 0, Qt.AlignmentFlag.AlignLeading)
        self._url = self._add_line("addressUrl", "https://box.local/weather?town={town}", self._on_edited)
        self._url.setAccessibleName(self.tr("Address"))
        self._warning = make_wrapped_label("addressWarning", tone="warning")
        self._lines.addWidget(self._warning)
        self._headers = self._add_text(
            "addressHeaders", self.tr("Header lines, such as Accept: text/plain"), self._on_changed, fewest_lines=1
        )
        self._hint = self._add_hint("")
        self._lines.addWidget(self._unknown)

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, AddressAction):
            self._url.setText(does.url)
            self._fill(self._headers, "\n".join(f"{name}: {value}" for name, value in does.headers))
            self._show_method(does.method)
            self._show_warning()
            self._show_unknown()

    @override
    def _template(self) -> str:
        return self._url.text()

    def _show_method(self, method: str) -> None:
        self._method.setText(method)
        self._method.setAccessibleName(self.tr("Method: {method}").format(method=method))
        behind = self.tr("Inputs that the address does not name are put behind it.")
        within = self.tr("Inputs that the address does not name are sent as JSON.")
        once, always = self.tr("You are asked before the first time."), self.tr("You are asked each time.")
        self._hint.setText(f"{behind if method in _WITHOUT_BODY else within} {once if method == 'GET' else always}")

    def _show_warning(self) -> None:
        url = self._url.text()
        is_open = action_mistake(AddressAction(url)) is None and is_public_http(url)
        self._warning.setText(
            self.tr("This address lies in the internet and is not encrypted: others can read along.") if is_open else ""
        )
        self._warning.setVisible(is_open)

    def _on_changed(self) -> None:
        lines = [line for line in self._headers.toPlainText().split("\n") if line.strip()]
        headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
        self._show_warning()
        self._change(AddressAction(self._url.text().strip(), self._method.text(), headers))

    def _on_edited(self, _url: str) -> None:
        self._on_changed()

    def _on_method(self, method: str) -> None:
        self._show_method(method)
        self._on_changed()


class _BuiltinPart(_ActionPart):
    """The words are the person's, the work is done by what comes with the program."""

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__(theme)
        self._function = MenuButton(theme)
        self._function.setObjectName("builtinFunction")
        for name in names:
            self._function.menu().addAction(name).triggered.connect(partial(self._on_chosen, name))
        self._lines.addWidget(self._function, 0, Qt.AlignmentFlag.AlignLeading)
        self._add_hint(self.tr("The inputs become those of the function. Say in your own words when it helps."))

    @override
    def show_action(self, does: ToolAction) -> None:
        super().show_action(does)
        if isinstance(does, BuiltinAction):
            self._function.setText(does.name)
            self._function.setAccessibleName(self.tr("Function: {name}").format(name=does.name))

    @override
    def focus_first(self) -> None:
        move_keyboard_to(self._function)

    def _on_chosen(self, name: str) -> None:
        self.show_action(BuiltinAction(name))
        self._change(BuiltinAction(name))


def _is_word(name: str) -> bool:
    return name.replace("_", "").replace("-", "").isalnum()
