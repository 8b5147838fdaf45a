"""How employers decide: posts wanted, practices adopted, whom to hire, and what their work is like."""

from __future__ import annotations

from math import exp, floor

from agents.circumstances import Person
from agents.parameters import Parameters
from agents.rule import rule


@rule
def grown(wanted: float, demand: float, productivity: float, dt: float) -> float:
    """Technical posts wanted after `dt` years: last demand x growth / productivity."""
    return wanted * exp((demand - productivity) * dt)


@rule
def posts(wanted: float, lent: float, luck: float) -> int:
    """Whole posts for a wanted number: the hours lent to teaching have to be replaced; `luck` rounds fairly."""
    return floor(wanted + lent + luck)


@rule
def vacancies(posts_wanted: int, filled: int) -> int:
    """Posts that stand open."""
    return posts_wanted - filled if posts_wanted > filled else 0


@rule
def pressure(posts_wanted: int, open_posts: int, p: Parameters) -> float:
    """Work pressure, 0 to 1, from the share of posts that stand open."""
    if posts_wanted <= 0:
        return 0.0
    level = open_posts / posts_wanted / p.pressure_full
    return level if level < 1.0 else 1.0


@rule
def slack(posts_wanted: int, filled: int, p: Parameters) -> float:
    """How far the technicians are in excess of the posts wanted: 0 (not) to 1 (as far as it matters)."""
    if filled <= posts_wanted:
        return 0.0
    level = (filled - posts_wanted) / filled / p.slack_full
    return level if level < 1.0 else 1.0


@rule
def minority(women: int, technicians: int, p: Parameters) -> float:
    """Distance from a critical mass of women among the technicians: 0 if reached, 1 without any woman."""
    if technicians <= 0:
        return 1.0
    share = women / technicians / p.critical_mass
    return 1.0 - share if share < 1.0 else 0.0


@rule
def trains(training: float, work_pressure: float, p: Parameters) -> float:
    """Learning culture that is left under work pressure."""
    return training * (1.0 - p.pressure_training * work_pressure)


@rule
def adoption_chance(dt: float, own: float, neighbours: float, work_pressure: float, p: Parameters) -> float:
    """Chance that the employer takes a practice one step further: from its own shortage, or by imitation.

    Adaptation has been weak so far (SEO/ROA in Kamerstuk 29 544, nr. 1173), and work pressure leaves little time
    for it, so shortage moves employers only a little.
    """
    ahead = neighbours - own if neighbours > own else 0.0
    rate = p.adoption_base * exp(p.adoption_shortage * work_pressure) + p.adoption_imitation * ahead
    return 1.0 - exp(-rate * dt)


@rule
def taken_further(own: float, p: Parameters) -> float:
    """A practice of the employer's own, taken one step further."""
    return min(1.0, own + p.adoption_step)


@rule
def supported(practice: float, amount: float) -> float:
    """A practice with what a measure adds to it."""
    return min(1.0, max(0.0, practice + amount))


@rule
def takes_part(amount: float, luck: float, share: float) -> bool:
    """Whether an employer gives the guarantee: the amount is the share of those within reach who do."""
    return amount > luck / share


@rule
def guarantee_until(now: int, p: Parameters) -> int:
    """Quarter in which a guarantee given now ends."""
    return now + int(4.0 * p.guarantee_years)


@rule
def allows_part_time(post: float, part_time: float) -> bool:
    """Whether a post can be worked part-time: posts are ranked by how hard that is, 0 (easy) to 1 (hard)."""
    return post < part_time


@rule
def mismatch(wish: int, post: int, part_time: float) -> int:
    """1 if a person who wishes to work part-time meets a post that does not allow it; `post` in 256 steps."""
    return 1 if wish == 1 and not allows_part_time((post + 0.5) / 256.0, part_time) else 0


@rule
def meets(u: float, who: Person, mismatch: int, culture: float, tightness: float, p: Parameters) -> bool:
    """Whether a seeker and an employer with an open post at the right level agree to go on.

    The seeker accepts less often where the hours wished are not offered; the employer takes people without a
    technical diploma more often when tight, and selects on background where the culture does not include.
    """
    effect = -p.mismatch_accept * mismatch - p.exclusion_hire * who.migrant * (1.0 - culture)
    if who.technical == 0:
        effect += p.threshold_no_diploma * (tightness - p.tightness_reference) - p.threshold_hire
    chance = p.matching_efficiency * exp(effect)
    return u < chance


@rule
def rank(who: Person, retrained: int) -> int:
    """Order in which an employer takes applicants: guaranteed, technical diploma, retrained, others."""
    if who.guaranteed == 1:
        return 0
    if who.technical == 1:
        return 1
    return 2 if retrained == 1 else 3
