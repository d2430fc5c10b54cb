"""Runs the `reluflow` command: the same program as the Rust binary."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from . import _native


def main() -> int:
    """Runs the command with the arguments of this process; returns its exit code."""
    # Python only notes a Ctrl-C until its own code runs again, which here is at the very end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The script's path, by which jobs start it again; `python -m reluflow` has none.
    called = sys.argv[0] if Path(sys.argv[0]).stem == "reluflow" else "reluflow"
    return _native.command([called, *sys.argv[1:]])
