"""How people decide on the labour market: staying in, leaving, entering and returning to technical work."""

from __future__ import annotations

from math import exp

from agents.choose import any_chance, pick, scaled
from agents.circumstances import Climate, Person, Workplace
from agents.parameters import Parameters
from agents.positions import (
    ABROAD,
    GRADUATE,
    INACTIVE,
    MANAGER,
    MBO4,
    OTHER_JOB,
    OTHER_JOB_TECHNICAL_SECTOR,
    RETIRED,
    RETRAINING,
    SEARCH,
    SEEKING,
    STAY,
    TECHNICIAN,
)
from agents.rule import rule

# ------------------------------------------------------------------ in technical work


@rule
def leave_occupation_rate(who: Person, at: Workplace, climate: Climate, p: Parameters) -> float:
    """Leak point 6: rate per year of moving from a technical to a non-technical occupation.

    The mismatch in hours is the main cause of women's higher rate (SEO/ROA in Kamerstuk 29 544, nr. 1173); a minority
    position in a culture that does not include adds to it (VHTO in nr. 1120). Real pay and training hold people,
    work pressure and the lower pay of part-time work in technology drive them out.
    """
    effect = p.leave_level[who.level] + p.leave_age[who.age]
    if who.technical == 0:
        effect += p.leave_without_diploma
    if at.mismatch == 1:
        effect += p.mismatch_leave
    elif who.wish == 1:
        effect += p.part_time_pay_leave
    if who.woman == 1:
        effect += p.minority_leave * at.minority * (1.0 - at.culture)
    if who.migrant == 1:
        effect += p.exclusion_leave * (1.0 - at.culture)
    effect += p.pressure_leave * at.pressure - p.training_leave * at.training - p.pay_leave * climate.pay
    effect += p.shortage_elsewhere
    if who.guaranteed == 1:
        effect -= p.guarantee_leave
    return scaled(p.leave_base, effect)


@rule
def promotion_rate(who: Person, p: Parameters) -> float:
    """Leak point 8: rate per year of promotion to non-technical management within the technical sector."""
    return scaled(p.promotion_base, p.promotion_level[who.level]) * p.promotion_age[who.age]


@rule
def layoff_rate(who: Person, at: Workplace, p: Parameters) -> float:
    """Leak point 9: rate per year of losing technical work, more where posts have been cut."""
    return scaled(p.layoff_base, p.layoff_age[who.age] + p.layoff_migrant * who.migrant + p.slack_layoff * at.slack)


@rule
def inactivity_rate(who: Person, pressure: float, p: Parameters) -> float:
    """Leak point 9: rate per year of leaving the labour force; work pressure makes people drop out of work."""
    return scaled(p.inactivity[who.woman, who.age], p.pressure_inactivity * pressure)


@rule
def job_change_rate(who: Person, at: Workplace, p: Parameters) -> float:
    """Rate per year of looking for another technical post, inside or outside the technical sectors."""
    return scaled(p.job_change_base, p.job_change_age[who.age] + p.mismatch_job_change * at.mismatch)


@rule
def technician_risks(
    in_sector: int, who: Person, at: Workplace, climate: Climate, p: Parameters
) -> tuple[float, float, float, float, float, float, float]:
    """Rates per year of the seven events that can end or change technical work, in a fixed order."""
    return (
        leave_occupation_rate(who, at, climate, p),
        promotion_rate(who, p) if in_sector == 1 else 0.0,
        layoff_rate(who, at, p),
        inactivity_rate(who, at.pressure, p),
        p.retirement[who.age],
        p.emigration[who.origin],
        job_change_rate(who, at, p),
    )


@rule
def technician_quarter(
    u: float, v: float, dt: float, in_sector: int, who: Person, at: Workplace, climate: Climate, p: Parameters
) -> int:
    """What happens to a technician this quarter, by competing risks; `v` decides where to for who leaves.

    A laid-off person with a guarantee is placed: they look for another technical post from the present one. So do
    some of those about to leave the occupation where career paths across branches are open to them.
    """
    event = pick(u, dt, technician_risks(in_sector, who, at, climate, p))
    if event < 0:
        return STAY
    if event == 0:
        if v < p.career_paths:
            return SEARCH
        rest = (v - p.career_paths) / (1.0 - p.career_paths)
        return OTHER_JOB_TECHNICAL_SECTOR if in_sector == 1 and rest < p.leave_stays_in_sector else OTHER_JOB
    if event == 1:
        return MANAGER
    if event == 2:
        return SEARCH if who.guaranteed == 1 else SEEKING
    if event == 3:
        return INACTIVE
    if event == 4:
        return RETIRED
    return ABROAD if event == 5 else SEARCH


# ------------------------------------------------------------------ towards technical work


