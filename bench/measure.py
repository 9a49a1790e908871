"""How a row is measured: contestants in turn within each round, ratios inside the round, median and quartiles over rounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

type Contestant = Callable[[], object]


@dataclass(frozen=True)
class Result:
    """A row's figures: seconds per unit of each contestant, and each one's ratio to the floor, as (lower, median, upper)."""

    row: str
    work: str
    goal: str
    units: int
    seconds: Mapping[str, tuple[float, float, float]]
    ratios: Mapping[str, tuple[float, float, float]]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile."""
    lower, middle, upper = statistics.quantiles(values, n=4)
    return lower, middle, upper


def measure(
    row: str,
    work: str,
    goal: str,
    contestants: Mapping[str, Contestant],
    *,
    units: int = 1,
    rounds: int = 15,
    restore: Contestant = lambda: None,
) -> Result:
    """Time every contestant once a round, the order rotated; the first one named is the floor.

    `units` is how many pieces of work a call does: seconds are given for one piece. `restore` is called after each, untimed.
    """
    names = list(contestants)
    for contestant in contestants.values():
        contestant()  # caches and plans are filled before the first round
        restore()
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            begun = time.perf_counter()
            contestants[name]()
            taken[name].append((time.perf_counter() - begun) / units)
            restore()
    floor = taken[names[0]]
    ratios = {name: quartiles([mine / its for mine, its in zip(taken[name], floor, strict=True)]) for name in names[1:]}
    return Result(row, work, goal, units, {name: quartiles(values) for name, values in taken.items()}, ratios)
