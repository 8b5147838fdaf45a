"""The manifest of a results folder: all that is needed to know where the results come from, and to make them again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from experiments.about import version
from experiments.folders import MADE_BY, MANIFEST
from experiments.options import Settings
from sim.scenario import Scenario
from sim.versions import code_sha256

FORMAT: Final = 2
"""Of the files in a results folder; higher where what they hold has changed."""
LIBRARIES: Final = ("mesa", "numpy", "numba", "networkx", "pandas", "scipy", "pyarrow", "matplotlib")


def _scenario(scenario: Scenario, reference: Scenario) -> dict[str, Any]:
    changed = {
        name: parameter.value
        for name, parameter in scenario.parameters.items()
        if parameter.value != reference.parameters[name].value
    }
    return {
        "id": scenario.id,
        "title": scenario.title,
        "summary": scenario.summary,
        "dutch": scenario.dutch,
        "files": [{"name": name, "sha256": sha256} for name, sha256 in scenario.files],
        "changes": list(scenario.changes),
        "measures": [measure.model_dump(mode="json") for measure in scenario.measures],
        "changed_parameters": changed,
    }


def manifest(
    command: str, scenarios: Sequence[Scenario], settings: Settings, finished: Sequence[int], seconds: float
) -> dict[str, Any]:
    """What made a results folder.

    Parameters
    ----------
    finished : numbers of the replicates in the results; fewer than asked for if the user stopped the runs
    seconds : time that the runs took
    """
    reference = scenarios[0]
    return {
        "made_by": MADE_BY,
        "format": FORMAT,
        "command": command,
        "settings": {
            "scale": settings.scale,
            "replicates": settings.replicates,
            "seed": settings.seed,
            "until": settings.until.isoformat(),
        },
        "finished_replicates": len(finished),
        "seeds": [settings.seed + number for number in finished],
        "run_seconds": round(seconds, 3),
        "versions": {
            "careerflows": version(),
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in LIBRARIES},
        },
        "model_sha256": code_sha256(),
        "scenarios": [_scenario(scenario, reference) for scenario in scenarios],
        "parameters_of": reference.id,
        "parameters": {
            name: parameter.model_dump(mode="json", exclude_none=True)
            for name, parameter in reference.parameters.items()
        },
        "rests_on_assumed": [
            *(name for name, parameter in reference.parameters.items() if parameter.kind == "assumed"),
            *(
                f"{measure.id}: {lever.lever}"
                for scenario in scenarios
                for measure in scenario.measures
                for lever in measure.levers
                if lever.kind == "assumed"
            ),
        ],
    }


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Write the manifest into a folder."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def short_name(
    command: str, scenarios: Sequence[Scenario], settings: Settings, wanted: dict[str, Any] | None = None
) -> str:
    """Name of the default results folder: the same for the same command, scenarios, settings and wishes."""
    told = [[scenario.id, list(scenario.files), list(scenario.changes)] for scenario in scenarios]
    limits = [settings.scale, settings.replicates, settings.seed, settings.until.isoformat()]
    digest = hashlib.sha256(json.dumps([told, limits, wanted or {}]).encode()).hexdigest()
    return f"{command}-{digest[:8]}"
