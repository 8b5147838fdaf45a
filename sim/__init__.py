"""The engine: clock, career graph, draws, people and employers as columns, ledger, and the two models."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.model import CareerModel
    from sim.objects import ObjectCareerModel

__all__ = ["CareerModel", "ObjectCareerModel"]


def __getattr__(name: str) -> Any:
    """Import a model only when it is asked for, so that the command line can answer at once."""
    if name == "CareerModel":
        from sim.model import CareerModel

        return CareerModel
    if name == "ObjectCareerModel":
        from sim.objects import ObjectCareerModel

        return ObjectCareerModel
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
