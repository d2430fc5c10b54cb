"""Reads the folder of a run: what came out, what is missing; and runs an experiment in it."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from . import _native
from ._check import choice, choice_of_axis, keywords, meant, path, real, shorten, whole
from ._html import grid
from ._html import table as html_table
from ._picture import Picture
from ._progress import Progress, counter
from ._table import Table
from .errors import InputError, InputTypeError, RunInterrupted, RunWarning

if TYPE_CHECKING:
    from ._experiment import Experiment

__all__ = ["Direction", "Figure", "Run", "Status"]

Direction: TypeAlias = Literal["rises", "falls"]
"""How a probability goes along an axis."""


@dataclass(frozen=True)
class Status:
    """What of a run is done, under way, waiting, missing, failed; prints as a few lines."""

    done: int
    """Trials that ended, and are on disk."""
    running: int
    """Trials under way in a process that is at work."""
    waiting: int
    """Trials that a process at work has still to begin."""
    missing: int
    """Trials that are nobody's: to be run."""
    failed: int
    """Trials that failed, and are not under way again."""
    cells: Table
    """The same of every cell."""
    shards: int
    """Into how many shards the run is divided."""
    missing_shards: tuple[int, ...]
    """The shards with missing trials, from 1."""
    workers: tuple[dict[str, Any], ...]
    """Processes that work or worked there: host, pid, shard, state, alive, done."""
    failed_trials: tuple[str, ...]
    """Which trials failed, and why."""
    damaged: tuple[str, ...]
    """Files that cannot be read; their trials count as missing."""
    repeated: int
    """Trials that two runs computed; one copy counts."""
    searched: int
    """draws that threshold searches made off the grid; they are not among its trials."""
    searches: tuple[str, ...]
    """The searches that ended, by axis and target: "n-0.5"."""

    @property
    def total(self) -> int:
        """All trials."""
        return self.done + self.running + self.waiting + self.missing + self.failed

    @property
    def complete(self) -> bool:
        """Whether nothing is left to run."""
        return self.done + self.failed == self.total

    def __repr__(self) -> str:
        return (
            f"<Status: {self.done} of {self.total} trials done, {self.running} running, {self.waiting} waiting, "
            f"{self.missing} missing, {self.failed} failed>"
        )

    def _repr_html_(self) -> str:
        names = ("done", "running", "waiting", "missing", "failed")
        return html_table("Status", [(name, str(getattr(self, name))) for name in names])


