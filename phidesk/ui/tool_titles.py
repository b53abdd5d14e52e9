"""What tools are called in the window. A model knows them by other names."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from phidesk.ui.visible_text import visible_line

translate = QCoreApplication.translate

TOOL_ICON = "wrench"
"""Of tools, where the person chose no other one."""


def tool_title(name: str) -> str:
    """Return what a tool that comes with the program is called; the person's are called as they named them."""
    titles = {
        "calculator": translate("ToolTitles", "Calculator"),
        "dates": translate("ToolTitles", "Dates and calendar"),
        "convert_units": translate("ToolTitles", "Convert units"),
        "text_statistics": translate("ToolTitles", "Count in a text"),
        "random_choice": translate("ToolTitles", "Choose at random"),
        "read_file": translate("ToolTitles", "Read a file"),
        "list_folder": translate("ToolTitles", "List a folder"),
        "write_note": translate("ToolTitles", "Write a note"),
        "search_conversations": translate("ToolTitles", "Search my conversations"),
    }
    return titles.get(name) or visible_line(name)


def offered_title(name: str, server: str) -> str:
    """Return what a tool is called where it can be chosen: those of servers say of which. `server` may be empty."""
    of_server = translate("ToolTitles", "{tool} (server “{server}”)")
    return of_server.format(tool=tool_title(name), server=visible_line(server)) if server else tool_title(name)


def tool_about(name: str, description: str) -> str:
    """Say in the person's language what a tool does; of their own tools what they wrote for the model."""
    texts = {
        "calculator": translate("ToolTitles", "Calculates exactly, with percentages and units."),
        "dates": translate("ToolTitles", "Knows today's date, adds days and counts those between two dates."),
        "convert_units": translate("ToolTitles", "Converts lengths, weights, temperatures and other units."),
        "text_statistics": translate("ToolTitles", "Counts letters, words and sentences."),
        "random_choice": translate("ToolTitles", "Throws dice and draws lots."),
        "read_file": translate("ToolTitles", "Reads a text file; you are asked first."),
        "list_folder": translate("ToolTitles", "Shows the model what lies in a folder; you are asked first."),
        "write_note": translate("ToolTitles", "Writes a new text file; you are asked each time."),
        "search_conversations": translate(
            "ToolTitles", "Looks for words in your conversations and the files in them; you are asked first."
        ),
    }
    return texts.get(name, description)
