"""A session: what is chosen, what the model answered, the room, and the pages that show it all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from experiments.live.chosen import Chosen, Setting, baseline, nothing
from experiments.live.country import Country, Runs
from experiments.live.desk import Answer, Desk
from experiments.live.people import Crowd, Lives
from experiments.live.predicting import HERE, Posed, Ready, posed, result
from experiments.live.saving import as_yaml, from_yaml
from experiments.live.workshop import Workshop
from experiments.wording import rounded, step
from scenarios.loading import InputError
from sim import indicators
from sim.scenario import Measure

_GESTURE: Final = 1.5
"""Seconds after which moving the same lever again counts as another change."""
_ANEW: Final = ("clear", "preset", "file", "link")
"""Controls after which measures that were switched off before are forgotten."""
_REPLAY: Final = 1.6
"""Seconds for which the state before a change is shown again."""
_LOG: Final = logging.getLogger(__name__)


class Session:
    """Everything that the pages of one server share. Lives in the thread of the server."""

    def __init__(self, country: Country, workshop: Workshop) -> None:
        self.country = country
        self.workshop = workshop
        self.chosen = _kept_choice(workshop)
        self.number = 0
        self.answer: Answer | None = None
        self.cannot = False
        """Whether what is chosen cannot be computed, so that the answer is one to an earlier choice."""
        self.crowd: Crowd | None = None
        self.posed: Posed | None = None
        self.model: dict[str, Any] | None = None
        """What the model answers to the question under way, once it is known."""
        self.no_model = False
        """Whether the model cannot answer the question under way."""
        self.pages: set[Callable[[str], None]] = set()
        """Called with what has changed: choice, answer, cannot, people, round or model."""
        self._before = self._after = self.chosen
        self._last_move = ("", 0.0)
        self._laid_aside: dict[str, tuple[Measure, Setting]] = {}
        """Measures that were switched off, and how they were set."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runs: Runs | None = None
        self.desk: Desk | None = None
        workshop.listeners.add(lambda: self._tell("round"))
        self._replaying: asyncio.Task[None] | None = None
        self._resting: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin: the country is made in a thread of its own, while pages show how far it is."""
        self._loop = asyncio.get_running_loop()
        self._runs = Runs(baseline(), self.country)
        self.desk = Desk(self._runs, self._told, self._told_cannot)
        self.desk.start()
        self._ask()
        self._go_on_with_round()

    def close(self) -> None:
        """Stop all work."""
        if self.desk is not None:
            self.desk.close()

    def move(self, control: str, chosen: Chosen) -> None:
        """Choose something else, with a control of the page; several moves of one control are one change."""
        now = time.monotonic()
        last, when = self._last_move
        if control != last or now - when > _GESTURE:
            self._before = self.chosen
        self._last_move = control, now
        if control in _ANEW:
            self._laid_aside.clear()
        self._choose(chosen)
        self._after = chosen

    def set_measure(self, name: str, setting: Setting, control: str) -> list[str]:
        """Set a measure otherwise; returns those that had to make room. ValueError where it cannot be so."""
        before = self.chosen
        if setting != before.setting(name):
            self.move(f"{name} {control}", before.with_setting(name, setting))
        return [one for one in before.settings if one != name and one not in self.chosen.settings]

    def switch(self, name: str, on: bool) -> list[str]:
        """Switch a measure off, or on again as it was set when it was switched off."""
        original, now = self.chosen.original(name), self.chosen.setting(name)
        if on:
            known, setting = self._laid_aside.get(name, (None, now))
            return self.set_measure(name, setting if known == original else self.chosen.usual(name), "reach")
        self._laid_aside[name] = original, now
        return self.set_measure(name, replace(now, reach=0.0), "reach")

    def replay(self) -> bool:
        """Show the state before the last change for a moment, and then the change again; false if there is none."""
        if self._before is self._after:
            return False
        if self._replaying is None or self._replaying.done():
            self._replaying = asyncio.ensure_future(self._replay(self._before, self._after))
        return True

    async def _replay(self, before: Chosen, after: Chosen) -> None:
        self._choose(before)
        await asyncio.sleep(_REPLAY)
        if self.chosen is before:
            self._choose(after)

    def ask_room(self, asked: Ready) -> None:
        """Put a question to the room, and let the model answer it meanwhile."""
        mine = posed(asked, self.chosen)
        here = as_yaml(self.chosen, "What is asked") if HERE in asked.options else None
        self._let_answer(mine)
        self.workshop.pose(mine.question, {"asked": asked.model_dump(), "here": here})

    def _go_on_with_round(self) -> None:
        """Let the model answer the question that was under way when the server was stopped."""
        now = self.workshop.round
        if now.question is None or now.phase == "revealed":
            return
        if now.basis is None:
            self.no_model = True
            return
        try:
            here = from_yaml(now.basis["here"].encode(), "session.json")[0] if now.basis["here"] else nothing()
            mine = posed(Ready.model_validate(now.basis["asked"]), here)
        except (InputError, ValueError, KeyError, AttributeError):
            self.no_model = True  # a damaged file: people go on, the model has no answer
            return
        if (mine.question.kind, mine.question.options) != (now.question.kind, now.question.options):
            self.no_model = True
            return
        self._let_answer(replace(mine, question=now.question))

    def _let_answer(self, mine: Posed) -> None:
        self.posed, self.model, self.no_model = mine, None, False
        found: dict[int, Answer] = {}

        def arrived(place: int, answer: Answer | None) -> None:
            if self.posed is not mine:
                return
            if answer is None:
                self.no_model = True
                self._tell("model")
                return
            found[place] = answer
            if len(found) == len(mine.options):
                self.model = result(mine, [found[k] for k in range(len(mine.options))])
                self._tell("model")

        assert self.desk is not None
        for place, option in enumerate(mine.options):
            self.desk.ask_besides(option, lambda answer, place=place: self._later(arrived, place, answer))  # type: ignore[misc]

    @property
    def veiled(self) -> bool:
        """Whether the room is guessing what the page would show."""
        return self.posed is not None and self.posed.here and self.workshop.round.phase in ("open", "closed")

    def reveal(self) -> None:
        """Show the room what the model says, if it is known by now; the page shows again what was asked about."""
        if self.model is None:
            return
        if self.posed is not None and self.posed.here and self.posed.options[0].key != self.chosen.key:
            self.move("reveal", self.posed.options[0])
        self.workshop.reveal(self.model)

    def end_round(self) -> None:
        """End the round."""
        self.posed = self.model = None
        self.no_model = False
        self.workshop.clear()

    def headline(self) -> dict[str, Any]:
        """The gain in technicians, for the pages of participants."""
        if self.answer is None or self.veiled or self.cannot or not self.chosen.settings:
            return {"change": None, "year": self.country.until.year - 1}
        column = indicators.keys().index(("technicians", "all"))
        gains = [b.values[-1, column] - a.values[-1, column] for a, b in self.answer.pairs]
        mean = float(sum(gains) / len(gains))
        return {"change": rounded(mean, max(1000, step(abs(mean)))), "year": self.country.until.year - 1}

    def _choose(self, chosen: Chosen) -> None:
        self.chosen, self.cannot = chosen, False
        self._tell("choice")
        self._ask()

    def _ask(self) -> None:
        self.number += 1
        if self.desk is not None:
            self.desk.ask(self.number, self.chosen)

    def _told(self, answer: Answer) -> None:
        self._later(self._arrived, answer)

    def _told_cannot(self, number: int) -> None:
        self._later(self._not_computed, number)

    def _later(self, what: Callable[..., None], *arguments: Any) -> None:
        """From the thread of the desk into that of the server."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *arguments)

    def _arrived(self, answer: Answer) -> None:
        self.answer = answer
        self._tell("answer")
        if answer.complete and answer.number == self.number:
            self._resting = asyncio.ensure_future(self._rest(answer))

    def _not_computed(self, number: int) -> None:
        if number == self.number:
            self.cannot = True
            self._tell("cannot")

    async def _rest(self, answer: Answer) -> None:
        """What is done once nothing newer is asked for: the people on the page, and keeping the choice."""
        assert self._runs is not None
        first, last = self._runs.first, answer.found.first
        if first is None or last is None:
            return
        known = self.crowd

        def gather() -> tuple[Crowd, str]:
            without = known.without if known is not None else Lives.of(first)
            crowd = Crowd.of(without, Lives.of(last))
            return crowd, as_yaml(answer.found.chosen, "Kept choice")

        crowd, text = await asyncio.to_thread(gather)
        if answer.number == self.number:
            self.crowd = crowd
            self.workshop.keep_choice(text)
            self._tell("people")

    def _tell(self, what: str) -> None:
        for page in tuple(self.pages):
            try:
                page(what)
            except Exception:  # one page that is going away must not keep the others from hearing it
                _LOG.exception("a page could not be told of %s", what)


def _kept_choice(workshop: Workshop) -> Chosen:
    """What was chosen before the server was started again."""
    if workshop.choice is None:
        return nothing()
    try:
        return from_yaml(workshop.choice.encode(), "session.json")[0]
    except InputError:
        return nothing()
