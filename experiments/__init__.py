"""What people do with the model: run, compare, report and the command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.batch.reading import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    """Import what reads a store only when it is asked for, so that the command line can answer at once."""
    if name == "load":
        from experiments.batch.reading import load

        return load
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
