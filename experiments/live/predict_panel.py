"""Predict, then reveal: the facilitator's side of a round, and how participants come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import segno
from nicegui import ui

from experiments.live.predicting import about_here, ready
from experiments.live.session import Session
from experiments.live.workshop import Question
from experiments.texts import say, speaking
from experiments.wording import change

_BINS = 10
"""Bars in which answers that are numbers are counted."""


class PredictPanel:
    """Pose a question, see the answers come in, show their spread and what the model says."""

    def __init__(self, session: Session, language: str) -> None:
        self.session, self.language = session, language
        self._shown: tuple[Any, ...] = ()
        with ui.element("div").classes("cf-controls").style("margin-top: 10px"):
            self.question = ui.select(self._questions(), value="part_time_number", label=say("live", "question"))
            self.question.props("dense outlined options-dense").style("width: min(640px, 100%)")
            self.question.props["popup-content-style"] = "max-width: min(640px, 90vw)"
            self.ask = self._button("ask", self._pose)
            self.close = self._button("close_round", session.workshop.close)
            self.reveal = self._button("reveal", session.reveal)
            self.end = self._button("end_round", session.end_round)
        self.text = ui.label().style("font-size: 22px; font-weight: 700; line-height: 1.3; margin-top: 10px")
        self.count = ui.label().classes("cf-note").props("role=status")
        self.model = ui.label().style("font-size: 19px; font-weight: 600; margin: 4px 0 8px").props("role=status")
        self.spread = ui.element("div").classes("cf-leaks")
        self.follow()

    def _questions(self) -> dict[str, str]:
        found = {name: one.text[self.language] for name, one in ready().items()}  # type: ignore[index]
        for outcome in ("technicians all", "technicians women", "open_vacancies all"):
            found[outcome] = about_here(*outcome.split()).text[self.language]  # type: ignore[index]
        return found

    def _button(self, key: str, action: Callable[[], None]) -> ui.button:
        button = ui.button(say("live", key), on_click=lambda: action()).props("no-caps unelevated dense")
        return button.style("padding: 4px 14px")

    def _pose(self) -> None:
        asked = self.question.value
        self.session.ask_room(ready()[asked] if asked in ready() else about_here(*asked.split()))

    def follow(self) -> None:
        """Show the round as it is now."""
        now = self.session.workshop.round
        self.ask.set_enabled(now.phase in ("waiting", "revealed"))
        self.close.set_enabled(now.phase == "open")
        self.reveal.set_enabled(now.phase == "closed" and self.session.model is not None)
        self.end.set_enabled(now.phase != "waiting")
        with speaking(self.language):
            self._put(self.text, now.question.text[self.language] if now.question else say("live", "no_round"))
            known = _answers(len(now.answers)) if now.question else ""
            kept = "" if not self.session.workshop.unkept else say("live", "unkept")
            self._put(self.count, f"{known} {kept}".strip())
            self._put(self.model, self._model_words())
            told = self.session.workshop.told()
            shown = (now.phase, now.question and now.question.id, tuple(told.get("answers", ())), self.language)
            if shown != self._shown:
                self._shown = shown
                self._draw(now.question, told.get("answers"), now.result if now.phase == "revealed" else None)

    def _put(self, label: ui.label, text: str) -> None:
        if label.text != text:
            label.set_text(text)

    def _model_words(self) -> str:
        now = self.session.workshop.round
        if now.phase == "revealed" and now.result is not None:
            return str(now.result["text"][self.language])
        if now.phase == "waiting":
            return ""
        if self.session.no_model:
            return say("live", "model_cannot")
        return say("live", "model_known" if self.session.model is not None else "model_working")

    def _draw(self, question: Question | None, answers: list[float] | None, model: dict[str, Any] | None) -> None:
        """Bars of the answers; the bar of the model's answer is marked with colour and a sign."""
        self.spread.clear()
        if question is None or answers is None:
            return
        rows = bars(question, answers, model, self.language)
        most = max([1, *(number for _, number, _ in rows)])
        with self.spread:
            for words, number, right in rows:
                text = words.replace("-", "−")
                with ui.element("div").classes("cf-leak").props("role=listitem"):
                    ui.label(f"▶ {text}" if right else text).style(f"font-weight: {700 if right else 400}")
                    with ui.element("span").classes("cf-leak-track cf-plain"):
                        bar = ui.element("span").classes("cf-bar")
                        bar.style(
                            f"left: 0; width: {100 * number / most}%; background: {'#0072B2' if right else '#8FA3AF'}"
                        )
                    ui.label(str(number)).classes("cf-change")
        if model is not None:  # the room must see it, wherever the page stands
            ui.run_javascript(f"getHtmlElement({self.model.id}).scrollIntoView({{block: 'start', behavior: 'smooth'}})")


def _answers(number: int) -> str:
    return say("live", "answer_in") if number == 1 else say("live", "answers_in", count=number)


def bars(
    question: Question, answers: list[float], model: dict[str, Any] | None, language: str
) -> list[tuple[str, int, bool]]:
    """Words, number of answers and whether the model's answer may be there, for each bar."""
    if question.kind == "choice":
        counted = Counter(int(one) for one in answers)
        best = model["best"] if model else ()
        return [(option[language], counted[k], k in best) for k, option in enumerate(question.options)]
    width = (question.high - question.low) / _BINS

    def place(number: float) -> int:
        return min(_BINS - 1, max(0, int((number - question.low) // width)))

    counted = Counter(place(one) for one in answers)
    right = range(place(model["low"]), place(model["high"]) + 1) if model else ()
    ends = [question.low + k * width for k in range(_BINS + 1)]
    return [(f"{change(ends[k])} … {change(ends[k + 1])}", counted[k], k in right) for k in range(_BINS)]


class RoomDialog:
    """How participants come in: code, address, and both as a QR code."""

    def __init__(self, session: Session, language: str, shared: bool, address: str) -> None:
        self._dialog = ui.dialog()
        link = f"{address}?code={session.workshop.code}"
        with self._dialog, ui.element("div").classes("cf-card").style("max-width: 420px; text-align: center"):
            ui.label(say("live", "room_title")).style("font-weight: 700; font-size: 20px")
            ui.image(segno.make(link, error="m").svg_data_uri(scale=6, border=2)).style(
                "width: 260px; margin: 8px auto"
            ).props(f'alt="{link}" no-spinner no-transition')
            ui.label(address.removeprefix("http://")).style("font-size: 20px; font-weight: 600")
            ui.label(session.workshop.code).classes("cf-code")
            if not shared:
                ui.label(say("live", "room_local")).classes("cf-note")
            ui.button(say("live", "close"), on_click=self._dialog.close).props("flat no-caps")

    def open(self) -> None:
        """Show it."""
        self._dialog.open()
