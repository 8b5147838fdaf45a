"""The command line `careerflows`; heavy libraries are loaded only by the command that needs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from experiments import options
from experiments.arguments import (
    Draws,
    Json,
    Language,
    Replicates,
    Scale,
    Seed,
    Sets,
    Stopped,
    Sweep,
    Threads,
    Uncertainty,
    Until,
    out_option,
    stoppable,
)  # fmt: skip
from experiments.batch import commands as batch_commands
from experiments.options import DEFAULT_SCENARIOS, UserError

WRONG: Final = 2
INTERRUPTED: Final = 130
_LINEAR_ALGEBRA: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Libraries of linear algebra keep threads of their own, which wait busily and take the processors from the runs."""

app = typer.Typer(
    name="careerflows",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Compare policy measures for technical careers in the Netherlands, by simulation.",
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Compare policy measures for technical careers in the Netherlands, by simulation."""
    if version:
        from experiments.about import version as installed

        print(installed())
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
@stoppable
def compare(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO",
            help="Packaged scenarios or scenario files; the baseline is always added.",
            show_default=" ".join(DEFAULT_SCENARIOS),
        ),
    ] = None,
    scale: Scale = 100.0,
    replicates: Replicates = 20,
    seed: Seed = 1,
    until: Until = date(2036, 1, 1),
    threads: Threads = None,
    out: Annotated[Path | None, out_option("Folder for the results; one under results/ when left out.")] = None,
    uncertainty: Uncertainty = False,
    draws: Draws = 24,
    sets: Sets = None,
    sweep: Sweep = None,
    under: Annotated[
        str | None,
        typer.Option(
            metavar="SCENARIO",
            help="A scenario such as shock_recession that holds in all and takes the place of the baseline.",
        ),
    ] = None,
    goals: Annotated[
        list[str] | None,
        typer.Option(
            "--goal", metavar="GOAL", help="Chance of reaching a goal, such as '60000 fewer open_vacancies by 2030'."
        ),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            parser=options.parse_precision,
            metavar="PEOPLE",
            help="Add replicates until half of the 95% interval of the gain in technicians is this small.",
        ),
    ] = None,
    attribution: Annotated[
        bool, typer.Option("--attribution", help="Share out what packages change over their measures; takes more runs.")
    ] = False,
    tornado: Annotated[
        bool, typer.Option("--tornado", help="Show which assumption moves the answer most; takes more runs.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Compare scenarios or measures with the baseline: differences, intervals, and where a gain comes from.

    Names joined by a plus sign are taken together: hybrid_teachers+golden_gate.
    """
    chosen = options.settings(scale, replicates, seed, until, threads, least=2)
    from experiments.compare import Wanted, compare

    given = options.Given(tuple(scenarios or DEFAULT_SCENARIOS), tuple(sets or ()), sweep, under)
    wanted = Wanted(draws if uncertainty else 0, tuple(goals or ()), precision, attribution, tornado)
    return compare(given, chosen, out, as_json, wanted)


@app.command()
@stoppable
def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A packaged scenario or a scenario file.")],
    scale: Scale = 100.0,
    replicates: Replicates = 1,
    seed: Seed = 1,
    until: Until = date(2036, 1, 1),
    threads: Threads = None,
    out: Annotated[Path | None, out_option("Folder for the results; none when left out.")] = None,
    uncertainty: Uncertainty = False,
    draws: Draws = 24,
    sets: Sets = None,
    as_json: Json = False,
) -> int:
    """Run one scenario and show its indicators by year."""
    chosen = options.settings(scale, replicates, seed, until, threads, least=2 if uncertainty else 1)
    from experiments.run import run

    return run(scenario, tuple(sets or ()), chosen, out, as_json, draws if uncertainty else 0)


app.add_typer(batch_commands.app)


@app.command()
@stoppable
def facts(
    scale: Scale = 100.0,
    replicates: Replicates = 10,
    seed: Seed = 1,
    until: Until = date(2025, 4, 1),
    threads: Threads = None,
    out: Annotated[Path | None, out_option("Folder for the results; none when left out.")] = None,
    as_json: Json = False,
) -> int:
    """Show every documented fact beside what the baseline gives."""
    chosen = options.settings(scale, replicates, seed, until, threads)
    from experiments.facts import facts

    return facts(chosen, out, as_json)


