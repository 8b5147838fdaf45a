"""Commands about experiments: batch, store, sensitivity, discover."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments import options
from experiments.arguments import Json, out_option, stoppable

Experiment = Annotated[
    str | None,
    typer.Option("--experiment", metavar="ID", help="Which experiment of the store; needed where it holds several."),
]
OfScenario = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="ID", help="One scenario; the first by itself. Left out: all others less the first."
    ),
]
StoreFolder = Annotated[Path, typer.Argument(metavar="STORE", help="The store of a batch.")]

app = typer.Typer()


@app.command()
@stoppable
def batch(
    experiment: Annotated[str, typer.Argument(metavar="FILE", help="An experiment file, or a ready experiment.")],
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="FOLDER", help="Where runs are kept; results/ID when left out."),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            parser=options.parse_processes,
            metavar="NUMBER",
            help="Processes on this machine; results do not depend on it.",
            show_default="all processors",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.1:8786, or its scheduler file."),
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try runs again that failed before.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs it is, how long it takes, and how much disk.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Run the experiment of a file; goes on where an earlier run of it was stopped."""
    from experiments.batch.batch import How, batch

    how = How(store, processes or options.processors(), cluster, retry_failed, as_json)
    return batch(experiment, how, dry_run)


store = typer.Typer(help="Look after the store of a batch: status, verify, export.")
app.add_typer(store, name="store")


@store.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Look after the store of a batch: status, verify, export."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@store.command()
@stoppable
def status(folder: StoreFolder, as_json: Json = False) -> int:
    """Say how far every experiment of a store is, and what failed."""
    from experiments.batch.keeping import status

    return status(folder, as_json)


@store.command()
@stoppable
def verify(
    folder: StoreFolder,
    repair: Annotated[
        bool, typer.Option("--repair", help="Set damaged files aside; a batch then makes them anew.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Look whether every file of a store is as it was written: tables, experiments, journal and manifest."""
    from experiments.batch.keeping import verify

    return verify(folder, repair, as_json)


@store.command()
@stoppable
def export(
    folder: StoreFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .csv, .parquet, .feather or .xlsx file.")],
    experiment: Experiment = None,
    indicator: Annotated[
        list[str] | None, typer.Option("--indicator", metavar="NAME", help="Indicator; may be repeated.")
    ] = None,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="NAME", help="Group of people; may be repeated.")
    ] = None,
    year: Annotated[
        list[int] | None,
        typer.Option("--year", parser=options.parse_year, metavar="YEAR", help="Year; may be repeated."),
    ] = None,
) -> int:
    """Write the indicators of an experiment beside its design, as one file."""
    from experiments.batch.keeping import export

    return export(folder, out, experiment, {"indicator": indicator, "group": group, "year": year})


@app.command()
@stoppable
def sensitivity(
    folder: StoreFolder,
    scenario: OfScenario = None,
    indicator: Annotated[str, typer.Option(metavar="NAME", help="Indicator.")] = "technicians",
    group: Annotated[str, typer.Option(metavar="NAME", help="Group of people.")] = "all",
    year: Annotated[
        int | None, typer.Option(parser=options.parse_year, metavar="YEAR", help="Year; the last when left out.")
    ] = None,
    experiment: Experiment = None,
    out: Annotated[Path | None, out_option("Folder for tables and pictures; none when left out.")] = None,
    as_json: Json = False,
) -> int:
    """Show which factors of an experiment move an outcome most: Sobol indices or Morris' effects."""
    from experiments.batch.sensitivity import Asked, sensitivity

    return sensitivity(folder, Asked(experiment, scenario, indicator, group, year), out, as_json)


@app.command()
@stoppable
def discover(
    folder: StoreFolder,
    goal: Annotated[str, typer.Option("--goal", metavar="GOAL", help="Such as '5000 more technicians by 2035'.")],
    scenario: Annotated[
        str | None,
        typer.Option("--scenario", metavar="ID", help="Scenario that is to reach it; needed where there are several."),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option("--reference", metavar="ID", help="Scenario it is compared with; the first when left out."),
    ] = None,
    missed: Annotated[bool, typer.Option("--missed", help="Find where the goal is missed instead.")] = False,
    threshold: Annotated[
        float,
        typer.Option(
            parser=options.parse_threshold,
            metavar="SHARE",
            help="Least part of the points in the region.",
        ),
    ] = 0.8,
    experiment: Experiment = None,
    out: Annotated[Path | None, out_option("Folder for tables and picture; none when left out.")] = None,
    as_json: Json = False,
) -> int:
    """Find in which region of the uncertainties and levers of an experiment a goal is reached (PRIM)."""
    from experiments.batch.discovery import Asked, discover

    return discover(folder, Asked(goal, missed, threshold, experiment, scenario, reference), out, as_json)
