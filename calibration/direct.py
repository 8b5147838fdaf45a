"""The direct fit: parameters with an analytic relation to a target, set from it in one step that can be told.

Choices follow from the rules by themselves: the documented share is the mean over pupils with and without a technical
profile, a parent in technology and a migration background, and the shift that gives it is solved for. Rates are read
from a two-point share by inverting a chain of two positions, and set against what one run in the middle of the priors
gives. What has no such relation is left to the global fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from calibration.likelihood import Aim
from calibration.priors import Space, rounded
from sim.scenario import Scenario

Array = NDArray[np.float64]
SWEEPS: Final = 20
"""Rounds of solving the choices for men, women and a background one after the other; each halves what is left."""
WIDE: Final = 20.0
"""Log-odds beyond which a share is 0 or 1."""
SCHOOLS: Final = ("vmbo", "havo", "vwo")
GENDERS: Final = ("men", "women")
PERCENT: Final = 100.0


@dataclass(frozen=True)
class Step:
    """One parameter set from the targets."""

    prior: str
    targets: tuple[str, ...]
    value: float
    """As the relation gives it, kept within the prior."""
    why: str


class _Pupils:
    """The rules of choice, as means over the kinds of pupils."""

    def __init__(self, baseline: Scenario) -> None:
        self.value: dict[str, Any] = {name: parameter.value for name, parameter in baseline.parameters.items()}
        parent, migrant = self.value["parent_technical"], self.value["migrant_share"]
        self.effects = self.value["choice_parent"] * (np.array([1.0, 0.0]) - parent)
        self.parents = np.array([parent, 1.0 - parent])
        self.backgrounds = {"dutch": 1.0 - migrant, "migration": migrant}
        self.women = {"men": 1.0 - self.value["women_share"], "women": self.value["women_share"]}

    def profile(self, share: float) -> float:
        """Share with a technical profile, from the share without effects."""
        return float(self.parents @ expit(logit(share) + self.effects))

    def study(self, gender: str, school: str, profile: float, shift: float, background: str) -> float:
        """Share with a technical study among school leavers who go on."""
        bases = [self.value[f"study_after_{field}"][gender][school] for field in ("technical", "other")]
        effect = self.value["choice_background"][background][school] + shift + self.effects
        chosen = expit(logit(profile) + self.effects)
        technical, other = (expit(logit(base) + effect) for base in bases)
        return float(self.parents @ (chosen * technical + (1.0 - chosen) * other))


def _choices(baseline: Scenario, space: Space, documented: Mapping[str, float]) -> Iterator[Step]:
    pupils = _Pupils(space.scenario(baseline, ((space.low + space.high) / 2.0).tolist()))
    shapes = {prior.id: prior.shape for prior in space.priors}
    profiles: dict[tuple[str, str], float] = {}
    for gender in GENDERS:
        for school in SCHOOLS:
            profiles[gender, school] = pupils.value["profile_technical"][gender][school]
        name = f"profile_vmbo_{gender}"
        wanted = documented[name] / PERCENT
        profiles[gender, "vmbo"] = float(brentq(lambda x, y=wanted: pupils.profile(x) - y, 1e-9, 1.0 - 1e-9))
        yield Step(name, (name,), profiles[gender, "vmbo"], "share before the effect of a parent in technology")
        for school in SCHOOLS:
            prior = f"study_{school}_{gender}"
            after_technical, after_other = shapes[prior]  # type: ignore[misc]
            pupils.value["study_after_technical"][gender][school] = after_technical
            pupils.value["study_after_other"][gender][school] = after_other
    shifts = {(gender, school): 0.0 for gender in GENDERS for school in SCHOOLS}
    rows = pupils.value["choice_background"]

    def share(gender: str, school: str, shift: float, backgrounds: Mapping[str, float]) -> float:
        parts = [
            weight * pupils.study(gender, school, profiles[gender, school], shift, background)
            for background, weight in backgrounds.items()
        ]
        return sum(parts) / sum(backgrounds.values())

    def of_migration(value: float) -> float:
        rows["migration"]["vmbo"] = value
        return sum(
            weight * share(gender, "vmbo", shifts[gender, "vmbo"], {"migration": 1.0})
            for gender, weight in pupils.women.items()
        )

    for _ in range(SWEEPS):
        for gender, school in shifts:
            wanted = documented[f"study_{school}_{gender}"] / PERCENT
            shifts[gender, school] = float(
                brentq(lambda x, g=gender, s=school, y=wanted: share(g, s, x, pupils.backgrounds) - y, -WIDE, WIDE)
            )
        wanted = documented["entrants_mbo_migration"] / PERCENT
        migration = float(brentq(lambda x, y=wanted: of_migration(x) - y, -WIDE, WIDE))
        of_migration(migration)
    why = "shift of the odds at which profile, parent and background together give the share"
    for (gender, school), shift in shifts.items():
        yield Step(f"study_{school}_{gender}", (f"study_{school}_{gender}",), shift, why)
    yield Step("choice_migration_vmbo", ("entrants_mbo_migration",), migration, why)


def hazards(there: float, back: float) -> tuple[float, float]:
    """Rates per year of leaving a position and of coming back, from the shares that moved within a year.

    The chain of two positions: share moved = rate / total x (1 - exp(-total)), with total the sum of both rates.
    """
    total = -np.log(1.0 - there - back)
    return there * total / (there + back), back * total / (there + back)


def _odds(share: float) -> float:
    return share / (PERCENT - share)


def _rates(space: Space, documented: Mapping[str, float], found: Mapping[str, float]) -> Iterator[Step]:
    middle = dict(zip(space.names, ((space.low + space.high) / 2.0).tolist(), strict=True))

    def moves(values: Mapping[str, float]) -> tuple[float, float]:
        return hazards(values["occupation_switch_men"] / PERCENT, values["return_to_technology"] / PERCENT)

    pair = ("occupation_switch_men", "return_to_technology")
    (leave, back), (leave_there, back_there) = moves(documented), moves(found)
    why = "rates from the two shares that moved in a year, over those of the run in the middle"
    yield Step("leave_base", pair, middle["leave_base"] * leave / leave_there, why)
    yield Step("return_base", pair, middle["return_base"] * back / back_there, why)
    why = "odds of being without work are the rate of losing work over that of finding it"
    for target, priors in {
        "unemployment_technical": ("layoff_base", "other_layoff_technical"),
        "unemployment_all": ("other_layoff_other",),
    }.items():
        factor = _odds(documented[target]) / _odds(found[target])
        for prior in priors:
            yield Step(prior, (target,), middle[prior] * factor, why)
    factor = np.log1p(-documented["study_switch"] / PERCENT) / np.log1p(-found["study_switch"] / PERCENT)
    yield Step(
        "switching", ("study_switch",), middle["switching"] * factor, "rate from the share that switches during a study"
    )
    factor = documented["employer_changes"] / found["employer_changes"]
    why = "changes are as frequent as the rate of looking for them"
    yield Step("job_change_base", ("employer_changes",), middle["job_change_base"] * factor, why)
    names = ("technicians", "open_vacancies_2022_q1")
    factor = sum(documented[name] for name in names) / sum(found[name] for name in names)
    why = "posts wanted are technicians and vacancies together"
    yield Step("technical_posts", names, middle["technical_posts"] * factor, why)


def direct_fit(baseline: Scenario, space: Space, aim: Aim, found: Array) -> tuple[Step, ...]:
    """Parameters that follow from targets, each within its prior; one whose relation has no answer is left out.

    Parameters
    ----------
    found : the targets of a run with every parameter in the middle of its prior
    """
    ends = dict(zip(space.names, zip(space.low.tolist(), space.high.tolist(), strict=True), strict=True))
    measures = [target.measure or "" for target in aim.targets]
    names = dict(zip(measures, aim.names, strict=True))
    documented = dict(zip(measures, ((aim.low + aim.high) / 2.0).tolist(), strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = (
            *_choices(baseline, space, documented),
            *_rates(space, documented, dict(zip(measures, found, strict=True))),
        )
    return tuple(
        Step(
            prior=step.prior,
            targets=tuple(names[measure] for measure in step.targets),
            value=rounded(float(np.clip(step.value, *ends[step.prior]))),
            why=step.why,
        )
        for step in steps
        if np.isfinite(step.value)
    )
