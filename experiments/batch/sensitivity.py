"""Which factors of an experiment move an outcome: Sobol indices, or Morris' elementary effects, with intervals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape

from experiments.batch.answers import Answers, about_words, answers, chance_words, pairs_and_scale, pairs_words
from experiments.batch.reading import Results
from experiments.folders import MADE_BY, MANIFEST, results_folder
from experiments.options import UserError
from experiments.screen import notice, output, place_words, plain_table, print_json
from experiments.wording import indicator_words

RESAMPLES: Final = 1000
"""Bootstrap samples for the intervals."""
LEVEL: Final = 0.95
_DESIGNS: Final = ("sobol", "morris")


@dataclass(frozen=True)
class Asked:
    """What is asked of a store."""

    experiment: str | None
    scenario: str | None
    indicator: str
    group: str
    year: int | None


@dataclass(frozen=True)
class Sensitivity:
    """Indices of each factor, with half of their 95% intervals."""

    kind: str
    """`sobol` or `morris`."""
    told: Answers
    table: pd.DataFrame
    """By factor. Sobol: first, first_half, total, total_half. Morris: mean, mean_abs, mean_abs_half, spread."""
    pairs: pd.DataFrame | None
    """Sobol with second order: one, other, second, half."""


def analysed(kind: str, told: Answers, second_order: bool, levels: int, seed: int) -> Sensitivity:
    """The sensitivity of answers at the points of a Sobol or Morris design."""
    names = list(told.factors.columns)
    low, high = told.factors.min(), told.factors.max()
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if kind == "sobol":
        return _sobol(told, problem, second_order, seed)
    places = ((told.factors - low) / (high - low)).to_numpy(float)
    return _morris(told, problem, places, levels, seed)


def _sobol(told: Answers, problem: dict[str, Any], second_order: bool, seed: int) -> Sensitivity:
    from SALib.analyze import sobol

    names = problem["names"]
    if np.ptp(told.values) == 0.0:
        zeros = np.zeros(len(names))
        table = pd.DataFrame({"first": zeros, "first_half": zeros, "total": zeros, "total_half": zeros}, index=names)
        return Sensitivity("sobol", told, table, None)
    found = sobol.analyze(
        problem, told.values, calc_second_order=second_order, num_resamples=RESAMPLES, conf_level=LEVEL, seed=seed
    )
    table = pd.DataFrame(
        {"first": found["S1"], "first_half": found["S1_conf"], "total": found["ST"], "total_half": found["ST_conf"]},
        index=names,
    )
    pairs = None
    if second_order:
        places = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
        pairs = pd.DataFrame(
            {
                "one": [names[i] for i, _ in places],
                "other": [names[j] for _, j in places],
                "second": [found["S2"][i, j] for i, j in places],
                "half": [found["S2_conf"][i, j] for i, j in places],
            }
        )
    return Sensitivity("sobol", told, table, pairs)


def _morris(told: Answers, problem: dict[str, Any], places: NDArray[np.float64], levels: int, seed: int) -> Sensitivity:
    from SALib.analyze import morris

    found = morris.analyze(
        problem, places, told.values, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=levels, seed=seed
    )
    table = pd.DataFrame(
        {
            "mean": np.asarray(found["mu"], float),
            "mean_abs": np.asarray(found["mu_star"], float),
            "mean_abs_half": np.asarray(found["mu_star_conf"], float),
            "spread": np.asarray(found["sigma"], float),
        },
        index=problem["names"],
    )
    return Sensitivity("morris", told, table, None)


def sensitivity(folder: Path, asked: Asked, out: Path | None, as_json: bool) -> int:
    """Work out and show the sensitivity of an indicator; returns the exit code.

    Raises
    ------
    UserError, where the experiment has no design for it or runs are missing
    """
    results = Results(folder)
    name = results.experiment(asked.experiment)
    about = results.about(name)
    design = about["experiment"]["design"]
    if design["kind"] not in _DESIGNS:
        right = "sensitivity needs design: {kind: sobol, size: 128} or {kind: morris, size: 20} in the experiment file"
        raise UserError(f"{name} has a design of kind {design['kind']}; {right}")
    year, every = answers(results, name, asked.scenario, asked.indicator, asked.group, asked.year)
    seed = int(about["experiment"]["seed"])
    found = [analysed(design["kind"], told, design["second_order"], design["levels"] or 4, seed) for told in every]
    place = None
    if out is not None:
        with results_folder(out) as target:
            _write(target.work, found, asked, year, about)
            place = target.keep()
    if as_json:
        print_json(records(found))
    else:
        _print(output(), found, asked, year, about)
    if place is not None:
        where = f"Results: {place_words(place)} (tables, pictures)"
        notice(where) if as_json else output().print(where, soft_wrap=True)
    return 0


def records(found: list[Sensitivity]) -> list[dict[str, Any]]:
    """A record for each scenario and factor."""
    return [
        {
            "scenario": one.told.scenario,
            "reference": one.told.reference,
            "factor": name,
            "chance": None if np.isnan(one.told.chance) else one.told.chance,
            **{str(index): float(value) for index, value in row.items()},
            **({} if one.pairs is None else {"pairs": _pairs_of(str(name), one.pairs)}),
        }
        for one in found
        for name, row in one.table.iterrows()
    ]


def _pairs_of(factor: str, pairs: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Second-order index of a factor with each other one."""
    found = {}
    for row in pairs.to_dict("records"):
        if factor in (row["one"], row["other"]):
            other = row["other"] if row["one"] == factor else row["one"]
            found[str(other)] = {"second": row["second"], "half": row["half"]}
    return found


