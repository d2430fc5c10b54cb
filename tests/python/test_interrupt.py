"""Ctrl-C stops at once and keeps what is done; other threads run meanwhile; a panic is an exception."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
import reluflow as rf
from reluflow import _native

MANY_STEPS = rf.stop.steps(10**7)
"""Far more steps than a test needs, and few enough that a signal which is lost fails the test instead of filling the memory."""


def interrupt_when(ready: threading.Event) -> threading.Thread:
    def press() -> None:
        ready.wait()
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_ctrl_c_keeps_the_solution_so_far(problem: tuple[rf.Dataset, rf.Network]) -> None:
    ready = threading.Event()
    # The observer runs at record times while the main thread waits: it tells when the run is under way.
    presser = interrupt_when(ready)
    with pytest.raises(rf.Interrupted) as caught:
        rf.gradient_descent(
            *problem, stop=MANY_STEPS, lr=1e-9, spacing=10, observe=lambda point: point.step and ready.set()
        )
    presser.join()
    solution = caught.value.solution
    assert isinstance(caught.value, KeyboardInterrupt) and solution is not None
    assert solution.verdict.kind == "interrupted" and not solution.complete
    assert solution.table().rows > 1 and solution.counts.steps >= 10


def test_ctrl_c_keeps_the_problems_done(problem: tuple[rf.Dataset, rf.Network]) -> None:
    ready = threading.Event()
    presser = interrupt_when(ready)

    def press_at_the_second(point: rf.Point) -> None:
        if point.index == 1 and point.step > 0:
            ready.set()

    told: list[int] = []
    slow = rf.stop.when(lambda point: point.index == 0 and point.step == 4)
    with pytest.raises(rf.Interrupted) as caught:
        rf.gradient_descent(
            [problem] * 3,
            stop=MANY_STEPS | slow,
            lr=1e-9,
            spacing=4,
            observe=press_at_the_second,
            threads=1,
            progress=told.append,
        )
    presser.join()
    first, second, third = caught.value.solutions
    assert first is not None and first.complete and first.counts.steps == 4
    assert second is not None and not second.complete
    assert told[-1] == 1 == max(told)
    assert third is None and caught.value.solution is None


def test_other_threads_run_meanwhile(problem: tuple[rf.Dataset, rf.Network]) -> None:
    """The run continues until another thread, which needs the interpreter, has had its turns."""
    turns = threading.Event()
    counted = 0

    def count() -> None:
        nonlocal counted
        for _ in range(1000):
            counted += 1
        turns.set()

    thread = threading.Thread(target=count)
    stop = MANY_STEPS | rf.stop.when(lambda point: turns.is_set())
    thread.start()
    solution = rf.gradient_descent(*problem, stop=stop, lr=1e-9, spacing=1000)
    thread.join()
    assert counted == 1000 and solution.verdict.budget == "observer"


def test_two_threads_of_python_solve_at_once(problem: tuple[rf.Dataset, rf.Network]) -> None:
    """Each run ends only once the other has begun: one after the other they would go on for ever."""
    begun = [threading.Event(), threading.Event()]
    solutions: list[rf.Solution | None] = [None, None]

    def run(me: int) -> None:
        def meet(point: rf.Point) -> bool:
            begun[me].set()
            return begun[1 - me].is_set()

        solutions[me] = rf.gradient_descent(*problem, stop=MANY_STEPS | rf.stop.when(meet), lr=1e-9, spacing=1)

    threads = [threading.Thread(target=run, args=(me,)) for me in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(solution and solution.verdict.budget == "observer" for solution in solutions)


def test_a_panic_is_an_exception_and_the_process_lives(capfd: pytest.CaptureFixture[str]) -> None:
    """The extension trusts its callers to have checked: asked directly, it panics on data that do not fit."""
    data, network = rf.data.gaussian(n=2, d=3), rf.init.balanced(p=2, d=4)
    with pytest.raises(BaseException, match="shape|inputs|dimension") as caught:
        _native.theory.coverage(data._native, network._native)
    assert type(caught.value).__name__ == "PanicException"
    assert "panicked" in capfd.readouterr().err
    with pytest.raises(rf.InputError, match="network.w: expected 3 columns"):
        rf.theory.coverage(data, network)


def test_the_command_runs_as_a_program() -> None:
    version = subprocess.run(
        [sys.executable, "-m", "reluflow", "--version"], capture_output=True, text=True, check=True
    )
    assert version.stdout == f"reluflow {rf.__version__}\n"
    wrong = subprocess.run([sys.executable, "-m", "reluflow", "runn"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2 and "unrecognized subcommand" in wrong.stderr
    few = subprocess.run(
        [sys.executable, "-m", "reluflow", "transition", "--n", "100", "--rows", "3", "--csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert few.stdout.startswith("time,") and few.stdout.endswith("\n")


def test_ctrl_c_ends_the_command(tmp_path) -> None:
    """In a run it keeps what is finished and exits with 130; elsewhere the signal ends the process."""
    file = tmp_path / "long.toml"
    file.write_text("[sweep]\nn = 20\nd = 10\np = 8\ndraws = 10000000\n[flow]\nmethod = 'gradient-descent'\n")
    command = [sys.executable, "-m", "reluflow", "run", str(file), "--write-every", "0"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    parts = tmp_path / "runs" / "long"
    while process.poll() is None and not list(parts.rglob("*.parquet")):
        pass
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "trials are kept in runs/long; the same command resumes" in errors
    subprocess.run([sys.executable, "-m", "reluflow", "summarize", str(parts)], check=True)


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (["trajectory", "endless.toml", "--out", "rows.csv"], "rows.csv"),
        (["film", "endless.toml", "--out", "film.html"], "film.html"),
        (["picture", "neurons", "endless.toml", "--out", "neurons.svg"], "neurons.svg"),
        (["picture", "losses", "endless.toml", "--out", "losses.svg"], "losses.svg"),
    ],
)
def test_ctrl_c_keeps_one_run_so_far(tmp_path, command: list[str], kept: str) -> None:
    method = "[flow]\nmethod = 'gradient-descent'\nlearning_rate = 1e-9\n"
    sweep = "[sweep]\nn = 20\nd = 10\np = 8\n"
    (tmp_path / "endless.toml").write_text(f"{sweep}{method}[stop]\nsteps = 1000000000000\n")
    whole = [sys.executable, "-m", "reluflow", *command]
    with subprocess.Popen(whole, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        # The run is under way: it says how far it is.
        assert "evaluations so far; Ctrl-C ends the run" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert ("the picture shows what was run so far" in said) == (command[0] == "picture")
    assert (tmp_path / kept).stat().st_size > 0
