"""Employers: how many there are, what they start with, who is linked to whom, and their quarter."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from agents.employer import (
    adoption_chance,
    grown,
    minority,
    posts,
    pressure,
    slack,
    supported,
    taken_further,
    takes_part,
    vacancies,
)
from agents.positions import MARKETS, SECTORS, SIZES
from agents.rule import kernel, rule, sweep
from sim.columns import PRACTICES, Employers, employer_columns
from sim.draws import ADOPTION, EMPLOYER, EMPLOYER_IDENTITY, uniforms, unit, words

GUARANTEE: Final = len(PRACTICES)
"""Column of the guarantee in `Employers.reach` and in schedules, after the practices."""


def employer_sizes(start: NDArray[Any], scale: float) -> NDArray[np.int64]:
    """Sector, size and technical posts (in agents) of each employer; shape (employers, 3).

    An employer agent stands for `scale` alike employers. The posts of a sector are shared out over small, medium and
    large ones, at least one of each that has any posts.
    """
    s = start[0]
    rows: list[tuple[int, int, int]] = []
    for sector in range(len(SECTORS)):
        left = s["technical_posts"] * s["sector_share"][sector] / scale
        for size in range(len(SIZES)):
            total = round(left * s["size_share"][size])
            count = max(1, round(total / s["size_posts"][size]))
            rows += [(sector, size, total // count + (1 if k < total % count else 0)) for k in range(count) if total]
    return np.array(rows, np.int64).reshape(-1, 3)


@sweep
def count_staff(employers: Employers, found: NDArray[np.int32]) -> None:
    """Count technicians by sector and gender; `found` has shape (sectors, 2)."""
    for e in range(employers.filled.shape[0]):
        sector = employers.sector[e]
        for market in range(employers.filled.shape[1]):
            found[sector, 0] += employers.filled[e, market] - employers.women[e, market]
            found[sector, 1] += employers.women[e, market]


@lru_cache(maxsize=8)
def employer_graph(shape: tuple[tuple[int, int], ...], links: int) -> nx.Graph[int]:
    """Who looks at whom: each employer is linked to the next ones in its sector and in its region.

    Parameters
    ----------
    shape : sector and region of each employer
    links : neighbours on each side, in the sector and in the region
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(shape)))
    for kind in (0, 1):
        rings: dict[int, list[int]] = {}
        for employer, place in enumerate(shape):
            rings.setdefault(place[kind], []).append(employer)
        for ring in rings.values():
            for step in range(1, links + 1):
                if len(ring) > step:
                    graph.add_edges_from((ring[i], ring[(i + step) % len(ring)]) for i in range(len(ring)))
    return graph


