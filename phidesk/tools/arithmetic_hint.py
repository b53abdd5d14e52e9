"""Whether a question asks for arithmetic, so that the calculator should stand ready. A hint: it may be wrong.

It goes by signs between numbers, and by words of the languages that phi4-mini knows. What only looks like arithmetic
(dates, times, versions, telephone numbers, code) is taken out first.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 2_000
"""Characters of a question that is looked at whole; of a longer one, mostly pasted, its two ends."""
_END = 400


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)


def _words(table: str) -> str:
    """Match one of the words of a table, whose blanks part them; "_" stands for a blank within."""
    return rf"\b(?:{'|'.join(table.split()).replace('_', ' ')})\b"


_NO_ARITHMETIC = _any_of(
    r"```(?s:.*?)(?:```|\Z)|`[^`\n]*`",  # code
    r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+",  # addresses
    r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b",  # dates
    r"\b\d{1,2}:\d{2}(?::\d{2})?\b",  # times, scales
    r"\bv?\d+(?:\.\d+){2,}\b|\bv\d+(?:\.\d+)*\b",  # versions, addresses of computers
    r"(?<!\w)\+?\(?\d[\d ()]*[-/ ]\d{3,}(?:[-/ ]\d{2,})+(?!\w)",  # telephone numbers
    r"(?<![\w)])\+\d{1,3}[ \d()/-]{6,}\d|\b\d{3}-\d{4}\b|\b0\d{2,4}[ /-]\d{5,}\b",
    r"\b(?:24/7|50/50|80/20|9/11)\b",
    r"\b(?:19|20)\d{2}\s?[-–/]\s?(?:(?:19|20)?\d{2})\b",  # spans of years
    r"\[\d+(?:\s?[-–,]\s?\d+)*\]",  # notes
    r"\b[A-Z]+[-/]?\d[\w/-]*|\b\d+[A-WYZ]+\d\w*|\b\d+(?:st|nd|rd|th)\b|#\w+",  # names, ordinals
    r"^\s*\d{1,3}[.)]\s",  # items of a list
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d{2}\b")
_NUMBER = re.compile(r"\d+(?:[.,'\u2019]\d+)*")
_PERCENT = (
    r"(?:[%％٪]|percent|per cent|prozent|procent\w*|por ?cento|por ciento|per cento|pour cent|процент\w*"
    "|パーセント|百分之)"
)
_SHARE = re.compile(rf"\d\s?{_PERCENT}", re.IGNORECASE)
_OF = r"(?:of|off|on|von|vom|de|des|del|della|di|do|da|van|af|av|z|ze|от|из|în|din)"
_OPERATIONS = _words(r"""
    plus minus times divided_by multiplied_by mod
    mal geteilt_durch keer gedeeld_door gange ganger delt_med gånger delat_med kertaa
    fois divisé_par moins por dividido_por más menos entre più meno per diviso mais vezes
    razy podzielić_przez krát děleno szor плюс минус умножить_на (?:раз)?делить_на artı eksi çarpı kere bölü
    زائد ناقص ضرب פלוס מינוס כפול
