"""Answers questions beyond the paper, each from its experiments to tables and figures."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ._check import choice, keywords, path, processors, shorten, whole
from ._html import table as html_table
from ._picture import Picture
from ._program import call
from ._run import Run
from ._source import setting
from ._table import Table
from .errors import InputTypeError, RunInterrupted

__all__ = ["FINDINGS", "Finding", "finding"]

FINDINGS = ("interpolation", "teachers", "curvature", "failures", "vanishing", "capacity", "optimisation-threshold", "small-starts")
"""The questions of `finding`."""


@dataclass(frozen=True)
class Finding:
    """What `finding` found: sentences with numbers, tables, figures, and the runs behind them."""

    name: str
    """The question."""
    folder: Path
    """Where runs, tables and figures are."""
    sentences: tuple[str, ...]
    """The numbers in words."""
    tables: dict[str, Table]
    """Tables by name, as in the folder's NAME.csv; a number that does not exist is NaN."""
    figures: dict[str, Picture]
    """Figures by name, as in the folder's NAME.svg, .png and .pdf."""
    runs: dict[str, Run]
    """The runs by name."""

    def __repr__(self) -> str:
        return f"<Finding {self.name} in {self.folder}: tables {', '.join(self.tables)}>"

    def _repr_html_(self) -> str:
        return html_table(f"Finding {self.name}", [(str(k), words) for k, words in enumerate(self.sentences, 1)])


@keywords
def finding(
    name: str,
    *,
    quick: bool = False,
    out: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    threads: int | None = None,
    progress: bool = False,
) -> Finding:
    """Answers a question beyond the paper, as `reluflow finding` does: from its experiments to tables and figures.

    Runs are kept in the folder: the same call resumes where another ended, and does nothing when all is done. The numbers do not
    depend on the number of threads.

    Parameters
    ----------
    name
        "interpolation" (where gradient flow stops interpolating), "teachers" (whether simple labels move that), "curvature" (whether
        the curvature left on orthogonal inputs is of order 1/√n), "failures" (whether the flow fails only where its start did),
        "vanishing" (how large what is learnt from a vanishing start is), "capacity" (how much the flow can fit, by slope and loss),
        "optimisation-threshold" (where it stops interpolating a linear teacher with noise), "small-starts" (whether a small start helps).
    quick
        fewer sizes and draws, minutes; otherwise up to hours.
    out
        the folder; runs/findings/NAME, with `quick` runs/findings/NAME-quick.
    settings
        values set over every experiment of it, as `Experiment.with_` takes them: {"d": 20, "stop.transitions": 4}.
    threads
        the machine's cores.
    progress
        says on the standard error what is done.

    Raises
    ------
    InputError
        when there is no finding of this name.
    RunInterrupted
        after Ctrl-C; what is done is kept.
    ExperimentError
        when the settings make no experiment, or the folder belongs to other runs.

    Examples
    --------
    >>> import tempfile
    >>> small = {"d": [20], "n": [4], "p": [9], "draws": 2}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = finding("failures", quick=True, out=folder, settings=small)
    >>> found.sentences[1].split(",")[0], found.tables["failures-steps"]["standard"].tolist()
    ('n ≤ √d: 0 of 2 draws with E fail', [2])
    """
    word = choice("name", name, FINDINGS)
    if settings is not None and not isinstance(settings, Mapping):
        raise InputTypeError("settings", "a mapping such as {\"d\": 20}", shorten(repr(settings)))
    folder = Path("runs", "findings", f"{word}-quick" if quick else word) if out is None else path("out", out)
    workers = processors() if threads is None else whole("threads", threads, 1, 4096)
    words = [word, *(["--quick"] if quick else []), f"--out={folder}", f"--threads={workers}"]
    named = {}
    for key, value in (settings or {}).items():
        said, place, text = setting(key, value, "settings")
        words.append(f"--set={place}={text}")
        named[f"--set {place}={text}"] = said
    try:
        printed, _ = call(["finding", *words, *([] if progress else ["--quiet"])], named, progress)
    except KeyboardInterrupt as pressed:
        runs = _runs(folder)
        run = max(runs.values(), key=lambda run: run.folder.stat().st_mtime) if runs else Run._of(folder)
        raise RunInterrupted(f"interrupted: what is done is kept in {folder}; the same call resumes", run) from pressed
    lines = printed.splitlines()
    files = {kind: [Path(line[len(kind) :]) for line in lines if line.startswith(kind)] for kind in ("table: ", "figure: ")}
    sentences = tuple(line for line in lines if not line.startswith(tuple(files)))
    tables = {file.stem: _read(file) for file in files["table: "]}
    figures = {file.stem: _picture(file) for file in files["figure: "]}
    return Finding(word, folder, sentences, tables, figures, _runs(folder))


def _runs(folder: Path) -> dict[str, Run]:
    """The runs in a folder, by name."""
    return {file.parent.name: Run._of(file.parent) for file in sorted(folder.glob("*/experiment.toml"))}


def _picture(file: Path) -> Picture:
    svg, png, pdf = (file.with_suffix(end).read_bytes() for end in (".svg", ".png", ".pdf"))
    return Picture(file.stem, svg.decode("utf-8"), png, pdf)


def _read(file: Path) -> Table:
    """A table from a file: whole numbers where all are, other numbers with NaN for none, words."""
    with file.open(newline="", encoding="utf-8") as opened:
        names, *rows = csv.reader(opened)
    return Table({name: _column([row[k] for row in rows]) for k, name in enumerate(names)})


def _column(words: list[str]) -> npt.NDArray[Any]:
    try:
        return np.array([int(word) for word in words], dtype=np.int64)
    except ValueError:
        pass
    try:
        return np.array([float(word or "nan") for word in words], dtype=np.float64)
    except ValueError:
        return np.array(words, dtype=str)
