"""One measure on the page: switch, reach, start, strength, and beside them what is assumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from nicegui import ui

from experiments.lever_words import change_told, measure_named, named, range_told
from experiments.live.chosen import FIRST_YEAR, LAST_YEAR, STRONGEST, Chosen, Setting, span_of, value_of
from experiments.live.session import Session
from experiments.live.slider import Slider, Told
from experiments.texts import cited, number_text, say, speaking
from scenarios.catalogue import entry, files
from sim.scenario import Lever

_NOTCHES: Final = 100
"""Steps of a slider over the range of an assumption."""


class MeasureCard:
    """Controls of one measure; they follow what is chosen, whoever chooses it."""

    def __init__(self, session: Session, name: str, language: str) -> None:
        self.session, self.name, self.language = session, name, language
        self._original = session.chosen.original(name)
        self._usual = session.chosen.usual(name)
        self._values: dict[str, Slider] = {}
        self._deeper: tuple[Slider, Slider] | None = None
        self._following = False
        with ui.element("section").classes("cf-card") as self.card:
            self._build()
        self.follow()

    def _build(self) -> None:
        title = measure_named(self._original)
        self.card.props["data-measure"] = self.name  # never as a text of properties: the name may come from a file
        with ui.element("div").classes("cf-lever-head"):
            self.switch = ui.switch(on_change=self._switched).props("dense")
            self.switch.props["aria-label"] = title
            ui.label(title).classes("cf-lever-title")
            self.value = Told(self._reach_told())
        setting = self.session.chosen.setting(self.name)
        reach = round(setting.reach, 2)
        self.reach = Slider(f"{title}: {say('live', 'reach')}", 0.0, 1.0, 0.01, reach, self._reached)
        self.wrong = ui.label().classes("cf-wrong").props("role=alert")
        self.more = (
            ui.expansion(say("live", "more_levers")).props("dense dense-toggle header-class=cf-note").classes("w-full")
        )
        self.more.on_value_change(lambda event: self._open() if event.value else None)

    def outdated(self) -> bool:
        """Whether a measure of the same name but other contents has come in its place."""
        return self.session.chosen.original(self.name) != self._original

    def follow(self) -> None:
        """Show how the measure is set now."""
        setting = self.session.chosen.setting(self.name)
        on = setting.reach > 0.0
        self._following = True
        try:
            if self.switch.value != on:
                self.switch.set_value(on)
        finally:
            self._following = False
        self.reach.set_value(round(setting.reach, 2))
        if self._deeper is not None:
            self._deeper[0].set_value(setting.start.year)
            self._deeper[1].set_value(setting.strength)
        given = dict(setting.values)
        for lever, slider in self._values.items():
            slider.set_value(given.get(lever, value_of(self._lever(lever))))
        self.value.tell(self._reach_told())
        self.card.classes(add="cf-on" if on else "", remove="" if on else "cf-on")

    def _reach_told(self) -> str:
        """The reach, and the strength where it is not the usual one."""
        setting = self.session.chosen.setting(self.name)
        with speaking(self.language):
            if setting.reach == 0.0:
                return say("live", "switched_off")
            told = f"{say('live', 'reach')} {round(100 * setting.reach)}%"
            return told if setting.strength == 1.0 else f"{told} × {number_text(setting.strength, self.language)}"

    def _set(self, control: str, **changes: Any) -> None:
        """Set something otherwise, and say what is wrong where it cannot be."""
        setting = replace(self.session.chosen.setting(self.name), **changes)
        if control != "reach" and setting.reach == 0.0:
            setting = replace(setting, reach=self._usual.reach)  # whoever sets a measure wants it to hold
        self._try(lambda: self.session.set_measure(self.name, setting, control))

    def _try(self, change: Callable[[], list[str]]) -> None:
        """Change something, and say what is wrong or had to make room for it."""
        try:
            gone = change()
        except ValueError as error:
            self.wrong.set_text(str(error))
            self.follow()
            return
        self.wrong.set_text("")
        tell_replaced(self.session.chosen, self.name, gone, self.language)

    def _switched(self, event: Any) -> None:
        if not self._following:
            self._try(lambda: self.session.switch(self.name, bool(event.value)))

    def _reached(self, reach: float) -> None:
        self._set("reach", reach=reach)

    def _open(self) -> None:
        """Build what stands below the measure, when it is first looked at."""
        if self._deeper is not None:
            return
        setting = self.session.chosen.setting(self.name)
        with self.more, speaking(self.language):
            self._deeper = (self._start(setting), self._strength(setting))
            for lever in self._original.levers:
                self._assumption(lever)
            self._about()
        self.follow()

    def _start(self, setting: Setting) -> Slider:
        last = max(LAST_YEAR, setting.start.year)
        return self._slider("start", FIRST_YEAR, last, 1, setting.start.year, lambda v: f"{v:.0f}",
                            lambda v: self._set("start", start=self._day(int(v))))  # fmt: skip

    def _strength(self, setting: Setting) -> Slider:
        return self._slider("strength", 0.1, STRONGEST, 0.1, setting.strength,
                            lambda v: f"× {number_text(v, self.language)}",
                            lambda v: self._set("strength", strength=round(v, 2)))  # fmt: skip

    def _slider(
        self, name: str, low: float, high: float, step: float, value: float, words: Callable[[float], str],
        moved: Callable[[float], None],
    ) -> Slider:  # fmt: skip
        label = say("live", name) if name in ("start", "strength") else name
        with ui.element("div").classes("cf-lever-head"):
            ui.label(label).classes("cf-note").style("flex:1")
            told = Told(words(value))
        slider = Slider(f"{measure_named(self._original)}: {label}", low, high, step, value, moved)
        slider.shown = lambda value: told.tell(words(value))
        return slider

    def _day(self, year: int) -> date:
        """The first of January, or the day of the measure itself in its own year."""
        return self._usual.start if year == self._usual.start.year else date(year, 1, 1)

    def _lever(self, name: str) -> Lever:
        return next(lever for lever in self._original.levers if lever.lever == name)

    def _assumption(self, lever: Lever) -> None:
        """What a lever rests on, and the slider for it where it is uncertain."""
        with ui.element("div").classes("cf-assumption"):
            with ui.element("div").classes("cf-lever-head"):
                ui.label(named(lever.lever)).classes("cf-lever-title").style("font-size:13.5px")
                ui.label(say("report", f"kind_{lever.kind}")).classes(f"cf-kind cf-{lever.kind}")
            ui.label(change_told(lever, self.session.chosen.parameters)).classes("cf-note")
            low, high = span_of(lever)
            if high > low:
                table = isinstance(lever.add if lever.add is not None else lever.multiply, dict)
                told = range_told(low, high, table or lever.multiply is not None)
                key = "assumption_factor" if table else "assumption_value"
                ui.label(f"{say('report', 'range')}: {told}").classes("cf-note")
                self._values[lever.lever] = self._slider(
                    say("live", key), low, high, (high - low) / _NOTCHES, value_of(lever),
                    lambda v: number_text(float(f"{v:.3g}"), self.language),
                    lambda v, lever=lever: self._valued(lever, v),  # type: ignore[misc]
                )  # fmt: skip
            if why := lever.why(self.language):
                ui.label(why).classes("cf-note")

    def _valued(self, lever: Lever, value: float) -> None:
        given = None if abs(value - value_of(lever)) < 1e-9 else float(f"{value:.6g}")
        values = self.session.chosen.setting(self.name).valued(lever.lever, given).values
        self._set(lever.lever, values=values)

    def _about(self) -> None:
        """Where the measure stands in the documents, and who checks it."""
        found = entry(self.name) if self.name in files() else None
        with ui.element("div").classes("cf-assumption"):
            if found is not None:
                ui.label(found.summary[self.language]).classes("cf-note")
                if found.mechanism is not None:
                    ui.label(found.mechanism[self.language]).classes("cf-note")
                if found.check is not None:
                    ui.label(f"{say('live', 'check')}: {found.check[self.language]}").classes("cf-note")
            source = self._original.source
            if found is not None and found.source == source:  # that of a file stands as its author wrote it
                source = cited(source, self.language)
            ui.label(f"{say('live', 'source')}: {source}").classes("cf-note")


def tell_replaced(chosen: Chosen, name: str, gone: list[str], language: str) -> None:
    """Say on the page which measures made room for one."""
    with speaking(language):
        for one in gone:
            titles = [measure_named(chosen.original(measure)) for measure in (one, name)]
            ui.notify(say("live", "replaced", gone=titles[0], name=titles[1]))
