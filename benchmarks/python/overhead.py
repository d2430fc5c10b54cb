"""What Python costs beside Rust: prints three numbers.

    python benchmarks/python/overhead.py

1. Processor time of one trial of Figure 2 solved from Python over that of the same trial run by the library's own command in
   the same process: both through one extension, interleaved, medians. The command draws the problem, writes a folder and
   reads the experiment, so its time is measured on 1 and on 1 + k draws, and the difference counts.
2. Processor time over elapsed time of two Python threads that solve a problem each.
3. Resident memory after 1000 and after 10 000 small solves.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path

import reluflow as rf

N, D, P = 1650, 100, 37
DRAWS = 4
ROUNDS = 7


def cpu(call) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def overhead() -> None:
    experiment = rf.Experiment({"sweep": {"d": D, "n": N, "p": P, "draws": DRAWS, "seed": 3}, "flow": {"method": "flow"}})
    stop = rf.stop.trap() | rf.stop.transitions(1.5)
    ratios = []
    for round in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rust = cpu(lambda: experiment.run(Path(folder) / "run", threads=1))
            trials = rf.Run(Path(folder) / "run").trials()

        def python() -> None:
            for draw in range(DRAWS):
                data, network = rf.trial(N, D, P, seed=3, draw=draw)
                solution = rf.flow(data, network, stop=stop)
                assert solution.end.loss == trials["loss"][draw], "not the same bits"
                assert solution.network.w.shape == (P, D)

        ratios.append(cpu(python) / rust)
    print(
        f"one trial of Figure 2 ({N}, {D}, {P}), drawn and solved: Python over the run of an experiment, processor time, "
        f"{statistics.median(ratios):.3f} (median of {ROUNDS}; {min(ratios):.3f} to {max(ratios):.3f})"
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


if __name__ == "__main__":
    overhead()
    two_threads()
    memory()
