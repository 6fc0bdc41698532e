"""Units that can be converted into each other, with the sizes that their definitions give (SI, and the
international yard and pound of 1959).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """`size` of it in the base unit of its kind; `zero` is where its scale begins, for temperatures."""

    kind: str
    word: str
    """For the name of a column."""
    size: float
    zero: float = 0.0


UNITS: Mapping[str, Unit] = {
    "km": Unit("length", "km", 1000),
    "m": Unit("length", "m", 1),
    "cm": Unit("length", "cm", 0.01),
    "mm": Unit("length", "mm", 0.001),
    "miles": Unit("length", "miles", 1609.344),
    "yards": Unit("length", "yards", 0.9144),
    "feet": Unit("length", "feet", 0.3048),
    "inches": Unit("length", "inches", 0.0254),
    "kg": Unit("weight", "kg", 1),
    "g": Unit("weight", "g", 0.001),
    "tonnes": Unit("weight", "tonnes", 1000),
    "lb": Unit("weight", "lb", 0.45359237),
    "oz": Unit("weight", "oz", 0.028349523125),
    "litres": Unit("volume", "litres", 1),
    "ml": Unit("volume", "ml", 0.001),
    "US gallons": Unit("volume", "us_gallons", 3.785411784),
    "km/h": Unit("speed", "kmh", 1),
    "mph": Unit("speed", "mph", 1.609344),
    "m/s": Unit("speed", "ms", 3.6),
    "seconds": Unit("time", "seconds", 1),
    "minutes": Unit("time", "minutes", 60),
    "hours": Unit("time", "hours", 3600),
    "days": Unit("time", "days", 86400),
    "°C": Unit("temperature", "celsius", 1),
    "°F": Unit("temperature", "fahrenheit", 5 / 9, 32),
    "K": Unit("temperature", "kelvin", 1, 273.15),
}
