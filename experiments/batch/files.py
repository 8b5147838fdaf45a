"""Files that appear complete or not at all: written under another name, synced to disk, then renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

WORK: Final = "_work"
"""Folder of a store in which files are made; what a killed batch left there is no part of the store."""
SUMS: Final = "SHA256SUMS"
"""Digests of the files beside it, as `sha256sum -c` reads them."""
NO_FILE: Final = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP)
"""What the system says where there is no file, but nothing, a folder, or a link to itself; that lasts."""
_BLOCK: Final = 1 << 20
_END: Final = 8
"""Bytes at the end of a Parquet file: the length of its footer, and a mark."""


def write_file(target: Path, content: bytes, work: Path) -> None:
    """Write a file at once: made in the folder `work`, on the same disk, then renamed over what was there."""
    made = work / f"{target.name}.{uuid.uuid4().hex[:12]}"
    try:
        with made.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        make_folder(target.parent)
        made.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def write_together(folder: Path, contents: Mapping[str, bytes], work: Path) -> None:
    """Write files that belong together and then their digests, so that a half of them is told by `altered`."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
    for name, content in {**contents, SUMS: sums.encode()}.items():
        if content_of(folder / name) != content:
            write_file(folder / name, content, work)


def altered(folder: Path, names: Sequence[str]) -> list[str]:
    """Those of some files that are not as `write_together` wrote them, or not there."""
    lines = (content_of(folder / SUMS) or b"").decode(errors="replace").split("\n")
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = []
    for name in names:
        content = content_of(folder / name)
        if content is None or hashlib.sha256(content).hexdigest() != told.get(name):
            found.append(name)
    return found


def content_of(file: Path) -> bytes | None:
    """What is in a file; None where there is none.

    Raises OSError where it cannot be read now, which may not last: nothing may be dropped for that.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        if error.errno in NO_FILE:
            return None
        raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing, and sync their names to disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_file(made: Path) -> None:
    """Sync a file to disk."""
    with made.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network disks have no such thing
            os.fsync(handle)
    finally:
        os.close(handle)


def listed(folder: Path) -> list[Path]:
    """What is in a folder, by name; nothing where somebody else has taken it away meanwhile."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def is_whole(file: Path, content: bytes | None) -> bool:
    """Whether a file that has the digest of its content as its name holds just that; not where there is no file."""
    return content is not None and file.stem == hashlib.sha256(content).hexdigest()


def footer_sha256(file: Path) -> str:
    """Digest of the footer of a Parquet file, which tells where everything stands in it; its pages have sums of their
    own."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _END))
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(max(0, size - _END - length))
        return hashlib.sha256(stream.read()).hexdigest()


def sha256_of(file: Path) -> str:
    """Digest of a file."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
