"""The EMA workbench, which needs the extra `ema`."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from experiments.options import UserError


def workbench(module: str) -> Any:
    """A module of the EMA workbench, such as `em_framework.model`; UserError where the workbench is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts of the workbench that nothing here uses
            return import_module(f"ema_workbench.{module}")
    except ImportError as error:
        what = "install it with the extra ema, as in: pip install 'careerflows[ema]'"
        raise UserError(f"the EMA workbench is not installed ({error}); {what}") from None
