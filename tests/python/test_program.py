"""Array jobs and findings from Python are those of the command: the same scripts, tables, pictures and refusals."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import reluflow as rf
from command_line import SCRIPT, command
from reluflow._finding import FINDINGS

QUICK = {"sweep": {"d": 10, "n": [20, 40], "p": 5, "draws": 8}, "flow": "gradient-descent", "stop": {"steps": 1}}
"""One step of descent: a trial takes no time."""

STAND_IN = r"""#!/bin/sh
folder=$(dirname "$0")
case "$(basename "$0") $1" in
"sbatch --version") [ -e "$folder/broken" ] && exit 1; echo "slurm 0.0" ;;
"sbatch "*)
    [ -e "$folder/refuse" ] && { echo "sbatch: error: invalid partition" >&2; exit 1; }
    echo "$*" >>"$folder/calls"
    echo "$((100 + $(wc -l <"$folder/calls")))" ;;
"squeue "*) [ -e "$folder/queue" ] && sed -n "s/^$5 //p" "$folder/queue" ;;
esac
exit 0
"""
"""In the place of sbatch and squeue: keeps what it was given in `calls`; in the queue is what the file `queue` lists."""

SMALL = {"d": 4, "p": 6, "stop.transitions": 1.5}
"""Makes the trials of a finding take milliseconds."""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stand-in for Slurm, which is on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sbatch", "squeue"):
        (folder / name).write_text(STAND_IN)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_an_array_job_is_the_commands(cluster: Path, tmp_path: Path) -> None:
    experiment = rf.Experiment(QUICK, name="fig")
    (tmp_path / "fig.toml").write_text(experiment.to_toml())
    options = ["--tasks", 3, "--cpus-per-task", 2, "--time", "1:00:00", "--partition", "long", "--sbatch-arg=--account=theory"]
    command("slurm", "fig.toml", "--out", "theirs", "--dry-run", *options, cwd=tmp_path, program=SCRIPT)
    found = rf.slurm(
        experiment,
        tmp_path / "ours",
        tasks=3,
        cpus_per_task=2,
        time="1:00:00",
        partition="long",
        sbatch_args=["--account=theory"],
    )
    assert found.jobs == ("101", "102") and "array 101: tasks 1-3 of 3" in found.said
    for ours, theirs in [(found.array, "array.sh"), (found.report, "report.sh")]:
        text = (tmp_path / "theirs" / "slurm" / theirs).read_text().replace(f"{tmp_path}/theirs", f"{tmp_path}/ours")
        assert ours.read_text() == text
    assert len((cluster / "calls").read_text().splitlines()) == 2
    assert found.run.experiment.with_(seed=0) == rf.Experiment(tmp_path / "fig.toml", name="ours")


def test_the_tasks_of_an_array_do_the_run_and_only_missing_ones_are_submitted_again(cluster: Path, tmp_path: Path) -> None:
    experiment = rf.Experiment(QUICK)
    found = rf.slurm(experiment, tmp_path / "run", tasks=3)

    def task(index: int) -> None:
        number = {"SLURM_ARRAY_TASK_ID": str(index), "SLURM_CPUS_PER_TASK": "1", "SLURM_JOB_ID": "7"}
        subprocess.run(["sh", found.array], env={**os.environ, **number}, check=True, capture_output=True)

    task(1)
    task(3)
    again = rf.slurm(experiment, tmp_path / "run", tasks=3)
    assert again.jobs == ("103", "104") and "tasks 2 of 3" in again.said
    task(2)
    last = rf.slurm(experiment, tmp_path / "run", tasks=3)
    assert last.jobs == () and last.said == "nothing to submit"
    assert last.run.status().complete
    assert last.run.trials() == experiment.run(tmp_path / "here").trials()


def test_what_slurm_refuses_is_told(cluster: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with pytest.raises(rf.ExperimentError, match="at least 2 minutes") as caught:
        rf.slurm(QUICK, run, tasks=2, time="1")
    assert caught.value.found == "1" and "--" not in str(caught.value)
    (cluster / "refuse").touch()
    with pytest.raises(rf.ExperimentError, match="Slurm refuses") as caught:
        rf.slurm(QUICK, run, tasks=2)
    assert caught.value.found == "sbatch: error: invalid partition"
    (cluster / "broken").touch()
    with pytest.raises(rf.ExperimentError, match="dry_run=True write the scripts only"):
        rf.slurm(QUICK, run, tasks=2)
    with pytest.raises(rf.ExperimentError, match="belongs to another experiment"):
        rf.slurm(rf.Experiment(QUICK, seed=7), run, tasks=2, dry_run=True)
    for wrong, words in [
        ({"tasks": 0}, "tasks: expected a whole number from 1"),
        ({"cpus_per_task": 2.5}, "cpus_per_task: expected a whole number"),
        ({"time": 90}, "time: expected a word"),
        ({"sbatch_args": "--account=a"}, "sbatch_args: expected a list"),
    ]:
        with pytest.raises(rf.ReluflowError, match=words):
            rf.slurm(QUICK, run, **{"tasks": 2, **wrong})


def test_jobs_in_the_queue_are_left_to_it(cluster: Path, tmp_path: Path) -> None:
    rf.slurm(QUICK, tmp_path / "run", tasks=3)
    (cluster / "queue").write_text("101 3\n102 N/A\n")
    with pytest.warns(rf.RunWarning, match="scancel 101 102") as warned:
        found = rf.slurm(QUICK, tmp_path / "run", tasks=3)
    assert found.jobs == () and warned[0].filename == __file__


def test_an_experiment_on_files_is_submitted_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d.csv").write_text("a,b,y\n1,0,-1\n0,1,1\n")
    (tmp_path / "file.toml").write_text("[sweep]\np = 4\ndraws = 1\n[data]\nlaw = 'file'\npath = 'd.csv'\n")
    experiment = rf.Experiment(tmp_path / "file.toml")
    monkeypatch.chdir("/")
    found = rf.slurm(experiment, tmp_path / "run", tasks=1, dry_run=True)
    assert found.run.experiment.problem()[0].y.tolist() == [-1.0, 1.0] and found.jobs == ()


def test_every_finding_is_known() -> None:
    with pytest.raises(rf.InputError, match="did you mean 'teachers'"):
        rf.finding("teacher")
    words = [sys.executable, "-m", "reluflow", "finding", "--help"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    names = re.search(r"\[possible\s+values:([^\]]*)\]", listed)
    assert names is not None and tuple(names[1].replace(",", " ").split()) == FINDINGS


def test_a_finding_is_the_commands(tmp_path: Path) -> None:
    settings = [f"--set={key}={value}" for key, value in [("sweep.d", 4), ("sweep.p", 6), ("stop.transitions", 1.5)]]
    printed = command("finding", "teachers", "--quick", "--quiet", "--out", "theirs", *settings, cwd=tmp_path, program=SCRIPT)
    found = rf.finding("teachers", quick=True, out=tmp_path / "ours", settings=SMALL, threads=1)
    assert list(found.sentences) == [line for line in printed.splitlines() if not line.startswith(("table: ", "figure: "))]
    assert len(found.sentences) > 10 and list(found.tables) == ["teachers", "teachers-probability"]
    for name, table in found.tables.items():
        with (tmp_path / "theirs" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert table.rows == len(rows) > 0 and table.columns == list(rows[0])
        for column, values in table.items():
            texts = [row[column] for row in rows]
            if values.dtype.kind in "fi":
                assert np.array_equal([float(text or "nan") for text in texts], values, equal_nan=True), column
            else:
                assert texts == values.tolist(), column
    assert found.tables["teachers"]["draws"].dtype == np.int64
    for name, picture in found.figures.items():
        assert picture.svg == (tmp_path / "theirs" / f"{name}.svg").read_text(encoding="utf-8")
        assert picture.png.startswith(b"\x89PNG") and picture.pdf.startswith(b"%PDF")
    assert "teachers-grid" in found.runs and found.runs["teachers-grid"].status().complete
    with pytest.raises(rf.ExperimentError, match="belongs to another experiment"):
        rf.finding("teachers", quick=True, out=tmp_path / "ours", settings={**SMALL, "seed": 5})


def test_settings_that_make_no_finding_are_named(tmp_path: Path) -> None:
    with pytest.raises(rf.InputError, match="a key of settings: .*did you mean 'draws'"):
        rf.finding("teachers", out=tmp_path, settings={"drawz": 3})
    with pytest.raises(rf.ExperimentError, match=r"settings\(sweep.drawz=3\): unknown key") as caught:
        rf.finding("teachers", quick=True, out=tmp_path, settings={"sweep.drawz": 3})
    assert caught.value.found == "drawz" and "draws" in caught.value.expected and "--set" not in str(caught.value)
    with pytest.raises(rf.InputTypeError, match="settings: expected a mapping"):
        rf.finding("teachers", settings=3)  # type: ignore[arg-type]


def test_ctrl_c_keeps_what_a_finding_has_done(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The trials of the first study never end; the key is pressed once its folder is there."""
    endless = {"d": 4, "p": 6, "draws": 1, "flow": {"method": "gradient-descent", "learning_rate": 1e-12}, "stop": {"steps": 10**12}}

    def press() -> None:
        until = time.monotonic() + 60
        while not list(tmp_path.glob("*/experiment.toml")) and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(rf.RunInterrupted, match="what is done is kept in .*; the same call resumes") as caught:
        rf.finding("teachers", quick=True, out=tmp_path, settings=endless, progress=True)
    thread.join()
    assert caught.value.run.folder.parent == tmp_path and not caught.value.run.status().complete
    # The command heard of it, and ended by itself.
    said = capfd.readouterr().err
    assert "interrupted: what is done is kept in" in said
