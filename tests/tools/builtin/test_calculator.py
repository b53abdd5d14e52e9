"""The calculator: what people and models write, and that it agrees with exact arithmetic whatever is put together."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phidesk.core.tasks import Cancellation
from phidesk.core.tools import Intent
from phidesk.tools.builtin.calculator import calculator
from phidesk.tools.calculation.expressions import work_out
from phidesk.tools.calculation.quantities import Quantity
from phidesk.tools.calculation.results import about, exact_decimal
from phidesk.tools.tool import CallFault
from tests.processor_time import processor_s
from tests.tools.calculations import FAULTS, RESULTS

SLOWEST_S = 0.5
"""Of the processor, for one calculation; measured: 0.01."""


def calculate(expression: str) -> dict[str, object]:
    result = json.loads(calculator().run({"expression": expression}, Cancellation()))
    assert isinstance(result, dict)
    return result


def number_of(expression: str) -> object:
    value = work_out(expression).value
    assert isinstance(value, Quantity)
    return value.number


@pytest.mark.parametrize(("written", "wanted"), RESULTS, ids=[written for written, _ in RESULTS])
def test_what_people_and_models_write_is_worked_out(written: str, wanted: str | bool) -> None:
    result = calculate(written)

    if isinstance(wanted, str) and wanted.startswith("≈"):
        assert (result["result"], result["exact"]) == (f"about {wanted[1:]}", False)
    else:
        assert result["result"] == wanted
        assert result.get("exact", True) is True


@pytest.mark.parametrize(("written", "told"), FAULTS, ids=[written[:30] for written, _ in FAULTS])
def test_what_has_no_result_is_told_and_at_once(written: str, told: str) -> None:
    def calculate_in_vain() -> None:
        with pytest.raises(CallFault, match=told):
            calculate(written)

    assert processor_s(calculate_in_vain) < SLOWEST_S


def test_the_table_is_as_long_as_promised() -> None:
    assert len(RESULTS) + len(FAULTS) >= 150


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("17 % 5", "remainder"),
        ("6/2(1+2)", "left to right"),
        ("log(100)", "base 10"),
        ("sin(30)", "radians"),
    ],
)
def test_what_can_be_read_in_two_ways_says_how_it_was_read(written: str, note: str) -> None:
    assert note in str(calculate(written)["note"])


@pytest.mark.parametrize("written", ["15% of 240", "sin(30°)", "log(8, 2)", "1/2 + 1/3", "5 km in m"])
def test_what_is_plain_has_no_note(written: str) -> None:
    assert "note" not in calculate(written)


def test_it_is_harmless() -> None:
    assert calculator().intent({"expression": "1"}) == Intent()


NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, places=3, allow_nan=False).map(
    lambda it: format(abs(it), "f")
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """Draw an expression with its value, worked out beside it."""
    if depth == 0 or draw(st.booleans()):
        text = draw(NUMBERS)
        return text, Fraction(text)
    left_text, left = draw(expressions(depth - 1))
    right_text, right = draw(expressions(depth - 1))
    sign = draw(st.sampled_from(["+", "-", "*", "/", "×", "÷", "−"]))
    blank = draw(st.sampled_from(["", " "]))
    if sign in "/÷":
        assume(right != 0)
        value = left / right
    else:
        value = {"+": left + right, "-": left - right, "−": left - right, "*": left * right, "×": left * right}[sign]
    return f"({left_text}{blank}{sign}{blank}{right_text})", value


@given(expressions())
def test_it_agrees_with_exact_fractions(drawn: tuple[str, Fraction]) -> None:
    text, value = drawn

    assert number_of(text) == value


@given(st.lists(st.integers(1, 99), min_size=2, max_size=8), st.lists(st.sampled_from("+-*"), min_size=7, max_size=7))
def test_it_binds_as_python_does(values: list[int], signs: list[str]) -> None:
    text = str(values[0]) + "".join(f" {sign} {value}" for sign, value in zip(signs, values[1:], strict=False))

    assert number_of(text) == eval(text)


@given(st.fractions(), st.integers(-20, 20))
def test_powers_are_exact(base: Fraction, exponent: int) -> None:
    assume(base != 0 or exponent > 0)

    assert number_of(f"({base.numerator}/{base.denominator})^{exponent}") == base**exponent


@given(st.floats(-50, 50))
def test_angles_logarithms_and_roots_agree_with_floats(value: float) -> None:
    plain = f"{value:.6f}"
    value = float(plain)

    assert float(number_of(f"sin({plain})")) == pytest.approx(math.sin(value), abs=1e-12)  # type: ignore[arg-type]
    assert float(number_of(f"cos({plain})")) == pytest.approx(math.cos(value), abs=1e-12)  # type: ignore[arg-type]
    assert float(number_of(f"exp({plain})")) == pytest.approx(math.exp(value), rel=1e-12)  # type: ignore[arg-type]
    if value > 0:
        assert float(number_of(f"ln({plain})")) == pytest.approx(math.log(value), abs=1e-12)  # type: ignore[arg-type]
        assert float(number_of(f"sqrt({plain})")) == pytest.approx(math.sqrt(value), rel=1e-12)  # type: ignore[arg-type]


@given(st.integers(-(10**12), 10**12), st.integers(0, 12))
def test_decimals_are_written_in_full(digits: int, places: int) -> None:
    number = Fraction(digits, 10**places)

    assert Fraction(exact_decimal(number)) == number
    assert Fraction(about(number)) == pytest.approx(number, rel=1e-11)


@given(st.text(alphabet="0123456789.,+-*/^%()! kmftinsqrtpie°$½²=of", max_size=40))
def test_nonsense_ends_in_a_fault_or_a_result_and_soon(text: str) -> None:
    def calculate_or_tell() -> None:
        try:
            told: object = calculate(text)
        except CallFault as fault:
            told = str(fault)
        assert told

    assert processor_s(calculate_or_tell) < SLOWEST_S
