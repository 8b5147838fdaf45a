"""The page of the facilitator: measures on one side, what the country answers on the other."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
from fastapi import Request
from nicegui import Client, ui

from experiments.live import answer_panel, offered
from experiments.live.chosen import FILE, nothing, preset
from experiments.live.flows import drawing
from experiments.live.keep_panel import KeepDialog
from experiments.live.link import unpacked
from experiments.live.measure_card import MeasureCard, tell_replaced
from experiments.live.offered import first_measures
from experiments.live.people import place_words
from experiments.live.predict_panel import PredictPanel, RoomDialog
from experiments.live.session import Session
from experiments.live.view import GROUPS, view
from experiments.texts import LANGUAGES, say, section, speaking, text
from scenarios.catalogue import entries

_OWN: Final = "own"
"""In place of a ready scenario, for one that has been changed since."""
_HEAD: Final = (
    '<link rel="stylesheet" href="/live/live.css"><script src="/live/live.js"></script>'
    '<script src="/live/people.js"></script>'
)


def register(session: Session, shared: bool, address: str) -> None:
    """Serve the page at `/`."""

    @ui.page("/")
    async def index(request: Request, client: Client, lang: str = "", s: str = "") -> None:
        language = lang if lang in LANGUAGES else _preferred(request)
        ui.add_head_html(_HEAD)
        ui.colors(primary="#0072B2")
        page = Page(session, client, language, shared, address)
        page.build()
        session.pages.add(page.hear)
        client.on_delete(lambda: session.pages.discard(page.hear))
        ui.on("cf_follow", lambda event: page.told_of(_whole(event.args)), args=["person"])
        await client.connected(timeout=30)  # only a browser that shows the page may choose, no picture on another page
        if s:
            try:
                session.move("link", unpacked(s))
            except ValueError as error:
                ui.notify(text("live_error", str(error), language), type="warning")
            ui.run_javascript("history.replaceState(null, '', '/')")
        page.ready()


def _whole(told: Any) -> int:
    """The number of a person as a page tells it; -1 for anything else."""
    value = told.get("person") if isinstance(told, dict) else told
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _preferred(request: Request) -> str:
    return "nl" if request.headers.get("accept-language", "").lower().startswith("nl") else "en"


class Page:
    """One open page."""

    def __init__(self, session: Session, client: Client, language: str, shared: bool, address: str) -> None:
        self.session, self.client, self.language = session, client, language
        self._shared, self._address = shared, address
        self.group = "all"
        self._ready = False
        self._cards: dict[str, MeasureCard] = {}
        self._predict: PredictPanel | None = None
        self._charts: dict[str, int] = {}
        self._drawn_for = ""
        self._following = False
        self._tab = "leaks"
        self._veiled = False

    def build(self) -> None:
        """Everything on the page, in its language."""
        self._cards.clear()
        self._drawn_for = ""
        with speaking(self.language), ui.element("div").classes("w-full") as self.root:
            self._header()
            with ui.element("div").classes("cf-page"):
                with ui.element("aside").classes("cf-levers"):
                    self._levers()
                with ui.element("main").classes("cf-main"):
                    self._main()

    def _header(self) -> None:
        with ui.element("header").classes("cf-header"):
            ui.html(f"<h1>{say('live', 'title')}</h1>", sanitize=False)
            self.presets = ui.select(self._preset_titles(), value=self._preset_shown(), label=say("live", "preset"),
                                     on_change=self._preset_chosen).props("dense outlined options-dense")  # fmt: skip
            self.presets.style("width: 230px")
            groups = {name: say("group", name) for name in GROUPS}
            self.groups = ui.select(groups, value=self.group, label=say("live", "group"),
                                    on_change=self._group_chosen).props("dense outlined options-dense")  # fmt: skip
            self.groups.style("min-width: 150px")
            _button("replay", self._replay)
            self._keep = KeepDialog(self.session, self.language)
            _button("keep", self._keep.open)
            self._room = RoomDialog(self.session, self.language, self._shared, self._address)
            _button("room", self._room.open)
            _button("other_language", self._other_language)

    def _preset_titles(self) -> dict[str, str]:
        titles = dict(offered.titles(self.language))
        chosen = self.session.chosen
        if chosen.preset == FILE:
            titles[FILE] = say("live", "file_own")
        elif chosen.preset == "baseline":
            titles[_OWN] = say("live", "own")
        else:
            titles[_OWN] = say("live", "preset_changed", title=titles[chosen.preset])
        return titles

    def _preset_shown(self) -> str:
        """The ready scenario that holds as it stands, or that it is no longer quite that one."""
        chosen = self.session.chosen
        if chosen.preset == FILE:
            return FILE
        return chosen.preset if chosen.settings == preset(chosen.preset).settings else _OWN

    def _preset_chosen(self, event: Any) -> None:
        if not self._following and event.value not in (None, FILE, _OWN):
            self.session.move("preset", preset(event.value))

    def _group_chosen(self, event: Any) -> None:
        self.group = event.value
        self.show()
        self._show_people()

    def _replay(self) -> None:
        if not self.session.replay():
            ui.notify(text("live", "replay_nothing", self.language))

    def _other_language(self) -> None:
        self.language = "nl" if self.language == "en" else "en"
        self.root.delete()
        with self.client.content:
            self.build()
        self.ready()

    def _levers(self) -> None:
        with ui.element("div").classes("cf-lever-head"):
            ui.label(say("live", "measures")).style("font-weight: 700; flex: 1")
            _button("clear", lambda: self.session.move("clear", nothing()))
        others = {one.id: one.title[self.language] for one in entries().values() if one.not_judged is None}
        self._add = ui.select(others, label=say("live", "add_measure"), with_input=True, on_change=self._added)
        self._add.props("dense outlined options-dense").classes("w-full")
        with ui.element("div").classes("cf-levers w-full") as self._list:
            for name in self._wanted():
                self._cards[name] = MeasureCard(self.session, name, self.language)

    def _wanted(self) -> list[str]:
        """Measures with a card: those that hold and are no usual ones first, so that nobody overlooks them."""
        own = [name for name in self.session.chosen.settings if name not in first_measures()]
        return [*first_measures(), *own]

    def _added(self, event: Any) -> None:
        name = event.value
        if not name:
            return
        self._add.set_value(None)
        usual = self.session.chosen.usual(name)
        try:
            gone = self.session.set_measure(name, usual, "reach")
            tell_replaced(self.session.chosen, name, gone, self.language)
        except ValueError as error:
            ui.notify(str(error), type="warning")

    def _main(self) -> None:
        self._cannot = ui.label(say("live", "cannot")).classes("cf-wrong").props("role=alert")
        self._cannot.set_visibility(self.session.cannot)
        self._charts = answer_panel.build()
        with ui.element("div").classes("cf-card"):
            with ui.tabs().props("dense align=left no-caps active-color=primary") as tabs:
                for name in ("leaks", "flows", "people", "predict"):
                    ui.tab(name, label=say("live", f"tab_{name}"))
                tabs.set_value(self._tab)
                tabs.on_value_change(self._tab_chosen)
            for name in ("leaks", "flows", "people", "predict"):
                panel = ui.element("div").classes("w-full" if name == "predict" else "w-full cf-telling")
                with panel.bind_visibility_from(tabs, "value", value=name):
                    if name == "predict":
                        self._predict = PredictPanel(self.session, self.language)
                    else:
                        answer_panel.PANELS[name]()

    def _tab_chosen(self, event: Any) -> None:
        self._tab = event.value

    def hear(self, what: str) -> None:
        """Something has changed in the session."""
        with self.client:
            self._cannot.set_visibility(self.session.cannot)
            if what == "choice":
                self._follow()
                if self._ready:
                    self.client.run_javascript(f"careerflows.waiting({self.session.number + 1})")
            elif what == "answer":
                self.show()
            elif what == "people":
                self._show_people()
            elif what == "round" and self.session.veiled != self._veiled:
                self.show()
            if self._predict is not None and what in ("model", "answer", "round"):
                self._predict.follow()

    def _follow(self) -> None:
        """Let the controls show what is chosen now."""
        wanted = self._wanted()
        for name in [name for name in self._cards if name not in wanted]:
            self._cards.pop(name).card.delete()
        with self._list, speaking(self.language):
            for name in wanted:
                if name not in self._cards or self._cards[name].outdated():
                    if name in self._cards:
                        self._cards.pop(name).card.delete()
                    self._cards[name] = MeasureCard(self.session, name, self.language)
        for card in self._cards.values():
            card.follow()
        shown = self._preset_shown()
        with speaking(self.language):
            titles = self._preset_titles()
        if self.presets.value != shown or self.presets.options != titles:
            self._following = True
            self.presets.set_options(titles, value=shown)
            self._following = False

    def ready(self) -> None:
        """The browser has the page: fill it."""
        self._ready = True
        self._setup(None)
        self.show()
        self._show_people()
        if self._predict is not None:
            self._predict.follow()

    def _setup(self, flows: dict[str, Any] | None) -> None:
        with speaking(self.language):
            config = {
                "texts": section("live", self.language), "language": self.language, "charts": self._charts,
                "places": place_words() if flows is None else None, "drawing": flows,
            }  # fmt: skip
        self._call("careerflows.setup", config)

    def show(self) -> None:
        """Draw the newest answer."""
        answer = self.session.answer
        if not self._ready or answer is None:
            return
        with speaking(self.language):
            told = view(answer, self.group, self.session.country.until)
            told["veiled"] = self._veiled = self.session.veiled
            told["group_words"] = "" if self.group == "all" else f", {say('group', self.group)}"
            if self._drawn_for != self.group:  # the lines of another group begin with other widths
                self._drawn_for = self.group
                self._setup(drawing(np.array([people - more for people, more, *_ in told["flows"]], float)))
        self._call("careerflows.show", told)

    def _show_people(self) -> None:
        if self._ready and self.session.crowd is not None:
            self._call("crowds.people", self.session.crowd.drawing())

    def told_of(self, person: int) -> None:
        """Tell the career of a person on the page."""
        crowd = self.session.crowd
        if crowd is not None and 0 <= person < len(crowd.identities):
            with speaking(self.language):
                self._call("crowds.story", crowd.told(person))

    def _call(self, name: str, told: dict[str, Any]) -> None:
        text_of = json.dumps(told, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
        self.client.run_javascript(f"{name}({text_of})")


def _button(key: str, action: Any) -> ui.button:
    return ui.button(say("live", key), on_click=lambda: action()).props("flat dense no-caps")
