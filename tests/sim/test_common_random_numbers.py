"""Scenarios meet the same luck: no difference gives exactly none, a small one stays near, and pairs beat strangers."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from agents.positions import SEARCH, TECHNICIAN
from sim.clock import quarter_of
from sim.columns import People
from sim.draws import CONTACT
from sim.engine import State
from sim.lived import Lived
from sim.model import CareerModel
from sim.scenario import Scenario

SHIPPED = ("part_time_availability", "hybrid_teachers", "ten_year_guarantee")
SCALE = 1000.0
MARKET_OF_LEVEL = np.array([0, 0, 0, 0, 0, 1, 2, 3])  # vmbo, havo, vwo, mbo 2 and mbo 3; mbo 4; hbo; wo
GRAPH = ("first", "neighbour", "slots", "slots_from")


def unreached(scenario: Scenario) -> Scenario:
    """The same measures, reaching nobody."""
    nobody = tuple(m.model_copy(update={"reach": m.reach.model_copy(update={"share": 0.0})}) for m in scenario.measures)
    return scenario.model_copy(update={"measures": nobody})


def same_people(one: CareerModel, other: CareerModel) -> bool:
    count = one.state.count
    return count == other.state.count and all(
        np.array_equal(a[:count], b[:count]) for a, b in zip(one.state.people, other.state.people, strict=True)
    )


def same_employers(one: CareerModel, other: CareerModel) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.state.employers, other.state.employers, strict=True))


# ------------------------------------------------------------------ no difference


@pytest.mark.parametrize("name", [*SHIPPED, "a measure that adds nothing", "another name"])
def test_scenarios_without_a_difference_agree_in_every_person_at_every_step(
    name: str, baseline: Scenario, with_measure: Any
) -> None:
    if name in SHIPPED:
        other = unreached(scenarios.load(name))
        assert other.measures
    elif name == "another name":
        other = baseline.model_copy(update={"id": "other", "title": "Other", "summary": "Nothing else."})
    else:
        other = with_measure(baseline, "leave_base", add=0.0)
        other = with_measure(other, "demand_growth", multiply=1.0)
        other = with_measure(other, "employers.part_time", add=0.0)
        other = with_measure(other, "employers.guarantee", add=0.0)
    one = CareerModel(baseline, scale=SCALE, rng=21, threads=1)
    two = CareerModel(other, scale=SCALE, rng=21, threads=1)
    steps = 0
    while one.advance() | two.advance():
        steps += 1
        assert same_people(one, two)
        assert same_employers(one, two)
    assert steps == 56
    assert one.ledger.equal(two.ledger)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_measure_changes_nothing_before_it_starts(name: str, baseline: Scenario) -> None:
    scenario = scenarios.load(name)
    first = min(quarter_of(measure.start) for measure in scenario.measures)
    one = CareerModel(baseline, scale=SCALE, rng=22, threads=1)
    two = CareerModel(scenario, scale=SCALE, rng=22, threads=1)
    while one.state.now < first:
        one.advance()
        two.advance()
        assert same_people(one, two)
        assert same_employers(one, two)
    one.run()
    two.run()
    row = first - one.ledger.first
    for name in ("flows", "vacancies", "posts", "turned_away"):
        assert np.array_equal(getattr(one.ledger, name)[:row], getattr(two.ledger, name)[:row])
    assert not np.array_equal(one.ledger.flows[row:], two.ledger.flows[row:])


# ------------------------------------------------------------------ one employer's practice


def visited(
    key: int, now: int, rounds: int, contacts: int, identity: NDArray[Any], slots: NDArray[Any]
) -> NDArray[Any]:
    """Employers that people with these identities would visit in a round; shape (people, contacts).

    Philox2x32-10 once more, written for whole columns. Two contacts share the two words of one address.
    """
    pairs = []
    for contact in range(0, contacts, 2):
        x, k = identity.astype(np.uint64), np.uint64(key)
        y = np.full(x.shape, now << 8 | CONTACT + 16 * rounds + contact, np.uint64)
        for _ in range(10):
            product = x * np.uint64(0xD256D193)
            x, y = (product >> np.uint64(32)) ^ k ^ y, product & np.uint64(0xFFFFFFFF)
            k = (k + np.uint64(0x9E3779B9)) & np.uint64(0xFFFFFFFF)
        pairs += [x, y]
    words = np.stack(pairs[:contacts], axis=1)
    return slots[(words * np.uint64(slots.size)) >> np.uint64(32)]


def visits_of(state: State, people: People, count: int, contacts: int) -> NDArray[Any]:
    """Employers that each of the first people would visit in the first round of a quarter; shape (count, contacts)."""
    market = MARKET_OF_LEVEL[people.cell[:count].astype(int) >> 13]
    found = np.full((count, contacts), -1)
    for m in range(4):
        here = market == m
        slots = state.employers.slots[state.employers.slots_from[m] : state.employers.slots_from[m + 1]]
        found[here] = visited(state.key, state.now, 0, contacts, people.identity[:count][here], slots)
    return found


def decisions(lived: Lived) -> dict[int, tuple[Any, ...]]:
    """What each person did or asked for, by row."""
    told: dict[int, tuple[Any, ...]] = {}
    for who, code in zip(lived.event_who.tolist(), lived.event_code.tolist(), strict=True):
        told[who] = (*told.get(who, ()), code)
    asked = (lived.ask_what, lived.ask_employer, lived.ask_post, lived.ask_order)
    for n, who in enumerate(lived.ask_who.tolist()):
        search = lived.ask_what[n] == SEARCH
        told[who] = (*told.get(who, ()), *(int(column[n]) for column in (asked if search else asked[:1])))
    return told


def fork(scenario: Scenario, seed: int) -> tuple[State, CareerModel, CareerModel]:
    """The state on 1 April 2023, and two models that go on from it, each by itself."""
    plain = CareerModel(scenario, scale=SCALE, rng=seed, threads=1)
    for _ in range(5):
        plain.advance()
    one, two = (CareerModel(scenario, scale=SCALE, rng=seed, threads=1) for _ in range(2))
    for model in (one, two):
        model.state = plain.state.copy(plain.state.people.cell.size)
        model.ledger.rows = plain.ledger.rows
        model.ledger.stocks[plain.ledger.rows] = plain.state.stocks
    return plain.state, one, two


@pytest.mark.parametrize("climate", [False, True], ids=["local", "with climate"])
def test_one_employer_reaches_only_who_works_or_could_apply_there(
    climate: bool, baseline: Scenario, with_measure: Any, decided: list[Lived]
) -> None:
    """The part-time practice of one employer is raised by hand; whom that can change in the quarter is known before.

    Before the market, that is who wishes part-time and works or applies there; the market of one round hands it on to
    those who applied to the same employers as they. With the climate, technical work also attracts everybody
    elsewhere who wishes part-time.
    """
    scenario = with_measure(baseline, "matching_rounds", multiply=0.5)
    if not climate:
        scenario = with_measure(scenario, "part_time_entry", multiply=0.0)
    contacts = int(baseline.parameters["contacts"].value)  # type: ignore[arg-type]
    changed = {"before the market": 0, "after it": 0}
    for seed in range(30, 38):
        start, *_ = fork(scenario, seed)
        for employer in np.argsort(-start.employers.filled.sum(axis=1), kind="stable")[:3].tolist():
            start, one, two = fork(scenario, seed)
            decided.clear()
            two.state.employers.own[employer, 0] = 1.0
            one.advance()
            two.advance()
            count, people = one.state.count, one.state.people
            assert two.state.count == count
            visits = visits_of(start, people, count, contacts)
            guard_visits(decided, visits)

            here = np.zeros(count, bool)  # who was here when the quarter began; the others have come in it
            here[: start.count] = True
            cell, at = np.zeros(count, int), np.full(count, -1)
            cell[here], at[here] = start.people.cell[: start.count], start.people.employer[: start.count]
            wishes = (cell >> 6 & 1) == 1
            looks = np.isin(np.arange(count), np.concatenate([lived.ask_who for lived in decided]))
            near = wishes & ((at == employer) | (looks & (visits == employer).any(axis=1)))
            if climate:
                near |= wishes & ~np.isin(cell & 31, (TECHNICIAN, TECHNICIAN + 1))
            first, second = (decisions(lived) for lived in decided)
            different = [who for who in {*first, *second} if first.get(who) != second.get(who)]
            assert near[different].all()

            asked = [(lived.ask_who, lived.ask_employer) for lived in decided]
            touched = {employer, *(e for who, to in asked for e in to[np.isin(who, different)].tolist() if e >= 0)}
            reached = near | (~here & np.isin(visits, list(touched)).any(axis=1))
            for who, to in asked:
                reached[who[np.isin(to, list(touched))]] = True
            pairs = zip(one.state.people, two.state.people, strict=True)
            differ = np.any([a[:count] != b[:count] for a, b in pairs], axis=0)
            assert reached[differ].all()
            assert reached.mean() < (0.7 if climate else 0.05)

            places = [m.state.people.employer[:count][differ] for m in (one, two)]
            told = {employer, *at[differ].tolist(), *places[0].tolist(), *places[1].tolist()}
            for name, a in one.state.employers._asdict().items():
                b = getattr(two.state.employers, name)
                assert name in GRAPH or {e for e in range(len(a)) if (a[e] != b[e]).any()} <= told
            changed["before the market"] += len(different)
            changed["after it"] += int(differ.sum())
    assert min(changed.values()) >= 20


def guard_visits(decided: list[Lived], visits: NDArray[Any]) -> None:
    """Whoever applied, applied to an employer among the visits worked out here."""
    for lived in decided:
        applied = lived.ask_employer >= 0
        applied &= lived.ask_what == SEARCH
        assert applied.sum() > 20
        assert (visits[lived.ask_who[applied]] == lived.ask_employer[applied, None]).any(axis=1).all()


# ------------------------------------------------------------------ variance


@pytest.fixture(scope="module")
def technicians() -> dict[str, NDArray[np.float64]]:
    """Technicians at the end of 2030, by scenario and replicate."""
    replicates, until = 100, date(2031, 1, 1)
    found: dict[str, list[float]] = {name: [] for name in ("baseline", *SHIPPED)}
    loaded = {name: scenarios.load(name) for name in found}
    for seed in range(replicates):
        for name, scenario in loaded.items():
            ledger = CareerModel(scenario, scale=2000.0, rng=seed, until=until, threads=1).run()
            found[name].append(float(ledger.stocks[-1, TECHNICIAN : TECHNICIAN + 2].sum() * ledger.scale))
    return {name: np.array(numbers) for name, numbers in found.items()}


@pytest.mark.parametrize("name", SHIPPED)
def test_pairs_vary_at_least_five_times_less_than_strangers(
    name: str, technicians: dict[str, NDArray[np.float64]]
) -> None:
    plain, changed = technicians["baseline"], technicians[name]
    paired = (changed - plain).var(ddof=1)
    unpaired = changed.var(ddof=1) + plain.var(ddof=1)
    assert paired > 0.0
    assert unpaired / paired >= 5.0
