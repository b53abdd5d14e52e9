"""Whether an answer is full of facts, on which a small model is unreliable: so that a quiet note can say so. A hint.

Facts show as years, as measures of the world, as sources, and as names. One of them makes no answer of facts;
a story has names, a recipe has measures, a calculation has numbers.
"""

from __future__ import annotations

import re

_LONGEST = 8_000
"""Characters of an answer that are looked at."""
_ENOUGH = 2
"""Years, measures or sources; two names are worth one of them."""
_MOST_NAMES = 4
"""Names that count: more of them make a story, no fact."""
_ENOUGH_LISTED = 3
"""Works with their makers, one below the other."""
_OTHER = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\\\[.*?\\\]|\\\(.*?\\\)", re.DOTALL)
"""Code and formulas."""
_CALCULATION = re.compile(r"[=≈]\s*[-−]?[$€£]?\s?\d|\d\s*[×÷]\s*\d")
_AMOUNT = r"(?<![\d.,])\d[\d.,\u202f]{0,15}\s?"
_LARGE_AMOUNT = r"(?<![\d.,])\d(?:[.,\u202f ]?\d){2,12}\s?"
_NO_YEAR = r"(?!\s?(?:€|\$|%|k?m\b|g\b|ml\b|kcal|calories|words|characters|tokens|steps|rpm|px|MB|GB|Wörter|mots))"
_HARD = re.compile(
    "|".join(
        (
            rf"\b(?:1[0-9]|20)\d\ds?\b{_NO_YEAR}|\d{{3,4}}(?:年|년|\s?г\.|\s?год)",
            r"\b\d{1,4}\s?(?:BCE?|CE|AD|v\.\s?Chr\.|n\.\s?Chr\.|av\.\s?J\.-C\.|a\.\s?C\.)(?!\w)",
            r"\b(?:in the year|im Jahre?|en l'an)\s\d+",
            r"\b\d{1,2}(?:st|nd|rd|th)[\s-]century|\d{1,2}\.\s?Jahrhundert|\b[XVI]+e\ssiècle|\bsiglo\s[XVI]+|\d\s?世[纪紀]",
            rf"{_AMOUNT}(?:[mb]illions?|trillion|Million|Milliarde|Mrd|Mio|millones|milliard|milioni|миллион|миллиард|万|亿|億)",
            rf"{_AMOUNT}(?:km²|km2|square\s(?:kilomet|mile)|Quadratkilometer|inhabitants|Einwohner|habitants|habitantes|abitanti|people\slive)",
            rf"{_LARGE_AMOUNT}(?:km\b|kilomet\w+|miles\b|met(?:er|re)s?\s(?:high|tall|deep|long|above)|Meter\shoch|mètres|light[-\s]years|Lichtjahre)",
            rf"{_AMOUNT}(?:met(?:er|re)s|kilomet(?:er|re)s|miles)\sper\ssecond",
            r"\([A-Z][\w'-]{1,30}(?:\set\sal\.|\s&\s[A-Z][\w'-]{1,30})?,\s\d{4}\)|\bdoi:\s?10\.\d|\bISBN\b|\bet\sal\.|https?://\S{1,200}",
        )
    )
)
_WORD = r"[A-Z][\w'\u2019-]{1,30}"
_NAME = re.compile(
    rf"(?<![.!?:*#\d-]\s)(?<!^)\b{_WORD}(?:\s(?:of|the|de|la|von|van|der|di|da|du|del|and)){{0,2}}\s{_WORD}\b",
    re.MULTILINE,
)
_LISTED = re.compile(
    rf"^\s*(?:[-*•]|\d{{1,3}}[.)])\s+[*_\"“]*{_WORD}(?:\s[\w'\u2019-]{{1,30}}){{0,5}}[*_\"”]*\s+(?:by|von|de|di|par|\()",
    re.MULTILINE,
)


def is_full_of_facts(answer: str) -> bool:
    """Whether an answer, in markdown, states so many facts that a note is due."""
    text = _OTHER.sub(" ", answer[:_LONGEST])
    if _CALCULATION.search(text):
        return False
    facts = len(set(_HARD.findall(text)))
    if not facts:
        return len(set(_LISTED.findall(text))) >= _ENOUGH_LISTED
    return facts + min(len(set(_NAME.findall(text))), _MOST_NAMES) / 2 >= _ENOUGH
