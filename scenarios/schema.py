"""The JSON Schemas of a scenario file and of a measure of the catalogue, for editors that check while one writes.

    python -m scenarios.schema

writes `scenarios/scenario.schema.json` and `scenarios/measures/measure.schema.json` again after the models, the names
of parameters or the catalogue have changed. A scenario file uses it with a first line
`# yaml-language-server: $schema=scenario.schema.json`.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from agents.parameters import NAMES, labels
from scenarios.catalogue import MEASURES, Check, Entry, Expect, Text, files
from scenarios.checks import ScenarioFile, Translation
from scenarios.measure_checks import AXES, FIRST_START, LAST_START
from sim.scenario import PRACTICE_LEVERS, Cost, Lever, Measure, Parameter, Reach

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FILE: Final = Path(__file__).with_name("scenario.schema.json")
MEASURE_FILE: Final = Path(__file__).parent / MEASURES / "measure.schema.json"
CHANGEABLE: Final = ("start", "delay_years", "phase_in_years", "duration_years", "reach")
"""What a scenario may give otherwise than the catalogue."""


def measure_schema() -> dict[str, Any]:
    """Schema of a measure of the catalogue."""
    schema = Entry.model_json_schema(by_alias=True)
    _describe(schema, Entry, (Entry, Expect, Check, Text, Lever, Reach, Cost))
    schema["$defs"]["Lever"]["properties"]["lever"]["enum"] = [*NAMES, *PRACTICE_LEVERS]
    return {"$schema": DIALECT, "title": "Measure of the catalogue", **_without_titles(schema)}


def _describe(schema: dict[str, Any], top: type[BaseModel], models: Sequence[type[BaseModel]]) -> None:
    """Put the text under each field of the models into their schemas."""
    for model in models:
        target = schema if model is top else schema["$defs"][model.__name__]
        for name, text in _docstrings(model).items():
            target["properties"][model.model_fields[name].alias or name]["description"] = text


def _use(measure: dict[str, Any]) -> dict[str, Any]:
    """Schema of a measure that is taken from the catalogue."""
    changed = {name: measure["properties"][name] for name in CHANGEABLE}
    strength = {"type": "number", "minimum": 0, "description": "Factor on all levers."}
    properties = {"use": {"enum": list(files()), "description": "Measure of the catalogue."}, **changed}
    return {
        "type": "object",
        "properties": {**properties, "strength": strength},
        "required": ["use"],
        "additionalProperties": False,
    }


def json_schema() -> dict[str, Any]:
    """Schema of a scenario file, from the models and the names of parameters, without any value."""
    schema = ScenarioFile.model_json_schema()
    definitions = schema["$defs"]
    _describe(schema, ScenarioFile, (ScenarioFile, Translation, Parameter, Lever, Measure, Reach, Cost))
    definitions["Parameter"]["required"] = ["value", "kind"]
    definitions["Lever"]["properties"]["lever"]["enum"] = [*NAMES, *PRACTICE_LEVERS]
    definitions["Measure"]["properties"]["start"]["description"] = f"First day, from {FIRST_START} to {LAST_START}."
    definitions["Use"] = _use(definitions["Measure"])
    schema["properties"]["measures"]["items"] = {"anyOf": [{"$ref": "#/$defs/Measure"}, {"$ref": "#/$defs/Use"}]}
    for axes in dict.fromkeys(part for whole in AXES.values() for part in (whole, whole[1:])):
        definitions[_table(axes)] = _labelled(axes) if axes else {"type": "number"}
    about = {name: schema["properties"][name]["description"] for name in ("extends", "parameters")}
    names: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    schema["properties"]["extends"] = {**names, "description": about["extends"]}
    schema["properties"]["parameters"] = {
        "type": "object",
        "description": about["parameters"],
        "properties": {name: _parameter(axes) for name, axes in AXES.items()},
        "additionalProperties": False,
    }
    complete = {"required": ["parameters"], "properties": {"parameters": {"required": list(AXES)}}}
    schema["anyOf"] = [{"required": ["extends"]}, complete]
    return {"$schema": DIALECT, "title": "Scenario file", **_without_titles(schema)}


def _table(axes: tuple[str, ...]) -> str:
    return "_by_".join(("number", *axes))


def _labelled(axes: tuple[str, ...]) -> dict[str, Any]:
    names = list(labels(axes[0]))
    return {
        "type": "object",
        "propertyNames": {"enum": names},
        "required": names,
        "additionalProperties": {"$ref": f"#/$defs/{_table(axes[1:])}"},
    }


def _without_titles(part: Any) -> Any:
    """The schema without the titles that only repeat the names of keys."""
    if isinstance(part, list):
        return [_without_titles(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {k: _without_titles(v) for k, v in part.items() if k != "title" or not isinstance(v, str)}


def _parameter(axes: tuple[str, ...]) -> dict[str, Any]:
    what = f"A table by {' and '.join(axes)}." if axes else "One number."
    value = {"$ref": f"#/$defs/{_table(axes)}"}
    return {"description": what, "allOf": [{"$ref": "#/$defs/Parameter"}], "properties": {"value": value}}


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text under each field of a model, on one line."""
    texts: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if not issubclass(cls, BaseModel) or cls is BaseModel:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr) and isinstance(field.target, ast.Name):
                text = below.value
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    texts[field.target.id] = " ".join(text.value.split())
    return texts


def texts() -> dict[Path, str]:
    """The schemas as they stand in their files."""
    found = {FILE: json_schema(), MEASURE_FILE: measure_schema()}
    return {file: json.dumps(schema, indent=1) + "\n" for file, schema in found.items()}


if __name__ == "__main__":
    for file, text in texts().items():
        file.write_text(text, encoding="utf-8")
