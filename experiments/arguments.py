"""What commands take on the command line, where several take the same, and how they are stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any, ParamSpec

import typer

from experiments import options

Scale = Annotated[
    float,
    typer.Option(parser=options.parse_scale, metavar="PEOPLE", help="People for each agent, 1 to 5000."),
]
Replicates = Annotated[
    int,
    typer.Option(
        parser=options.parse_replicates, metavar="NUMBER", help="Runs of each scenario, each with its own chance."
    ),
]
Seed = Annotated[int, typer.Option(parser=options.parse_seed, metavar="NUMBER", help="Seed of the first replicate.")]
Until = Annotated[
    date, typer.Option(parser=options.parse_until, metavar="DAY", help="End of the runs, such as 2036-01-01.")
]
Threads = Annotated[
    int | None,
    typer.Option(
        parser=options.parse_threads,
        metavar="NUMBER",
        help="Threads to use; results do not depend on it.",
        show_default="all processors",
    ),
]
Uncertainty = Annotated[
    bool,
    typer.Option("--uncertainty", help="Keep chance, calibration and assumed effects apart; takes more runs."),
]
Draws = Annotated[
    int,
    typer.Option(
        parser=options.parse_draws, metavar="NUMBER", help="Draws of the posterior, and of the assumed ranges."
    ),
]
Language = Annotated[
    str, typer.Option(parser=options.parse_language, metavar="LANGUAGE", help="en for English, nl for Dutch.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME.KEY=VALUE",
        help="Give one value otherwise, such as part_time_availability.reach=0.6, hybrid_teachers.start=2025-01-01 or "
        "the parameter contacts=5; may be repeated.",
    ),
]
Sweep = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="NAME.KEY=VALUES",
        help="Run one scenario once for each value, such as part_time_availability.reach=0,0.5,1 or =0:1:5.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print records for programs instead of tables.")]

Parameters = ParamSpec("Parameters")


class Stopped(Exception):
    """The user stopped a command that had nothing to show for it yet."""


def stoppable(command: Callable[Parameters, int]) -> Callable[Parameters, int]:
    """Let Ctrl-C in a command reach `answer` rather than Typer, which would end without a word."""

    @wraps(command)
    def run(*given: Parameters.args, **named: Parameters.kwargs) -> int:
        try:
            return command(*given, **named)
        except KeyboardInterrupt:
            raise Stopped from None

    return run


def out_option(help_text: str) -> Any:
    """The option `--out` with a help text."""
    return typer.Option("--out", metavar="FOLDER", help=help_text)