def _print(console: Console, found: list[Sensitivity], asked: Asked, year: int, about: dict[str, Any]) -> None:
    console.print(f"[bold]{escape(about['experiment']['title'])}[/] [dim]({about['experiment']['id']})")
    for one in found:
        what = f"{indicator_words(asked.indicator, asked.group)}, {year}"
        console.print(f"\n{about_words(one.told, what)}", markup=False, soft_wrap=True)
        if one.kind == "sobol":
            table = plain_table("factor", "alone", "95%", "with others", "95%")
            for name, row in one.table.sort_values("total", ascending=False).iterrows():
                cells = [f"{row['first']:.2f}", f"± {row['first_half']:.2f}", f"{row['total']:.2f}"]
                table.add_row(str(name), *cells, f"± {row['total_half']:.2f}")
            console.print(table)
            if one.pairs is not None:
                console.print()
                table = plain_table("two factors", "together", "95%")
                for pair in one.pairs.sort_values("second", ascending=False).to_dict("records"):
                    cells = [f"{pair['second']:.2f}", f"± {pair['half']:.2f}"]
                    table.add_row(f"{pair['one']}, {pair['other']}", *cells)
                console.print(table)
        else:
            table = plain_table("factor", "mean effect", "mean size", "95%", "spread")
            for name, row in one.table.sort_values("mean_abs", ascending=False).iterrows():
                cells = [f"{row['mean']:+,.0f}", f"{row['mean_abs']:,.0f}", f"± {row['mean_abs_half']:,.0f}"]
                table.add_row(str(name), *cells, f"{row['spread']:,.0f}")
            console.print(table)
        console.print(chance_words(one.told, _ALIKE[one.kind]), soft_wrap=True)
    console.print(f"\n[dim]{_EXPLAINED[found[0].kind]}", soft_wrap=True)


_EXPLAINED: Final = {
    "sobol": "Sobol indices: share of the variance over all points that a factor alone explains, and with all that it "
    "does together with others; ± is the 95% interval over bootstrap samples.",
    "morris": "Morris: change of the outcome, in people, when a factor moves over its whole range; the mean, the mean "
    "size, and the spread between places, which shows bends and doing together.",
}


_ALIKE: Final = {
    "sobol": "an index with others of no more than that",
    "morris": "spread, and size without mean,",
}
"""What of a factor is as chance alone would make it."""


