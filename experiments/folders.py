"""Results folders that appear complete or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from experiments.options import UserError

MANIFEST: Final = "manifest.json"
MADE_BY: Final = "careerflows"


class Folder:
    """A results folder in the making: files go into `work`, beside the place where they will stand."""

    def __init__(self, target: Path, work: Path) -> None:
        self.target = target
        self.work = work
        self.kept = False

    def keep(self, partial: bool = False) -> Path:
        """Put the finished folder in its place, instead of earlier results there, and say where that is.

        Partial results never replace earlier ones: these go beside them.
        """
        self.target = self._beside() if partial and _occupied(self.target) else self.target
        self.work.chmod(0o777 & ~_umask())
        if self.target.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{self.target.name}-", dir=self.target.parent))
            self.target.rename(old / "old")
            try:
                self.work.rename(self.target)
            except OSError:
                (old / "old").rename(self.target)
                raise
            finally:
                shutil.rmtree(old, ignore_errors=True)
        else:
            self.work.rename(self.target)
        self.kept = True
        return self.target

    def _beside(self) -> Path:
        name, number = f"{self.target.name}-partial", 1
        while _occupied(self.target.with_name(name)):
            number += 1
            name = f"{self.target.name}-partial-{number}"
        return self.target.with_name(name)


@contextmanager
def results_folder(out: Path) -> Iterator[Folder]:
    """A folder for results at `out`, checked now; what is not kept leaves no trace. UserError if it cannot be."""
    made: list[Path] = []
    try:
        target = out.expanduser().resolve()
        _check(out, target)
        made = _missing(target.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except (OSError, RuntimeError) as error:
        _tidy(made)
        what = (getattr(error, "strerror", None) or str(error)).lower()
        raise UserError(f"--out: no folder can be made at {out} ({what}); give one in a place you can write") from None
    folder = Folder(target, work)
    try:
        yield folder
    finally:
        if not folder.kept:
            shutil.rmtree(work, ignore_errors=True)
            _tidy(made)


def _check(out: Path, target: Path) -> None:
    if target == Path.cwd():
        raise UserError(f"--out: {out} is the folder you are in; give a new one, such as {out / 'results'}")
    if not target.name:
        raise UserError(f"--out: {out} is no place for results; give a new folder, such as results/mine")
    if target.is_dir():
        if _occupied(target) and not _ours(target):
            raise UserError(f"--out: {out} holds other files than earlier results; give a new or an empty folder")
    elif target.exists():
        raise UserError(f"--out: {out} is a file; give a folder")


def _occupied(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _ours(folder: Path) -> bool:
    """Whether a folder was written by a command before; a store of runs is not to be replaced."""
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("made_by") == MADE_BY and "kind" not in manifest


def _missing(folder: Path) -> list[Path]:
    """Folders on the way that do not exist yet, the deepest first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


def _tidy(made: list[Path]) -> None:
    for folder in made:
        try:
            folder.rmdir()
        except OSError:
            return


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
