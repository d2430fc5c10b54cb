"""What Python costs beside Rust.

    python benchmarks/python/overhead.py

1. Processor time of one trial of Figure 2 solved from Python over that of the same trial run as an experiment in the same
   process, which also writes its folder: both through one extension, alternating, the least of the rounds of each. And a
   bound that other work on the machine cannot blur: taking the trial's arrays in, and a solve of the smallest problem
   without a step, which is all that Python does, over the trial.
2. Processor time over elapsed time of two Python threads that solve a problem each.
3. Resident memory after 1000 and after 10 000 small solves.
4. Processor time of taking arrays in, which copies them, over that of one evaluation of the field.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import reluflow as rf

N, D, P = 1650, 100, 37
ROUNDS = 25


def cpu(call) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def overhead() -> None:
    experiment = rf.Experiment({"sweep": {"d": D, "n": N, "p": P, "draws": 1, "seed": 3}, "flow": {"method": "flow"}})
    stop = rf.stop.trap() | rf.stop.transitions(1.5)
    theirs, ours, taken, tiny, losses = [], [], [], [], set()
    arrays = [array.copy() for pair in [experiment.problem()] for array in (pair[0].x, pair[0].y, pair[1].w, pair[1].a)]
    one = rf.Dataset([[1.0]], [1.0]), rf.Network([[1.0]], [1.0])

    def rust() -> None:
        with tempfile.TemporaryDirectory() as folder:
            theirs.append(cpu(lambda: experiment.run(Path(folder) / "run", threads=1)))
            losses.update(rf.Run(Path(folder) / "run").trials()["loss"].tolist())

    def python() -> None:
        def solve() -> None:
            losses.add(rf.flow(*rf.trial(N, D, P, seed=3), stop=stop, threads=1).end.loss)

        ours.append(cpu(solve))

    for round in range(ROUNDS):
        # Who comes first takes turns.
        for contestant in (rust, python) if round % 2 else (python, rust):
            contestant()
        taken.append(cpu(lambda: (rf.Dataset(*arrays[:2]), rf.Network(*arrays[2:]))))
        tiny.append(cpu(lambda: rf.flow(*one, stop=rf.stop.steps(0))))
    assert len(losses) == 1, "not the same bits"
    least = [min(times) for times in (ours, theirs, taken, tiny)]
    print(
        f"one trial of Figure 2 ({N}, {D}, {P}): {least[0]:.3f} s of processor time drawn and solved from Python, {least[1]:.3f} s in "
        f"the run of an experiment, ratio {least[0] / least[1]:.3f}; arrays taken in {1e3 * least[2]:.2f} ms, a solve of nothing "
        f"{1e3 * least[3]:.2f} ms, together {100 * (least[2] + least[3]) / least[0]:.2f} % of the trial (least of {ROUNDS} rounds)"
    )


def two_threads() -> None:
    problems = [rf.trial(N, D, P, seed=4, draw=draw) for draw in range(2)]
    solve = lambda problem: rf.flow(*problem, stop=rf.stop.evaluations(3000), spacing="end")
    threads = [threading.Thread(target=solve, args=(problem,)) for problem in problems]
    wall, used = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, used = time.perf_counter() - wall, time.process_time() - used
    print(f"two threads, a problem each: {used / wall:.2f} processors in use over {wall:.1f} s")


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def memory() -> None:
    data, network = rf.trial(20, 10, 8)
    seen = {}
    for done in range(1, 10_001):
        rf.flow(data, network, record=["loss"])
        if done in (1000, 10_000):
            seen[done] = resident()
    print(f"resident memory after 1000 solves {seen[1000]:.1f} MiB, after 10 000 {seen[10_000]:.1f} MiB")


def copies() -> None:
    for n, d, p in ((N, D, P), (1500, 2000, 36)):
        random = np.random.default_rng(0)
        x, y = random.standard_normal((n, d)) / np.sqrt(d), np.sign(random.standard_normal(n))
        data, network = rf.Dataset(x, y), rf.init.asymmetric(p, d)

        def descend(steps: int) -> float:
            return min(cpu(lambda: rf.gradient_descent(data, network, lr=1e-6, stop=rf.stop.steps(steps))) for _ in range(9))

        taken = min(cpu(lambda: rf.Dataset(x, y)) for _ in range(31))
        evaluation = (descend(41) - descend(1)) / 40
        print(
            f"({n}, {d}, {p}): Dataset(x, y) takes {1e3 * taken:.2f} ms, an evaluation {1e3 * evaluation:.2f} ms, "
            f"a solve of one step {1e3 * descend(1):.1f} ms"
        )


if __name__ == "__main__":
    copies()
    overhead()
    two_threads()
    memory()
