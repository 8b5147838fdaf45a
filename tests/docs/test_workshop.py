"""The guide of the workshop says what the page says, and its sheets print on the pages that they are meant for."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pypdf
import pytest
import yaml
from playwright.sync_api import Browser

import scenarios
from experiments.live.predicting import ready
from experiments.texts import LANGUAGES, section
from scenarios.catalogue import entry
from tests.chromium import NEEDED

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {"en": DOCS / "WORKSHOP.md", "nl": DOCS / "WORKSHOP.nl.md"}
PAGES = {"handout": 1, "questionnaire": 2}
ROLES = {"ministry", "employers", "schools", "workers", "ministerie", "werkgevers", "scholen", "werkenden"}
LEVERS = yaml.safe_load((DOCS.parent / "experiments/live/levers.yaml").read_text(encoding="utf-8"))["levers"]


def plain(language: str, name: str) -> str:
    """The words of a sheet, without its marks."""
    body = (DOCS / "print" / f"{name}.{language}.html").read_text(encoding="utf-8").split("<body>")[1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_bold_words_stand_on_the_page(language: str) -> None:
    known = {scenarios.load(name).texts(language)[0] for name in scenarios.available()} | ROLES
    for name in ("live", "group", "box"):
        known |= {" ".join(one.split()) for one in section(name, language).values()}
    text = " ".join(GUIDES[language].read_text(encoding="utf-8").split())
    told = re.findall(r"\*\*([^*]+)\*\*", text)
    told = [one for one in told if not one.endswith(".")]  # a sentence is not a label
    assert len(told) > 60
    assert [one for one in told if one not in known and one not in ("bold", "Vette")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_have_the_numbers_of_the_guide(language: str) -> None:
    guide = re.split(r"^\| \| (?:Question|Vraag) ", GUIDES[language].read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    for number, question in enumerate(ready().values(), 1):
        text = question.text[language]  # type: ignore[index]
        assert text.startswith(f"{number}. ")
        assert "2035" in text
        row = re.findall(rf"^\| {number} \| ([^|]+) \|", guide, re.MULTILINE)[0]
        first = re.split(r"(?<=[.?]) ", row)[0].rstrip("?")
        words = re.sub("According to the model, | volgens het model eind 2035| at the end of 2035", "", text).lower()
        assert first.lower() in words, row


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_measures_is_that_of_the_page(language: str) -> None:
    text = GUIDES[language].read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?)(?: \(\d\))? \| [^|]+ ± [^|]+ \| [^|]+ ± [^|]+ \|", text, re.MULTILINE)
    assert rows == [entry(name).title[language] for name in LEVERS]  # type: ignore[index]


@pytest.mark.parametrize("language", LANGUAGES)
def test_minutes_add_up_to_ninety(language: str) -> None:
    rows = re.findall(r"^\| (\d+)-(\d+) \|", GUIDES[language].read_text(encoding="utf-8"), re.MULTILINE)
    assert rows[0][0] == "0"
    assert rows[-1][1] == "90"
    assert [end for _, end in rows[:-1]] == [begin for begin, _ in rows[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_somewhere(language: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", GUIDES[language].read_text(encoding="utf-8"))
    assert len(links) > 8
    assert [one for one in links if not (DOCS / one).exists()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_speak_as_the_page_does(language: str) -> None:
    handout, questionnaire = plain(language, "handout"), plain(language, "questionnaire")
    for number, leak in enumerate(section("leak", language).values(), 1):
        assert f"{number} {leak}" in handout
    asked = ready()["part_time_number"].text[language].removeprefix("1. ")  # type: ignore[index]
    assert questionnaire.count(asked) == 2, "once before and once after"
    assert "13,600" not in handout.replace(".", ",")  # what the model answers in the first round


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_stand_alone(language: str, name: str) -> None:
    text = (DOCS / "print" / f"{name}.{language}.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in text
    assert not re.search(r"<script|<link|<img|href|src=|url\(|@import|http", text)


@NEEDED
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_print_on_their_pages(language: str, name: str, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto((DOCS / "print" / f"{name}.{language}.html").as_uri())
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    page.close()
    printed = pypdf.PdfReader(tmp_path / "printed.pdf").pages
    assert len(printed) == PAGES[name]
    assert [float(side) for side in printed[0].mediabox[2:]] == pytest.approx([595, 842], abs=2)  # A4
    if name == "questionnaire":
        before, after = (" ".join(one.extract_text().split()) for one in printed)
        titles = re.findall("<h1>(.+)</h1>", (DOCS / "print" / f"{name}.{language}.html").read_text(encoding="utf-8"))
        assert re.search(rf"\b{titles[0]}\b", before)
        assert re.search(rf"\b{titles[1]}\b", after)
