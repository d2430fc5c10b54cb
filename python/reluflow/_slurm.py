"""Submits an experiment to a cluster with Slurm, as an array job."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _native
from ._check import keywords, path, shorten, whole
from ._experiment import Experiment
from ._html import table as html_table
from ._program import call
from ._run import Run
from .errors import InputTypeError, RunWarning

__all__ = ["Submission", "slurm"]


@dataclass(frozen=True)
class Submission:
    """What `slurm` wrote and submitted."""

    run: Run
    """The run, whose folder the tasks fill."""
    array: Path
    """The script of the array: a task is a shard of the run."""
    report: Path
    """The script of the job after the array, which summarises and reports."""
    jobs: tuple[str, ...]
    """The numbers of the two jobs; none with `dry_run`, and where nothing was submitted."""
    said: str
    """What `reluflow slurm` printed: which tasks were submitted, or how to submit them."""

    def _repr_html_(self) -> str:
        rows = [("run", str(self.run.folder)), ("jobs", ", ".join(self.jobs) or "none"), ("said", self.said)]
        return html_table("Submission", rows)


@keywords
def slurm(
    experiment: Experiment | str | os.PathLike[str] | Mapping[str, Any],
    out: str | os.PathLike[str],
    *,
    tasks: int,
    cpus_per_task: int = 1,
    time: str | None = None,
    partition: str | None = None,
    sbatch_args: Iterable[str] = (),
    dry_run: bool = False,
) -> Submission:
    """Runs an experiment as an array job on a cluster with Slurm, as `reluflow slurm` does.

    Writes two scripts into the folder's `slurm` and submits them: an array of tasks, each a shard of the run, and a job that
    summarises and reports when they have ended. The same call submits only tasks that have something left to do. A task that is
    killed, requeued or out of time loses nothing that it had finished. The numbers are those of `Experiment.run`.

    Parameters
    ----------
    experiment
        an `Experiment`, or what one is made from.
    out
        the run's folder, on a file system that all nodes share.
    tasks
        how many.
    cpus_per_task
        processors, and threads, of a task.
    time
        the limit of a task as Slurm writes it, "2:00:00"; the cluster's.
    partition
        where to; the cluster's default.
    sbatch_args
        other options of sbatch for both jobs: ["--account=theory"].
    dry_run
        write the scripts and submit nothing.

    Returns
    -------
    Submission
        its `run.status()` says how far the tasks are.

    Raises
    ------
    ExperimentError
        when the folder belongs to another experiment, there is no Slurm, or Slurm refuses the jobs.

    Warns
    -----
    RunWarning
        of earlier jobs for the run that are in the queue: nothing is submitted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = slurm({"sweep": {"d": 5, "n": 6, "p": 4}}, folder, tasks=3, time="1:00:00", dry_run=True)
    ...     "--array=1-3" in found.array.read_text(), found.jobs
    (True, ())
    """
    chosen = experiment if isinstance(experiment, Experiment) else Experiment(experiment)
    count, processors = whole("tasks", tasks, 1, 1_000_000), whole("cpus_per_task", cpus_per_task, 1, 65535)
    words = [f"--tasks={count}", f"--cpus-per-task={processors}"]
    for name, value in [("time", time), ("partition", partition)]:
        if value is not None:
            words.append(f"--{name}={_word(name, value)}")
    if isinstance(sbatch_args, str) or not isinstance(sbatch_args, Iterable):
        raise InputTypeError("sbatch_args", "a list of options such as [\"--account=theory\"]", shorten(repr(sbatch_args)))
    words += [f"--sbatch-arg={_word('sbatch_args', option)}" for option in sbatch_args]
    if dry_run:
        words.append("--dry-run")
    folder = path("out", out)
    # A folder of another experiment is refused here, in the words of `Experiment.run`.
    _native.prepare(chosen._native, folder)
    with tempfile.TemporaryDirectory() as place:
        # The name, after which jobs are called, is the file's.
        file = Path(place, f"{chosen.name}.toml")
        file.write_text(chosen.to_toml(), encoding="utf-8")
        printed, said = call(["slurm", str(file), f"--out={folder}", *words])
    waiting = "nothing was submitted" in said
    if waiting:
        warnings.warn(said.strip(), RunWarning, stacklevel=3)
    jobs = re.findall(r"^(?:array|job) (\S+):", printed, re.MULTILINE)
    scripts = folder / "slurm"
    return Submission(Run._of(folder), scripts / "array.sh", scripts / "report.sh", tuple(jobs), printed.strip())


def _word(name: str, value: object) -> str:
    """An option of sbatch."""
    if not isinstance(value, str):
        raise InputTypeError(name, "a word of Slurm's", shorten(repr(value)))
    return value
