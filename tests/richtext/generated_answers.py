"""Answers as language models write them, made from a seed: the same seed gives the same answer on every computer."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.richtext.formula.formula_collection import SOURCE_ONLY, read_formulas

_WORDS = (
    "the", "model", "reads", "a", "prompt", "and", "writes", "one", "token", "after", "another", "until", "its",
    "window", "is", "full", "which", "is", "why", "an", "answer", "slows", "down", "when", "text", "grows", "longer",
    "but", "memory", "stays", "small", "because", "only", "new", "keys", "are", "kept", "for", "each", "layer", "of",
    "attention",
)  # fmt: skip
_OTHER_SCRIPTS = (
    "速度等于距离除以时间，所以答案是六十公里每小时。", "これは日本語の文章です。モデルは答えを書きます。", "한국어 문장도 있습니다.",  # noqa: RUF001
    "السرعة تساوي المسافة مقسومة على الزمن.", "המהירות שווה למרחק חלקי הזמן.", "ความเร็วเท่ากับระยะทางหารด้วยเวลา",
    "गति दूरी को समय से भाग देने पर मिलती है।", "Скорость равна пути, делённому на время.", "Größe ≠ Maß; naïve café – “quoted”…",
    "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ☀️ 🎉", "שלום world مرحبا 123",
)  # fmt: skip
_CODE = {
    "python": ("def area(r: float) -> float:", '    """Return it."""', "    return math.pi * r ** 2", "", "print(f\"{area(2):.2f}\")"),
    "bash": ("for f in *.txt; do", '  echo "$f" | sed \'s/a/b/\'', "done"),
    "json": ('{"name": "x", "values": [1, 2.5, null]}',),
    "html": ("<p class=\"a\">", "  **not bold** &amp; `code`", "</p>"),
    "": ("$ ls -la", "| not | a table |", "\\[ not maths \\]", "# not a heading"),
    "markdown": ("# Title", "", "- item", "~~~", "$x$"),
}  # fmt: skip


def generated_answer(seed: int, *, parts: int = 8) -> str:
    """Return markdown of about 60 words for each part."""
    return _Writer(random.Random(seed)).answer(parts)


class _Writer:
    """Writes one answer."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._formulas = [
            source
            for group, sources in read_formulas().items()
            if group not in (SOURCE_ONLY, "broken or unfinished")
            for source in sources
        ]

    def answer(self, parts: int) -> str:
        kinds: list[Callable[[], str]] = [
            self._paragraph, self._paragraph, self._paragraph, self._heading, self._list, self._list, self._numbered,
            self._steps, self._code, self._table, self._quote, self._display_formula, self._aligned, self._foreign,
            self._tasks, self._rule, self._raw, self._calculation,
        ]  # fmt: skip
        between = self._chance.choice(["\n\n", "\n\n", "\n\n", "\n\n\n", "\n"])
        return between.join(self._chance.choice(kinds)() for _ in range(parts)) + self._chance.choice(
            ["", "\n", "\n\n"]
        )

    def _sentence(self, words: int = 0) -> str:
        count = words or self._chance.randint(4, 24)
        pieces = [self._word() for _ in range(count)]
        return " ".join(pieces).capitalize() + self._chance.choice([".", ".", ".", "!", "?", ":", ";"])

    def _word(self) -> str:
        word = self._chance.choice(_WORDS)
        kind = self._chance.randrange(40)
        return {
            0: f"**{word}**", 1: f"*{word}*", 2: f"`{word}`", 3: f"***{word} {word}***", 4: f"~~{word}~~",
            5: f"[{word}](https://example.org/{word})", 6: f"\\({self._formula()}\\)", 7: f"${self._formula()}$",
            8: f"${self._chance.randint(1, 99)}", 9: self._chance.choice(_OTHER_SCRIPTS), 10: f"<{word}>", 11: f"{word}\\*",
            12: f"_{word}_", 13: "1. " + word, 14: f"({word})", 15: f"__{word}__", 16: "https://example.org/?a=1&b=2",
        }.get(kind, word)  # fmt: skip

    def _formula(self) -> str:
        return self._chance.choice(self._formulas)

    def _paragraph(self) -> str:
        end = self._chance.choice([" ", " ", "\n", "  \n"])
        return end.join(self._sentence() for _ in range(self._chance.randint(1, 5)))

    def _heading(self) -> str:
        return "#" * self._chance.randint(1, 4) + " " + self._sentence(4).rstrip(".") + "\n\n" + self._paragraph()

    def _list(self, depth: int = 0) -> str:
        bullet = self._chance.choice("-*+")
        lines: list[str] = []
        for _ in range(self._chance.randint(2, 5)):
            lines.append("  " * depth + f"{bullet} {self._sentence(6)}")
            if depth < 3 and not self._chance.randrange(4):
                lines.append(self._list(depth + 1))
        return "\n".join(lines)

    def _numbered(self) -> str:
        first = self._chance.choice([1, 1, 1, 7])
        between = self._chance.choice(["\n", "\n", "\n\n"])
        items = range(first, first + self._chance.randint(2, 12))
        return between.join(f"{number}. **{self._chance.choice(_WORDS)}**: {self._sentence(9)}" for number in items)

    def _steps(self) -> str:
        steps: list[str] = []
        for number in range(1, self._chance.randint(3, 5)):
            inner = self._chance.choice([self._code, self._display_formula, self._list, self._paragraph])()
            steps.append(f"{number}. {self._sentence(6)}\n\n" + "\n".join("   " + line for line in inner.split("\n")))
        return "\n\n".join(steps)

    def _code(self) -> str:
        language, lines = self._chance.choice(list(_CODE.items()))
        fence = "~~~~" if language == "markdown" else self._chance.choice(["```", "```", "````"])
        return f"{fence}{language}\n" + "\n".join(lines * self._chance.randint(1, 3)) + f"\n{fence}"

    def _table(self) -> str:
        count = self._chance.randint(2, 5)
        rule = self._chance.choice(["---", ":--", "--:", ":-:"])
        rows = [" | ".join(self._cell() for _ in range(count)) for _ in range(self._chance.randint(1, 7))]
        head = " | ".join(self._chance.choice(_WORDS) for _ in range(count))
        return "\n".join([f"| {head} |", "|" + "|".join([rule] * count) + "|", *(f"| {row} |" for row in rows)])

    def _cell(self) -> str:
        return self._word().replace("|", "\\|").replace("\n", " ")

    def _quote(self) -> str:
        lines = [self._sentence(7), "", f"- {self._sentence(4)}", self._sentence(5)]
        return "\n".join("> " + line for line in lines[: self._chance.randint(1, 4)])

    def _display_formula(self) -> str:
        opening, closing = self._chance.choice([("$$", "$$"), ("\\[", "\\]")])
        end = self._chance.choice(["", "\n"])
        return f"{opening}{end}{self._formula()}{end}{closing}"

    def _aligned(self) -> str:
        lines = " \\\\\n".join(f"x_{number} &= {self._chance.choice(['+', '-', ''])} {number}" for number in range(3))
        return f"\\[\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n\\]"

    def _foreign(self) -> str:
        return "".join(self._chance.choice(_OTHER_SCRIPTS) for _ in range(self._chance.randint(1, 5)))

    def _tasks(self) -> str:
        return "\n".join(f"- [{self._chance.choice(' xX')}] {self._sentence(4)}" for _ in range(3))

    def _rule(self) -> str:
        return self._chance.choice(["---", "***", "___"])

    def _raw(self) -> str:
        return self._chance.choice(
            ["<details>\n<summary>More</summary>\n\nText\n\n</details>", "![picture](https://example.org/a.png)", "a<br>b", "&copy; 5 &lt; 6"]
        )  # fmt: skip

    def _calculation(self) -> str:
        """As answers to GSM8K look: prices, marks of a calculator, the answer after hashes."""
        price, count = self._chance.randint(2, 20), self._chance.randint(2, 9)
        return (
            f"Each costs ${price}, so {count} cost {count}*{price}=<<{count}*{price}={count * price}>>${count * price}.\n"
            f"#### {count * price}"
        )
