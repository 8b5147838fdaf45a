"""Short names of scenarios and measures."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

ID: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
Id = Annotated[str, Field(pattern=ID)]
"""Letters, digits and _ . - only, so that it can name files and columns."""
