"""How a rule is declared: a plain scalar function, compiled by Numba, that still runs in the interpreter."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs

F = TypeVar("F", bound=Callable[..., Any])


@cache
def _cache_folder() -> str:
    """Folder of compiled code for exactly this source text.

    Numba notices a change in the file of a compiled function, but not in the files of the functions it calls.
    A folder named after the text of every compiled package makes an edited rule compile again, always.
    """
    digest = hashlib.sha256()
    for package in ("agents", "sim"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for file in sorted(Path(spec.origin).parent.rglob("*")):
            if file.suffix in {".py", ".yaml"}:
                digest.update(file.read_bytes())
    return str(Path(platformdirs.user_cache_dir("careerflows")) / "compiled" / digest.hexdigest()[:16])


def rule(function: F) -> F:
    """Compile a scalar rule; it is inlined into the engine's loops, and `.py_func` is the plain function."""
    return cast(F, numba.njit(error_model="numpy", forceinline=True)(function))


def kernel(function: F) -> F:
    """Compile a loop of the engine that releases the interpreter lock and is kept on disk between runs."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before or _cache_folder()
    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    finally:
        numba.config.CACHE_DIR = before


@cache
def interpreted(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same rule as plain Python, with every rule that it calls as plain Python too."""
    plain = cast(types.FunctionType, getattr(compiled, "py_func", compiled))
    names = {
        name: interpreted(value) if hasattr(value, "py_func") else value
        for name, value in plain.__globals__.items()
        if name in plain.__code__.co_names
    }
    copy = types.FunctionType(plain.__code__, {**names, "__builtins__": __builtins__}, plain.__name__)
    copy.__doc__ = plain.__doc__
    return copy
