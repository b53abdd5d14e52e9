"""Units: known values, exact ways there and back, and what cannot be converted."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phidesk.core.tasks import Cancellation
from phidesk.tools.builtin.unit_conversion import unit_conversion
from phidesk.tools.calculation.quantities import Quantity, convert
from phidesk.tools.calculation.units import Unit, _book, find_unit
from phidesk.tools.tool import CallFault


def converted(value: float, source: str, target: str) -> str:
    arguments = {"value": value, "from": source, "to": target}
    return str(json.loads(unit_conversion().run(arguments, Cancellation()))["result"])


@pytest.mark.parametrize(
    ("value", "source", "target", "wanted"),
    [
        (1, "inch", "cm", "2.54 cm"),
        (1, "in", "mm", "25.4 mm"),
        (6, "feet", "m", "1.8288 m"),
        (1, "mile", "km", "1.609344 km"),
        (5, "km", "miles", "about 3.10685596119 mi"),
        (1, "nautical mile", "km", "1.852 km"),
        (1, "light year", "km", "9460730472580.8 km"),
        (1, "lb", "kg", "0.45359237 kg"),
        (1, "stone", "pounds", "14 lb"),
        (100, "g", "oz", "about 3.52739619496 oz"),
        (1, "metric ton", "kg", "1000 kg"),
        (0, "°C", "°F", "32 °F"),
        (100, "celsius", "fahrenheit", "212 °F"),
        (-40, "F", "C", "-40 °C"),
        (0, "K", "°C", "-273.15 °C"),
        (98.6, "degrees fahrenheit", "degrees celsius", "37 °C"),
        (1, "cup", "ml", "236.5882365 ml"),
        (3, "tsp", "tbsp", "1 tbsp"),
        (1, "tablespoon", "teaspoons", "3 tsp"),
        (1, "gallon", "l", "3.785411784 l"),
        (1, "imperial gallon", "l", "4.54609 l"),
        (1, "US gallon", "fl oz", "128 fl oz"),
        (1, "metric cup", "ml", "250 ml"),
        (1, "GB", "MB", "1000 MB"),
        (1, "gib", "mib", "1024 MiB"),
        (100, "Mbit/s", "MB/s", "12.5 MB/s"),
        (100, "km/h", "m/s", "about 27.7777777778 m/s"),
        (36, "km/h", "m/s", "10 m/s"),
        (1, "knot", "km/h", "1.852 km/h"),
        (60, "miles per hour", "km/h", "96.56064 km/h"),
        (1, "hectare", "m²", "10000 m²"),
        (1, "square mile", "acres", "640 ac"),
        (1, "sq ft", "in2", "144 in²"),
        (1, "cubic metre", "litres", "1000 l"),
        (1, "kWh", "kJ", "3600 kJ"),
        (1, "kcal", "kJ", "4.184 kJ"),
        (1, "horsepower", "W", "745.69987158227022 W"),
        (1, "bar", "hPa", "1000 hPa"),
        (1, "atm", "Pa", "101325 Pa"),
        (7.84048611111, "l/100km", "mpg", "about 30 mpg"),
        (20, "km/l", "l/100km", "5 l/100km"),
        (90, "min", "hours", "1.5 h"),
        (1, "week", "hours", "168 h"),
        (180, "degrees", "turn", "0.5 turn"),
        (0.1, "m", "cm", "10 cm"),
    ],
)
def test_known_values(value: float, source: str, target: str, wanted: str) -> None:
    assert converted(value, source, target) == wanted


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("km", "kg", "km and kg do not measure the same. Units like km: m, "),
        ("euros", "dollars", "Exchange rates are not known offline"),
        ("parsnips", "km", '"parsnips" is no known unit'),
        ("km", "", '"" is no known unit'),
        ("3 km", "m", '"3 km" is no known unit'),
        ("mw", "W", '"mw" is no known unit'),  # a milliwatt or a megawatt
        ("__import__", "W", "is no known unit"),
    ],
)
def test_what_cannot_be_converted_is_told(source: str, target: str, told: str) -> None:
    with pytest.raises(CallFault, match=told.replace(".", r"\.")):
        converted(1, source, target)


UNITS = sorted(set(_book()[0].values()), key=lambda unit: unit.symbol)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.fractions())
def test_there_and_back_is_the_same(source: Unit, target: Unit, number: Fraction) -> None:
    if source.dimension != target.dimension:
        return

    there = convert(Quantity(number, {source: 1}), {target: 1})

    assert convert(there, {source: 1}).number == number


@pytest.mark.parametrize("unit", UNITS, ids=[unit.symbol for unit in UNITS])
def test_every_unit_is_found_by_its_symbol(unit: Unit) -> None:
    assert find_unit(unit.symbol) == unit


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("Metres", "m"), ("FEET", "ft"), ("inches", "in"), ("kilometers", "km"), ("KM", "km"), ("Kg", "kg"), ("kb", "kB"), ("mph", "mph"),
     ("micrometres", "µm"), ("um", "µm"), ("megabytes", "MB"), ("Minutes", "min"), ("ounces", "oz"), ("centuries", "century")],
)  # fmt: skip
def test_names_are_found_in_any_case_and_number(name: str, symbol: str) -> None:
    unit = find_unit(name)

    assert unit is not None
    assert unit.symbol == symbol
