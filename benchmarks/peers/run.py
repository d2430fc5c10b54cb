"""Runs reluflow beside what a theorist would otherwise use, and writes docs/benchmarks.md.

    python3 benchmarks/peers/run.py            # everything
    python3 benchmarks/peers/run.py steps      # one part: steps, paper, verdicts, solvers, python

Makes a virtual environment in benchmarks/peers/.venv from requirements.txt on first use (or uses the one that
RELUFLOW_PEERS_VENV names) and builds `cargo build --release -p reluflow --example peer`. All contestants share one
processor and run one thread each; what is measured is the processor's time, in rounds that alternate. The tables go
between the marks of the pages, the numbers into target/peers. Fails when two contestants disagree about a loss.
"""

import json
import sys

from setting import ROOT, build, enter_environment, machine, on_one_processor, versions, write_between

PAGE = ROOT / "docs" / "benchmarks.md"
PARTS = ["steps", "paper", "verdicts", "solvers", "python"]


def main():
    asked = sys.argv[1:] or PARTS
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        sys.exit(f"unknown part {unknown[0]}; expected {', '.join(PARTS)}")
    enter_environment("run.py")
    import paper
    import side_by_side
    import solvers
    import steps
    import verdicts

    parts = {
        "steps": (steps.run, PAGE),
        "paper": (paper.run, PAGE),
        "verdicts": (verdicts.run, PAGE),
        "solvers": (solvers.run, PAGE),
        "python": (side_by_side.run, side_by_side.PAGE),
    }
    binary = build()
    on_one_processor()
    kept = ROOT / "target" / "peers"
    kept.mkdir(parents=True, exist_ok=True)
    agreed = True
    for name in asked:
        run, page = parts[name]
        scene = f"{versions()}. {machine()}; one thread each."
        text, good, numbers = run(binary)
        write_between(page, name, f"{text}\n\n{scene}")
        (kept / f"{name}.json").write_text(json.dumps({"scene": scene, "numbers": numbers}, indent=1))
        print(f"\n{text}\n\n{scene}\n", flush=True)
        agreed &= good
    if not agreed:
        sys.exit("losses disagree: see above")


if __name__ == "__main__":
    main()
