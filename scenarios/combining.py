"""Several scenarios taken together as one."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.catalogue import two_readings
from scenarios.errors import InputError, shown
from sim.scenario import Measure, Parameter, Scenario


def combined(parts: Sequence[Scenario], baseline: Scenario) -> Scenario:
    """One scenario with the measures and the changed parameters of all; a measure in several of them stands once.

    Raises InputError where two of them give a parameter different values, or a measure different settings.
    """
    name = "+".join(part.id for part in parts)
    parameters: dict[str, Parameter] = dict(baseline.parameters)
    measures: dict[str, Measure] = {}
    for part in parts:
        for key, parameter in part.parameters.items():
            if parameter == baseline.parameters[key]:
                continue
            if parameters[key] not in (baseline.parameters[key], parameter):
                what = f"gives {key} another value than the scenarios before it; combine scenarios that agree on it"
                raise InputError(name, None, part.id, what)
            parameters[key] = parameter
        for measure in part.measures:
            if measures.setdefault(measure.id, measure) != measure:
                what = f"holds measure {shown(measure.id)} with other settings than the scenarios before it"
                raise InputError(name, None, part.id, f"{what}; combine scenarios that agree on it")
    if twice := two_readings(measures):
        what = f"measures {twice[0]} and {twice[1]} are two readings of one; leave one out"
        raise InputError(name, None, "", what)
    titles = [part.dutch or (part.title, part.summary) for part in parts]
    return Scenario(
        id=name,
        title=" + ".join(part.title for part in parts),
        summary=" ".join(part.summary for part in parts),
        dutch=(" + ".join(title for title, _ in titles), " ".join(summary for _, summary in titles)),
        parameters=parameters,
        measures=tuple(measures.values()),
        files=tuple(dict.fromkeys(file for part in parts for file in part.files)),
        changes=tuple(dict.fromkeys(change for part in parts for change in part.changes)),
    )
