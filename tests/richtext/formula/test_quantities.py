"""Numbers and quantities of the package siunitx: what they show."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.formula.parser import parse_formula
from phidesk.richtext.formula.unit_symbols import PREFIXES, UNITS
from tests.richtext.formula.outline import outline
from tests.richtext.formula.shown_or_refused import assert_shown_or_refused


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (r"\SI{9.81}{\metre\per\second\squared}", r"9.81\,\mathrm{m}\,\mathrm{s}^{-2}"),
        (r"\SI[per-mode=symbol]{5}{kg.m/s^2}", r"5\,\mathrm{kg\,m/s^2}"),
        (r"\SI{5}{N m}", r"5\,\mathrm{N\,m}"),
        (r"\SI{5}{km / h}", r"5\,\mathrm{km/h}"),
        (r"\qty{1.5e3}{\kilo\ohm}", r"1.5\times 10^{3}\,\mathrm{kΩ}"),
        (r"\SI{20}{\degreeCelsius}", r"20\,\mathrm{°C}"),
        (r"\SI{90}{\degree}", r"90\mathrm{°}"),
        (r"\SI{5}{\arcsecond}", r"5\mathrm{″}"),
        (r"\SI{25}{\degree C}, \SI{25}{\degree\celsius}", r"25\,\mathrm{°C}, 25\,\mathrm{°C}"),
        (r"\SI{25}{^\circ C}, \SI{25}{^{\circ}\text{F}}", r"25\,\mathrm{°C}, 25\,\mathrm{°\text{F}}"),
        (r"\SI{90}{^\circ}", r"90\mathrm{°}"),
        (r"\SI{50}{\percent}", r"50\,\%"),
        (r"\si{\cubic\cm}", r"\mathrm{cm}^{3}"),
        (r"\unit{\watt\per\square\meter}", r"\mathrm{W}\,\mathrm{m}^{-2}"),
        (r"\si{\um}, \si{\kohm}, \si{\uL}, \si{\umol}", r"\mathrm{µm}, \mathrm{kΩ}, \mathrm{µL}, \mathrm{µmol}"),
        (r"\si{\raiseto{4}\metre\per\second\tothe{3}}", r"\mathrm{m}^{4}\,\mathrm{s}^{-3}"),
        (r"\si{\metre^2\per\second^{-1}}", r"\mathrm{m}^{2}\,\mathrm{s}"),
        (r"\si{\kilogram\metre/\second}", r"\mathrm{kg}\,\mathrm{m}\,\mathrm{s}^{-1}"),
        (r"\unit{\kilogram\of{metal}}", r"\mathrm{kg}_{\mathrm{metal}}"),
        (r"\unit{\joule\per\cancel\kilogram\cancel\kilogram}", r"\mathrm{J}\,\cancel{\mathrm{kg}}^{-1}\,\cancel{\mathrm{kg}}"),
        (r"\unit{\highlight{red}\metre}", r"\textcolor{red}{\mathrm{m}}"),
        (r"\unit{\kilo}", r"\mathrm{k}"),
        (r"\unit{\hartree}", r"E_{\mathrm{h}}"),
        (r"\unit[per-mode=fraction]{\metre\per\second}", r"\frac{\mathrm{m}}{\mathrm{s}}"),
        (r"\unit[per-mode = symbol]{\metre\per\second}", r"\mathrm{m}/\mathrm{s}"),
        (r"\unit[per-mode=symbol]{\per\second}", r"1/\mathrm{s}"),
        (r"\unit[per-mode=symbol]{\joule\per\mole\per\kelvin}", r"\mathrm{J}/(\mathrm{mol}\,\mathrm{K})"),
        (r"\unit[per-mode=repeated-symbol]{\joule\per\mole\per\kelvin}", r"\mathrm{J}/\mathrm{mol}/\mathrm{K}"),
        (r"\unit[per-mode=power-positive-first]{\per\second\metre}", r"\mathrm{m}\,\mathrm{s}^{-1}"),
        (r"\SI{5}[\$]{}", r"\$5"),
        (r"\SI{}{\kg}", r"\mathrm{kg}"),
        (r"\qty{5}", "5"),
        (r"\sisetup{per-mode=symbol} x", "x"),
        (r"\DeclareSIUnit\foo{f} \si{\foo}", r"\mathrm{foo}"),
        (r"9.81\,\metre\per\second\squared", r"9.81\,\mathrm{m}\,\mathrm{s}^{-2}"),
        (r"5\,\kilo\meter \per \hour", r"5\,\mathrm{km}\,\mathrm{h}^{-1}"),
        (r"\bar{x} + \deg f", r"\bar{x} + \deg f"),
    ],
)  # fmt: skip
def test_units_are_upright_behind_their_number(source: str, meant: str) -> None:
    assert outline(source) == outline(meant)


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        (r"\num{-2e-5}", r"-2\times 10^{-5}"), (r"\num{e10}", "10^{10}"), (r"\num{1.5E+3}", r"1.5\times 10^{3}"),
        (r"\num{1.23(4)}", "1.23(4)"), (r"\num{1.2 +- 0.3}", r"1.2 \pm 0.3"), (r"\num{1.2+-0.3e4}", r"(1.2 \pm 0.3)\times 10^{4}"),
        (r"\SI{1.2 \pm 0.3}{\m}", r"(1.2 \pm 0.3)\,\mathrm{m}"), (r"\SI{1.2(3)}{\m}", r"1.2(3)\,\mathrm{m}"),
        (r"\num{12345.67891}", r"12\,345.678\,91"), (r"\num{1234}", "1234"), (r"\num{1,234,567.5}", "1,234,567.5"),
        (r"\num{3,14}", "3{,}14"), (r"\num{.5}", "0.5"), (r"\num{12 345 678}", r"12\,345\,678"), (r"\num{<5}", "<5"),
        (r"\num{\approx 5}", r"\approx 5"), (r"\num{>= 5}", r"\geq 5"), (r"\num{+-5}", r"\pm 5"), (r"\num{2 x 3}", r"2 \times 3"),
        (r"\num{\pi/2}", r"\pi/2"), (r"\num{x}", "x"), (r"\num{}", ""), (r"\num{1.5 x 10^3}", r"1.5 \times 10^3"),
        (r"\numproduct{1 x 2 x 3}", r"1 \times 2 \times 3"), (r"\qtyproduct{1 x 2}{\m}", r"1\,\mathrm{m} \times 2\,\mathrm{m}"),
        (r"\numrange{1}{5}", r"1\text{–}5"), (r"\SIrange{1}{5}{\metre}", r"1\text{–}5\,\mathrm{m}"),
        (r"\qtyrange[range-units=single]{-5}{-1}{\celsius}", r"-5\,\text{–}\,-1\,\mathrm{°C}"),
        (r"\numlist{1;2;3}", r"1,\,2,\,3"), (r"\SIlist{1;2}{\m}", r"1\,\mathrm{m},\,2\,\mathrm{m}"), (r"\qtylist{1;2}{\m}", r"1\,\mathrm{m},\,2\,\mathrm{m}"),
        (r"\ang{45;30;10}", r"45\text{°}30\text{′}10\text{″}"), (r"\ang{-1.5}", r"-1.5\text{°}"), (r"\ang{;30;}", r"30\text{′}"),
        (r"\complexnum{1+2i}", r"1+2\mathrm{i}"), (r"\complexnum{3:45}", r"3\angle 45\text{°}"),
        (r"\complexqty{1-2j}{\ohm}", r"(1-2\mathrm{j})\,\mathrm{Ω}"), (r"\tablenum{5}", "5"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_they_are_read(source: str, meant: str) -> None:
    assert outline(source) == outline(meant)


@pytest.mark.parametrize("name", sorted(PREFIXES))
def test_a_prefix_stands_right_before_its_unit(name: str) -> None:
    assert outline(rf"\unit{{\{name}\metre}}") == outline(rf"\mathrm{{{PREFIXES[name]}m}}")


def test_prefixes_and_units_of_the_si_are_there() -> None:
    prefixes = "q r y z a f p n µ m c d da h k M G T P E Z Y R Q".split()  # noqa: SIM905
    units = "A cd K kg m mol s Bq °C C F Gy H Hz J kat lm lx N Ω Pa rad S sr Sv T V W Wb au d dB Da eV h ha L min Np t B ° ′ ″"

    assert set(prefixes) <= set(PREFIXES.values())
    assert set(units.split()) <= set(UNITS.values())


@pytest.mark.parametrize(
    "source", [r"\num{1" + " " * 15_000 + "!}", r"\num{" + "1 " * 7_000 + "!}", r"\num{" + "1x" * 9_000 + "}"]
)
def test_a_long_number_is_read_at_once(source: str) -> None:
    start = time.perf_counter()

    parse_formula(source)
    assert time.perf_counter() - start < 2


PIECES = [
    r"\SI", r"\qty", r"\num", r"\ang", r"\qtyrange", r"\numlist", r"\complexqty", "{", "}", "[", "]", "per-mode=fraction", r"\metre", r"\per",
    r"\kilo", r"\squared", r"\tothe", r"\of", r"\cancel", r"\highlight", "^2", "/", "1", "e5", "+-", "x", ";", "(3)", ".", ",", "i", ":", "m", " ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_anything_is_shown_or_refused(pieces: list[str]) -> None:
    assert_shown_or_refused("".join(pieces))
