"""A real browser for tests of pages: Debian's Chromium, kept from asking anything of its own accord.

Where there is none such tests are skipped, unless CAREERFLOWS_BROWSER says that there must be one.
"""

from __future__ import annotations

import os
import shutil

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NEEDED = pytest.mark.skipif(
    BROWSER is None and not os.environ.get("CAREERFLOWS_BROWSER"), reason="there is no Chromium on this machine"
)
