"""Taking a calibration over into a checkout: posterior and report beside the code, the best draw in the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import calibration
from calibration.adoption import with_values
from calibration.posterior import ABOUT, DRAWS, RECOVERY, SENSITIVITY, VALIDATION, Posterior
from experiments.options import UserError
from scenarios.checks import checked
from scenarios.reading import parse
from sim.scenario import Scenario

REPORT_HTML: Final = "report.html"
REPORT_MARKDOWN: Final = "report.md"


def checkout() -> Path:
    """The checkout that this code runs from; UserError where it is an installed copy."""
    home = Path(calibration.__file__).parents[1]
    if not (home / "pyproject.toml").is_file() or not (home / "docs").is_dir():
        raise UserError(f"--adopt: {home} is no checkout of careerflows; run it where the source is")
    return home


def adopt(home: Path, texts: Mapping[str, str], baseline: Scenario, posterior: Posterior) -> None:
    """Write posterior, report and baseline into a checkout."""
    file = home / "scenarios" / "baseline.yaml"
    tables = posterior.space.tables(baseline, posterior.values[posterior.best].tolist())
    text = with_values(file.read_text(encoding="utf-8"), tables)
    checked(parse(text.encode(), str(file)), {})  # before anything is written
    kept = home / "calibration" / "posterior"
    places = {name: kept / name for name in (DRAWS, ABOUT, RECOVERY, SENSITIVITY, VALIDATION)}
    places[REPORT_HTML] = home / "calibration" / "report" / REPORT_HTML
    places[REPORT_MARKDOWN] = home / "docs" / "CALIBRATION_REPORT.md"
    for name, content in texts.items():
        place = places.get(name, home / "docs" / name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    file.write_text(text, encoding="utf-8")
