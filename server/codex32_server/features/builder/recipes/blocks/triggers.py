"""When a bot runs."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..model import Block, Phrases, Question
from ..times import Clock, clock_of, zone_named

_DAY_NAMES = {"*": "every day", "1-5": "every weekday (Monday to Friday)", "6,0": "every weekend day"}
_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ASKED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "*": "every day", "1-5": "every weekday", "6,0": "on weekends", "each": "every {}", "and": " and ", "at": "at {}",
        "month": "on the {} of every month", "last": "on the last day of the month",
        "minutes": "every {} minutes", "hours": "every {} hours",
        "window": " between {} and {}",
        "names": "sunday monday tuesday wednesday thursday friday saturday",
    },
    "es": {
        "*": "cada dia", "1-5": "cada dia laborable", "6,0": "los fines de semana", "each": "los {}", "and": " y ",
        "at": "a las {}", "month": "el dia {} de cada mes", "last": "el ultimo dia del mes",
        "minutes": "cada {} minutos", "hours": "cada {} horas",
        "window": " entre las {} y las {}",
        "names": "domingos lunes martes miercoles jueves viernes sabados",
    },
}  # fmt: skip
_CHOICES = {"every day": "*", "every weekday": "1-5", "every monday": "1"}


@dataclass(frozen=True)
class Schedule(Block):
    """Runs at fixed times, as cron can say them."""

    days: str = "*"
    """Days of the week as cron writes them; empty: not said."""
    day_of_month: str = "*"
    clocks: tuple[Clock | str, ...] = ()
    """Times of day; a text is a time that does not exist."""
    step: tuple[str, int] | None = None
    """`("minutes", 15)` or `("hours", 2)`."""
    window: tuple[Clock, Clock] | None = None
    usual: str = "09:00"
    """What to propose if no time was said."""

    family = "schedule"
    role = "trigger"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Run on a schedule"
    example = "every weekday at 9 report the total of amount in sales.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "{days} ,? (at|@|from)? {clocks}",
            "{days} {clocks:sure_clocks}",
            "{days} ,? at {clocks} in {zone}",
            ("(at|@) {clocks} in {zone}", {"days": ""}),
            "(at|@) {clocks} {zone:iana} ,? {days}",
            "(at|@) {clocks} (in)? {zone} (time zone|timezone|time|local time) ,? {days}",
            "{days}",
            "(at|@) {clocks} ,? {days}",
            "{clocks:sure_clocks} ,? {days}",
            ("(at|@) {clocks}", {"days": ""}),
            "every {minutes:count} (minutes|mins|min|minute)",
            ("(every|each) minute", {"minutes": 1}),
            ("(every|each) half hour|every half an hour", {"minutes": 30}),
            ("(every|each) quarter of an hour", {"minutes": 15}),
            "every {minutes:count} (minutes|mins|min) (between|from) {low:clock} (and|to|until|till|-) {high:clock} ,? (on)? {days}?",
            (
                "every hour (between|from) {low:clock} (and|to|until|till|-) {high:clock} ,? (on)? {days}?",
                {"hours": 1},
            ),
            "{days} every {minutes:count} (minutes|mins|min) (between|from) {low:clock} (and|to|until) {high:clock}",
            "every {minutes:count} (minutes|mins|min) (on)? {days}",
            "every {hours:count} (hours|hour|hrs)",
            ("(every|each) hour|hourly|once an hour", {"hours": 1}),
            "(on|every|each)? (the)? {month_day:ordinal} (day)? of (the|each|every) month (,? at {clocks})?",
            "(every month|each month|monthly|once a month) ,? on (the)? {month_day:ordinal} (day)? (of the month)? (,? at {clocks})?",
            ("(every month|each month|monthly|once a month) (at {clocks})?", {"month_day": "1"}),
            ("(every week|each week|weekly|once a week) (at {clocks})?", {"days": "1"}),
            "(every week|each week|weekly|once a week) on {days} (at {clocks})?",
            ("(every|each) morning (at {clocks})?", {"days": "*", "usual": "09:00"}),
            ("{days} ,? (in the)? (morning|mornings) (,? at {clocks})?", {"usual": "09:00"}),
            ("(every|each) (afternoon|evening) (at {clocks})?", {"days": "*", "usual": "18:00"}),
            ("(every|each) night (at {clocks})?", {"days": "*", "usual": "23:00"}),
            "every {days_apart:count} (days|weeks|months|years)",
            (
                "(every|each) (quarter|year)|quarterly|yearly|annually|twice a day|twice a week|several times a day",
                {"days_apart": 2},
            ),
        ),
        "es": (
            "{days} ,? (a las|a la|a)? {clocks}",
            "{days} {clocks:sure_clocks}",
            "{days} ,? (a las|a la) {clocks} en {zone}",
            ("(a las|a la) {clocks} en {zone}", {"days": ""}),
            "(a las|a la|a) {clocks} {zone:iana} ,? (de)? {days}",
            "(a las|a la|a) {clocks} (en)? hora (local)? (de|del)? {zone} ,? (de)? {days}",
            "{days}",
            "(a las|a la|a) {clocks} ,? (de)? {days}",
            "{clocks:sure_clocks} ,? {days}",
            ("(a las|a la) {clocks}", {"days": ""}),
            "cada {minutes:count} (minutos|minuto|min)",
            ("cada minuto", {"minutes": 1}),
            ("cada media hora", {"minutes": 30}),
            "cada {minutes:count} minutos (entre|de|desde) (las)? {low:clock} (y|a|hasta) (las)? {high:clock} ,? {days}?",
            "cada {hours:count} horas",
            ("cada hora|todas las horas", {"hours": 1}),
            "el (dia)? {month_day:ordinal} (dia)? de (cada|todos los) (mes|meses) (,? a las {clocks})?",
            "(cada mes|todos los meses|mensualmente|una vez al mes) ,? el (dia)? {month_day:ordinal} (,? a las {clocks})?",
            ("(cada mes|todos los meses|mensualmente) (a las {clocks})?", {"month_day": "1"}),
            ("(cada semana|todas las semanas|semanalmente) (a las {clocks})?", {"days": "1"}),
            (
                "(cada manana|todas las mananas|por las mananas) (a las {clocks})?",
                {"days": "*", "usual": "09:00"},
            ),
            ("{days} por (la manana|las mananas) (,? a las {clocks})?", {"usual": "09:00"}),
            (
                "(cada tarde|todas las tardes|por las tardes) (a las {clocks})?",
                {"days": "*", "usual": "18:00"},
            ),
            (
                "(cada noche|todas las noches|por las noches) (a las {clocks})?",
                {"days": "*", "usual": "23:00"},
            ),
            "cada {days_apart:count} (dias|semanas|meses|anos)",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        days = slots.get("days", "*")
        window = (slots["low"], slots["high"]) if "low" in slots else None
        if window and any(isinstance(clock, str) for clock in window):
            return None
        if "days_apart" in slots:
            return cls(step=("days", slots["days_apart"])) if slots["days_apart"] > 1 else None
        if "minutes" in slots:
            return cls(days=days, step=("minutes", slots["minutes"]), window=window)
        if "hours" in slots:
            return cls(days=days, step=("hours", slots["hours"]), window=window)
        clocks = slots.get("clocks", ())
        usual = slots.get("usual", "09:00")
        if "month_day" in slots:
            return cls(day_of_month=slots["month_day"], clocks=clocks, usual=usual)
        timed = cls(days=days, clocks=clocks, usual=usual)
        return (timed, Zone(slots["zone"])) if "zone" in slots else timed

    def asks(self) -> Sequence[Question]:
        found: list[Question] = []
        if not self.step and (not self.clocks or any(isinstance(clock, str) for clock in self.clocks)):
            bad = next((clock for clock in self.clocks if isinstance(clock, str)), None)
            text = f"There is no time {bad}. At what time?" if bad else "At what time should it run?"
            found.append(Question("time", text, "time", "", default=None if bad else self.usual))
        if not self.days:
            text = "On which days should it run?"
            found.append(Question("days", text, "choice", "", choices=tuple(_CHOICES), default="every day"))
        return found

    def answered(self, slot: str, value: str) -> Block:
        if slot == "days":
            if value.strip().casefold() not in _CHOICES:
                raise ValueError(f"{value!r} is not one of: {', '.join(_CHOICES)}.")
            return replace(self, days=_CHOICES[value.strip().casefold()])
        clock = clock_of(value)
        if clock is None:
            raise ValueError(f"{value!r} is not a time of day such as 09:00.")
        return replace(self, clocks=(clock,))

    def problem(self) -> str | None:
        if self.step is None:
            return None
        unit, every = self.step
        whole = {"minutes": 60, "hours": 24}.get(unit)
        if whole is None:
            return "A schedule can repeat by minutes, hours, days of the week or days of the month, not every few days or weeks."
        if whole % every:
            near = max(part for part in range(1, min(every, whole) + 1) if whole % part == 0)
            return f"Every {every} {unit} does not come out even in {'an hour' if whole == 60 else 'a day'}; every {near} {unit} is possible."
        return None

    def crons(self) -> list[str]:
        """Cron expressions of five fields; several if the times of day differ in their minutes."""
        if self.step:
            unit, every = self.step
            hours = "*"
            if self.window:
                (low, _), (high, minute) = self.window
                hours = f"{low}-{high if minute else max(high - 1, low)}"
            if unit == "minutes":
                return [f"{'*' if every == 1 else f'*/{every}'} {hours} * * {self.days}"]
            spaced = hours if every == 1 else f"{hours}/{every}"
            return [f"0 {spaced} * * {self.days}"]
        hours_of: dict[int, list[int]] = {}
        for clock in self.clocks:
            if not isinstance(clock, str):
                hours_of.setdefault(clock[1], []).append(clock[0])
        return [
            f"{minute} {','.join(str(hour) for hour in sorted(set(hours)))} {self.day_of_month} * {self.days}"
            for minute, hours in sorted(hours_of.items())
        ]

    def in_words(self, language: str) -> tuple[str, str]:
        """The days and the times of day, as a person would ask for them in that language."""
        day_words = _ASKED[language]
        if self.day_of_month != "*":
            number = _ordinal(self.day_of_month) if language == "en" else self.day_of_month
            days = day_words["month"].format(number) if self.day_of_month != "L" else day_words["last"]
        else:
            days = day_words.get(self.days) or day_words["each"].format(
                day_words["and"].join(day_words["names"].split()[day] for day in _day_numbers(self.days))
            )
        if self.step:
            unit, every = self.step
            low, high = [f"{hour}:{minute:02}" for hour, minute in self.window] if self.window else ("", "")
            between = day_words["window"].format(low, high) if self.window else ""
            return days if self.days != "*" else "", day_words[unit].format(every) + between
        clocks = [f"{clock[0]}:{clock[1]:02}" for clock in self.clocks if not isinstance(clock, str)]
        return days, day_words["at"].format(day_words["and"].join(clocks)) if clocks else ""

    def triggers(self, zone: str) -> Sequence[str]:
        return [
            f"{{ schedule = {json.dumps(cron)}, timezone = {json.dumps(zone)} }}" for cron in self.crons()
        ]

    def say(self) -> str:
        if self.step:
            unit, every = self.step
            often = f"every {unit[:-1]}" if every == 1 else f"every {every} {unit}"
            between = ""
            if self.window:
                (low, low_minute), (high, high_minute) = self.window
                between = f" between {low}:{low_minute:02} and {high}:{high_minute:02}"
            return f"It runs {often}{between}{'' if self.days == '*' else ', ' + self._days()}."
        times = " and ".join(
            f"{clock[0]}:{clock[1]:02}" for clock in self.clocks if not isinstance(clock, str)
        )
        return f"It runs {self._days()} at {times}."

    def _days(self) -> str:
        if self.day_of_month == "L":
            return "on the last day of every month"
        if self.day_of_month != "*":
            return f"on day {self.day_of_month} of every month"
        if self.days in _DAY_NAMES:
            return _DAY_NAMES[self.days]
        names = "".join(
            _NAMES[int(sign)] if sign.isdigit() else {"-": " to ", ",": ", "}[sign] for sign in self.days
        )
        return f"every {names}"


def _ordinal(number: str) -> str:
    """`1st`, `2nd`, `11th`, as the grammar of English has them."""
    if number[-2:] in ("11", "12", "13"):
        return f"{number}th"
    return number + {"1": "st", "2": "nd", "3": "rd"}.get(number[-1], "th")


def _day_numbers(days: str) -> list[int]:
    """The days of the week that cron writes as `1,3` or `1-5`; 0 is Sunday."""
    found: list[int] = []
    for part in days.split(","):
        first, _, last = part.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found


@dataclass(frozen=True)
class Zone(Block):
    """The time zone of the schedules in the sentence."""

    zone: str
    """Its IANA name, or nothing as long as that must be asked."""
    said: str = ""
    """What was said where no zone is known by it."""

    family = "time zone"
    role = "trigger"
    flows = Schedule.flows
    title = "Say in which time zone"
    example = "every day at 9 Madrid time remind us to water the plants"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(in|at)? (the)? {zone} (time zone|timezone|time|local time)",
            "(in)? (the)? (time zone|timezone) (of)? {zone}",
            "(in|at)? (the)? (local)? time (of|in) {zone}",
            "in? {zone:iana}",
            "(in|at)? (the)? {strange:strange_zone} (time zone|timezone|time|local time)",
            "(in)? (time zone|timezone) (of)? {strange:strange_zone}",
            "in? {strange:strange_iana}",
        ),
        "es": (
            "(en|con)? (la)? (hora|horario) (local)? (de|del|en)? (la)? {zone}",
            "(en|con)? (la)? zona horaria (de|del)? {zone}",
            "en? {zone:iana}",
            "(en|con)? (la)? (hora|horario) (local)? (de|del|en)? {strange:strange_zone}",
            "(en|con)? (la)? zona horaria (de|del)? {strange:strange_zone}",
            "en? {strange:strange_iana}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["zone"]) if slots.get("zone") else cls("", slots.get("strange", ""))

    def asks(self) -> Sequence[Question]:
        if self.zone:
            return ()
        text = (
            f"Which time zone is “{self.said}”? Name a city such as Madrid, or a zone such as Europe/Madrid."
        )
        return (Question("zone", text, "text", self.said),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        zone = zone_named(value)
        if zone is None:
            raise ValueError(f"No time zone is known as {value!r}.")
        return Zone(zone)

    def say(self) -> str:
        return f"Its times are those of {self.zone}." if self.zone else ""


@dataclass(frozen=True)
class OnDemand(Block):
    """Runs when somebody starts it."""

    family = "on demand"
    role = "trigger"
    flows = Schedule.flows
    title = "Run when somebody starts it"
    example = "when I run it, sort people.csv by name"
    phrases: ClassVar[Phrases] = {
        "en": (
            "on demand",
            "when (i|we) (run|start) it",
            "manually",
            "when i ask (for it)?",
            "every time i run it",
        ),
        "es": ("a mano", "manualmente", "cuando (lo|la) (ejecute|inicie)", "bajo demanda"),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "It runs when somebody starts it."
