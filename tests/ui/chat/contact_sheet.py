"""Pictures of all kinds of blocks, to be looked at: `python -m tests.ui.chat.contact_sheet FOLDER`.

One picture each for light, dark, right-to-left, large text and 200 %.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication

from phidesk.ui.application import make_application
from phidesk.ui.chat.transcript_style import BOTTOM_MARGIN
from phidesk.ui.chat.transcript_view import Speaker, TranscriptMessage, TranscriptView
from phidesk.ui.theme.theme import Theme

WIDTH_PX = 860
TALLEST_PX = 6_000

QUESTION = "Show me everything you can draw, please."

TEXTS = """# Heading of the first level

A paragraph with **bold**, *italic*, ***both***, ~~struck~~, `inline code`, [a link](https://example.org/a) and a
formula $E = mc^2$ in its line. It is long enough to need a second line, so that the distance of lines is seen.

## Heading of the second level

1. First of an ordered list
2. Second, with more text than fits into one line, so that it is seen where the second line begins and how it hangs
   - nested bullet
     - nested once more
       1. and a number at the fourth depth
3. Third

   A further paragraph of the third item.

- [x] Done already
- [ ] Still to do, with `code` and **bold**
- A bullet without a box

### Heading of the third level

> A quote of two paragraphs, the first of which is long enough to be wrapped in the column that it is read in.
>
> - a list in the quote
>
> > a quote in the quote

---

Raw <b>HTML</b> stays text:

<div onclick="x()">
never run
</div>

A picture is not fetched: ![A cat on a mat](https://example.org/cat.png)
"""

CODE = """A short listing, then a wide one without a language:

```python
def fibonacci(count: int) -> list[int]:
    \"\"\"Return the first numbers.\"\"\"
    numbers = [0, 1]
    while len(numbers) < count:  # grows
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]
```

```
$ a-command --with-many-options=1 --and-one-more=2 --so-that-the-line=is-longer --than-the-column=is-wide --by-a-good-bit
second line
```

- Within a list:

  ```json
  {"name": "PhiDesk", "numbers": [1, 2.5, true, null]}
  ```
"""

TABLES = """| Item | Price | Note |
|:-----|------:|:----:|
| Bread | 2.50 € | fresh |
| Coffee $x^2$ | **12.00 €** | `500 g` |

| Quarter | Revenue in the northern region | Revenue in the southern region | Revenue in the eastern region | Remarks of the controller |
|---|--:|--:|--:|---|
| First | 1,200,000 € | 980,000 € | 1,410,000 € | Better than in the year before, mostly because of the new branch in the harbour |
| Second | 1,100,000 € | 990,000 € | 1,380,000 € | As expected |
"""

MIRRORED = """## כותרת בעברית

פסקה בעברית עם **מודגש** ועם `code` בתוכה.

1. ראשון
2. שני
   - מקונן

- [x] בוצע
- [ ] עדיין לא

> ציטוט קצר

| פריט | מחיר |
|---|--:|
| לחם | 2.50 |
| קפה | 12.00 |

العربية أيضا، مع رقم 15 % من 240.

```python
print("code stays left-to-right")
```
"""


@dataclass(frozen=True)
class Look:
    """One way to look at the sheet."""

    name: str
    mode: str = "light"
    text_px: int = 15
    is_right_to_left: bool = False
    scale: float = 1.0


LOOKS = (
    Look("light"),
    Look("dark", mode="dark"),
    Look("rtl", is_right_to_left=True),
    Look("rtl-dark", mode="dark", is_right_to_left=True),
    Look("22px", text_px=22),
    Look("200", scale=2.0),
)


def messages() -> list[TranscriptMessage]:
    """Return what stands on the sheet."""
    answers = (TEXTS, CODE, TABLES, MIRRORED)
    return [
        TranscriptMessage("question", Speaker.PERSON, QUESTION),
        *(TranscriptMessage(f"answer{number}", Speaker.MODEL, text) for number, text in enumerate(answers)),
    ]


def take(application: QApplication, look: Look) -> QImage:
    """Return a picture of the whole sheet."""
    direction = Qt.LayoutDirection.RightToLeft if look.is_right_to_left else Qt.LayoutDirection.LeftToRight
    application.setLayoutDirection(direction)
    theme = Theme(application, look.mode, look.text_px)
    view = TranscriptView()
    palette = view.palette()
    palette.setColor(QPalette.ColorRole.Window, theme.color("window"))
    view.setPalette(palette)
    view.set_style(theme.transcript_style())
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.resize(WIDTH_PX, TALLEST_PX)
    view.show()
    view.show_messages(messages())
    height = min(TALLEST_PX, view.content.height + BOTTOM_MARGIN)
    view.resize(WIDTH_PX, height)
    QApplication.processEvents()
    image = QImage(round(WIDTH_PX * look.scale), round(height * look.scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(look.scale)
    image.fill(QColor(theme.color("window")))
    view.render(image)
    view.close()
    return image


def main(folder: Path) -> None:
    """Write all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application(sys.argv[:1])
    for look in LOOKS:
        take(application, look).save(str(folder / f"blocks-{look.name}.png"))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(Path(sys.argv[1]))
