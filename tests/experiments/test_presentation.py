"""Rounding, words and pictures."""

from __future__ import annotations

import dataclasses
import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments import pictures
from experiments.comparison import Comparison
from experiments.comparison_text import sentences
from experiments.drawing import spread_out, style
from experiments.flow_layout import BOXES, TECHNICIANS, lines
from experiments.flow_picture import crowd, flow_picture
from experiments.options import DEFAULT_SCENARIOS, Settings, scenario_named
from experiments.outcomes import Outcome, by_year
from experiments.replicates import Batch
from experiments.wording import change, listed, rounded, step, summing
from sim import career_graph, indicators

numbers = st.floats(-1e7, 1e7)


@given(st.lists(numbers, min_size=1, max_size=20), st.sampled_from([1, 10, 100, 1000]))
def test_rounded_parts_add_up_to_the_rounded_sum(values: list[float], to: int) -> None:
    parts = summing(values, to)
    assert sum(parts) == rounded(float(np.sum(values)), to) or abs(sum(parts) - np.sum(values)) <= to / 2 + 1e-6
    assert all(part % to == 0 for part in parts)
    assert all(abs(part - value) <= to + 1e-6 for part, value in zip(parts, values, strict=True))


@pytest.mark.parametrize(
    ("half", "to"),
    [(0.0, 1), (3.0, 1), (30.0, 1), (80.0, 10), (340.0, 10), (500.0, 100), (4900.0, 100), (5000.0, 1000)],
)
def test_rounding_follows_the_interval(half: float, to: int) -> None:
    assert step(half) == to
    assert half == 0.0 or 1 <= half / step(half) < 50


def test_numbers_in_words() -> None:
    assert change(1234.4, 10) == "+1,230"
    assert change(-0.4) == "0"
    assert change(-1500.0, 1000) == "-2,000"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert crowd(1_763_400) == "1.76 million"
    assert crowd(999_999) == "1.00 million"
    assert crowd(23_456) == "23,000"
    assert crowd(1_849) == "1,800"


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(0.1, 20))
def test_labels_do_not_overlap(heights: list[float], gap: float) -> None:
    placed = spread_out(heights, gap)
    ordered = sorted(placed)
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(ordered))
    by_height = sorted(range(len(heights)), key=lambda i: heights[i])
    assert all(placed[a] <= placed[b] for a, b in itertools.pairwise(by_height))


def test_every_leak_and_way_in_is_in_the_picture_once() -> None:
    graph = career_graph.load()
    people = np.random.default_rng(1).integers(1, 1000, (len(graph.transitions), 2)).astype(float)
    drawn = lines(people)
    for point in graph.leak_points:
        codes = list(graph.leak(point))
        total = sum(line.people for line in drawn if line.leak == point)
        assert total == (people[codes].sum() if point != 7 else 0)
    for way in graph.ways_in:
        expected = sum(people[edge.code, f] for edge in graph.transitions for f in (0, 1) if edge.ways_in[f] == way)
        assert sum(line.people for line in drawn if line.way == way) == expected
    assert {edge.leak for edge in graph.transitions if {edge.source, edge.target} == set(TECHNICIANS)} == {0, 7}
    named = {name for line in drawn for name in (line.source, line.target)}
    assert named == set(BOXES)


def test_flow_picture_is_drawn_with_and_without_people(tmp_path: Path) -> None:
    graph = career_graph.load()
    nobody = np.zeros((len(graph.transitions), 2))
    nobody[0] = 1.0
    with style():
        for people, stocks in ((None, None), (nobody + 1, np.ones(25))):
            figure = flow_picture(people, stocks, "Title", "Subtitle", "Source")
            figure.savefig(tmp_path / "x.png", dpi=30)


def test_pictures_of_one_scenario_and_of_many(comparison: Comparison, tmp_path: Path) -> None:
    one = Comparison(comparison.ids[:2])
    many = Comparison(("baseline", *(f"s{k}" for k in range(6))))
    settings = Settings(5000.0, 2, 1, date(2024, 1, 1), 2)
    for replicate in Batch([scenario_named(name) for name in DEFAULT_SCENARIOS[:2]], settings, by_year):
        one.add(replicate.number, replicate.runs)
        base, other = replicate.runs
        many.add(replicate.number, (base, other, base, other, base, other, base))
    with style():
        for compared in (one, many):
            titles = {name: f"A scenario by the name of {name}" for name in compared.others}
            for draw in (pictures.time_paths, pictures.leak_points, pictures.gain):
                draw(compared, titles).savefig(tmp_path / "x.png", dpi=30)
    scenarios = [scenario_named("baseline").model_copy(update={"id": name}) for name in many.ids]
    pictures.draw_comparison(tmp_path, many, scenarios)
    names = {file.stem for file in tmp_path.glob("*.svg")}
    assert names == {"career_flows", "time_paths", "leak_points", "leak_points_2", "gain", "gain_2"}


def changed(outcome: Outcome, indicator: str, by: float) -> Outcome:
    table = outcome.indicators.copy()
    table[:, indicators.keys().index((indicator, "all"))] += by
    return dataclasses.replace(outcome, indicators=table)


@pytest.mark.parametrize(
    ("by", "expected"),
    [(4000.0, "about 4,000 more technicians"), (-800.0, "about 800 fewer"), (0.0, "exactly as many")],
)
def test_sentences_say_what_the_numbers_say(by: float, expected: str) -> None:
    settings = Settings(5000.0, 1, 1, date(2023, 1, 1), 1)
    (replicate,) = Batch([scenario_named("baseline")], settings, by_year)
    told = Comparison(("baseline", "hybrid_teachers"))
    for number in range(3):
        told.add(number, (replicate.runs[0], changed(replicate.runs[0], "technicians", by)))
    assert expected in sentences(told, scenario_named("hybrid_teachers"), 2022)


def test_sentences_do_not_claim_what_chance_can_do() -> None:
    settings = Settings(5000.0, 1, 1, date(2023, 1, 1), 1)
    (replicate,) = Batch([scenario_named("baseline")], settings, by_year)
    told = Comparison(("baseline", "hybrid_teachers"))
    for number, by in enumerate((-5000.0, 5000.0, 0.0)):
        told.add(number, (replicate.runs[0], changed(replicate.runs[0], "technicians", by)))
    text = sentences(told, scenario_named("hybrid_teachers"), 2022)
    assert "as far as 3 pairs of runs can tell" in text
