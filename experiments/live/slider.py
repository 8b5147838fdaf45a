"""A slider, and a text beside it, that change many times a second without anything else being rendered anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from nicegui import ui

_THROTTLE: Final = 0.02
"""Seconds between two values told while a hand drags."""


class Told:
    """A label whose text changes often. It is put in place by itself: the page would render all its elements for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.label = ui.label(text).classes("cf-lever-value")

    def tell(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            _call(self.label, "told", text)


class Slider:
    """The slider of the browser itself, with the keys that it knows.

    Parameters
    ----------
    name : what a screen reader says
    low, high, step : values that it can take
    moved : called with each value that a hand or a key gives it, some 50 times a second at most
    """

    def __init__(
        self, name: str, low: float, high: float, step: float, value: float, moved: Callable[[float], None]
    ) -> None:
        self.value = value
        self._between = low, high
        self._moved = moved
        self.shown: Callable[[float], None] = lambda value: None
        """Called with every value that it gets, from whoever it comes."""
        self.element = ui.element("input").classes("cf-slider")
        # The value is an attribute (^): what the hand does since is the browser's own, whatever is rendered meanwhile.
        given = {"type": "range", "min": low, "max": high, "step": step, "^value": value, "aria-label": name}
        self.element.props.update(given)
        self.element.on("input", self._told, throttle=_THROTTLE, js_handler="(e) => emit(e.target.valueAsNumber)")

    def set_value(self, value: float) -> None:
        """Show another value, given by something else than this slider."""
        if value != self.value:
            self.value = value
            self.shown(value)
            _call(self.element, "slide", value)

    def _told(self, event: Any) -> None:
        value = event.args
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        low, high = self._between
        if low <= value <= high and value != self.value:  # nothing but these values comes from an honest page
            self.value = float(value)
            self.shown(self.value)
            self._moved(self.value)


def _call(element: ui.element, name: str, what: float | str) -> None:
    text = json.dumps(what).replace("<", "\\u003c")
    element.client.run_javascript(f'careerflows.{name}("{element.html_id}", {text})')
