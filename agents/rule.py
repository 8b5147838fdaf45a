"""How a rule is declared: a plain scalar function, compiled by Numba, that still runs in the interpreter."""

from __future__ import annotations

import dis
import functools
import hashlib
import os
import types
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba
import platformdirs

F = TypeVar("F", bound=Callable[..., Any])

_COMPILED: Final[dict[str, Any]] = {"error_model": "numpy", "no_cfunc_wrapper": True}
"""How everything is compiled: without the exceptions of Python in arithmetic, and without a way in from C, which takes
time to compile and which nobody uses."""


@functools.cache
def _cache_folder() -> str | None:
    """Folder of compiled code for exactly this source text; None where nothing can be kept.

    Numba notices a change in the file of a compiled function, but not in the files of the functions it calls.
    A folder named after the text of every compiled package makes an edited rule compile again, always; also within
    the folder that a user chooses with NUMBA_CACHE_DIR.
    """
    digest = hashlib.sha256()
    for package in ("agents", "sim"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for file in sorted(Path(spec.origin).parent.rglob("*")):
            if file.suffix in {".py", ".yaml"}:
                digest.update(file.read_bytes())
    chosen = numba.config.CACHE_DIR or Path(platformdirs.user_cache_dir("careerflows")) / "compiled"
    folder = Path(chosen) / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return str(folder) if os.access(folder, os.W_OK) else None


def rule(function: F) -> F:
    """Compile a scalar rule; it is inlined into the engine's loops, and `.py_func` is the plain function.

    A rule makes no arrays, so it is compiled without counting references to those it is given (`_nrt`): the counters
    would be shared by all threads and cost more than the rule.
    """
    return cast(F, numba.njit(**_COMPILED, forceinline=True, _nrt=False)(function))


def kernel(function: F) -> F:
    """Compile a loop of the engine that releases the interpreter lock and is kept on disk between runs."""
    return _kept(function)


def sweep(function: F) -> F:
    """Compile a kernel that makes no arrays, so that nothing need be counted where it handles those of others."""
    return _kept(function, _nrt=False)


def _kept(function: F, **options: bool) -> F:
    folder = _cache_folder()
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = folder or before
    try:
        return cast(F, numba.njit(cache=folder is not None, nogil=True, **_COMPILED, **options)(function))
    finally:
        numba.config.CACHE_DIR = before


@functools.cache
def interpreted(compiled: Callable[..., Any], **instead: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same rule as plain Python, with every rule that it calls as plain Python too.

    Parameters
    ----------
    compiled : what `rule` or `kernel` gave, or a plain function
    instead : functions to call in place of those with these names, wherever they are called
    """
    plain = cast(types.FunctionType, getattr(compiled, "py_func", compiled))
    names = {name: plain.__globals__[name] for name in _globals_in(plain.__code__) if name in plain.__globals__}
    for name, value in names.items():
        if name in instead:
            names[name] = instead[name]
        elif hasattr(value, "py_func"):
            names[name] = interpreted(value, **instead)
    space = {**names, "__builtins__": plain.__globals__["__builtins__"], "__name__": plain.__module__}
    copy = types.FunctionType(plain.__code__, space, plain.__name__, plain.__defaults__, plain.__closure__)
    return functools.update_wrapper(copy, plain)


def rules_of(module: types.ModuleType) -> types.SimpleNamespace:
    """All rules of a module as plain Python, under their names."""
    own = {name: value for name, value in vars(module).items() if hasattr(value, "py_func")}
    return types.SimpleNamespace(**{name: interpreted(value) for name, value in own.items()})


def _globals_in(code: types.CodeType) -> set[str]:
    """Names of the globals that a function reads, also in the functions inside it."""
    read = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    inner = (_globals_in(constant) for constant in code.co_consts if isinstance(constant, types.CodeType))
    return read.union(*inner)
