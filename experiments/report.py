"""A report of a comparison for a reader without the model at hand: one page, its tables and its pictures."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Final

from experiments.document import Picture
from experiments.folders import results_folder
from experiments.manifest import write_manifest
from experiments.options import UserError
from experiments.report_content import document
from experiments.report_figures import Figures, write_pictures
from experiments.report_html import html
from experiments.report_pdf import write_pdf
from experiments.report_tables import write_tables
from experiments.screen import output, place_words, waiting
from experiments.stored import read_results
from experiments.texts import say, speaking

PAGE: Final = "report.html"


def report(results: Path, language: str, out: Path | None) -> int:
    """Make a report of a results folder; returns the exit code."""
    results = results.expanduser().resolve()
    target = out or results.with_name(f"{results.name}-report-{language}")
    if target.expanduser().resolve().is_relative_to(results):
        raise UserError(f"--out: {target} is in the results themselves; give a folder beside them")
    gc.freeze()  # what is loaded by now stays to the end: not to be searched for garbage while the report is made
    with waiting("Reading the results", False):
        stored = read_results(results)
    with results_folder(target) as folder, speaking(language), waiting("Writing the report", False):
        figures = Figures(stored)
        found = document(stored, figures)
        (folder.work / PAGE).write_text(html(found, say("report", "contents")), encoding="utf-8")
        images = figures.rasters.done()
        write_pdf(found, images, folder.work / "report.pdf")
        write_tables(found, folder.work)
        place = folder.work / "pictures"
        place.mkdir()
        pictures = {block.name: block for block in found.blocks if isinstance(block, Picture)}
        write_pictures(place, pictures, images)
        told = {"made_by": stored.manifest["made_by"], "command": "report", "language": language}
        write_manifest(folder.work, {**told, "results": stored.manifest})
        kept = folder.keep()
    console = output()
    console.print(f"Report: {place_words(kept / PAGE)} (report.pdf, tables.xlsx, tables/, pictures/)", soft_wrap=True)
    return 0
