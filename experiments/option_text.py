"""The option table as text."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Final

from rich.console import Console
from rich.text import Text

from experiments.comparison import Estimate
from experiments.costs import PAYERS, Money
from experiments.goals import Chance, Goal
from experiments.option_table import DRAWN, LEAVE, TECHNICIAN_YEARS, Column, Option
from experiments.screen import plain_table
from experiments.texts import text
from experiments.wording import batched, change, count, step

SIDE_BY_SIDE: Final = 3
"""Scenarios beside each other."""
WIDTH: Final = 20
"""Characters of a title on a line."""

_WORDS = {
    "technicians": "technicians, {year}",
    "women": "women among them, {year}",
    "open_vacancies": "open vacancies, {year}",
    LEAVE.name: "leave before retirement, in all",
    DRAWN.name: "drawn from other work, in all",
    TECHNICIAN_YEARS.name: "technician-years, in all",
}


def column_words(column: Column) -> str:
    """What a column holds."""
    return _WORDS[column.name].format(year=column.year)


def estimate_words(estimate: Estimate) -> str:
    """A difference with half of its interval, rounded to what the interval supports."""
    to = step(estimate.half)
    return f"{change(estimate.mean, to)} ± {count(estimate.half, to)}"


def _sign(money: Money) -> str:
    """Whether an amount is a lower bound, an upper bound, or neither; see MARKS."""
    if money.shared:
        return "< " if money.complete else "~ "
    return "" if money.complete else "> "


MARKS = "> more: no document says all of it; < less: the amount pays for other things too; ~ both"


def money_words(money: Money) -> str:
    """Millions of euro, as far as documents say."""
    if money.unknown:
        return "not documented"
    told = f"{money.known / 1e6:,.0f}" if money.known >= 1e7 or money.known == 0.0 else f"{money.known / 1e6:,.1f}"
    return f"{_sign(money)}{told} million"


def per_year_words(option: Option) -> str:
    """Euro for each additional technician-year, as far as documents say."""
    euro = option.per_technician_year
    if euro is None:
        if option.money.unknown:
            return "not documented"
        return "no clear gain" if option.money.known > 0.0 else "no cost"
    to = step((euro.high - euro.low) / 2.0)
    return f"{_sign(option.money)}{count(euro.mean, to)} ({count(euro.low, to)} to {count(euro.high, to)})"


def chance_words(chance: Chance) -> str:
    """A chance with its interval, in percent."""
    low, high = chance.interval
    return f"{chance.share:.0%} ({low:.0%} to {high:.0%})"


def print_options(console: Console, options: Sequence[Option], goals: Sequence[Goal], pairs: int) -> None:
    """The option table: scenarios side by side, what each changes, what it costs, and the chance of the goals."""
    for page in batched(options, SIDE_BY_SIDE):
        table = plain_table(
            "", *(fill(option.scenario.title, WIDTH) for option in page), title="The options side by side"
        )
        for column in page[0].values:
            found = [option.values[column] for option in page]
            cells = [Text(estimate_words(one), "" if one.sure else "dim") for one in found]
            table.add_row(column_words(column), *cells)
        for payer in PAYERS:
            if any(payer in option.costs for option in page):
                cells = [Text(money_words(option.costs[payer]) if payer in option.costs else "-") for option in page]
                table.add_row(f"cost to {text('payer', payer, 'en')}, euro", *cells)
        table.add_row("known euro for a technician-year", *(per_year_words(option) for option in page))
        for place, goal in enumerate(goals):
            table.add_row(f"chance of {goal.text}", *(chance_words(option.goals[place]) for option in page))
            if all(option.goals_of_all for option in page):
                told = (chance_words(option.goals_of_all[place]) for option in page)
                table.add_row("  with all that is uncertain", *told)
        smallest = (count(one.smallest, step(one.smallest)) if one.smallest > 0.0 else "-" for one in page)
        table.add_row(f"smallest effect that {pairs} pairs show", *smallest)
        console.print(table)
        console.print(f"[dim]{MARKS}")
        console.print()
