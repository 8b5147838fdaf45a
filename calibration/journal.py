"""The journal of a calibration: every finished run on disk at once, so that a killed calibration goes on."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

Key = tuple[str, int]
"""Digest of the parameter values of a candidate (`point_of`), and seed of the run."""
NAME: Final = "runs.jsonl"


def point_of(values: Sequence[float], paired: bool) -> str:
    """Digest of a candidate: its parameter values, and whether it is run twice."""
    return hashlib.sha256(json.dumps([list(values), paired]).encode()).hexdigest()[:24]


class JournalError(ValueError):
    """The journal on disk belongs to another calibration, or cannot be read; the text is one line for the user."""


class Journal:
    """Finished runs, a line each, after a first line that says to which calibration they belong.

    Values are kept by the name of their measure. A line that was cut off when the process was killed is dropped, and
    its run is done again.

    Parameters
    ----------
    folder : where the journal is kept; made when it does not exist
    identity : all that determines the runs; a journal with another one is refused
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any]) -> None:
        self.file = folder / NAME
        self._lock = threading.Lock()
        self._found: dict[Key, dict[str, float]] = {}
        first = json.dumps(identity, sort_keys=True)
        folder.mkdir(parents=True, exist_ok=True)
        if self.file.exists() and not first.encode().startswith(self.file.read_bytes()):
            self._read(json.loads(first))
        else:
            self.file.write_text(first + "\n", encoding="utf-8")
        self._stream = self.file.open("a", encoding="utf-8")

    def _read(self, identity: Mapping[str, Any]) -> None:
        text = self.file.read_bytes()
        whole = text.rfind(b"\n") + 1
        try:
            lines = text[:whole].decode("utf-8").splitlines()
            given = json.loads(lines[0])
            for line in lines[1:]:
                entry = json.loads(line)
                self._found[entry["point"], entry["seed"]] = entry["values"]
        except (ValueError, KeyError, TypeError, IndexError):
            raise JournalError(f"{self.file}: is no journal of a calibration; give another folder") from None
        if not isinstance(given, dict) or given != identity:
            other = given if isinstance(given, dict) else {}
            different = sorted(key for key in identity if other.get(key) != identity[key])
            what = ", ".join(different) or "settings"
            raise JournalError(f"{self.file}: belongs to a calibration with other {what}; give another folder")
        os.truncate(self.file, whole)

    def get(self, point: str, seed: int) -> dict[str, float] | None:
        """What a run measured, or None if it is still to be done."""
        return self._found.get((point, seed))

    def add(self, point: str, seed: int, values: Mapping[str, float]) -> None:
        """Keep a finished run, on disk before this returns."""
        line = json.dumps({"point": point, "seed": seed, "values": dict(values)})
        with self._lock:
            self._found[point, seed] = dict(values)
            self._stream.write(line + "\n")
            self._stream.flush()
            os.fsync(self._stream.fileno())

    def __len__(self) -> int:
        return len(self._found)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
