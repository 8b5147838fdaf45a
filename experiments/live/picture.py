"""An answer as a picture: the gain in technicians over the years, and the leak points."""

from __future__ import annotations

import io
from datetime import date
from textwrap import fill
from typing import Final

import numpy as np

from experiments.comparison import interval
from experiments.drawing import BLUE, GREY, INK, VERMILLION, quiet_axes, signed, slide, source_line, style
from experiments.lever_words import measure_named, named
from experiments.live.chosen import Chosen
from experiments.live.desk import Answer
from experiments.live.summary import late_years
from experiments.live.view import view
from experiments.texts import number_text, say, speaking, spoken
from experiments.wording import change, leak_words, step
from sim import indicators

_WIDEST: Final = 190
"""Letters in a line below the picture."""
_NAMED: Final = 12
"""More measures than this are not named one by one."""


def picture(answer: Answer, scale: float, title: str, language: str) -> bytes:
    """The answer as a PNG."""
    with speaking(language), style():
        pairs = answer.pairs
        years = pairs[0][0].years
        column = indicators.keys().index(("technicians", "all"))
        mean, low, high = interval(np.stack([b.values[:, column] - a.values[:, column] for a, b in pairs]))
        subtitle = ""
        if len(pairs) > 1:
            to = step(float(high[-1] - low[-1]) / 2)
            subtitle = say("live", "interval", low=change(low[-1], to), high=change(high[-1], to), runs=len(pairs))
            subtitle = f"{change(mean[-1], to)} ({years[-1]}), {subtitle}"
        source = source_line(scale, say("picture", "pairs", number=len(pairs)))
        figure = slide(say("live", "picture_title", title=_shown(title)), subtitle, source)
        told = fill(_shown(say("live", "picture_measures", measures=measures_told(answer.found.chosen))), _WIDEST)
        figure.text(0.0375, 0.075, told, fontsize=9, color=GREY, va="bottom", linespacing=1.35)
        bottom = 0.14 + 0.023 * told.count("\n")
        left, right = figure.subplots(
            1, 2, gridspec_kw={"left": 0.07, "right": 0.97, "top": 0.76, "bottom": bottom, "wspace": 0.5}
        )
        days = np.array([years[0] - 1, *years], float)
        if len(pairs) > 1:
            left.fill_between(days, np.append(0.0, low), np.append(0.0, high), color=BLUE, alpha=0.16, linewidth=0)
        left.plot(days, np.append(0.0, mean), color=BLUE, linewidth=2.6)
        left.axhline(0.0, color=INK, linewidth=1.2)
        left.yaxis.set_major_formatter(signed)
        quiet_axes(left, grid="none")
        first, last = late_years(years)
        right.set_title(say("live", "picture_leaks", first=first, last=last), fontsize=11)
        leaks = view(answer, "all", date(years[-1] + 1, 1, 1))["leaks"]
        places = np.arange(len(leaks))[::-1]
        colours = [BLUE if leak["mean"] > 0 else VERMILLION for leak in leaks]
        known = [leak["low"] is None or leak["low"] > 0 or leak["high"] < 0 for leak in leaks]
        right.barh(places, [leak["mean"] for leak in leaks],
                   color=[colour if sure else GREY for colour, sure in zip(colours, known, strict=True)])  # fmt: skip
        right.set_yticks(places, [f"{leak['point']} {leak_words(leak['point'])}" for leak in leaks], fontsize=9)
        right.axvline(0.0, color=INK, linewidth=1.0)
        right.xaxis.set_major_formatter(signed)
        quiet_axes(right, grid="none")
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=150)
        return stream.getvalue()


def measures_told(chosen: Chosen) -> str:
    """The measures that hold, with how they are set, in the language that is spoken now; long lists as their number."""
    if len(chosen.settings) > _NAMED:
        return say("live", "picture_many", number=len(chosen.settings))
    return "; ".join(_measure_told(chosen, name) for name in chosen.settings) or say("live", "cost_none")


def _measure_told(chosen: Chosen, name: str) -> str:
    setting, told = chosen.settings[name], [say("live", "reach")]
    told[0] += f" {round(100 * setting.reach)}%"
    told.append(f"{say('live', 'start')} {setting.start.year}")
    if setting.strength != 1.0:
        told.append(f"{say('live', 'strength')} × {number_text(setting.strength, spoken())}")
    told += [f"{named(lever)}: {number_text(value, spoken())}" for lever, value in setting.values]
    return f"{measure_named(chosen.original(name))} ({', '.join(told)})"


def _shown(title: str) -> str:
    """The title as it is: what would be a formula is told literally."""
    return title.replace("$", r"\$")
