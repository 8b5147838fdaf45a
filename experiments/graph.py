"""The career graph as a picture, as GraphML and as DOT."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import networkx as nx

from experiments.about import version
from experiments.folders import MADE_BY, MANIFEST, results_folder
from experiments.screen import output, place_words, print_json
from sim import career_graph

LEAK: Final = "#D55E00"
WAY_IN: Final = "#0072B2"
OTHER: Final = "#9DA8AF"


def parts() -> dict[str, list[dict[str, Any]]]:
    """Positions and transitions as records."""
    graph = career_graph.load()
    nodes = [{"id": name, **graph.graph.nodes[name]} for name in graph.graph]
    edges = []
    for edge in graph.transitions:
        name = graph.leak_points[edge.leak][0] if edge.leak else None
        edges.append(
            {
                "source": edge.source,
                "target": edge.target,
                "leak_point": edge.leak or None,
                "leak_name": name,
                "way_in_without_diploma": edge.ways_in[0] or None,
                "way_in_with_diploma": edge.ways_in[1] or None,
            }
        )
    return {"nodes": nodes, "edges": edges}


def dot() -> str:
    """The career graph in the DOT language of Graphviz."""
    graph = career_graph.load()
    lines = ["digraph career {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled", fontname="sans-serif"];']
    for name in graph.graph:
        about = graph.graph.nodes[name]
        fill = "#E3EEF6" if about["technical"] else "#F1F3F4"
        lines.append(f'  {name} [label="{name.replace("_", " ")}", tooltip="{about["means"]}", fillcolor="{fill}"];')
    for edge in graph.transitions:
        ways = " / ".join(dict.fromkeys(way for way in edge.ways_in if way))
        label = ", ".join(part for part in (str(edge.leak) if edge.leak else "", ways.replace("_", " ")) if part)
        colour = WAY_IN if ways else LEAK if edge.leak else OTHER
        lines.append(f'  {edge.source} -> {edge.target} [color="{colour}", fontcolor="{colour}", label="{label}"];')
    return "\n".join([*lines, "}", ""])


def graph(out: Path | None, as_json: bool) -> int:
    """Write the career graph in all its forms, or print its parts as JSON; returns the exit code."""
    if as_json and out is None:
        print_json(parts())
        return 0
    from experiments.drawing import save, style
    from experiments.flow_picture import flow_picture
    from experiments.manifest import write_manifest

    target = out or Path("results") / "graph"
    with results_folder(target) as folder:
        with style():
            picture = flow_picture(
                None,
                None,
                "The career graph: leak points and ways into technical work",
                "The five levels of study are drawn as one box. Moves outside technology are not drawn",
                "Source: careerflows, sim/career_graph.yaml",
            )
            save(picture, folder.work, "career_graph")
        nx.write_graphml(career_graph.load().graph, folder.work / "career_graph.graphml")
        (folder.work / "career_graph.dot").write_text(dot(), encoding="utf-8")
        write_manifest(folder.work, {"made_by": MADE_BY, "command": "graph", "version": version()})
        names = sorted(file.name for file in folder.work.iterdir() if file.name != MANIFEST)
        place = folder.keep()
    if as_json:
        print_json(parts())
    else:
        output().print(f"The career graph: {', '.join(names)} in {place_words(place)}", soft_wrap=True)
    return 0