@lru_cache(maxsize=8)
def _neighbours(shape: tuple[tuple[int, int], ...], links: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    graph = employer_graph(shape, links)
    lists = [sorted(graph[employer]) for employer in range(len(shape))]
    first = np.concatenate([[0], np.cumsum([len(x) for x in lists])]).astype(np.int32)
    flat = np.array([other for neighbours in lists for other in neighbours], np.int32)
    return first, flat


@kernel
def _endow(employers: Employers, totals: NDArray[np.int64], key: int, starts: Any) -> None:
    s = starts[0]
    for e in range(totals.size):
        sector, size = employers.sector[e], employers.size[e]
        identity = EMPLOYER_IDENTITY | e
        for market in range(employers.wanted.shape[1]):
            employers.wanted[e, market] = totals[e] * s.market_share[sector, market]
            a, _ = uniforms(key, identity, 0, EMPLOYER + market)
            employers.luck[e, market] = a
        levels = (s.start_part_time[sector], s.start_culture[sector], s.start_training[size])
        for k in range(3):
            a, _ = uniforms(key, identity, 0, EMPLOYER + 4 + k)
            level = levels[k] + s.practice_spread * (2.0 * a - 1.0)
            employers.own[e, k] = min(1.0, max(0.0, level))
            employers.practice[e, k] = employers.own[e, k]
        for k in range(4):
            a, _ = uniforms(key, identity, 0, EMPLOYER + 8 + k)
            employers.reach[e, k] = a


def build_employers(start: NDArray[Any], scale: float, key: int) -> Employers:
    """Employers at the start of the warm-up, with their links and the posts where seekers will look."""
    sizes = employer_sizes(start, scale)
    count = len(sizes)
    employers = employer_columns(count)
    employers.sector[:] = sizes[:, 0]
    employers.size[:] = sizes[:, 1]
    employers.region[:] = np.arange(count) % int(start[0]["regions"])
    shape = tuple(zip(employers.sector.tolist(), employers.region.tolist(), strict=True))
    first, neighbour = _neighbours(shape, int(start[0]["region_links"]))
    _endow(employers, sizes[:, 2], key, start)
    slots, slots_from = [], [0]
    for market in range(len(MARKETS)):
        number = np.floor(employers.wanted[:, market] + employers.luck[:, market]).astype(np.int64)
        slots.append(np.repeat(np.arange(count, dtype=np.int32), number))
        slots_from.append(slots_from[-1] + len(slots[-1]))
    return employers._replace(
        first=first, neighbour=neighbour, slots=np.concatenate(slots), slots_from=np.array(slots_from, np.int64)
    )


@rule
def neighbours_mean(e: int, k: int, employers: Employers) -> float:
    """Mean of a practice over the employers that an employer is linked to; 0 without any."""
    low, high = employers.first[e], employers.first[e + 1]
    total = 0.0
    for n in range(low, high):
        total += employers.practice[employers.neighbour[n], k]
    return total / (high - low) if high > low else 0.0


@kernel
def adopt_practices(
    employers: Employers,
    now: int,
    key: int,
    dt: float,
    params: Any,
    lever: NDArray[np.int64],
    amount: NDArray[np.float64],
    share: NDArray[np.float64],
    sectors: NDArray[np.bool_],
    sizes: NDArray[np.bool_],
) -> None:
    """Employers adopt practices of their own accord, then measures reach them.

    All look at their neighbours as these were before anybody adopted. A measure adds to the practice of the
    employers that it reaches: those in its sectors and sizes whose luck lies below its share.
    """
    p = params[0]
    count = employers.sector.size
    drawn = np.empty(count, np.uint32)
    most = adoption_chance(dt, 0.0, 1.0, 1.0, p)  # all neighbours ahead and the pressure full
    for k in range(3):
        for e in range(count):
            drawn[e], _ = words(key, EMPLOYER_IDENTITY | e, now, ADOPTION + k)
        for e in range(count):
            u = unit(drawn[e])
            if u < most and u < adoption_chance(
                dt, employers.practice[e, k], neighbours_mean(e, k, employers), employers.pressure[e], p
            ):
                employers.own[e, k] = taken_further(employers.own[e, k], p)
    for e in range(count):
        for k in range(3):
            employers.practice[e, k] = employers.own[e, k]
        employers.guarantee[e] = 0
        for j in range(lever.size):
            k = lever[j]
            if amount[j] == 0.0 or not sectors[j, employers.sector[e]] or not sizes[j, employers.size[e]]:
                continue
            if employers.reach[e, k] >= share[j]:
                continue
            if k == GUARANTEE:
                if takes_part(amount[j], employers.reach[e, k], share[j]):
                    employers.guarantee[e] = 1
            else:
                employers.practice[e, k] = supported(employers.practice[e, k], amount[j])


@kernel
def plan_posts(
    employers: Employers, dt: float, teaching: float, params: Any
) -> tuple[int, int, int, float, float, int]:
    """Employers work out the posts they want and open vacancies, and what it is like to work for them.

    Parameters
    ----------
    teaching : full-time technicians lent to schools, spread over all technical posts

    Returns
    -------
    Posts, vacancies left open by the quarter before, posts under the guarantee, posts that can be worked part-time,
    the culture of inclusion added up over posts, and women, all in agents.
    """
    p = params[0]
    count, markets = employers.wanted.shape
    total = 0.0
    for e in range(count):
        for m in range(markets):
            total += employers.wanted[e, m]
    lent = teaching / total if total > 0.0 else 0.0
    all_posts, all_left, covered, women = 0, 0, 0, 0
    part_time, culture = 0.0, 0.0
    growth = np.empty(len(SECTORS))
    for sector in range(growth.size):
        growth[sector] = grown(1.0, p.demand_growth[sector], p.productivity_growth, dt)
    for e in range(count):
        here, left, people, women_here = 0, 0, 0, 0
        for m in range(markets):
            after = employers.wanted[e, m] * growth[employers.sector[e]]
            employers.wanted[e, m] = after
            number = posts(after, after * lent, employers.luck[e, m])
            employers.posts[e, m] = number
            left += employers.open[e, m]
            employers.open[e, m] = vacancies(number, employers.filled[e, m])
            here += number
            people += employers.filled[e, m]
            women_here += employers.women[e, m]
        employers.pressure[e] = pressure(here, left, p)
        employers.minority[e] = minority(women_here, people, p)
        employers.slack[e] = slack(here, people, p)
        all_posts += here
        all_left += left
        women += women_here
        part_time += here * employers.practice[e, 0]
        culture += here * employers.practice[e, 1]
        if employers.guarantee[e] == 1:
            covered += here
    return all_posts, all_left, covered, part_time, culture, women
