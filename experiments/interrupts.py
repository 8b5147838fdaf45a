"""What Ctrl-C does while a command runs."""

from __future__ import annotations

import signal
import threading
from typing import Any


def on_interrupt(handler: Any) -> Any:
    """Set what Ctrl-C does and return what it did before; only the main thread can, and not where it is ignored."""
    if threading.current_thread() is not threading.main_thread():
        return None
    before = signal.getsignal(signal.SIGINT)
    if handler is not None and before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, handler)
    return before
