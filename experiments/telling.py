"""What there is to say about each kind of thing with a name, by heading; empty texts are left out later."""

from __future__ import annotations

from typing import Any

from calibration.facts import Contradiction, Fact, PublicStatistic
from calibration.measures import MEASURES
from calibration.targets import Target, load_targets
from experiments import sources
from experiments.one_line import moved_line, shown
from experiments.telling_fit import calibration_told
from sim import career_graph
from sim.indicators import GROUPS_SHOWN, Indicator
from sim.scenario import Cost, Measure, Parameter, Scenario
from sim.start import all_axes

Told = dict[str, Any]


def _places(found: list[sources.Function]) -> list[str]:
    return [f"{function.name} ({function.place})" for function in found]


def _moved_by(lever: str, measures: list[Measure]) -> list[str]:
    return [measure.id for measure in measures if any(part.lever == lever for part in measure.levers)]


def parameter_told(name: str, parameter: Parameter, measures: list[Measure]) -> Told:
    """A parameter: value, where it comes from, which rules read it."""
    factors = " (factors on all values)" if isinstance(parameter.value, dict) else ""
    return {
        "meaning": parameter.meaning,
        "value": shown(parameter.value),
        "unit": parameter.unit,
        "comes from": parameter.kind,
        "source": parameter.source,
        "facts": list(parameter.facts),
        "range": parameter.range and shown(parameter.range) + factors,
        "reason": parameter.reason,
        "calibration": calibration_told(name),
        "read by": _places(sources.readers(name)),
        "moved by measures": _moved_by(name, measures),
    }


def lever_told(name: str, baseline: Scenario, measures: list[Measure]) -> Told:
    """A practice of employers that measures can move."""
    practice = name.removeprefix("employers.")
    start = baseline.parameters.get(f"start_{practice}")
    meaning = start.meaning.split(" at the start")[0] if start else "employers that give the ten-year guarantee"
    return {
        "meaning": meaning,
        "changed by": "what employers adopt by themselves or by imitation, and measures" if start else "measures",
        "at the start": f"parameter start_{practice}" if start else "no employer",
        "unit": "share",
        "read by": _places(sources.rules("adoption_chance") + sources.rules("adopt_practices")),
        "moved by measures": _moved_by(name, measures),
    }


def fact_told(fact: Fact) -> Told:
    """A documented fact."""
    return {
        "what": fact.what,
        "population": fact.population,
        "value": "no figure is printed" if fact.value is None else shown(fact.value),
        "unit": fact.unit,
        "period": fact.period,
        "source": f"{fact.source.number}: {fact.source.section} (from {fact.source.origin})",
        "role": fact.role,
        "caveat": fact.caveat,
        **(_held_against(fact.id)),
    }


def _held_against(name: str) -> Told:
    """The targets that a fact or a public statistic gives."""
    found = [target for target in load_targets() if target.of == name]
    return {"target": [target_line(target) for target in found]}


def target_line(target: Target) -> str:
    """How the simulation is held against a target, on one line."""
    parts = [f"{target.id}: {target.use}{', firm' if target.firm else ''}"]
    if target.measure is not None and target.tolerance is not None:
        parts.append(f"measured by {target.measure}, tolerance {shown(target.tolerance)} ({target.reason})")
    return "; ".join([*parts, *([target.why] if target.why else [])])


def target_told(target: Target) -> Told:
    """A target of the calibration."""
    return {
        "what": target.what,
        "population": target.population,
        "value": shown(target.low) if target.low == target.high else shown((target.low, target.high)),
        "unit": target.unit,
        "period": target.period,
        "source": target.source,
        "held against": target_line(target),
    }


def statistic_told(record: PublicStatistic) -> Told:
    """A public statistic from outside the documents."""
    told = {name: getattr(record, name) for name in ("unit", "period", "source", "grade")}
    return {"value": shown(record.value), **told, **_held_against(record.id)}


def contradiction_told(record: Contradiction) -> Told:
    """Facts that seem to exclude each other."""
    told = {name: getattr(record, name) for name in ("conflict", "resolution", "confidence", "treatment")}
    return {**told, "facts": list(record.facts)}


def fact_measure_told(name: str) -> Told:
    """How a fact is measured in the simulation."""
    function = getattr(MEASURES[name], "func", MEASURES[name])
    chosen = getattr(MEASURES[name], "keywords", {})
    module = function.__module__.rpartition(".")[2]
    repeats = [target for target in load_targets() if target.measure == name]
    return {
        "meaning": " ".join((function.__doc__ or "").split("\n\n")[0].split())
        or "; ".join(f"{target.what}: {target.population}" for target in repeats),
        "for": "; ".join(f"{key} {v if isinstance(v, str) else shown(v)}" for key, v in chosen.items()),
        "where": f"calibration/{module}.py",
        "measures the targets": [target.id for target in repeats],
    }


