"""An answer as a picture: the gain in technicians over the years, and the leak points."""

from __future__ import annotations

import io
from datetime import date

import numpy as np

from experiments.comparison import interval
from experiments.drawing import BLUE, GREY, INK, VERMILLION, quiet_axes, signed, slide, source_line, style
from experiments.live.desk import Answer
from experiments.live.summary import late_years
from experiments.live.view import view
from experiments.texts import say, speaking
from experiments.wording import change, leak_words, step
from sim import indicators


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
        left, right = figure.subplots(
            1, 2, gridspec_kw={"left": 0.07, "right": 0.97, "top": 0.76, "bottom": 0.12, "wspace": 0.5}
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


def _shown(title: str) -> str:
    """The title as it is: what would be a formula is told literally."""
    return title.replace("$", r"\$")
