"""Questions for the room: ready ones and those about what is chosen, and what the model answers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, Self

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

import scenarios
from experiments.comparison import interval
from experiments.live.chosen import Chosen, of_scenario
from experiments.live.desk import Answer
from experiments.live.workshop import Question
from experiments.texts import LANGUAGES, speaking
from experiments.texts import text as told
from experiments.wording import change, count, step
from sim import indicators

HERE: Final = "current"
"""In place of a scenario: what is chosen on the page."""


class Ready(BaseModel):
    """A question that stands ready."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: Literal["number", "choice"]
    text: dict[Literal["en", "nl"], str]
    options: tuple[str, ...] = Field(min_length=1)
    indicator: str = "technicians"
    group: str = "all"
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    change: Literal["more", "fewer"] = "more"

    @model_validator(mode="after")
    def _known(self) -> Self:
        if set(self.text) != set(LANGUAGES) or (self.indicator, self.group) not in _known_indicators():
            raise ValueError("asked in both languages about an indicator that there is")
        if not set(self.options) <= {HERE, *scenarios.available()}:
            raise ValueError("options are ready scenarios")
        return self


def _known_indicators() -> Sequence[tuple[str, str]]:
    return indicators.keys()


@dataclass(frozen=True)
class Posed:
    """A question with what the model needs to answer it."""

    question: Question
    options: tuple[Chosen, ...]
    indicator: str
    group: str
    change: str
    here: bool
    """Whether it is about what is on the page: then the page must not show the answer before the room has guessed."""


@cache
def ready() -> dict[str, Ready]:
    """The questions that stand ready, by id."""
    text = (resources.files("experiments.live") / "questions.yaml").read_text(encoding="utf-8")
    found = [Ready.model_validate(one) for one in yaml.safe_load(text)]
    return {one.id: one for one in found}


def posed(asked: Ready, here: Chosen) -> Posed:
    """A question as it is put to the room; each time it is another one, so that answers do not mix."""
    chosen = [here if name == HERE else of_scenario(scenarios.load(name), name) for name in asked.options]
    titles = [
        {language: scenarios.load(name).texts(language)[0] for language in LANGUAGES}
        for name in asked.options
        if asked.kind == "choice"
    ]
    question = Question(
        f"{asked.id}-{secrets.token_hex(4)}",
        asked.kind,
        {str(language): words for language, words in asked.text.items()},
        tuple(titles),
        asked.low,
        asked.high,
        asked.step,
    )
    return Posed(question, tuple(chosen), asked.indicator, asked.group, asked.change, HERE in asked.options)


def about_here(indicator: str, group: str) -> Ready:
    """The question what the choice on the page changes in an indicator."""
    high = 60_000.0 if group == "all" else 30_000.0
    texts = {
        language: told("live", "question_here", language, what=told("live_outcome", f"{indicator}_{group}", language))
        for language in LANGUAGES
    }
    return Ready.model_validate(
        {"id": "here", "kind": "number", "text": texts, "options": [HERE], "indicator": indicator, "group": group,
         "low": -high, "high": high, "step": 1000}
    )  # fmt: skip


def result(asked: Posed, answers: Sequence[Answer]) -> dict[str, Any]:
    """What the model says, with its certainty, in both languages."""
    column = indicators.keys().index((asked.indicator, asked.group))
    samples = [np.array([b.values[-1, column] - a.values[-1, column] for a, b in one.pairs]) for one in answers]
    year = answers[0].pairs[0][0].years[-1]
    estimates = [[float(number) for number in interval(one)] for one in samples]
    options = [{"mean": mean, "low": low, "high": high} for mean, low, high in estimates]
    found: dict[str, Any] = {"options": options, "runs": answers[0].runs}
    if asked.question.kind == "number":
        mean, low, high = estimates[0]
        return {**found, **options[0], "text": _number_words(mean, low, high, year, answers[0].runs)}
    best = _best(samples, asked.change)
    return {**found, "best": best, "text": _choice_words(asked, options, best, answers[0].runs)}


def _best(samples: Sequence[NDArray[np.float64]], wanted: str) -> list[int]:
    """The option that changes most, and those that the runs cannot tell apart from it."""
    sign = 1.0 if wanted == "more" else -1.0
    first = max(range(len(samples)), key=lambda k: sign * samples[k].mean())
    found = [first]
    for k, other in enumerate(samples):
        _, low, _ = interval(sign * (samples[first] - other))
        if k != first and not low > 0.0:
            found.append(k)
    return sorted(found)


def _number_words(mean: float, low: float, high: float, year: int, runs: int) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        with speaking(language):
            to = step((high - low) / 2)
            texts[language] = told("live", "model_number", language, year=year, mean=change(mean, to),
                                   low=change(low, to), high=change(high, to), runs=runs)  # fmt: skip
    return texts


def _choice_words(asked: Posed, options: list[dict[str, float]], best: list[int], runs: int) -> dict[str, str]:
    texts = {}
    for language in LANGUAGES:
        with speaking(language):
            names = [asked.question.options[k][language] for k in best]
            key = "model_choice" if len(best) == 1 else "model_choices"
            each = "; ".join(
                f"{option[language]} {change(one['mean'], step((one['high'] - one['low']) / 2))}"
                for option, one in zip(asked.question.options, options, strict=True)
            )
            joined = f" {told('words', 'and', language)} ".join(names)
            texts[language] = told("live", key, language, names=joined, each=each, runs=count(runs))
    return texts
