"""Hands a run out to an executor as shards, one a task, in one folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _native
from ._progress import Progress, counter
from ._run import Run
from .errors import RunInterrupted, ShardError

if TYPE_CHECKING:
    from ._experiment import Experiment

_LOOK = 0.2
"""Seconds between two looks for tasks that ended."""

_COUNT = 2.0
"""Seconds between two counts of the trials done, which read the folder."""


def run_shard(experiment: Experiment, out: str, index: int, count: int, threads: int, options: dict[str, Any]) -> None:
    """What a task does: one shard in the folder. It returns nothing: the folder holds everything."""
    experiment.run(out, shard=(index, count), threads=threads, **options)


def run_there(
    experiment: Experiment,
    out: Path,
    executor: Executor,
    tasks: int,
    threads: int,
    options: dict[str, Any],
    progress: Progress,
) -> Run:
    """Submits the shards, waits for them, and says what to do about those that failed."""
    folder = out.absolute()
    _native.prepare(experiment._native, folder)
    run = Run._of(out)
    before = run.status(tasks)
    wanted = [*range(1, tasks + 1)] if options["retry_failed"] else before.missing_shards
    total = before.total - before.done - (0 if options["retry_failed"] else before.failed)
    earlier = {path for path, _ in _native.processes(folder)}
    failures: dict[int, BaseException] = {}
    shards: dict[Future[None], int] = {}
    with counter(progress, "trial") as report:
        count = _counting(folder, earlier, total, report)
        try:
            for index in wanted:
                try:
                    task = executor.submit(run_shard, experiment, str(folder), index, tasks, threads, options)
                except RuntimeError as broken:
                    # The executor is broken, or was shut down.
                    failures[index] = broken
                    continue
                shards[task] = index
            pending = set(shards)
            while pending:
                done, pending = wait(pending, timeout=_LOOK, return_when=FIRST_COMPLETED)
                for task in done:
                    error = _error(task)
                    if isinstance(error, KeyboardInterrupt):
                        raise error
                    if error is not None:
                        failures[shards[task]] = error
                count(not pending)
        except KeyboardInterrupt as pressed:
            for task in shards:
                task.cancel()
            message = f"interrupted: what is done is kept in {out}; tasks that had begun may go on, and the same call does the rest"
            raise RunInterrupted(message, run) from pressed
    if failures:
        shard, first = min(failures.items())
        words = str(first) or type(first).__name__
        raise ShardError(
            f"{len(failures)} of {tasks} tasks failed, the first, shard {shard}/{tasks}, with: {words}\n"
            f"  = every trial that was finished is kept in {out}; see Run({str(out)!r}).status()\n"
            "  = help: see to what failed, and make the same call: it runs what is missing",
            failures,
            run,
        ) from first
    return run


def _error(task: Future[None]) -> BaseException | None:
    try:
        return task.exception()
    except CancelledError as error:
        return error


def _counting(
    folder: Path, earlier: set[Path], total: int, report: Callable[[int, int], object] | None
) -> Callable[[bool], None]:
    """What reports the trials done, at most so often."""
    due = 0.0

    def count(last: bool) -> None:
        nonlocal due
        if report is None or (time.monotonic() < due and not last):
            return
        due = time.monotonic() + _COUNT
        done = sum(done for path, done in _native.processes(folder) if path not in earlier)
        report(min(done, total), total)

    return count
