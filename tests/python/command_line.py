"""Calls the command line in a process of its own, as a user would."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

MODULE = (sys.executable, "-m", "reluflow")
SCRIPT = (str(Path(sysconfig.get_path("scripts"), "reluflow")),)
"""What pip installs: array jobs call it by its path."""


def command(*arguments: object, cwd: Path, codes: tuple[int, ...] = (0,), program: tuple[str, ...] = MODULE) -> str:
    """What the program prints; it must end with one of the codes."""
    words = [*program, *map(str, arguments)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd)
    assert ended.returncode in codes, ended.stderr
    return ended.stdout
