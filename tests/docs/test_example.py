"""The example in `docs/EXAMPLE.md` runs and prints what it says.

    python tests/docs/test_example.py

writes the printed blocks again after the model has changed.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "EXAMPLE.md"
BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<printed>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


def executed(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Every block of Python with what it prints, run in order in one namespace."""
    namespace: dict[str, Any] = {"__name__": "example"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        out = io.StringIO()
        code = compile("\n" * line + block["code"], str(FILE), "exec")
        with contextlib.redirect_stdout(out):
            exec(code, namespace)
        yield block, out.getvalue()


def test_example_prints_what_it_says():
    blocks = list(executed(FILE.read_text(encoding="utf-8")))
    assert len(blocks) >= 6
    for block, printed in blocks:
        assert printed.splitlines() == (block["printed"] or "").splitlines(), block["code"]


def write() -> None:
    """Write what the blocks print under them."""
    text = FILE.read_text(encoding="utf-8")
    parts, end = [], 0
    for block, printed in executed(text):
        shown = f"\n```text\n{printed}```\n" if printed else ""
        parts += [text[end : block.start()], f"```python\n{block['code']}```\n{shown}"]
        end = block.end()
    FILE.write_text("".join(parts) + text[end:], encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(FILE.parents[1]))
    write()