def _write(folder: Path, found: list[Sensitivity], asked: Asked, year: int, about: dict[str, Any]) -> None:
    from experiments.drawing import save, source_line, style

    frame = pd.DataFrame(records(found)).drop(columns="pairs", errors="ignore")
    frame.to_parquet(folder / "sensitivity.parquet", index=False)
    frame.to_csv(folder / "sensitivity.csv", index=False)
    pairs = [one.pairs.assign(scenario=one.told.scenario) for one in found if one.pairs is not None]
    if pairs:
        pd.concat(pairs).to_csv(folder / "pairs.csv", index=False)
    told = {
        "made_by": MADE_BY,
        "command": "sensitivity",
        "experiment": about["experiment"],
        "code": about["code"],
        "indicator": asked.indicator,
        "group": asked.group,
        "year": year,
    }
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    number, scale = pairs_and_scale(about)
    with style():
        for page, one in enumerate(found, start=1):
            title = about["experiment"]["title"]
            subtitle = f"{about_words(one.told, indicator_words(asked.indicator, asked.group))}, {year}"
            runs = pairs_words(number) if one.told.reference else f"{number:,} run{'' if number == 1 else 's'}"
            source = source_line(scale, f"{runs} at each of {len(one.told.values):,} points")
            save(picture(one, title, subtitle, source), folder, "sensitivity" if page == 1 else f"sensitivity_{page}")


def picture(found: Sensitivity, title: str, subtitle: str, source: str) -> Figure:
    """The indices of every factor, the largest first, with their intervals."""
    from experiments.drawing import BLUE, GREY, INK, PALE, VERMILLION, quiet_axes, signed, slide

    sobol = found.kind == "sobol"
    large, half = ("total", "total_half") if sobol else ("mean_abs", "mean_abs_half")
    table = found.table.sort_values(large, ascending=False)
    figure = slide(title, subtitle, _EXPLAINED[found.kind].replace("; ", ";\n", 1) + f"\n{source}")
    axes = figure.add_axes((0.36, 0.18, 0.58, 0.60))
    quiet_axes(axes, grid="x")
    rows = np.arange(len(table))
    axes.barh(rows, table[large], height=0.62, color=PALE if sobol else BLUE)
    for row, (value, width) in enumerate(zip(table[large], table[half], strict=True)):
        axes.plot([max(0.0, value - width), value + width], [row, row], color=GREY, linewidth=1.4)
    if not sobol:
        axes.scatter(table["mean"], rows, color=VERMILLION, s=36, zorder=3)
        axes.text(0.0, 1.02, "mean size", transform=axes.transAxes, color=BLUE, fontsize=10)
        axes.text(0.14, 1.02, "● mean effect, with its sign", transform=axes.transAxes, color=VERMILLION, fontsize=10)
        axes.set_xlabel("people")
        axes.xaxis.set_major_formatter(signed)
        axes.axvline(0.0, color=INK, linewidth=0.8)
    else:
        axes.barh(rows, table["first"].clip(lower=0.0), height=0.34, color=BLUE)
        for row, (value, width) in enumerate(zip(table["first"], table["first_half"], strict=True)):
            axes.plot([max(0.0, value - width), max(0.0, value + width)], [row + 0.1] * 2, color=INK, linewidth=0.8)
        axes.text(0.0, 1.02, "alone", transform=axes.transAxes, color=BLUE, fontsize=10)
        axes.text(0.08, 1.02, "with others", transform=axes.transAxes, color=GREY, fontsize=10)
        if not np.isnan(found.told.chance):
            axes.axvline(found.told.chance, color=VERMILLION, linewidth=1.4, linestyle="--")
            axes.text(0.24, 1.02, "as large as chance", transform=axes.transAxes, color=VERMILLION, fontsize=10)
    axes.set_yticks(rows, [str(name) for name in table.index], color=INK, fontsize=10)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(left=0.0 if sobol else None)
    return figure