@rule
def attraction(who: Person, climate: Climate, p: Parameters) -> float:
    """Effect on every step towards technical work: pay, hours wished and offered, guarantee, inclusion, role models.

    Other sectors are short of people too (Kamerstuk 29 544, nr. 1120, Inleiding): they pull, and may hold on to their
    people the more technical work has drawn from them.
    """
    effect = p.pay_entry * climate.pay + p.guarantee_entry * climate.coverage
    effect -= p.shortage_elsewhere + p.elsewhere_response * climate.drained
    if who.wish == 1:
        effect -= p.part_time_entry * (1.0 - climate.part_time)
    if who.woman == 1:
        effect += p.role_models_entry * climate.women - p.inclusion_entry * (1.0 - climate.culture)
    return effect


@rule
def return_rate(who: Person, climate: Climate, p: Parameters) -> float:
    """Rate per year at which a technically educated person in other work looks for technical work."""
    return scaled(p.return_base, p.return_age[who.age] + attraction(who, climate, p))


@rule
def side_entry_rate(who: Person, climate: Climate, p: Parameters) -> float:
    """Rate per year at which somebody without a technical diploma looks for technical work from other work."""
    effect = p.side_entry_age[who.age] + attraction(who, climate, p)
    return scaled(p.side_entry_base[who.woman, who.level], effect)


@rule
def pool_of(position: int, technical: int) -> int:
    """Which of POOLS somebody could start in a retraining programme from; -1 for none."""
    if technical == 1:
        return -1
    if position == OTHER_JOB or position == OTHER_JOB_TECHNICAL_SECTOR:
        return 0
    if position == SEEKING:
        return 1
    return 2 if position == INACTIVE else -1


@rule
def programme_chance(dt: float, position: int, who: Person, climate: Climate, p: Parameters) -> float:
    """Chance of starting in a retraining programme with guidance within `dt` years.

    However much else happens in the quarter, so that starters of all ages add up to the places taken up.
    """
    pool = pool_of(position, who.technical)
    if pool < 0:
        return 0.0
    places = (climate.places_work, climate.places_seeking, climate.places_inactive)[pool]
    return min(1.0, scaled(places, p.side_entry_age[who.age]) * dt) if places > 0.0 else 0.0


@rule
def retraining_rate(who: Person, base: float, climate: Climate, p: Parameters) -> float:
    """Rate per year of starting to retrain for technical work of one's own accord.

    Income loss during the course is a threshold (Kamerstuk 29 544, nr. 1120, Zij-instroom); what subsidy and support
    take over of it lowers the threshold.
    """
    loss = p.income_loss * p.retraining_years * (1.0 - p.retraining_support)
    effect = p.side_entry_age[who.age] + attraction(who, climate, p) - p.income_loss_entry * loss
    return scaled(base, effect)


@rule
def other_worker_risks(
    in_sector: int, manager: int, who: Person, climate: Climate, p: Parameters
) -> tuple[float, float, float, float, float, float, float]:
    """Rates per year of the seven events that can happen in a non-technical occupation, in a fixed order."""
    if who.technical == 1:
        entry = return_rate(who, climate, p)
        retrain = 0.0
    else:
        entry = side_entry_rate(who, climate, p)
        retrain = retraining_rate(who, p.retraining_from_work, climate, p)
    if manager == 1:
        entry *= p.manager_return
        retrain = 0.0
    return (
        entry,
        retrain,
        scaled(p.other_layoff[who.technical], p.layoff_age[who.age] + p.layoff_migrant * who.migrant),
        inactivity_rate(who, 0.0, p),
        p.retirement[who.age],
        p.emigration[who.origin],
        p.sector_move[in_sector],
    )


@rule
def other_worker_quarter(
    u: float, dt: float, in_sector: int, manager: int, who: Person, climate: Climate, p: Parameters
) -> int:
    """What happens this quarter to somebody in a non-technical occupation; technical work is one of the ways."""
    event = pick(u, dt, other_worker_risks(in_sector, manager, who, climate, p))
    if event < 0:
        return STAY
    if event == 0:
        return SEARCH
    if event == 1:
        return RETRAINING
    if event == 2:
        return SEEKING
    if event == 3:
        return INACTIVE
    if event == 4:
        return RETIRED
    if event == 5:
        return ABROAD
    return OTHER_JOB if in_sector == 1 else OTHER_JOB_TECHNICAL_SECTOR


# ------------------------------------------------------------------ between jobs


@rule
def first_job(u: float, v: float, who: Person, climate: Climate, p: Parameters) -> int:
    """Leak point 5: whether a technical graduate takes a first job outside technology, goes abroad, or looks for
    technical work; women with an mbo diploma in particular work outside technology (Kamerstuk 32 637, nr. 448).
    Who learned at work more often stays with it.
    """
    if who.origin == 2 and u < p.graduate_abroad:
        return ABROAD
    effect = p.first_job_level[who.woman, who.level] - attraction(who, climate, p)
    if who.level <= MBO4:
        effect -= p.apprentice_first_job * climate.apprentices
    odds = p.first_job_other / (1.0 - p.first_job_other) * exp(effect)
    if v < odds / (1.0 + odds):
        return OTHER_JOB
    return SEARCH