""")
_OPERATIONS_WITHOUT_BLANKS = "(?:足す|引く|かける|割る|加上?|减去?|減去?|乘以?|除以?|더하기|빼기|곱하기|나누기)"
_CERTAIN = _any_of(
    r"\d\s*\)?\s*(?:\*\*|[*×÷⋅·^])\s*[(-]?\s*\d",  # signs that stand between numbers for nothing else
    r"[\d)%]\s*\+\s*[$€£(√-]?\s*\d|\d[²³]\s*[-+*/=]|\d\s*!\s*(?:[=?]|$)|√\s*\(?\d",
    r"\b(?:sqrt|log|ln|sin|cos|tan)\s*\(\s*\d",
    rf"\d\s*{_PERCENT}\s*{_OF}\s+(?:the\s|a\s)?[$€£]?\s?\d|\d\s*[%％]\s*[の的中]?\s*\d|\d\s*[的の]\s*(?:百分之|\d+\s*{_PERCENT})",
    rf"\d/\d+\s+{_OF}\s+\d|\b(?:half|third|quarter|double|twice|hälfte|moitié|mitad|metà)\s+{_OF}\s+\d",
    rf"\d[\w.°²³]*\s+{_OPERATIONS}\s+\d|\d\s*{_OPERATIONS_WITHOUT_BLANKS}\s*\d",
    r"\b(?:double|triple|halve|verdopple|halbiere)\s+\d|\b(?:round|runde)\s+\d[\d.,]*\s+(?:to|auf)\b",
    r"\b(?:root of|wurzel (?:aus|von)|racine carrée de|ra[ií]z \w+ de|radice \w+ di|корень из|корня из)\s+\d",
    r"\b(?:sum|average|mean|median|product) of (?:the numbers )?\d",
    r"\b(?:summe|durchschnitt|mittelwert|moyenne|somme|media|suma|promedio|średnia|среднее)\s(?:\w+\s)?\d+\s?[,;]",
)
_ONLY_SIGNS = re.compile(r"[\d\s.,'()%=?√$€£+*/×÷^−–-]*\d\s*[-−–+*/×÷^:]\s*\(?\s*\d[\d\s.,'()%=?$€£+*/×÷^−–:-]*")
_BETWEEN_NUMBERS = re.compile(r"\d\s+[-−–/x]\s+\d|\d\s*/\s*\d|\d\s?[-−]\s?\d|\b\d{1,3}x\d{1,3}\b", re.IGNORECASE)
_CALCULATE = _any_of(
    _words(r"""
        calculat\w* comput(?:e|ing) work_out add_up sum_up subtract multiply divide convert solve split divisible prime
        area volume perimeter circumference interest discount bmi vat
        berechne\w* ausrechnen rechne\w* umrechnen addiere multipliziere teile fläche umfang mwst rabatt zinsen
        bereken\w* oppervlakte korting beräkna räkna_ut beregn regn_ud laske
        calcul(?:a|e|er|ez|ar|o|ons) convert(?:ir|is|issez|e|a|i) aire remise
        suma multiplica iva área descuento sconto calcola\w* calculează
        oblicz\w* policz\w* przelicz\w* spočítej vypočítej számold számítsd hesapla\w* çevir
        посчита\w* вычисли\w* рассчита\w* площад\w* скидк\w*
    """),
    "計算|换算|換算|计算|算一下|算出|面積|面积|割引|打折|계산|넓이|할인|احسب|مساحة|חשב",
)
_HOW_MUCH = _any_of(
    _words(r"""
        how_(?:much|many|far|long|fast|tall|big) what_percent\w*
        wie\s?viele? was_(?:macht|kostet) wie_(?:lange|weit|hoch|teuer) hoeveel
        hur_(?:mycket|många) hvor_(?:meget|mye|mange) kuinka_(?:paljon|monta) paljonko montako
        cuánt[oa]s? combien quant[oaie]s? cât[eă]? câți
        ile сколько чему_рав\w+ kolik mennyi hány kaç ne_kadar
    """),
    "いくら|いくつ|何(?:円|個|人|時間|分|キロ|メートル|%|％)|多少|几[个人天元小]|얼마|몇|كم|כמה|เท่าไ",
)
_WHAT_IS = re.compile(
    _words(r"""
        what(?:['\u2019]?s|_is|_are) was_(?:ist|sind) wat_is vad_är hvad_er hva_er qual_(?:é|è) cuál_es quel(?:le)?_est
    """),
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    _words(r"""
        each left total altogether per_person remain\w* spend cost
        zusammen insgesamt übrig jeder pro_person chacun au_total reste en_total cada_uno queda
        in_totale ciascuno rimane осталось всего каждому
    """),
    re.IGNORECASE,
)
_UNIT = _any_of(
    r"(?<=\d)\s?[kcm]?[mgl]\b|°\s?[CF]\b",
    _words(r"""
        (?:kilo|centi|milli)?(?:met(?:er|re|ro)s?|gram\w*|lit(?:er|re|ro|ri)s?) kil[oó]met\w+ kilos? kg [kcm]m ml
        km/h mph miles? inch(?:es)? feet foot yards? pounds? ounces? lbs? oz gallon\w* cups? hectares? acres? [kmgt]b
        celsius fahrenheit meilen millas? mil(?:e|as|ja|jach) pfund
        minut\w* hours? stunden? heures? horas? ore seconds? sekunden weeks? days? tage?n? jours? días?
        километр\w* мил[ьяи]\w* минут\w* час\w* секунд\w* дн\w+
    """),
    r"公里|千米|英里|英尺|公斤|磅|分钟|小时|キロ|マイル|時間|(?<=[何\d])分",
)
_INTO = re.compile(r"\b(?:in|into|to|nach|en|em|na|до|в)\s+([^\W\d]+)\s*\??\s*$", re.IGNORECASE)
"""The last word, which may be what an amount is wanted in."""
_MONEY = re.compile(r"[$€£¥₹]|\b(?:euros?|dollars?|pounds?|rubel|pesos?|yen)\b|元|円|원|руб", re.IGNORECASE)


def asks_for_sums(text: str) -> bool:
    """Whether the answer needs arithmetic. Takes well under a millisecond for a question of ordinary length."""
    plain = _plain(text)
    if _CERTAIN.search(plain) or _ONLY_SIGNS.fullmatch(plain.strip()):
        return True
    numbers = len(_NUMBER.findall(_YEAR.sub(" ", plain)))
    if numbers > 2 and "?" in plain and _SHARE.search(plain):
        return True
    if not numbers:
        return bool(_HOW_MUCH.search(plain)) and _kinds_of_units(plain) > 1
    if _CALCULATE.search(plain) or _is_conversion(plain):
        return True
    if _HOW_MUCH.search(plain):
        is_of_amounts = _kinds_of_units(plain) > 1 or bool(_MONEY.search(plain) or _TOGETHER.search(plain))
        return numbers > 1 or is_of_amounts or bool(_BETWEEN_NUMBERS.search(plain))
    is_of_amounts = _kinds_of_units(plain) > 1 or bool(_BETWEEN_NUMBERS.search(plain))
    return bool(_WHAT_IS.search(plain)) and is_of_amounts


def _plain(text: str) -> str:
    """Return the text with digits of one kind, without what only looks like arithmetic."""
    if len(text) > _LONGEST:
        text = f"{text[:_END]}\n{text[-_END:]}"
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return _NO_ARITHMETIC.sub(" ; ", digits)


def _is_conversion(text: str) -> bool:
    """Whether an amount is wanted in another unit, in few words ("5 feet in cm?")."""
    into = _INTO.search(text)
    return into is not None and _UNIT.fullmatch(into[1]) is not None and _kinds_of_units(text) > 1


def _kinds_of_units(text: str) -> int:
    """Count the different units: one is converted into another."""
    return len({found.strip().casefold().rstrip("s") for found in _UNIT.findall(text)})
