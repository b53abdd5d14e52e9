"""What the transcript takes from the theme that is on."""

from __future__ import annotations

from functools import partial

from phidesk.richtext.highlight import TokenKind
from phidesk.ui.chat.transcript_style import TranscriptStyle
from phidesk.ui.theme.theme import Theme

_CODE_COLORS = {
    TokenKind.COMMENT: "muted",
    TokenKind.STRING: "success",
    TokenKind.NUMBER: "warning",
    TokenKind.KEYWORD: "accent",
    TokenKind.FUNCTION: "code_name",
}
"""Tokens of the parts of a listing."""


def transcript_style(theme: Theme) -> TranscriptStyle:
    """Return colours, fonts and icons. Ask again after `Theme.changed`."""
    return TranscriptStyle(
        text=theme.color("text"),
        muted=theme.color("muted"),
        accent=theme.color("accent"),
        bubble=theme.color("bubble"),
        border=theme.color("border"),
        edge=theme.color("edge"),
        surface=theme.color("surface"),
        sunken=theme.color("sunken"),
        selection=theme.color("selection"),
        font=theme.text_font(),
        code_font=theme.code_font(),
        icon=partial(theme.icon, color="muted"),
        bubble_edge=theme.color("bubble_edge") if theme.tokens.bubble_edge is not None else None,
        code_colors={kind: theme.color(token) for kind, token in _CODE_COLORS.items()},
    )