@rule
def seeking_risks(who: Person, climate: Climate, p: Parameters) -> tuple[float, float, float, float, float]:
    """Rates per year of the five events that end a search, in a fixed order."""
    retrain = 0.0
    if who.technical == 0:
        retrain = retraining_rate(who, p.retraining_from_unemployment, climate, p)
    return (
        scaled(p.find_other_job[who.technical], p.find_age[who.age] - p.find_migrant * who.migrant),
        retrain,
        p.discouraged,
        p.retirement[who.age],
        p.emigration[who.origin],
    )


@rule
def technical_search(who: Person, climate: Climate, p: Parameters) -> float:
    """Share of the seekers who look for technical work in a quarter in which nothing else happens to them."""
    return scaled(p.search_technical[who.technical], attraction(who, climate, p))


@rule
def seeking_quarter(u: float, v: float, dt: float, who: Person, climate: Climate, p: Parameters) -> int:
    """What happens this quarter to somebody without work who looks for it."""
    risks = seeking_risks(who, climate, p)
    event = pick(u, dt, risks)
    if event < 0:
        chance = any_chance(dt, risks)
        return SEARCH if u < chance + (1.0 - chance) * technical_search(who, climate, p) else STAY
    if event == 0:
        return OTHER_JOB_TECHNICAL_SECTOR if v < p.other_job_in_sector[who.woman, who.technical] else OTHER_JOB
    if event == 1:
        return RETRAINING
    if event == 2:
        return INACTIVE
    return RETIRED if event == 3 else ABROAD


@rule
def retraining_quarter(u: float, dt: float, who: Person, p: Parameters) -> int:
    """Side entry under way: give up, look for technical work once the course is over, or go on."""
    if pick(u, dt, (p.retraining_give_up,)) == 0:
        return SEEKING
    if who.quarters >= 4.0 * (p.retraining_years + p.retraining_patience):
        return SEEKING
    return SEARCH if who.quarters >= 4.0 * p.retraining_years else STAY


@rule
def inactive_risks(who: Person, p: Parameters) -> tuple[float, float, float]:
    """Rates per year of the three ways out of inactivity, in a fixed order."""
    return p.activation[who.woman, who.age], p.inactive_retirement[who.age], p.emigration[who.origin]


@rule
def inactive_quarter(u: float, dt: float, who: Person, p: Parameters) -> int:
    """What happens this quarter to somebody outside the labour force."""
    event = pick(u, dt, inactive_risks(who, p))
    if event < 0:
        return STAY
    if event == 0:
        return SEEKING
    return RETIRED if event == 1 else ABROAD


@rule
def graduate_quarter(u: float, v: float, who: Person, climate: Climate, p: Parameters) -> int:
    """A technical graduate still without a first job: decides anew, and counts as a job seeker after a while."""
    choice = first_job(u, v, who, climate, p)
    return SEEKING if choice == SEARCH and who.quarters >= 4.0 * p.graduate_patience else choice


@rule
def event_chance(dt: float, position: int, who: Person, climate: Climate, p: Parameters) -> float:
    """Chance that anything but a retraining programme happens within `dt` years to somebody who could start in one."""
    if position == SEEKING:
        chance = any_chance(dt, seeking_risks(who, climate, p))
        return chance + (1.0 - chance) * min(1.0, technical_search(who, climate, p))
    if position == INACTIVE:
        return any_chance(dt, inactive_risks(who, p))
    in_sector, manager = 0 if position == OTHER_JOB else 1, 1 if position == MANAGER else 0
    return any_chance(dt, other_worker_risks(in_sector, manager, who, climate, p))


@rule
def own_quarter(
    u: float, v: float, dt: float, position: int, who: Person, at: Workplace, climate: Climate, p: Parameters
) -> int:
    """Ask the rule of a person's position."""
    if position == OTHER_JOB or position == OTHER_JOB_TECHNICAL_SECTOR or position == MANAGER:
        in_sector = 0 if position == OTHER_JOB else 1
        return other_worker_quarter(u, dt, in_sector, 1 if position == MANAGER else 0, who, climate, p)
    if position == TECHNICIAN or position == TECHNICIAN + 1:
        return technician_quarter(u, v, dt, 1 if position == TECHNICIAN else 0, who, at, climate, p)
    if position == INACTIVE:
        return inactive_quarter(u, dt, who, p)
    if position == SEEKING:
        return seeking_quarter(u, v, dt, who, climate, p)
    if position == RETRAINING:
        return retraining_quarter(u, dt, who, p)
    if position == GRADUATE:
        return graduate_quarter(u, v, who, climate, p)
    return STAY


@rule
def labour_quarter(
    u: float, v: float, dt: float, position: int, who: Person, at: Workplace, climate: Climate, p: Parameters
) -> int:
    """What happens this quarter to somebody on the labour market.

    A place in a retraining programme goes to somebody whose `u` lies just above that of all other events: who starts
    would else have stayed, and as little as can be changes for the others.
    """
    started = programme_chance(dt, position, who, climate, p)
    if started == 0.0:
        return own_quarter(u, v, dt, position, who, at, climate, p)
    target = own_quarter(u / (1.0 - started), v, dt, position, who, at, climate, p) if started < 1.0 else STAY
    if target == STAY and u < started + (1.0 - started) * event_chance(dt, position, who, climate, p):
        return RETRAINING
    return target
