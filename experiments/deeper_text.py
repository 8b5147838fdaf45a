"""Attribution, tornado and careers as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from experiments.attribution import Attribution
from experiments.careers import Careers, Story
from experiments.option_text import column_words, estimate_words
from experiments.screen import plain_table
from experiments.tornado import Tornado
from experiments.wording import count, step, words
from sim.views import Passage

KIND_WORDS = {
    "kept": "stays in technical work",
    "came_in": "comes into technical work",
    "missed": "finds no technical work",
}


def print_attribution(console: Console, found: Attribution) -> None:
    """What each measure of a package adds, the largest first; the rows add up to the package."""
    title = f"{found.package.title}: what each measure adds (Shapley values; they add up to the package)"
    table = plain_table("", *(column_words(column) for column in found.columns), title=title)
    order = sorted(range(len(found.package.measures)), key=lambda k: -found.value(k, 0).mean)
    for k in order:
        cells = [estimate_words(found.value(k, column)) for column in range(len(found.columns))]
        table.add_row(Text(found.package.measures[k].title), *cells)
    whole = [estimate_words(found.package_value(column)) for column in range(len(found.columns))]
    table.add_row("[bold]the package", *(f"[bold]{cell}" for cell in whole))
    beyond = [estimate_words(found.interaction(column)) for column in range(len(found.columns))]
    table.add_row("[dim]of this, beyond the sum of the measures alone", *(f"[dim]{cell}" for cell in beyond))
    console.print(table)
    console.print()


def print_tornado(console: Console, title: str, found: Tornado) -> None:
    """The assumptions that move the gain in technicians most."""
    table = plain_table(
        "assumption", "range", "at the lowest", "at the highest",
        title=f"{title}: which assumption moves the gain in technicians, end of {found.year}, most",
    )  # fmt: skip
    for bar in found.bars:
        low, high = bar.assumption.range
        span = f"{low:g} to {high:g}{' (factors)' if bar.assumption.factors else ''}"
        style = "" if bar.sure else "[dim]"
        ends = (f"{style}{estimate_words(bar.low)}", f"{style}{estimate_words(bar.high)}")
        table.add_row(f"{style}{bar.assumption.label}", f"{style}{span}", *ends)
    console.print(table)
    console.print(
        f"[dim]Linear effects from {found.draws} draws of {found.tried} assumptions together; they explain "
        f"{found.explained:.0%} of the spread of the gain between single pairs of runs. Grey: not told from chance."
    )
    console.print()


def print_careers(console: Console, found: Sequence[Careers], titles: Mapping[str, str]) -> None:
    """How many careers each scenario changes; nothing where they were not compared."""
    if not found:
        return
    table = plain_table(
        "", "careers that change", "technicians only with it", "only without it",
        title="Careers: the same people, with and without the measures (one pair of runs)",
    )  # fmt: skip
    for one in found:
        changed = f"{count(one.changed, step(one.changed / 20))} ({one.changed / one.people:.1%})"
        ends = (count(number, max(step(number / 20), 1)) for number in (one.gained, one.lost))
        table.add_row(Text(titles[one.scenario]), changed, *ends)
    console.print(table)
    if any(one.stories for one in found):
        console.print("[dim]Stories of a few of them: stories.parquet")
    console.print()


def story_lines(story: Story) -> list[str]:
    """A story in plain lines: who, then the two lives."""
    who = "A woman" if story.gender == "women" else "A man"
    diploma = "with a technical diploma" if story.technical_diploma else "without a technical diploma"
    lines = [f"{who} born in {story.born}, {story.level}, {diploma}, {KIND_WORDS[story.kind]}"]
    for life, passages in (("without", story.without), ("with", story.with_)):
        lines.append(f"{life}: {'; '.join(passage_words(passage) for passage in passages) or 'nothing changes'}")
    return lines


def passage_words(passage: Passage) -> str:
    """An event of a career."""
    return f"{passage.day.year} {words(passage.target)}"
