"""A run handed to Dask workers that are Slurm jobs ends in the bits of one process; with-slurm.sh starts the Slurm."""

from __future__ import annotations

import tempfile
from pathlib import Path

import reluflow as rf
from dask_jobqueue import SLURMCluster
from distributed import Client


def main() -> None:
    experiment = rf.Experiment({"sweep": {"d": 10, "n": [12, 24, 36], "p": 8, "draws": 20, "seed": 5}})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        alone = experiment.run(folder / "alone").trials()
        with (
            SLURMCluster(
                cores=1,
                memory="500MB",
                processes=1,
                interface="lo",
                walltime="00:05:00",
                job_cpu=1,
                log_directory=str(folder),
                local_directory=str(folder),
                scheduler_options={"dashboard_address": None},
                job_directives_skip=["--mem"],
            ) as cluster,
            Client(cluster) as client,
            client.get_executor(pure=False) as executor,
        ):
            cluster.scale(jobs=2)
            client.wait_for_workers(2, timeout=120)
            run = experiment.run(folder / "cluster", executor=executor, tasks=4)
        assert run.trials() == alone, "the trials differ"
        print(f"{alone.rows} trials in 4 tasks on 2 Dask workers that are Slurm jobs: the bits of one process")


if __name__ == "__main__":
    main()
