"""What this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Version of careerflows, or that it runs without being installed."""
    try:
        return metadata.version("careerflows")
    except metadata.PackageNotFoundError:
        return "not installed"
