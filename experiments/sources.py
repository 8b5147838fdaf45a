"""What the text of the model says about itself: its rules, and which of them read a parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

PACKAGES = ("agents", "sim")


@dataclass(frozen=True)
class Function:
    """One function of `agents/` or `sim/`."""

    name: str
    file: str
    line: int
    about: str
    """Its docstring."""
    arguments: tuple[str, ...]
    rule: bool
    """Whether it is one of the rules, or a loop of the engine."""
    attributes: frozenset[str]
    """Names read from its parameters `p` and `s`, and by key."""
    calls: frozenset[str]

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}:{self.line}"


@cache
def functions() -> tuple[Function, ...]:
    """Every function of the model, file by file."""
    found: list[Function] = []
    for package in PACKAGES:
        files = [file for file in resources.files(package).iterdir() if file.name.endswith(".py")]
        for file in sorted(files, key=lambda file: file.name):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found += _functions(tree, f"{package}/{file.name}")
    return tuple(found)


def _functions(tree: ast.Module, file: str) -> Iterator[Function]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        decorators = {name.id for part in node.decorator_list for name in ast.walk(part) if isinstance(name, ast.Name)}
        yield Function(
            name=node.name,
            file=file,
            line=node.lineno,
            about=ast.get_docstring(node) or "",
            arguments=tuple(argument.arg for argument in node.args.args),
            rule=bool(decorators & {"rule", "kernel", "sweep"}),
            attributes=frozenset(_read(node)),
            calls=frozenset(
                call.func.id
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            ),
        )


def _read(node: ast.FunctionDef) -> Iterator[str]:
    """Names after `p.` or `s.`, and constant keys in brackets."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in ("p", "s"):
            yield part.attr
        elif (
            isinstance(part, ast.Subscript)
            and isinstance(part.slice, ast.Constant)
            and isinstance(part.slice.value, str)
        ):
            yield part.slice.value


def readers(parameter: str) -> list[Function]:
    """The functions that read a parameter, those in `agents/` first."""
    return [function for function in functions() if parameter in function.attributes]


def rules(name: str) -> list[Function]:
    """The rules of a name: functions of `agents/`, and rules and loops of `sim/`."""
    return [
        function
        for function in functions()
        if function.name == name and (function.rule or function.file.startswith("agents/"))
    ]


def rule_names() -> list[str]:
    """Names of all rules, without those that are only for the file they stand in."""
    names = {f.name for f in functions() if (f.rule or f.file.startswith("agents/")) and not f.name.startswith("_")}
    return sorted(names)


def callers(name: str) -> list[Function]:
    """The functions that call a rule."""
    return [function for function in functions() if name in function.calls]


def rules_of_leak(point: int) -> list[Function]:
    """The rules whose text says that they are a leak point."""
    mark = f"Leak point {point}"
    return [
        function
        for function in functions()
        if mark in function.about and not function.about.split(mark, 1)[1][:1].isdigit()
    ]
