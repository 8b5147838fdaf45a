"""Digests of the text of the model, so that a result knows which code it comes from."""

from __future__ import annotations

import hashlib
from importlib import resources


def text_sha256(package: str, *names: str) -> str:
    """Digest of some files of a package."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\n" + resources.files(package).joinpath(name).read_bytes())
    return digest.hexdigest()


def code_sha256(*packages: str) -> str:
    """Digest of the text of some packages; of the model itself, `agents/` and `sim/`, when none is named."""
    digest = hashlib.sha256()
    for package in packages or ("agents", "sim"):
        files = [file for file in resources.files(package).iterdir() if file.name.endswith((".py", ".yaml"))]
        for file in sorted(files, key=lambda file: file.name):
            digest.update(f"{package}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()
