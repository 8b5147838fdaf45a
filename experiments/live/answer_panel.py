"""The frame in which an answer is drawn; the numbers come later and only change what is here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nicegui import ui

from experiments.live.country import UNTIL
from experiments.live.people import PLACES
from experiments.live.summary import LATE
from experiments.options import FIRST_DAY
from experiments.texts import say
from experiments.wording import leak_words
from sim import career_graph

BLUE: Final = "#0072B2"
_GREY: Final = "#5F6B73"


def build() -> dict[str, int]:
    """The headline, the curve and the tiles; returns the charts by the name of their curve."""
    charts = {}
    with ui.element("section").classes("cf-card cf-answer"):
        _html(f"""<div>
        <div id="cf-number" class="cf-big">…</div>
        <div id="cf-what" class="cf-what">{say("live", "loading")}</div>
        <div id="cf-sub" class="cf-note" role="status"></div>
        <div id="cf-level" class="cf-note"></div>
        <div class="cf-track" aria-hidden="true"><div id="cf-progress"></div></div>
        <div class="cf-note cf-chance" style="margin-top:6px">{say("live", "chance_only")}</div></div>""")
        with ui.element("div"):
            _html("""<div id="cf-curve-title" class="cf-note"></div>""")
            charts["technicians"] = _chart(big=True)
        ui.label(say("live", "veiled")).classes("cf-veil")
    with ui.element("section").classes("cf-tiles"):
        for name, below in (("women", "cf-women-more"), ("vacancies", "cf-vacancies-base"), ("posts", "cf-posts-base")):
            with ui.element("div").classes("cf-card"):
                ui.label(say("live", f"tile_{name}")).classes("cf-tile-name")
                _html(f"""<div id="cf-{name}" class="cf-tile-value"></div>""")
                _html(f"""<div id="{below}" class="cf-note"></div>""")
                charts[name] = _chart(big=False)
        with ui.element("div").classes("cf-card"):
            ui.label(say("live", "tile_cost")).classes("cf-tile-name")
            _html("""<div id="cf-cost"></div>""")
    return charts


def _chart(big: bool) -> int:
    """A curve with its band; the numbers are put in by the page."""
    line = {"type": "line", "showSymbol": False, "animation": False, "silent": True, "data": []}
    band = {**line, "stack": "band", "stackStrategy": "all", "lineStyle": {"opacity": 0}}
    zero = {"silent": True, "symbol": "none", "animation": False, "label": {"show": False}, "data": [{"yAxis": 0}],
            "lineStyle": {"color": "#1F2A30", "type": "solid", "width": 1}}  # fmt: skip
    first, last = FIRST_DAY.year - 1, UNTIL.year - 1
    ticks = {"show": big, "customValues": [first + 1, *range(first + 4, last - 1, 3), last]}
    grid = {"left": 8, "right": 18, "top": 8, "bottom": 4, "containLabel": True}
    options = {
        "animation": False,
        "grid": grid if big else {"left": 2, "right": 2, "top": 4, "bottom": 2},
        "xAxis": {"type": "value", "min": first, "max": last, "show": big, "splitLine": {"show": False},
                  "axisTick": ticks,
                  "axisLabel": {**ticks, "color": _GREY, ":formatter": "(year) => String(year)"}},
        "yAxis": {"type": "value", "show": big, "splitLine": {"show": big, "lineStyle": {"color": "#E4E9EC"}},
                  "axisLabel": {"color": _GREY, ":formatter": "(value) => careerflows.axis(value)"}},
        "tooltip": {"show": False},
        "series": [
            {**band, "id": "low"},
            {**band, "id": "band", "areaStyle": {"color": BLUE, "opacity": 0.2}},
            {**line, "id": "mean", "lineStyle": {"color": BLUE, "width": 3 if big else 2}, "markLine": zero},
        ],
    }  # fmt: skip
    chart = ui.echart(options, renderer="svg").style(f"width: 100%; height: {215 if big else 46}px")
    return chart.props("aria-hidden=true").id


def _leaks() -> None:
    rows = [
        f"""<div class="cf-leak" id="cf-leak-{point}" role="listitem">
        <span><span class="cf-mark">{point}</span>{say("leak", name)}</span>
        <span class="cf-leak-track"><span class="cf-bar"></span></span>
        <span class="cf-change"></span><span class="cf-base"></span></div>"""
        for point, (name, _) in career_graph.load().leak_points.items()
    ]
    _html(f"""<div class="cf-leaks" role="list">{"".join(rows)}</div>""")
    _key()
    _html(f"""<div class="cf-note">{_late("leaks_note")}</div>""")


def _html(text: str) -> None:
    """Fixed parts of the page; nothing that a user typed ever comes here."""
    ui.html(text, sanitize=False)


def _key() -> None:
    told = "".join(
        f"""<span><span class="cf-swatch cf-{kind}"></span>{say("live", f"key_{kind}")}</span>"""
        for kind in ("more", "fewer", "same")
    )
    _html(f"""<div class="cf-key" style="margin-top:8px">{told}</div>""")


def _late(key: str) -> str:
    return say("live", key, first=UNTIL.year - LATE, last=UNTIL.year - 1)


def _flows() -> None:
    words = say("live", "tab_flows")
    _html(f"""<div class="cf-scroll"><svg id="cf-flows" class="cf-svg" role="img" aria-label="{words}"></svg></div>""")
    _key()
    points = career_graph.load().leak_points
    told = "".join(f"""<span><span class="cf-mark">{point}</span>{leak_words(point)}</span>""" for point in points)
    _html(f"""<div class="cf-key" style="margin-top:4px">{told}</div>""")
    _html(f"""<div class="cf-note">{_late("flows_note")}</div>""")


def _people() -> None:
    width = max(left + wide for _, left, _, wide, _ in PLACES)
    height = max(top + high for _, _, top, _, high in PLACES)
    names = ("play", "back", "step", "speed", "year", "with", "without", "follow", "previous_person", "next_person",
             "tab_people")  # fmt: skip
    w = {name: say("live", name) for name in names}
    _html(f"""
    <div class="cf-controls">
      <button id="cf-play" data-cf="play" aria-pressed="false">{w["play"]}</button>
      <button data-cf="back" aria-label="{w["back"]}">−1</button>
      <button data-cf="step" aria-label="{w["step"]}">+1</button>
      <label>{w["year"]} <input id="cf-year" type="range" min="0" max="14" value="0" step="1"></label>
      <b id="cf-year-words" style="min-width:150px"></b>
      <label>{w["speed"]} <input id="cf-speed" type="range" min="0.5" max="4" value="1.5" step="0.5"></label>
      <label><input type="radio" name="cf-side" value="with" checked> {w["with"]}</label>
      <label><input type="radio" name="cf-side" value="without"> {w["without"]}</label>
    </div>
    <div class="cf-scroll">
      <svg id="cf-people" class="cf-svg" viewBox="-2 -2 {width + 4} {height + 4}" role="img"
       aria-label="{w["tab_people"]}"></svg>
    </div>
    <div class="cf-note" id="cf-changed-words"></div>
    <div class="cf-controls" style="margin-top:8px"><span>{w["follow"]}</span>
      <button data-cf="previous">{w["previous_person"]}</button><button data-cf="next">{w["next_person"]}</button>
    </div>
    <div id="cf-who" style="font-weight:600;margin-top:8px" role="status"></div><div id="cf-same" class="cf-note"></div>
    <div class="cf-lives" id="cf-lives">
      <div><div class="cf-note">{w["without"]}</div><ol id="cf-life-without"></ol></div>
      <div><div class="cf-note">{w["with"]}</div><ol id="cf-life-with"></ol></div>
    </div>""")


PANELS: Final[dict[str, Callable[[], None]]] = {"leaks": _leaks, "flows": _flows, "people": _people}
"""What stands on each of the pages below the answer."""
