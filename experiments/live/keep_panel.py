"""Keep what is chosen: as a scenario file, a link or a picture; and load a file again."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import ui

from experiments.live.link import NoLink, packed
from experiments.live.picture import picture
from experiments.live.saving import LARGEST, as_title, as_yaml, from_yaml, identifier
from experiments.live.session import Session
from experiments.texts import say, text
from scenarios.loading import InputError


class KeepDialog:
    """A dialog with everything about keeping and loading."""

    def __init__(self, session: Session, language: str) -> None:
        self.session, self.language = session, language
        self._dialog = ui.dialog()
        with (
            self._dialog,
            ui.element("div").classes("cf-card").style("width: 480px; max-width: 94vw; display: grid; gap: 10px"),
        ):
            self.title = ui.input(say("live", "keep_title"), value=say("live", "my_scenario")).props(
                "outlined dense maxlength=80"
            )
            with ui.element("div").classes("cf-controls"):
                self._button("save_file", self._save)
                self._button("copy_link", self._link)
                self._button("save_picture", self._picture)
            with ui.element("div") as self.made:
                self.link = ui.input(say("live", "link")).props("outlined dense readonly")
                self._button("copy", self._copy)
                ui.label(say("live", "link_note")).classes("cf-note")
            self.made.set_visibility(False)
            ui.label(say("live", "save_note")).classes("cf-note")
            self.upload = ui.upload(label=say("live", "load_file"), auto_upload=True, max_file_size=LARGEST,
                                    max_files=1, on_upload=self._load, on_rejected=self._rejected)  # fmt: skip
            self.upload.props('accept=".yaml,.yml" flat bordered').classes("w-full")
            self.wrong = ui.label().classes("cf-wrong").props("role=alert")
            ui.button(say("live", "close"), on_click=self._dialog.close).props("flat no-caps")

    def open(self) -> None:
        """Show it, without what an earlier use left."""
        self.wrong.set_text("")
        self.made.set_visibility(False)
        self._dialog.open()

    def _button(self, key: str, action: Any) -> None:
        ui.button(say("live", key), on_click=action).props("no-caps unelevated dense").style("padding: 4px 12px")

    def _titled(self) -> str:
        return as_title(str(self.title.value or "")) or text("live", "my_scenario", self.language)

    def _save(self) -> None:
        title = self._titled()
        ui.download.content(
            as_yaml(self.session.chosen, title).encode(), f"{identifier(title)}.yaml", "application/yaml"
        )

    async def _link(self) -> None:
        try:
            end = packed(self.session.chosen)
        except NoLink as error:
            self.wrong.set_text(text("live_error", str(error), self.language))
            return
        origin = await ui.run_javascript("location.origin", timeout=5)
        self.link.set_value(f"{origin}/?s={end}")
        self.made.set_visibility(True)

    def _copy(self) -> None:
        ui.clipboard.write(str(self.link.value))

    async def _picture(self) -> None:
        answer = self.session.answer
        if answer is None:
            return
        title = self._titled()
        content = await asyncio.to_thread(picture, answer, self.session.country.scale, title, self.language)
        ui.download.content(content, f"{identifier(title)}.png", "image/png")

    async def _load(self, event: Any) -> None:
        content = await event.file.read()
        self.upload.reset()
        if len(content) > LARGEST:
            self._rejected()
            return
        try:
            chosen, title = await asyncio.to_thread(from_yaml, content, as_title(event.file.name) or "file")
        except InputError as error:
            self.wrong.set_text(str(error))
            return
        self.session.move("file", chosen)
        self.title.set_value(as_title(title))
        self._dialog.close()
        ui.notify(text("live", "loaded", self.language, title=as_title(title)), type="positive")

    def _rejected(self) -> None:
        self.wrong.set_text(text("live_error", "file_large", self.language))
