"""Runs the program `reluflow` installed with this interpreter, for what it alone can do: array jobs and findings."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import ExperimentError, ReluflowError

_IN_PYTHON = {
    "--dry-run": "dry_run=True",
    "--sbatch-arg": "sbatch_args",
    "--partition": "partition",
    "--out": "out",
    "--time": "time",
    "the same command": "the same call",
}
"""What messages of the command call something, and its name here."""


def _program() -> list[str]:
    """How to call it: by the path of this environment's script, by which jobs start it again, or as a module."""
    here = Path(sysconfig.get_path("scripts"), "reluflow")
    path = shutil.which(here) or shutil.which("reluflow")
    return [sys.executable, "-m", "reluflow"] if path is None else [path]


def call(arguments: Sequence[str], named: Mapping[str, str] = {}, show: bool = False) -> tuple[str, str]:  # noqa: B006 (never changed)
    """What a command printed on the standard output and error; `show` hands on the latter, a line at a time.

    Ctrl-C is handed on, and waits for the command to write what it has finished.

    Raises
    ------
    ExperimentError: when the command refuses its input; `named` is put in the place of words of its message.
    ReluflowError: when it fails.
    KeyboardInterrupt: after Ctrl-C.
    """
    said: list[str] = []
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        # A session of its own: a Ctrl-C of the terminal comes from here alone, once; a second one ends it at once.
        process = subprocess.Popen(
            [*_program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        assert process.stderr is not None
        pressed = False
        with process:
            while process.returncode is None:
                try:
                    for line in process.stderr:
                        said.append(line)
                        if show:
                            print(line, end="", file=sys.stderr, flush=True)
                    process.wait()
                except KeyboardInterrupt:
                    pressed = True
                    process.send_signal(signal.SIGINT)
        code = process.returncode
        out.seek(0)
        printed = out.read()
    words = "".join(said)
    if pressed or code in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if code != 0:
        raise _refusal(words, named) if code == 2 else ReluflowError(_plain(words, named))
    return printed, words


def _plain(words: str, named: Mapping[str, str]) -> str:
    """A message of the command as one of this package."""
    for there, here in {**named, **_IN_PYTHON}.items():
        words = words.replace(there, here)
    return words.strip().removeprefix("error: ")


def _refusal(words: str, named: Mapping[str, str]) -> ExperimentError:
    """The error that a message of the command tells of: `PROBLEM`, then lines `= expected: …` and `= found: …`."""
    message = _plain(words, named)
    problem, _, rest = message.partition("\n")
    parts = dict(re.findall(r"^ *= (expected|found): (.*)$", rest, re.MULTILINE))
    return ExperimentError(message, problem, parts.get("expected", ""), parts.get("found", ""))
