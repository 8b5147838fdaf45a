"""A round of predicting: a question, the answers of a room of people, and what the model says."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from experiments.live import keeping
from experiments.live.keeping import MOST_ANSWERS, KeptRound
from experiments.options import UserError

Phase = Literal["waiting", "open", "closed", "revealed"]
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits of a join code, without those that look alike."""


@dataclass(frozen=True)
class Question:
    """What the room is asked."""

    id: str
    kind: Literal["number", "choice"]
    text: dict[str, str]
    """By language."""
    options: tuple[dict[str, str], ...] = ()
    """Answers to choose from, by language; for a number none."""
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    """Limits of a number, and how finely it is asked."""

    def accepts(self, value: Any) -> bool:
        """Whether a value is an answer to it."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.kind == "choice":
            return 0 <= value < len(self.options) and value == int(value)
        return self.low <= value <= self.high  # neither infinite nor no number at all


@dataclass
class Round:
    """The question under way."""

    phase: Phase = "waiting"
    question: Question | None = None
    answers: dict[str, float] = field(default_factory=dict)
    """Last answer of each participant, by a mark that holds for this question only."""
    result: dict[str, Any] | None = None
    """What the model says; told when it is revealed."""
    basis: dict[str, Any] | None = None
    """What the model needs to answer it, for a server that is started again."""


class Workshop:
    """Join code, key of the facilitator and the round under way; kept in the folder of the session.

    Of participants nothing is kept but the answer: under a mark that cannot be traced to them or linked with that of
    another question, so that each counts once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = "".join(secrets.choice(_ALPHABET) for _ in range(6))
        self.key = secrets.token_urlsafe(18)
        self._secret = secrets.token_hex(32)
        self.round = Round()
        self.choice: str | None = None
        """What was chosen on the page last, as a scenario file."""
        self.listeners: set[Callable[[], None]] = set()
        self.unkept = False
        """Whether the folder does not take what is to be kept, as where the disk is full."""
        self._unwritten: list[dict[str, Any]] = []
        """Rounds that the folder did not take yet."""
        self._read()

    def newcomer(self) -> str:
        """A ticket for somebody who has given the join code."""
        who = secrets.token_urlsafe(9)
        return f"{who}.{self._mark('ticket', who)}"

    def known(self, ticket: str | None) -> bool:
        """Whether a ticket was given out in this session."""
        who, _, mark = (ticket or "").partition(".")
        return hmac.compare_digest(mark.encode(), self._mark("ticket", who).encode()) and bool(who)

    def right_code(self, code: str) -> bool:
        """Whether it is the join code, however it is written."""
        plain = "".join(code.split()).upper().replace("-", "")[:32]
        return hmac.compare_digest(plain.encode("utf-8", "replace"), self.code.encode())

    def right_key(self, key: str | None) -> bool:
        """Whether it is the key of the facilitator."""
        return hmac.compare_digest((key or "").encode("utf-8", "replace"), self.key.encode())

    def pose(self, question: Question, basis: dict[str, Any] | None = None) -> None:
        """Ask the room a question; `basis` is what the model needs to answer it."""
        self.round = Round("open", question, basis=basis)
        self._changed()

    def close(self) -> None:
        """Take no more answers, and show their spread."""
        if self.round.phase == "open":
            self.round.phase = "closed"
            self._changed()

    def reveal(self, result: dict[str, Any]) -> None:
        """Show what the model says, once no more answers are taken."""
        if self.round.question is None or self.round.phase != "closed":
            return
        self.round.phase, self.round.result = "revealed", result
        answers = sorted(self.round.answers.values())  # not in the order in which they came
        self._unwritten.append({"question": asdict(self.round.question), "answers": answers, "model": result})
        self._changed()

    def clear(self) -> None:
        """End the round."""
        self.round = Round()
        self._changed()

    def answer(self, ticket: str, question: str, value: Any) -> bool:
        """Take an answer, in place of an earlier one of the same participant; false where it cannot be taken."""
        asked = self.round.question
        if self.round.phase != "open" or asked is None or asked.id != question or not asked.accepts(value):
            return False
        mark = self._mark(asked.id, ticket)
        if mark not in self.round.answers and len(self.round.answers) >= MOST_ANSWERS:
            return False
        self.round.answers[mark] = float(value)
        self._changed()
        return True

    def mine(self, ticket: str) -> float | None:
        """What a participant answered to the question under way."""
        asked = self.round.question
        return None if asked is None else self.round.answers.get(self._mark(asked.id, ticket))

    def told(self) -> dict[str, Any]:
        """The round as everybody may see it: answers only once no more are taken."""
        now = self.round
        told: dict[str, Any] = {"phase": now.phase, "count": len(now.answers)}
        if now.question is not None:
            told["question"] = asdict(now.question)
        if now.phase in ("closed", "revealed"):
            told["answers"] = sorted(now.answers.values())
        if now.phase == "revealed":
            told["model"] = now.result
        return told

    def keep_choice(self, text: str) -> None:
        """Keep what is chosen, for a server that is started again."""
        if text != self.choice:
            self.choice = text
            before = self.unkept
            self._write()
            if self.unkept != before:
                self._tell()

    def _mark(self, purpose: str, who: str) -> str:
        return hmac.new(self._secret.encode(), f"{purpose} {who}".encode(), hashlib.sha256).hexdigest()[:20]

    def _changed(self) -> None:
        self._write()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()

    def _write(self) -> None:
        """Keep the session; where the folder does not take it, the round goes on and it is tried again next time."""
        state = {"made_by": "careerflows", "kind": "live", "code": self.code, "key": self.key, "secret": self._secret,
                 "round": asdict(self.round), "choice": self.choice}  # fmt: skip
        try:
            keeping.write(self.folder, state)
            while self._unwritten:
                keeping.append(self.folder, self._unwritten[0])
                del self._unwritten[0]
        except OSError:
            self.unkept = True
        else:
            self.unkept = False

    def _read(self) -> None:
        """Go on with an earlier session of the same folder."""
        kept = keeping.read(self.folder)
        if kept is None:
            self._write()
            if self.unkept:
                raise UserError(f"--out: nothing can be written in {self.folder}; give a folder with room for it")
            return
        self.code, self.key, self._secret = kept.code, kept.key, kept.secret
        self.choice, self.round = kept.choice, _round(kept.round)


def _round(kept: KeptRound) -> Round:
    """The round that was kept, with the answers that are answers."""
    question = None if kept.question is None else Question(**kept.question.model_dump())
    answers = {mark: value for mark, value in kept.answers.items() if question is not None and question.accepts(value)}
    result = None if kept.result is None else kept.result.model_dump(exclude_unset=True)
    return Round(kept.phase, question, answers, result, kept.basis)
