"""`careerflows live`: its options, checked before anything heavy is loaded."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from experiments.live.keeping import BEING_WRITTEN, OURS
from experiments.options import UserError, parse_port


def live(port: Any, shared: bool, out: Path | None, show: bool, scale: float | None, threads: int | None) -> int:
    """Serve the live page until the user stops it."""
    number = parse_port(port)
    if find_spec("nicegui") is None or find_spec("segno") is None:
        raise UserError("live: NiceGUI is not installed; install careerflows[live]")
    folder = _folder(out or Path("results") / "live")
    os.environ.setdefault("NICEGUI_STORAGE_PATH", str(folder / "pages"))
    from experiments.live.country import SCALE, Country
    from experiments.live.server import serve

    country = Country(scale=scale or SCALE, threads=min(threads or os.cpu_count() or 1, 4))
    return serve(country, folder, number, shared, show)


def _folder(shown: Path) -> Path:
    """Make the folder of the session; UserError where it cannot be one."""
    try:
        folder = shown.expanduser().resolve()
        if folder.exists() and not folder.is_dir():
            raise UserError(f"--out: {shown} is a file; give a folder")
        folder.mkdir(parents=True, exist_ok=True)
        names = [one.name for one in folder.iterdir()]
        foreign = [name for name in names if name not in OURS and not name.startswith(BEING_WRITTEN)]
    except (OSError, RuntimeError, ValueError) as error:  # no such user, links in a circle, signs that no name can hold
        what = (getattr(error, "strerror", None) or str(error)).splitlines()[0].lower()
        raise UserError(
            f"--out: no folder can be made at {shown} ({what}); give one in a place you can write"
        ) from None
    if foreign:
        raise UserError(f"--out: {shown} holds other files than an earlier session; give a new or an empty folder")
    if not os.access(folder, os.W_OK):
        raise UserError(f"--out: {shown} cannot be written; give a folder in a place you can write")
    return folder
