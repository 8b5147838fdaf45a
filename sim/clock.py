"""Time: whole quarters counted from 1 January 2000, so that dates are small integers."""

from __future__ import annotations

from datetime import date
from typing import Final

YEAR_ZERO: Final = 2000
QUARTERS_PER_YEAR: Final = 4
SEPTEMBER: Final = 2  # the quarter of the year (from 0) in which schools and studies start and end
FIRST_YEAR: Final = 2022
HORIZON: Final = date(2036, 1, 1)


def quarter_of(day: date) -> int:
    """Index of the quarter that contains a day: 1 January 2022 gives 88."""
    return (day.year - YEAR_ZERO) * QUARTERS_PER_YEAR + (day.month - 1) // 3


def first_day(quarter: int) -> date:
    """First day of a quarter."""
    return date(year_of(quarter), 3 * (quarter % QUARTERS_PER_YEAR) + 1, 1)


def year_of(quarter: int) -> int:
    """Calendar year of a quarter."""
    return YEAR_ZERO + quarter // QUARTERS_PER_YEAR


FIRST_QUARTER: Final = quarter_of(date(FIRST_YEAR, 1, 1))
