"""The career graph: positions, allowed transitions, leak points and ways in, read from `career_graph.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import networkx as nx
import numpy as np
import yaml
from numpy.typing import NDArray

from agents.positions import FIELDS, POSITIONS, STUDIES

OUTSIDE: Final = "outside"
LEAK_POINTS: Final = 11


class GraphError(ValueError):
    """The description of the career graph contradicts itself; the message says where and what would be right."""


@dataclass(frozen=True)
class Transition:
    """One allowed transition, with what it counts as."""

    code: int
    source: str
    target: str
    leak: int
    """Leak point 1 to 11, or 0."""
    ways_in: tuple[str, str]
    """Way into technical work for people without and with a technical diploma; empty if none."""


@dataclass(frozen=True)
class CareerGraph:
    """Positions and transitions with their meaning, and the tables by which the engine reads them."""

    graph: nx.DiGraph[str]
    transitions: tuple[Transition, ...]
    leak_points: Mapping[int, tuple[str, str]]
    """Name and meaning of each leak point."""
    ways_in: Mapping[str, str]
    """Meaning of each way in."""

    @property
    def codes(self) -> NDArray[np.int16]:
        """Code of the transition between two positions, -1 where none is allowed; shape (25, 25)."""
        table = np.full((len(POSITIONS), len(POSITIONS)), -1, np.int16)
        for edge in self.transitions:
            table[POSITIONS.index(edge.source), POSITIONS.index(edge.target)] = edge.code
        return table

    @property
    def ends(self) -> NDArray[np.int16]:
        """Codes of the positions at both ends of each transition; shape (transitions, 2)."""
        pairs = [(POSITIONS.index(edge.source), POSITIONS.index(edge.target)) for edge in self.transitions]
        return np.array(pairs, np.int16)

    def leak(self, point: int) -> list[int]:
        """Codes of the transitions of a leak point."""
        return [edge.code for edge in self.transitions if edge.leak == point]

    def between(self, source: str, target: str) -> Transition:
        """The transition between two positions; KeyError if there is none."""
        data = self.graph.get_edge_data(source, target)
        if data is None:
            raise KeyError(f"no transition from {source} to {target}")
        return self.transitions[data["code"]]


def _names(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _pairs(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for source in _names(entry["from"]):
        for target in _names(entry["to"]):
            if entry.get("same_level") and source.split("_")[1] != target.split("_")[1]:
                continue
            yield source, target


def _ways(entry: Mapping[str, Any]) -> tuple[str, str]:
    way = entry.get("way_in", "")
    if isinstance(way, str):
        return way, way
    return way.get(FIELDS[0], ""), way.get(FIELDS[1], "")


def parse(text: str) -> CareerGraph:
    """Build the career graph from YAML text. Raises GraphError with one clear line."""
    data = yaml.safe_load(text)
    positions = data["positions"]
    if tuple(positions) != POSITIONS:
        odd = next((a for a, b in zip(positions, POSITIONS, strict=False) if a != b), "the number of positions")
        raise GraphError(f"positions: {odd!r} is not where agents/positions.py has it")
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, about in positions.items():
        graph.add_node(name, **{"technical": False, **about})
    transitions: list[Transition] = []
    for number, entry in enumerate(data["transitions"], start=1):
        leak, ways = int(entry.get("leak", 0)), _ways(entry)
        if leak and leak not in data["leak_points"]:
            raise GraphError(f"transition {number}: leak point {leak} is not described under leak_points")
        for way in filter(None, ways):
            if way not in data["ways_in"]:
                raise GraphError(f"transition {number}: way in {way!r} is not described under ways_in")
        for source, target in _pairs(entry):
            for name in (source, target):
                if name not in graph:
                    raise GraphError(f"transition {number}: {name!r} is not a position")
            if graph.has_edge(source, target):
                raise GraphError(f"transition {number}: {source} to {target} stands twice")
            edge = Transition(len(transitions), source, target, leak, ways)
            graph.add_edge(source, target, code=edge.code, leak=leak, way_in=" / ".join(sorted({*ways} - {""})))
            transitions.append(edge)
    _check(graph)
    leaks = {int(k): (v["name"], v["means"]) for k, v in data["leak_points"].items()}
    missing = [point for point in leaks if not any(edge.leak == point for edge in transitions)]
    if missing:
        raise GraphError(f"leak point {missing[0]} has no transition")
    return CareerGraph(graph, tuple(transitions), leaks, dict(data["ways_in"]))


def _check(graph: nx.DiGraph[str]) -> None:
    kinds = nx.get_node_attributes(graph, "kind")
    if graph.out_degree("retired"):
        raise GraphError("retired: nobody comes back from retirement, so no transition may leave it")
    schools = [name for name, kind in kinds.items() if kind == "school"]
    if not nx.is_directed_acyclic_graph(graph.subgraph(schools)):
        raise GraphError("school positions form a circle; pupils can only go forward")
    for name in graph:
        if kinds[name] != OUTSIDE and not nx.has_path(graph, "primary_school", name):
            raise GraphError(f"{name}: no path leads here from primary school")


@cache
def load() -> CareerGraph:
    """The career graph of the product."""
    return parse(files("sim").joinpath("career_graph.yaml").read_text(encoding="utf-8"))


def study_positions(technical: bool) -> list[str]:
    """Names of the five study positions of a field."""
    return [f"study_{level}_{'technical' if technical else 'other'}" for level in STUDIES]
