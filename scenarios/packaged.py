"""The scenario files that come with the package, and finding a file by its name or path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from scenarios.errors import did_you_mean

FIRST: Final = "baseline"
_SUFFIX: Final = ".yaml"
_TOP_KEY: Final = re.compile(r"^(\w+):", re.MULTILINE)


def folder() -> Traversable:
    """Where the packaged files are."""
    return resources.files("scenarios")


def available() -> list[str]:
    """Names of the packaged scenarios, the baseline first."""
    names = [file.name.removesuffix(_SUFFIX) for file in folder().iterdir() if _is_scenario(file)]
    return sorted(names, key=lambda name: (name != FIRST, name))


def _is_scenario(file: Traversable) -> bool:
    if not file.name.endswith(_SUFFIX) or not file.is_file():
        return False
    keys = set(_TOP_KEY.findall(file.read_bytes().decode("utf-8", errors="replace")))
    return {"id", "summary"} <= keys and bool(keys & {"extends", "parameters"})


def find(name_or_path: str, beside: Traversable | None = None) -> Traversable | None:
    """The packaged scenario of a name, or else the file at a path (relative to the folder `beside`), if any.

    A directory at that path is returned too, for whoever reads it to say so.
    """
    try:
        packaged = folder() / f"{name_or_path}{_SUFFIX}"
        if re.fullmatch(r"[\w-]+", name_or_path) and _is_scenario(packaged):
            return packaged
        file = Path(name_or_path) if beside is None else beside / name_or_path
        return file if file.is_dir() or file.is_file() or (isinstance(file, Path) and file.exists()) else None
    except (OSError, ValueError):
        return None


def not_found(name_or_path: str, beside: Traversable | None = None, measures: Iterable[str] = ()) -> str:
    """What to say about a name or path that leads to no file; `measures` are names that would do as well."""
    names, measures = available(), list(measures)
    path = Path(name_or_path) if beside is None else beside / name_or_path
    near = [*names, *measures] + (_files_in(path.parent) if isinstance(path, Path) else [])
    known = f"; packaged scenarios: {', '.join(names)}" if names else ""
    if measures:
        known += "; careerflows measures lists the measures"
    hint = did_you_mean(Path(name_or_path).name, near) or known
    return f"is neither a packaged scenario{', a measure' if measures else ''} nor a file{hint}"


def _files_in(place: Traversable) -> list[str]:
    try:
        entries: Iterable[Traversable] = place.iterdir()
        return sorted(entry.name for entry in entries if entry.name.endswith((_SUFFIX, ".yml")))
    except (OSError, ValueError):
        return []
