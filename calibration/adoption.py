"""Writing values into a scenario file without touching anything else in it."""

from __future__ import annotations

from typing import Any

import yaml


class _Place(yaml.SafeLoader):
    """Only used to find where nodes stand."""


def _flow(value: Any) -> str:
    """A number or table as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(part)}" for key, part in value.items()) + "}"
    if float(value).is_integer() and abs(value) >= 1.0:
        return repr(int(value))
    text = f"{value:.8g}"
    return text if "e" not in text or "." in text else text.replace("e", ".0e")  # YAML takes 1e-05 for a word


def _key(key: str) -> str:
    return f'"{key}"' if key.endswith("+") else key


def _child(node: yaml.MappingNode, key: str) -> Any:
    for name, value in node.value:
        if name.value == key:
            return value
    raise KeyError(key)


def with_values(text: str, values: dict[str, Any]) -> str:
    """The text of a scenario file with other values of some parameters; comments and layout stay as they are.

    Raises KeyError for a parameter that the file does not have.
    """
    root = yaml.compose(text, Loader=_Place)
    assert isinstance(root, yaml.MappingNode)
    parameters = _child(root, "parameters")
    spans = []
    for name, value in values.items():
        node = _child(_child(parameters, name), "value")
        end = node.end_mark.index
        block = isinstance(node, yaml.MappingNode) and not node.flow_style
        if block:
            spans += _inner(node, value)
        else:
            spans.append((node.start_mark.index, end, _flow(value)))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _inner(node: yaml.MappingNode, value: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Places of the rows of a table that stands on several lines."""
    return [(part.start_mark.index, part.end_mark.index, _flow(value[key.value])) for key, part in node.value]
