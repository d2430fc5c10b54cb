"""Plans many runs: an experiment file, checked, with values set over it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from . import _native
from ._audit import Audit
from ._audit import read as read_audit
from ._check import at_least_zero, keywords, meant, path, processors, shorten, warn_of, whole
from ._dataset import Dataset
from ._html import table as html_table
from ._network import Network
from ._population import Population, PopulationSolution
from ._progress import Progress
from ._run import Run, run_here
from ._solution import Solution
from ._source import Source, read, setting
from ._table import Table
from ._threshold import Direction, Thresholds, search
from .errors import InputError, Interrupted

__all__ = ["Experiment"]

Cell: TypeAlias = int | Mapping[str, Any]
"""A cell of a sweep: a row of `Experiment.cells()`, or values of its columns that no other cell has, {"n": 30}."""


class Experiment:
    """Cells (d, n, p, …) and draws of each: the experiment file of the command `reluflow run`.

    Parameters
    ----------
    source: the path of a file; its text, told from a path by its line breaks; or a mapping with the sections of a file and, beside
        them, whatever `with_` takes; none, where keywords say all.
    name: the file's stem, or "experiment"; `run` makes its folder after it.
    more: values set over the source's, as `with_` sets them.

    Raises
    ------
    ExperimentError: with the line, what was expected there and what was found.
    FileError: when the file cannot be read.

    Examples
    --------
    >>> text = '''
    ... [sweep]
    ... d = 10
    ... n = [20, 30]
    ... p = 8
    ... draws = 3
    ... '''
    >>> experiment = Experiment(text).with_(seed=7, flow="flow")
    >>> experiment.trials, experiment.seed, experiment.cells()["n"].tolist()
    (6, 7, [20, 30])
    >>> Experiment(text, seed=7, flow="flow") == experiment
    True
    >>> Experiment(d=10, n=[20, 30], p=8, draws=3, model={"weight_decay": 0.1}).trials
    6
    """

    __slots__ = ("_native", "_source")

    def __init__(
        self, source: str | os.PathLike[str] | Mapping[str, Any] = {}, *, name: str | None = None, **more: Any  # noqa: B006 (never changed)
    ) -> None:
        self._take(read(source, name, more))

    def _take(self, source: Source) -> None:
        self._source = source
        self._native = _native.Experiment(
            source.label, source.name, source.text, source.base, list(source.settings)
        )

    @classmethod
    def _of(cls, source: Source) -> Experiment:
        experiment = cls.__new__(cls)
        experiment._take(source)
        return experiment

    def with_(self, settings: Mapping[str, Any] | None = None, /, **more: Any) -> Experiment:
        """The same experiment with values set over the file's: `--set` and its sisters of the command.

        Keywords are n, d, p, draws, seed, zip and also of [sweep], and whole sections: data, init, model, flow, stop, record, test,
        units. A word stands for a law or a method with its defaults, a word or a list for what `record` holds; `stop` may be
        `reluflow.stop` and `model` a `Model`. A mapping takes dotted keys.

        >>> experiment = Experiment({"sweep": {"d": 10, "n": 20, "p": 8}})
        >>> experiment = experiment.with_({"init.law": "asymmetric", "init.hidden_scale": 0.1}, n={"from": 10, "to": 30, "step": 10}, draws=20)
        >>> experiment.cells()["n"].tolist(), experiment.trials
        ([10, 20, 30], 60)
        """
        given = {**(settings or {}), **more}
        added = [setting(key, value, "with_") for key, value in given.items()]
        return self._of(replace(self._source, settings=(*self._source.settings, *added)))

    @property
    def name(self) -> str:
        """The name, after which `run` names its folder."""
        return self._source.name

    @property
    def draws(self) -> int:
        """Draws of every cell."""
        return self._native.draws

    @property
    def seed(self) -> int:
        """The root of all random numbers."""
        return self._native.seed

    @property
    def trials(self) -> int:
        """Number of trials: cells × draws."""
        return self._native.trials

    @property
    def axes(self) -> list[str]:
        """Names of the axes other than d, n, p."""
        return self._native.axes

    @property
    def notes(self) -> list[str]:
        """What to know before a run: what was read from files, and what may cost a day or can never succeed.

        `run` warns of the latter.

        >>> points = {"law": "points", "x": [[1.0], [1.0]], "y": [1.0, 1.1]}
        >>> Experiment({"sweep": {"p": 8}, "data": points}).notes[0].split(":")[0]
        'no network without biases fits every label'
        """
        return [text for text, _ in self._native.notes()]

    def cells(self) -> Table:
        """d, n, p and the other axes, a row a cell."""
        return _table(self._native.cells())

    def to_toml(self) -> str:
        """The experiment as a file, with what was set over it and with the defaults."""
        return self._native.to_toml()

    def problem(self, cell: Cell = 0, draw: int = 0) -> tuple[Dataset, Network]:
        """The data and the network of one trial at time 0, bit for bit, in this package's units.

        `cell`: a row of `cells()`, or values that one cell alone has; `draw`: which of its draws, from 0, also beyond the experiment's.

        >>> experiment = Experiment(d=10, n=[20, 30], p=8)
        >>> data, network = experiment.problem({"n": 30}, draw=5)
        >>> data.n, network.p
        (30, 8)
        >>> experiment.problem(cell=1, draw=5) == (data, network)
        True
        """
        data, network = self._native.problem(self._cell(cell), whole("draw", draw, 0))
        return Dataset._wrap(data), Network._wrap(network)

    def trajectory(self, cell: Cell = 0, draw: int = 0) -> Solution:
        """One trial over time, as `reluflow trajectory` follows it: the experiment's method, stops, record and units.

        An experiment that records nothing is followed with curvature, its bounds, balance and lost examples, and one
        that records the end only with eight rows a decade. Raises `Interrupted` and warns, as `reluflow.flow` does.

        >>> experiment = Experiment({"sweep": {"d": 10, "n": [20, 30], "p": 8}, "flow": {"method": "flow"}})
        >>> solution = experiment.trajectory(cell=1, draw=5)
        >>> solution.data.n, "mu_low" in solution.table()
        (30, True)
        """
        index, number = self._cell(cell), whole("draw", draw, 0)
        parts, units, raised = self._native.trajectory(index, number)
        solution = Solution._of(parts, self.problem(index, number)[0], *units)
        if isinstance(raised, KeyboardInterrupt):
            raise Interrupted([solution]) from raised
        if raised is not None:
            raise raised
        warn_of([parts["warnings"]])
        return solution

    def population_problem(self, cell: Cell = 0, draw: int = 0) -> tuple[Population, Network]:
        """As `problem`, where the data are a Gaussian population.

        >>> data = {"law": "gaussian-population", "teacher": {"law": "orthonormal", "width": 2}}
        >>> population, network = Experiment({"sweep": {"d": 3, "p": 2}, "data": data}).population_problem(draw=5)
        >>> population.k, network.p
        (2, 2)
        """
        population, network = self._native.population_problem(self._cell(cell), whole("draw", draw, 0))
        return Population._wrap(population), Network._wrap(network)

    def population_trajectory(self, cell: Cell = 0, draw: int = 0) -> PopulationSolution:
        """As `trajectory`, where the data are a Gaussian population: rows with Q and M, eight a decade unless the experiment says.

        >>> data = {"law": "gaussian-population", "teacher": {"law": "orthonormal", "width": 2}}
        >>> solution = Experiment({"sweep": {"d": 3, "p": 2}, "data": data}).population_trajectory()
        >>> solution.q.shape[1:], solution.m.shape[1:]
        ((2, 2), (2, 2))
        """
        index, number = self._cell(cell), whole("draw", draw, 0)
        parts, raised = self._native.population_trajectory(index, number)
        solution = PopulationSolution._of(parts, self.population_problem(index, number)[0])
        if isinstance(raised, KeyboardInterrupt):
            raise Interrupted([solution]) from raised
        if raised is not None:
            raise raised
        return solution

    def audit(self, cell: Cell = 0) -> Audit:
        """Every statement of the paper over the draws of a cell, each with its worst draw, as `reluflow audit FILE`.

        See `reluflow.audit`. Statements about laws are checked too, such as the probability of event E, unless data or
        network come from files, or the experiment has units of its own; `Audit.audited` says what was drawn.

        >>> sweep = {"d": 6, "n": 6, "p": 8, "draws": 2}
        >>> init = {"law": "asymmetric", "hidden_scale": 0.1}
        >>> Experiment({"sweep": sweep, "data": {"law": "orthogonal"}, "init": init}).audit().fails
        False
        """
        return read_audit(_native.audit_experiment(self._native, self._cell(cell)))

    def _cell(self, cell: Cell) -> int:
        """The row of `cells()` that is meant."""
        cells = self.cells()
        if not isinstance(cell, Mapping):
            return whole("cell", cell, 0, cells.rows - 1)
        for name in cell:
            if name not in cells:
                raise InputError("cell", f"values of {', '.join(cells)}", shorten(repr(name)) + meant(str(name), cells))
        found = [k for k in range(cells.rows) if all(cells[name][k] == value for name, value in cell.items())]
        if len(found) != 1:
            values = ", ".join(f"{name} = {value}" for name, value in cell.items()) or "no value"
            expected = f"values that one cell of the {cells.rows} has"
            raise InputError("cell", expected, f"{len(found) or 'none'} with {shorten(values)}")
        return found[0]

    @keywords
    def run(
        self,
        out: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
        progress: Progress = False,
        shard: str | tuple[int, int] | None = None,
        executor: Executor | None = None,
        tasks: int | None = None,
        retry_failed: bool = False,
        write_every: float = 8.0,
        patience: float = 600.0,
    ) -> Run:
        """Runs what is missing, as `reluflow run` does: the same folder, the same trials, the same bits.

        Trials are written to the folder as they finish; the same call resumes where another ended, more draws extend it.
        Several processes may work in one folder, best on shards of their own. No number depends on threads, shards,
        tasks or interruptions.

        Parameters
        ----------
        out: the folder; runs/NAME.
        threads: threads of this process, the machine's cores; with an executor, threads of each task, 1.
        progress: a tqdm bar over the trials, or a function of the number of trials done.
        shard: do part i of n only: "i/n" or (i, n).
        executor, tasks: hand the run out as so many shards to a `concurrent.futures` executor: processes, Dask
            (`client.get_executor()`), MPI. Its workers must see the folder under the same path.
        retry_failed: try again the trials that failed.
        write_every: longest time in seconds that a finished trial waits to be written, at most 10.
        patience: how long in seconds to wait for a folder that cannot be written.

        Returns
        -------
        The `Run`: summary, trials, thresholds, status.

        Raises
        ------
        RunInterrupted: a KeyboardInterrupt, after Ctrl-C; what is done is kept.
        ShardError: when tasks of an executor failed; what is done is kept.
        ExperimentError: when the folder belongs to another experiment, or the trials do not fit into memory.
        FileError: when the folder cannot be written.

        Warns
        -----
        RunWarning: of trials that failed, parts that could not be read, others at work on the same trials.
        """
        folder = path("out", Path("runs", self.name) if out is None else out)
        write_every = at_least_zero("write_every", write_every, 10, "seconds")
        patience = at_least_zero("patience", patience, 1e9, "seconds")
        if executor is None:
            if tasks is not None:
                raise InputError("tasks", "an executor to hand them to", "none")
            workers = processors() if threads is None else whole("threads", threads, 1, 4096)
            part = _shard(shard)
            return run_here(self._native, folder, workers, part, retry_failed, write_every, patience, progress)
        from ._executor import run_there

        if shard is not None:
            raise InputError("shard", "none with an executor, whose tasks are shards", repr(shard))
        if tasks is None:
            raise InputError("tasks", "how many tasks to hand to the executor, tasks=8", "none")
        return run_there(
            self,
            folder,
            executor,
            whole("tasks", tasks, 1, 1_000_000),
            1 if threads is None else whole("threads", threads, 1, 4096),
            {"retry_failed": retry_failed, "write_every": write_every, "patience": patience},
            progress,
        )

    @keywords
    def threshold(
        self,
        out: str | os.PathLike[str] | None = None,
        *,
        axis: str = "n",
        target: float = 0.5,
        precision: float = 0.02,
        within: tuple[float, float] | None = None,
        direction: Direction | None = None,
        max_trials: int = 5000,
        batch: int = 8,
        threads: int | None = None,
        progress: Progress = False,
    ) -> Thresholds:
        """Where the probability of success crosses a target, with as few draws as possible: `reluflow threshold`.

        One threshold for every choice of the sweep's other axes. Draws are placed batch after batch where they tell
        most, until the interval is as narrow as asked. They are kept in the folder, where `run` finds them too; the same
        call continues after Ctrl-C. What is found depends on the experiment, the question and the seed only.

        Parameters
        ----------
        out: the run's folder; runs/NAME. Tables and picture go to its folder `threshold`.
        axis: "n", "d", "p" or a key that the sweep varies.
        target: the probability of reaching the trap whose place is sought.
        precision: half-width of the 95 % interval over the threshold at which to stop.
        within: where to look, (low, high); the sweep's values and a factor of four beyond them.
        direction: "rises" or "falls" along the axis; known of n, d and p.
        max_trials: most draws a threshold.
        batch: fewest draws placed at once; with many threads and one threshold, as many as threads.
        threads: the machine's cores.
        progress: a tqdm bar over the draws, or a function of their number.

        Raises
        ------
        RunInterrupted: after Ctrl-C; what is done is kept.
        ExperimentError: when the axis cannot be searched, or the folder belongs to another experiment.

        Warns
        -----
        RunWarning: of an interval that is wider than asked, and why; of draws left out.

        Examples
        --------
        >>> import tempfile
        >>> experiment = Experiment({"sweep": {"d": 4, "n": [2, 8], "p": 6}})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     found = experiment.threshold(folder, precision=0.2)
        >>> found["end"].tolist(), bool(2 < found["threshold"][0] < 8)
        (['reached'], True)
        """
        folder = path("out", Path("runs", self.name) if out is None else out)
        return search(
            self._native, folder, self.axes, axis, target, precision, within, direction, max_trials, batch, threads, progress
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Experiment):
            return NotImplemented
        return self.name == other.name and self.to_toml() == other.to_toml()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return (Experiment._of, (self._source,))

    def __repr__(self) -> str:
        cells = self.cells()
        sizes = ", ".join(f"{name} = {_spread(cells[name])}" for name in cells)
        return f"<Experiment {self.name}: {cells.rows} cells × {self.draws} draws; {sizes}; seed {self.seed}>"

    def _repr_html_(self) -> str:
        cells = self.cells()
        rows = [(name, _spread(cells[name])) for name in cells]
        rows += [("cells × draws", f"{cells.rows} × {self.draws} = {self.trials}"), ("seed", str(self.seed))]
        return html_table(f"Experiment {self.name}", rows)


def _table(columns: dict[str, Any]) -> Table:
    return Table({name: np.asarray(values) for name, values in columns.items()})


def _spread(values: Any) -> str:
    """What values a column has, in a few words."""
    distinct = list(dict.fromkeys(values.tolist()))
    if len(distinct) <= 4:
        return ", ".join(map(str, distinct))
    return f"{distinct[0]}, {distinct[1]}, … {distinct[-1]}"


def _shard(shard: str | tuple[int, int] | None) -> tuple[int, int]:
    """A shard as (index, count)."""
    if shard is None:
        return 1, 1
    parts = shard.split("/") if isinstance(shard, str) else shard
    try:
        index, count = (int(part) for part in parts)
    except (TypeError, ValueError):
        raise InputError("shard", '"i/n" or (i, n), such as "3/8"', repr(shard)) from None
    count = whole("shard's count", count, 1, 1_000_000)
    return whole("shard's index", index, 1, count), count