@dataclass(frozen=True)
class Figure:
    """A figure of a run: shows itself in notebooks."""

    name: str
    """What its files are called."""
    caption: str
    """What it shows, in a sentence."""
    svg: str
    """The drawing, as SVG."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the SVG; `Run.report` writes PNG and PDF, too."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.caption}>"


class Run:
    """The folder of a run, read anew at every question, also while others work in it.

    Parameters
    ----------
    folder: what `Experiment.run` or `reluflow run` made.

    Raises
    ------
    ExperimentError: when it is not a run's folder.
    """

    __slots__ = ("folder",)

    folder: Path
    """Where the run is kept."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = path("folder", folder)
        _native.folder_experiment(self.folder)

    @property
    def experiment(self) -> Experiment:
        """The experiment, with what was set over it and with the defaults."""
        # The one import against the direction: an experiment makes runs.
        from ._experiment import Experiment

        return Experiment(self.folder / "experiment.toml", name=self.folder.absolute().name)

    def _cells(self) -> dict[str, Any]:
        return _native.folder_experiment(self.folder).cells()

    def summary(self) -> Table:
        """A row a cell, as `reluflow summarize --csv` prints it; a number that does not exist is NaN.

        probability = converged/draws with its 95 % Clopper–Pearson interval (ci_low, ci_high), which counts undecided draws
        as failures below and as successes above; slid counts the draws in which neurons slid along kinks for most of the way, so
        that verdicts may be wrong and shorter steps agree; remaining_loss is the mean of L_end/L(0) as measured, failed_loss the
        same with 0 for draws that succeeded; log_mean_mu_… the logarithm of a mean; verdicts counts them, as JSON.
        """
        return self._read(*_native.summary(self.folder))

    def trials(self) -> Table:
        """A row a trial, by cell and draw; the failed ones last, with what went wrong in the column `failure`.

        `reluflow help columns` says what the columns hold.
        """
        return self._read(*_native.trials(self.folder))

    def threshold(self, level: float = 0.95, *, axis: str = "n", direction: Direction | None = None) -> Table:
        """The threshold N along an axis at which half of the draws succeed, a row a column of the sweep.

        From the draws that there are; `Experiment.threshold(axis=…)` places draws of its own until an interval is as narrow as
        asked, in this folder with `run.experiment.threshold(run.folder, axis=…)`.

        logit P(v) = κ(N − v) by maximum likelihood, κ(v − N) where P rises; along the logarithm of a key whose positive values span
        more than a decade. (ci_low, ci_high) is the profile-likelihood interval at `level`, ±∞ where the draws set no bound. `shape` is
        "regular", or says why there is no such estimate: "separated" (N lies between the last value of one outcome and the first of
        the other), "all-converged", "none-converged", "most-converged", "few-converged", "undetermined".

        Parameters
        ----------
        level: of the interval.
        axis: "n", "d", "p" or a key that the sweep varies.
        direction: "rises" or "falls" along the axis; known of n, d and p.

        Raises
        ------
        InputError: when no two values of the axis have draws with all else alike.
        ExperimentError: when the sweep has no such axis.
        """
        level = real("level", level)
        if not 0 < level < 1:
            raise InputError("level", "a number between 0 and 1", repr(level))
        axes = ("n", "d", "p", *self.experiment.axes)
        axis = choice_of_axis(axis, axes)
        if direction is None and axis not in ("n", "d", "p"):
            raise InputError("direction", f'"rises" or "falls", which is not known of {axis}', "None")
        rises = None if direction is None else choice("direction", direction, ("rises", "falls")) == "rises"
        table = self._read(*_native.thresholds(self.folder, axis, rises, level))
        if table.rows == 0:
            words = f"finished draws at more than one {axis}, all else alike"
            advice = f"; run.experiment.threshold(run.folder, axis={axis!r}) draws some"
            raise InputError("the run", words, f"none in {self.folder}{advice}")
        return table

    def status(self, shards: int | None = None) -> Status:
        """What of the run is done, running, missing, failed.

        `shards`: into how many to divide what is missing; as the process heard last.
        """
        count = None if shards is None else whole("shards", shards, 1, 1_000_000)
        found = _native.status(self.folder, count)
        columns: dict[str, Any] = {name: np.asarray(values) for name, values in self._cells().items()}
        for name in ("done", "running", "waiting", "missing", "failed"):
            columns[name] = np.array([cell[name] for cell in found["cells"]], dtype=np.int64)
        return Status(
            **found["whole"],
            cells=Table(columns),
            shards=found["shards"],
            missing_shards=tuple(found["missing_shards"]),
            workers=tuple(found["workers"]),
            failed_trials=tuple(found["failed_trials"]),
            damaged=tuple(found["damaged"]),
            repeated=found["repeated"],
            searched=found["searched"],
            searches=tuple(found["searches"]),
        )

    def figures(self) -> list[Figure]:
        """The figures that fit the axes of the sweep; missing cells are left out."""
        return [Figure(*parts) for parts in _native.figures(self.folder)]

    @keywords
    def picture(
        self, kind: str, of: str, x: str | None = None, y: str | None = None, by: str | None = None
    ) -> Picture:
        """A picture of any column of the trials, as `reluflow picture` draws it.

        Parameters
        ----------
        kind
            "column": every draw, means and 95 % intervals along the axis `x`, a line for each value of the axis `by`; "map": means
            over the axes `x` and `y`, with their scale; "histogram": for each value of the axis `by`.
        of
            a column of `trials` that is numbers, or "remaining_loss", L_end/L(0).
        x, y, by
            axes: "n", "d", "p", or a key that the sweep varies; the first ones that vary, if none are named.

        Raises
        ------
        InputError: when there is no such column or axis, or nothing to draw.
        """
        word = choice("kind", kind, ("column", "map", "histogram"))
        given = {"x": x, "y": y, "by": by}
        read = {"column": ("x", "by"), "map": ("x", "y"), "histogram": ("by",)}[word]
        for name, axis in given.items():
            if axis is not None and name not in read:
                raise InputError(name, f"none for a {word}", repr(axis))
        for name, value in {"of": of, **{name: axis for name, axis in given.items() if axis is not None}}.items():
            if not isinstance(value, str):
                raise InputTypeError(name, "the name of a column" if name == "of" else "the name of an axis", shorten(repr(value)))
        try:
            return Picture(word, *_native.folder_picture(self.folder, word, of, x, y, by))
        except InputError as error:
            known = error.expected.removeprefix("one of ").split(", ")
            raise type(error)(error.quantity, error.expected, error.found + meant(error.found, known)) from None

    def report(self) -> Path:
        """Writes report.html and figures/*.svg, .png, .pdf into the folder; returns the page's path."""
        return Path(_native.report(self.folder))

    def _read(self, columns: dict[str, Any], words: list[str]) -> Table:
        for word in words:
            warnings.warn(word, RunWarning, stacklevel=3)
        return Table({name: np.asarray(values) for name, values in columns.items()})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and self.folder.absolute() == other.folder.absolute()

    def __hash__(self) -> int:
        return hash(self.folder.absolute())

    def __reduce__(self) -> tuple[Any, ...]:
        return (Run._of, (self.folder,))

    @classmethod
    def _of(cls, folder: Path) -> Run:
        """Without a look at the folder, which another machine may not see."""
        run = cls.__new__(cls)
        run.folder = folder
        return run

    def __repr__(self) -> str:
        status = self.status()
        return f"<Run in {self.folder}: {status.done} of {status.total} trials done, {status.failed} failed>"

    def _repr_html_(self) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RunWarning)
            summary = self.summary()
        return grid(summary.columns, summary._cells(), repr(self).strip("<>"))


def run_here(
    experiment: _native.Experiment,
    out: Path,
    threads: int,
    shard: tuple[int, int],
    retry_failed: bool,
    write_every: float,
    patience: float,
    progress: Progress,
) -> Run:
    """Runs a shard of an experiment in this process."""

    def notify(word: str) -> None:
        warnings.warn(word, RunWarning, stacklevel=5)

    for text, warning in experiment.notes():
        if warning:
            notify(text)
    with counter(progress, "trial") as report:
        kept, left, failed, raised = _native.run(
            experiment, out, threads, shard, retry_failed, write_every, patience, notify, report
        )
    run = Run._of(out)
    if isinstance(raised, KeyboardInterrupt):
        raise RunInterrupted(f"interrupted: {kept} trials are kept in {out}, {left} are left; the same call resumes", run) from raised
    if raised is not None:
        raise raised
    if failed is not None:
        notify(failed)
    return run
