"""A run handed out to executors: the same folder and the same bits as in one process."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import reluflow as rf

SWEEP = {"sweep": {"d": 10, "n": [12, 24, 36], "p": 8, "draws": 5, "seed": 5}}


def check(executor: Executor, folder: Path, tasks: int) -> None:
    experiment = rf.Experiment(SWEEP)
    alone = experiment.run(folder / "alone").trials()
    seen: list[int] = []
    run = experiment.run(folder / "shared", executor=executor, tasks=tasks, progress=seen.append)
    assert run.trials() == alone and alone.rows == 15
    assert run.status().complete and run.status().repeated == 0
    assert seen[-1] == 15 and seen == sorted(seen)
    # Nothing is left: nothing is submitted.
    assert experiment.run(folder / "shared", executor=Refusing(), tasks=tasks).trials() == alone


class Refusing(Executor):
    """Takes nothing."""

    def submit(self, *arguments: Any, **more: Any) -> Future[Any]:
        raise AssertionError("nothing was to be submitted")


class Failing(Executor):
    """Works at once in this process; the tasks of some shards fail."""

    def __init__(self, *shards: int) -> None:
        self.shards = shards

    def submit(self, fn: Any, /, *arguments: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if arguments[2] in self.shards:
            future.set_exception(OSError("the node went away"))
        else:
            future.set_result(fn(*arguments, **more))
        return future


def test_processes_end_in_the_bits_of_one(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        check(executor, tmp_path, tasks=3)


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_ends_in_the_bits_of_one_process(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor(pure=False) as executor,
    ):
        check(executor, tmp_path, tasks=4)


def test_failed_tasks_are_named_and_the_same_call_does_the_rest(tmp_path: Path) -> None:
    experiment, out = rf.Experiment(SWEEP), tmp_path / "run"
    with pytest.raises(rf.ShardError, match="2 of 4 tasks failed.*the node went away") as caught:
        experiment.run(out, executor=Failing(2, 4), tasks=4)
    assert sorted(caught.value.failures) == [2, 4] and "make the same call" in str(caught.value)
    status = caught.value.run.status(shards=4)
    assert status.missing_shards == (2, 4) and 0 < status.done < 15
    run = experiment.run(out, executor=Failing(1, 3), tasks=4)
    assert run.trials() == experiment.run(tmp_path / "alone").trials()


def test_an_executor_needs_tasks_and_no_shard(tmp_path: Path) -> None:
    experiment = rf.Experiment(SWEEP)
    for wrong in ({"executor": Refusing()}, {"tasks": 3}, {"executor": Refusing(), "tasks": 2, "shard": "1/2"}):
        with pytest.raises(rf.InputError):
            experiment.run(tmp_path / "run", **wrong)
    assert not (tmp_path / "run").exists()
