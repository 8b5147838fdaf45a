"""A document as one page of HTML that loads nothing from anywhere."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from experiments.document import Block, Cell, Document, Heading, Number, Paragraph, Picture, Table, exact

STYLE: Final = """
:root{color-scheme:light;--ink:#1f2a33;--grey:#5a6670;--line:#d5dbdf;--blue:#0072b2}
*{box-sizing:border-box}
body{font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:#fff;margin:0}
main{max-width:1080px;margin:0 auto;padding:1.5rem 1.25rem 4rem}
h1{font-size:2.1rem;line-height:1.2;margin:.5rem 0 1rem}
h2{font-size:1.4rem;margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:3px solid var(--blue)}
p{margin:.6rem 0}.lead{font-size:1.15rem}.note{color:var(--grey);font-size:.92rem}
.wide{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-size:.9rem;min-width:100%}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:right;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{text-align:left}thead th{border-bottom:2px solid var(--ink);vertical-align:bottom}
tbody th{font-weight:400}.text td,.text th{text-align:left;min-width:7rem}.text td:last-child{min-width:18rem}
.dim{color:#6b7780}td data{white-space:nowrap}
figure{margin:1.2rem 0;border:1px solid var(--line);border-radius:6px;padding:.4rem;overflow-x:auto}
figure svg{display:block;width:100%;height:auto;min-width:640px}
figcaption{font-size:.85rem;color:var(--grey);padding:.2rem .4rem}
nav ul{columns:2;padding-left:1.2rem;font-size:.95rem}nav a{color:var(--blue)}
@media(max-width:640px){body{font-size:16px}h1{font-size:1.6rem}nav ul{columns:1}}
@media print{main{max-width:none;padding:0}body{font-size:10.5pt}h2{break-after:avoid}figure,tr{break-inside:avoid}
.wide{overflow:visible}table{font-size:8.5pt}figure svg{min-width:0}nav{display:none}@page{size:A4;margin:15mm}}
"""


def html(document: Document, contents: str) -> str:
    """The whole page.

    Parameters
    ----------
    contents : heading of the list of sections
    """
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    links = "".join(f'<li><a href="#{one.key}">{escape(one.text)}</a></li>' for one in headings)
    body = "\n".join(_block(block) for block in document.blocks)
    return (
        f'<!doctype html>\n<html lang="{document.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(document.title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><main>\n<h1>{escape(document.title)}</h1>\n"
        f'<nav aria-label="{escape(contents)}"><ul>{links}</ul></nav>\n{body}\n</main></body></html>\n'
    )


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f'<h{block.level} id="{block.key}">{escape(block.text)}</h{block.level}>'
    if isinstance(block, Paragraph):
        style = f' class="{block.style}"' if block.style else ""
        return f"<p{style}>{_cell(block.parts)}</p>"
    return _picture(block) if isinstance(block, Picture) else _table(block)


def _cell(cell: Cell) -> str:
    if isinstance(cell, tuple):
        return "".join(_cell(part) for part in cell)
    if isinstance(cell, Number):
        return f'<data value="{cell.value!r}" data-of="{escape(cell.of)}">{escape(cell.shown)}</data>'
    return escape(cell)


def _table(table: Table) -> str:
    words = not any(isinstance(exact(cell), float) for row in table.rows for cell in row[1:])
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = []
    for k, row in enumerate(table.rows):
        cells = "".join(
            f'<td class="dim">{_cell(cell)}</td>' if (k, c) in table.dim else f"<td>{_cell(cell)}</td>"
            for c, cell in enumerate(row[1:], start=1)
        )
        rows.append(f'<tr><th scope="row">{_cell(row[0])}</th>{cells}</tr>')
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.columns) else ""
    kind = ' class="text"' if words else ""
    return (
        f'<div class="wide" tabindex="0"><table{kind} id="table_{escape(table.key)}"><caption>{escape(table.caption)}'
        f"</caption>{head}<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _picture(picture: Picture) -> str:
    """The picture inline; names inside it are made its own, because several stand on one page."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{picture.name}-\1"', picture.svg)
    svg = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{picture.name}-\2"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{picture.name}-\1)", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    label = f'role="img" aria-label="{escape(picture.alt)}"'
    svg = re.sub(r"<svg [^>]*?viewBox=\"([^\"]+)\"[^>]*>", rf'<svg {label} viewBox="\1">', svg, count=1)
    return f"<figure>{svg}<figcaption>{escape(picture.alt)}</figcaption></figure>"