def measure_told(measure: Measure, scenarios: list[str]) -> Told:
    """A policy measure."""
    reach = measure.reach.model_dump(exclude_none=True)
    return {
        "meaning": measure.title,
        "source": measure.source,
        "start": measure.start.isoformat(),
        "implementation": measure.delay_years and f"{measure.delay_years:g} years",
        "phase-in": f"{measure.phase_in_years:g} years",
        "duration": "lasting" if measure.duration_years is None else f"{measure.duration_years:g} years",
        "reach": ", ".join(f"{key} {shown(v) if key == 'share' else ' '.join(v)}" for key, v in reach.items()),
        "levers": [moved_line(lever) for lever in measure.levers],
        "comes from": [f"{lever.lever}: {lever.kind}" for lever in measure.levers],
        "range": [f"{lever.lever}: {shown(lever.range)}" for lever in measure.levers if lever.range],
        "reason": [f"{lever.lever}: {lever.reason}" for lever in measure.levers if lever.reason],
        "cost": [cost_line(cost) for cost in measure.cost],
        "in scenarios": scenarios,
    }


def cost_line(cost: Cost) -> str:
    """What a measure costs one payer, on one line."""
    if cost.value is None:
        return f"{cost.payer}: no document says"
    over = f" over {cost.years:g} years" if cost.years is not None else ""
    return f"{cost.payer}: {shown(cost.value)} {cost.unit}{over} ({cost.source})"


def scenario_told(scenario: Scenario, language: str = "en") -> Told:
    """A packaged scenario."""
    title, summary = scenario.texts(language)
    return {
        "meaning": title,
        "summary": summary,
        "measures": [measure.id for measure in scenario.measures],
        "files": [f"scenarios/{name}" for name, _ in scenario.files],
    }


def position_told(name: str) -> Told:
    """A position in the career graph."""
    graph = career_graph.load()
    about = graph.graph.nodes[name]
    return {
        "meaning": about["means"],
        "stage": about["kind"].replace("_", " "),
        "technical": "yes" if about["technical"] else "no",
        "from": [edge.source + _mark(edge) for edge in graph.transitions if edge.target == name],
        "to": [edge.target + _mark(edge) for edge in graph.transitions if edge.source == name],
    }


def _mark(edge: career_graph.Transition) -> str:
    marks = [f"leak point {edge.leak}"] if edge.leak else []
    marks += sorted({way for way in edge.ways_in if way})
    return f" ({', '.join(marks)})" if marks else ""


def leak_told(point: int) -> Told:
    """A leak point."""
    graph = career_graph.load()
    name, means = graph.leak_points[point]
    return {
        "meaning": means,
        "transitions": [f"{edge.source} to {edge.target}" for edge in graph.transitions if edge.leak == point],
        "rules": _places(sources.rules_of_leak(point) or sources.rules("technician_risks")),
        "indicator": f"leak_{point}_{name}",
    }


def way_told(way: str) -> Told:
    """A way into technical work."""
    graph = career_graph.load()
    fields = (" (without a technical diploma)", " (with a technical diploma)")
    return {
        "meaning": graph.ways_in[way],
        "transitions": [
            f"{edge.source} to {edge.target}" + ("" if edge.ways_in == (way, way) else fields[edge.ways_in.index(way)])
            for edge in graph.transitions
            if way in edge.ways_in
        ],
        "indicator": f"in_{way}",
    }


def rule_told(name: str) -> Told:
    """A rule: what it says, where it stands, and what it reads."""
    found = sources.rules(name)
    read = {attribute for function in found for attribute in function.attributes}
    called = {call for function in found for call in function.calls}
    return {
        "meaning": " ".join(" ".join(function.about.split("\n\n")[0].split()) for function in found),
        "where": [function.place for function in found],
        "takes": ", ".join(found[0].arguments),
        "parameters": sorted(read & set(all_axes())),
        "calls": sorted(called & set(sources.rule_names())),
        "called by": _places(sources.callers(name)),
    }


def indicator_told(indicator: Indicator) -> Told:
    """An indicator of the results."""
    what = "posts" if "posts" in indicator.meaning else "people"
    when = "at the end of a quarter or year" if indicator.kind == "stock" else "during a quarter or year"
    return {"meaning": indicator.meaning, "counts": f"{what} {when}", "groups": ", ".join(GROUPS_SHOWN)}