@app.command()
@stoppable
def calibrate(
    seed: Annotated[
        int, typer.Option(parser=options.parse_seed, metavar="NUMBER", help="Seed of the candidates drawn.")
    ] = 1,
    scale: Scale = 20.0,
    generations: Annotated[
        str, typer.Option(metavar="SIZES", help="Candidates of each generation.")
    ] = "512,256,256,256",
    threads: Threads = None,
    out: Annotated[
        Path | None, out_option("Folder for the runs and the posterior; results/calibration when left out.")
    ] = None,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Take posterior, report and best draw over into this checkout."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Fit the parameters to the documented facts; goes on where an earlier run in the folder was stopped."""
    from calibration.study import Plan
    from experiments.calibrate import calibrate

    plan = Plan(seed=seed, scale=scale, sizes=options.parse_generations(generations))
    return calibrate(plan, threads or options.processors(), out, adopt, as_json)


@app.command()
@stoppable
def validate(
    scale: Scale = 50.0,
    draws: Draws = 40,
    seed: Seed = 1,
    threads: Threads = None,
    out: Annotated[Path | None, out_option("Folder for the results; none when left out.")] = None,
    as_json: Json = False,
) -> int:
    """Show the facts that were never fitted beside what the posterior predicts."""
    chosen = options.settings(scale, draws, seed, date(2025, 4, 1), threads)
    from experiments.validate import validate

    return validate(chosen, out, as_json)


@app.command()
@stoppable
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A parameter, fact, leak point, way in, position, rule, measure, scenario or indicator.",
        ),
    ],
    language: Language = "en",
    as_json: Json = False,
) -> int:
    """Explain a name: meaning, value, unit, source, range, and where it acts."""
    from experiments.explain import explain

    return explain(name, as_json, language)


@app.command()
def live(
    port: Annotated[str, typer.Option(metavar="NUMBER", help="Port to serve on; 0 for any free one.")] = "8350",
    share: Annotated[
        bool, typer.Option("--share", help="Let the local network join with a code; else only this machine can.")
    ] = False,
    out: Annotated[
        Path | None, out_option("Folder of the session; results/live when left out. An earlier one there goes on.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser when it is ready.")] = False,
    scale: Annotated[
        float | None,
        typer.Option(parser=options.parse_scale, metavar="NUMBER", help="People for each agent.", show_default="119"),
    ] = None,
    threads: Threads = None,
) -> int:
    """Open the live page: move levers and see the whole country answer, alone or with a room of people."""
    from experiments.live.command import live

    return live(port, share, out, show, scale, threads)


@app.command()
@stoppable
def measures(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORD...", help="Words that a measure must hold, in either language.")
    ] = None,
    pillar: Annotated[
        int | None,
        typer.Option(parser=options.parse_pillar, metavar="NUMBER", help="Pillar of the action plan, 1 to 4."),
    ] = None,
    language: Language = "en",
    as_json: Json = False,
) -> int:
    """List and search the catalogue of measures."""
    from experiments.catalogue_text import measures

    return measures(words or (), pillar, language, as_json)


@app.command()
@stoppable
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="A results folder of careerflows compare.")],
    language: Language = "en",
    out: Annotated[Path | None, out_option("Folder for the report; one beside the results when left out.")] = None,
) -> int:
    """Make a report of a comparison: one page that opens anywhere, its tables as Excel and CSV, its pictures."""
    from experiments.report import report

    return report(results, language, out)


@app.command()
@stoppable
def scenarios(language: Language = "en", as_json: Json = False) -> int:
    """List the ready scenarios."""
    from experiments.catalogue_text import scenarios

    return scenarios(language, as_json)


@app.command()
@stoppable
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files.")],
    as_json: Json = False,
) -> int:
    """Check scenario files without running them."""
    from experiments.check import check

    return check(files, as_json)


@app.command()
@stoppable
def graph(
    out: Annotated[Path | None, out_option("Folder for the files; results/graph when left out.")] = None,
    as_json: Json = False,
) -> int:
    """Write the career graph as a picture, GraphML and DOT."""
    from experiments.graph import graph

    return graph(out, as_json)


def answer(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask; returns the exit code. Mistakes are told in one line on standard error."""
    try:
        result = app(args=arguments, prog_name="careerflows", standalone_mode=False)
        sys.stdout.flush()
    except UserError as error:
        return _wrong(str(error))
    except (Stopped, KeyboardInterrupt):
        print("stopped; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None
        return 0
    except MemoryError:
        return _wrong("there is not enough memory; give a larger --scale or fewer --threads")
    except OSError as error:
        return _wrong(f"{error.filename or 'a file'} cannot be used: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        told = getattr(error, "format_message", None)  # what Typer raises about the arguments
        if told is None:
            raise
        return _wrong(f"{told().strip().rstrip('.')}; see careerflows --help")
    return result if isinstance(result, int) else 0


def _wrong(message: str) -> int:
    line = " ".join(message.split())
    print(f"error: {line}", file=sys.stderr)
    return WRONG


def main() -> None:
    """Run the command line."""
    for name in _LINEAR_ALGEBRA:
        os.environ.setdefault(name, "1")
    if sys.stdout is None:  # it was closed; results that nobody reads are no failure
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = answer()
    if code == INTERRUPTED:  # a run may still be on its way out; nobody waits for it
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)
