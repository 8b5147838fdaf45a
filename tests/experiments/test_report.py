"""The report: every number in it is one of the results, and the page stands by itself, in both languages."""

from __future__ import annotations

import csv
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pypdf
import pytest

from experiments import report_parts, texts
from experiments.document import Table
from experiments.options import UserError
from experiments.report_figures import Figures
from experiments.report_numbers import Told
from experiments.stored import read_results
from scenarios import load

from .conftest import Command

LANGUAGES = ("en", "nl")
NAMES = ("part_time_availability", "culture_of_inclusion", "third_pathway_mbo")


class Page(HTMLParser):
    """What a page holds: its numbers, tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.numbers: list[tuple[str, float, str]] = []
        """Place in the tables, exact value, and as shown."""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.lead = ""
        """Text of the answer outside its numbers."""
        self.text = ""
        self._open: tuple[str, float] | None = None
        self._in_lead = self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        self._in_style = tag == "style"
        if tag == "data":
            self._open = given["data-of"], float(given["value"])
        if tag == "p":
            self._in_lead = given.get("class") == "lead"

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            self._open = None
        if tag == "p":
            self._in_lead = False
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            return
        self.text += data
        if self._open is not None:
            self.numbers.append((*self._open, data))
        elif self._in_lead:
            self.lead += data


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of three options, with everything that a report can show."""
    from experiments.cli import answer

    folder = tmp_path_factory.mktemp("report") / "results"
    told = ["compare", *NAMES, "--scale", "4000", "--until", "2025-01-01", "--replicates", "2", "--attribution"]
    told += ["--goal", "1000 more technicians by 2024", "--uncertainty", "--draws", "2", "--out", str(folder)]
    assert answer(told) == 0
    return folder


@pytest.fixture(scope="module")
def reports(results: Path) -> dict[str, Path]:
    from experiments.cli import answer

    made = {}
    for language in LANGUAGES:
        made[language] = results.with_name(f"report-{language}")
        assert answer(["report", str(results), "--language", language, "--out", str(made[language])]) == 0
    return made


@pytest.fixture(scope="module")
def pages(reports: dict[str, Path]) -> dict[str, Page]:
    return {language: Page((folder / "report.html").read_text("utf-8")) for language, folder in reports.items()}


