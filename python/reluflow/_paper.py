"""Computes the paper's five figures, and a page to read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import _native
from ._check import choice, keywords, path, processors, shorten, whole
from ._html import table as html_table
from ._progress import Progress
from ._run import Run, run_here
from .errors import InputTypeError

__all__ = ["Paper", "paper"]

_FIGURES = ("fig1", "fig2", "fig3", "fig4", "fig5")


@dataclass(frozen=True)
class Paper:
    """What `reluflow paper` makes: runs, headlines and a page."""

    report: Path
    """The page, report.html; its figures are in the same folder, as SVG, PNG and PDF."""
    headlines: dict[str, str]
    """What a figure shows, in a sentence with its numbers, by "fig1" … "fig5"."""
    runs: dict[str, Run]
    """The runs behind the figures, such as "fig3-flow"."""

    def _repr_html_(self) -> str:
        return html_table(str(self.report), self.headlines.items())


@keywords
def paper(
    figures: str | Iterable[str] = _FIGURES,
    *,
    full: bool = False,
    out: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    progress: Progress = False,
) -> Paper:
    """The paper's figures, with intervals and the flow's own results, as `reluflow paper` computes them.

    Runs are kept in the folder: the same call resumes where another ended, and does nothing when all is done.

    Parameters
    ----------
    figures
        "fig1" … "fig5", one or several; all.
    full
        the paper's protocol, which takes hours; otherwise fewer cells and draws (the page lists them), minutes.
    out
        the folder; runs/paper, in full runs/paper-full.
    threads
        the machine's cores.
    progress
        a tqdm bar a run, or a function of the number of its trials done.

    Raises
    ------
    RunInterrupted
        after Ctrl-C; what is done is kept.
    ExperimentError
        when the folder belongs to other runs.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = paper("fig1", out=folder)
    >>> found.report.name, list(found.headlines), found.runs
    ('report.html', ['fig1'], {})
    """
    try:
        asked = [figures] if isinstance(figures, str) else list(figures)
    except TypeError:
        raise InputTypeError("figures", f"names among {', '.join(_FIGURES)}", shorten(repr(figures))) from None
    named = {choice("figures", name, _FIGURES) for name in asked}
    names = [name for name in _FIGURES if name in named or not named]
    folder = path("out", ("runs/paper-full" if full else "runs/paper") if out is None else out)
    workers = processors() if threads is None else whole("threads", threads, 1, 4096)
    plan = _native.paper_plan(names, bool(full))
    runs = {}
    for name, experiment in plan:
        runs[name] = run_here(experiment, folder / name, workers, (1, 1), False, 8.0, 600.0, progress)
    report, headlines = _native.paper_write(names, bool(full), folder)
    return Paper(Path(report), dict(headlines), runs)
