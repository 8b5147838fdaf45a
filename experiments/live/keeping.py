"""The folder of a session: what is written there, what is read from it again, and that only one server has it."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from experiments.options import UserError

STATE: Final = "session.json"
ROUNDS: Final = "rounds.jsonl"
LOCK: Final = "session.lock"
BEING_WRITTEN: Final = ".session-"
"""Beginning of the names of files that are not yet whole."""
OURS: Final = (STATE, ROUNDS, LOCK, "pages")
MOST_ANSWERS: Final = 1000
_LARGEST: Final = 2_000_000
"""Bytes of a session that is read again; one with all answers and a whole scenario is smaller."""
_NO_OTHER: Final = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""A link to another file is not followed and nothing is waited for, on systems that know of this."""
_STRICT: Final = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Text = Annotated[str, Field(max_length=2_000)]


class Both(BaseModel):
    """A text in both languages."""

    model_config = _STRICT

    en: Text
    nl: Text


class KeptQuestion(BaseModel):
    """A question as it is kept."""

    model_config = _STRICT

    id: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["number", "choice"]
    text: Both
    options: Annotated[tuple[Both, ...], Field(max_length=20)]
    low: float
    high: float
    step: Annotated[float, Field(gt=0.0)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind == "choice") != bool(self.options) or (self.kind == "number" and not self.low < self.high):
            raise ValueError("nothing to answer")
        return self


class KeptResult(BaseModel):
    """What the model said, as it is kept."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    text: Both
    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0
    best: Annotated[list[Annotated[int, Field(ge=0, lt=20)]], Field(max_length=20)] = []


class KeptRound(BaseModel):
    """A round as it is kept."""

    model_config = _STRICT

    phase: Literal["waiting", "open", "closed", "revealed"]
    question: KeptQuestion | None
    answers: Annotated[dict[Annotated[str, Field(pattern="^[0-9a-f]{20}$")], float], Field(max_length=MOST_ANSWERS)]
    result: KeptResult | None
    basis: dict[str, Any] | None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.phase == "waiting") != (self.question is None) or (self.phase == "revealed") != (
            self.result is not None
        ):
            raise ValueError("phase, question and result do not fit together")
        if self.result is not None and self.question is not None:
            needed = {"mean", "low", "high"} if self.question.kind == "number" else {"best"}
            if not needed <= self.result.model_fields_set:
                raise ValueError("the result is not one of the question")
        return self


class Kept(BaseModel):
    """A session as it is kept."""

    model_config = _STRICT

    made_by: Literal["careerflows"]
    kind: Literal["live"]
    code: Annotated[str, Field(pattern="^[A-HJ-NP-Z2-9]{6}$")]
    key: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{24}$")]
    secret: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    round: KeptRound
    choice: Annotated[str, Field(max_length=400_000)] | None


def read(folder: Path) -> Kept | None:
    """The session that was kept in a folder, or nothing; UserError where it is damaged."""
    file = folder / STATE
    if not os.path.lexists(file):
        return None
    try:
        with os.fdopen(_opened(file, os.O_RDONLY), "rb") as stream:
            return Kept.model_validate_json(stream.read(_LARGEST))
    except (OSError, ValidationError):
        raise UserError(f"--out: {file} is damaged; remove it, or give another folder") from None


def write(folder: Path, state: dict[str, Any]) -> None:
    """Keep a session in place of what was kept; the earlier one stays where that fails with an OSError."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=BEING_WRITTEN)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(state, file, ensure_ascii=False)
        Path(name).replace(folder / STATE)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def append(folder: Path, told: dict[str, Any]) -> None:
    """Add a round to those that were; where that fails with an OSError nothing of it is there."""
    handle = _opened(folder / ROUNDS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    left = json.dumps(told, ensure_ascii=False).encode() + b"\n"
    whole = os.fstat(handle).st_size
    try:
        while left:
            left = left[os.write(handle, left) :]
    except OSError:
        with contextlib.suppress(OSError):
            os.truncate(handle, whole)
        raise
    finally:
        os.close(handle)


def _opened(file: Path, flags: int) -> int:
    """A file of the folder itself: no link to another one, no folder and nothing that only looks like a file."""
    handle = os.open(file, flags | _NO_OTHER, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{file} is not a file")
    return handle


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have a folder to oneself; UserError where another server has it, or where it is not as a session leaves it."""
    try:
        handle = _opened(folder / LOCK, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        what = (error.strerror or "it is not a file").lower()
        raise UserError(f"--out: {folder / LOCK} cannot be written ({what}); give another folder") from None
    try:
        _lock(handle, folder)
        rounds = folder / ROUNDS
        if os.path.lexists(rounds) and (rounds.is_symlink() or not rounds.is_file()):
            raise UserError(f"--out: {rounds} is not a file of its own; remove it, or give another folder")
        for left in folder.glob(f"{BEING_WRITTEN}*"):  # of a server that was ended while it wrote
            with contextlib.suppress(OSError):
                left.unlink()
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"--out: another server has {folder} open; stop it, or give another folder") from None
    except OSError:  # a file system without locks: then it goes without
        return