def looked_up(place: str, results: Path) -> float:
    """A number of the results by its place, found here without the code of the report."""
    table, *keys = place.split("|")
    if table == "manifest":
        value: Any = json.loads((results / "manifest.json").read_text("utf-8"))
        for key in keys:
            value = value[key]
        return float(value)
    records = pq.read_table(results / f"{table}.parquet").to_pylist()
    names = {
        "options": ("scenario", "column", "year"),
        "costs": ("scenario", "payer"),
        "decomposition": ("scenario", "year", "group", "part"),
        "groups": ("scenario", "year", "division", "group"),
        "careers": ("scenario",),
        "attribution": ("scenario", "indicator", "measure", "kind"),
        "goals": ("scenario", "goal", "uncertainty"),
        "uncertainty": ("scenario", "year", "indicator", "group"),
    }[table]
    which = keys[len(names) :]
    if table == "costs" and keys[1] == "per_technician_year":
        known = sum(r["euro"] for r in records if r["scenario"] == keys[0])
        end = {"mean": "value", "low": "high", "high": "low"}[keys[2]]
        return known / looked_up(f"options|{keys[0]}|technician_years||{end}", results)
    found = [r for r in records if all(str(r[n] or "") == k for n, k in zip(names, keys, strict=False))]
    assert len(found) == 1, place
    (record,), (name,) = found, which
    if name == "half":
        return float((record["high"] - record["low"]) / 2.0)
    if name == "share":
        return float(record["changed"] / record["people"])
    return float(record[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_one_of_the_results(language: str, pages: dict[str, Page], results: Path) -> None:
    page = pages[language]
    assert len(page.numbers) > 200
    places = {place for place, _, _ in page.numbers}
    tables = [
        "options",
        "costs",
        "decomposition",
        "groups",
        "careers",
        "attribution",
        "goals",
        "uncertainty",
        "manifest",
    ]
    assert {place.split("|")[0] for place in places} == {*tables, "manifest"}
    for place, value, _ in page.numbers:
        assert value == pytest.approx(looked_up(place, results), rel=1e-12, abs=1e-9), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_the_number_rounded(language: str, pages: dict[str, Page]) -> None:
    halves = {place.rpartition("|")[0]: value for place, value, _ in pages[language].numbers if place.endswith("|half")}
    for place, value, shown in pages[language].numbers:
        plain = shown.replace("\N{MINUS SIGN}", "-").strip()
        if language == "nl":
            plain = plain.translate(str.maketrans(",.", ".,"))
        digits = float(plain.replace(",", "").rstrip("%"))
        if plain.endswith("%"):
            assert digits / 100 == pytest.approx(value, abs=0.0051), place
        elif place.startswith("costs") and "per_technician_year" not in place:
            assert digits * 1e6 == pytest.approx(value, abs=0.51e6), place
        elif digits == 0:
            assert abs(value) <= halves.get(place.rpartition("|")[0], 0.5), place
        else:
            zeros = len(plain) - len(plain.rstrip("0,"))
            assert abs(digits) == pytest.approx(abs(value), abs=max(0.51 * 10**zeros, 0.1 * abs(value))), place
            assert digits == 0 or math.copysign(1, digits) == math.copysign(1, value) or "-" not in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_holds_no_number_without_a_place(language: str, pages: dict[str, Page]) -> None:
    lead = pages[language].lead
    assert lead.count(".") >= 3
    titles = [load(name).texts(language)[0] for name in NAMES]
    for title in titles:
        lead = lead.replace(title, "")
    for known in ("2024", "95%", str(len(NAMES))):
        lead = lead.replace(known, "")
    assert not re.search(r"\d", lead), lead


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_by_itself(language: str, reports: dict[str, Path], pages: dict[str, Page]) -> None:
    text = (reports[language] / "report.html").read_text("utf-8")
    assert len(text.encode()) < 5_000_000
    tags = {tag for tag, _ in pages[language].tags}
    assert not tags & {"script", "link", "iframe", "img", "object", "embed", "form"}
    for tag, attributes in pages[language].tags:
        for name, value in attributes.items():
            if name in ("href", "src", "xlink:href", "action", "data"):
                assert value.startswith("#"), (tag, name, value)
            assert not name.startswith("on")
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_read_by_everybody(language: str, pages: dict[str, Page]) -> None:
    page = pages[language]
    assert ("html", {"lang": language}) in page.tags
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert len(pictures) >= 5
    for attributes in pictures:
        assert attributes["role"] == "img"
        assert len(attributes["aria-label"]) > 40
    heads = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert set(heads) == {"col", "row"}
    keys = [attributes["id"] for tag, attributes in page.tags if tag == "h2"]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == [f"#{key}" for key in keys]
    assert len(keys) == 13
    identities = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(set(identities)) == len(identities)


def test_dutch_is_dutch(pages: dict[str, Page]) -> None:
    assert "Het antwoord in drie zinnen" in pages["nl"].text
    for english in ("The answer", "technicians", "vacancies", "Shapley values", "open vacancies"):
        assert english not in pages["nl"].text.split("Waar het op rust")[0], english


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_beside_it_hold_the_same(language: str, reports: dict[str, Path], pages: dict[str, Page]) -> None:
    folder = reports[language]
    values = {round(value, 9) for _, value, _ in pages[language].numbers}
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    files = sorted((folder / "tables").glob("*.csv"))
    assert len(files) == len(book.worksheets) == sum(tag == "table" for tag, _ in pages[language].tags)
    told = 0
    for file, sheet in zip(files, book.worksheets, strict=True):
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
        for k, row in enumerate(rows[1:], start=3):
            for c, cell in enumerate(row, start=1):
                inside = sheet.cell(k, c).value
                if isinstance(inside, float | int):
                    assert float(cell) == pytest.approx(float(inside))
                    assert round(float(inside), 9) in values
                    told += 1
                else:
                    assert cell == (inside or "")
    assert told >= 100
    for name in ("time_paths_1", "gain_1", "flows_1"):
        assert (folder / "pictures" / f"{name}.svg").read_text("utf-8").startswith("<svg")
        assert (folder / "pictures" / f"{name}.png").stat().st_size > 20_000


def test_what_is_read_back_is_what_was_written(results: Path) -> None:
    stored = read_results(results)
    assert stored.comparison.ids == ("baseline", *NAMES)
    assert [one.texts("nl") for one in stored.scenarios] == [load(name).texts("nl") for name in stored.comparison.ids]
    assert stored.scenarios[2].measures == load("culture_of_inclusion").measures
    assert stored.scenarios[0].parameters == load("baseline").parameters
    differences = pq.read_table(results / "differences.parquet").to_pylist()
    for record in differences[:: len(differences) // 200]:
        estimate = stored.comparison.estimate(record["scenario"], record["year"], record["indicator"], record["group"])
        assert (estimate.mean, estimate.low, estimate.high) == pytest.approx(
            (record["difference"], record["low"], record["high"]), nan_ok=True
        )
    mean = stored.flows.mean(axis=0)[0]
    assert np.allclose(mean, stored.comparison.typical.flows)
    assert "careerflows compare part_time_availability" in stored.manifest["command_line"]


def test_thin_cells_are_left_out(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where few agents are behind a group, nobody can read a number into a handful of people."""
    stored = read_results(results)
    women, men = (stored.comparison.baseline(2024, "technicians", group) * 2 / 4000 for group in ("women", "men"))
    monkeypatch.setattr(report_parts, "FEW", (women + men) / 2)
    (table,) = [block for block in report_parts.groups(Told(stored), Figures(stored)) if isinstance(block, Table)]
    cells = {str(row[0]): row[1:] for row in table.rows}
    assert set(cells["gender: women"]) == {"."}
    assert "." not in cells["gender: men"]


def test_the_pdf_holds_the_same_text(reports: dict[str, Path], pages: dict[str, Page]) -> None:
    for language, folder in reports.items():
        reader = pypdf.PdfReader(folder / "report.pdf")
        squeezed = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
        assert len(reader.pages) >= 6
        for _, _, number in pages[language].numbers:
            assert re.sub(r"\s+", "", number) in squeezed, number
        for heading in ("answer", "options", "gain", "who", "assumptions", "not_judged", "reproduce"):
            assert re.sub(r"\s+", "", texts.text("report", heading, language)) in squeezed, heading
        pictures = sum(len(page.images) for page in reader.pages)
        assert pictures == sum(tag == "figure" for tag, _ in pages[language].tags)
        assert (reader.metadata or {}).get("/Title")


def test_the_same_results_give_the_same_report(results: Path, reports: dict[str, Path], tmp_path: Path) -> None:
    from experiments.cli import answer

    assert answer(["report", str(results), "--out", str(tmp_path / "again")]) == 0
    files = {file.relative_to(reports["en"]) for file in reports["en"].rglob("*") if file.is_file()}
    assert {"report.html", "report.pdf", "tables.xlsx"} <= {str(file) for file in files}
    for name in files:
        assert (tmp_path / "again" / name).read_bytes() == (reports["en"] / name).read_bytes(), name


@pytest.mark.parametrize("damage", ["missing", "text", "other", "cut", "words", "older"])
def test_damaged_results_are_told_in_one_line(damage: str, results: Path, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    for file in results.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = folder / "manifest.json"
    if damage == "missing":
        (folder / "flows.parquet").unlink()
    elif damage == "text":
        manifest.write_text("{")
    elif damage == "other":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "command": "run"}))
    elif damage == "older":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "format": 1}))
    elif damage == "cut":
        (folder / "flows.parquet").write_bytes((folder / "flows.parquet").read_bytes()[:2000])
    else:
        manifest.write_text(manifest.read_text("utf-8").replace("culture_of_inclusion", "another"))
    before = sorted(tmp_path.rglob("*"))
    code, out, err = command("report", str(folder), "--out", str(tmp_path / "report"))
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith(f"error: {folder}: ")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_comparison_that_was_stopped_has_a_report(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the runs keeps what they gave; the report leaves out what is not there."""
    from experiments import deeper

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deeper, "careers", stop)
    told = ["compare", "golden_gate", "--scale", "4000", "--until", "2024-01-01", "--replicates", "2", "--out", "here"]
    code, _, err = command(*told)
    assert code == 130
    assert err.strip() == "stopped: the careers were not compared"
    assert command("report", "here", "--out", "report")[0] == 0
    page = Page(Path("report/report.html").read_text("utf-8"))
    assert not any(place.startswith("careers") for place, _, _ in page.numbers)
    assert "The answer in three sentences" in page.text


def test_no_results_at_all(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no manifest\.json, so it holds no results"):
        read_results(tmp_path)


def test_texts_have_both_languages_and_the_same_names() -> None:
    for section, found in texts.table().items():
        for key, told in found.items():
            assert set(told) == set(LANGUAGES), (section, key)
            assert all(text.strip() for text in told.values())
            names = [set(re.findall(r"\{(\w+)\}", text)) for text in told.values()]
            assert names[0] == names[1], (section, key)
