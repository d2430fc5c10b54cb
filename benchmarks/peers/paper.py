"""Prices gradient descent of the paper's full protocol at the measured time a step, ours and the plain loop's.

Every trial is charged all the steps that the protocol grants it, 1.5 transition times, so that both totals are upper
bounds; Figure 5, which stops by the loss, is charged the steps our trials took at its largest size. The time of a
step is taken as linear in ndp between the two dense sizes of `steps.py`, and as linear in n on orthogonal inputs.
"""

import json
import math

from setting import ROOT, digits, median, table

PLAIN = "PyTorch, autograd loop"


def width(n):
    """Lemma 5 at ε = 0.05."""
    return math.floor(math.log(n / 0.05) / math.log(4 / 3)) + 1


def steps(n, p):
    """The protocol's 1.5 transition times at η = 1."""
    return math.floor(1.5 * math.sqrt(n * p) * math.log(n * p) / 4) + 1


# figure, cells (n, d, p), draws: experiments/fig2-published.toml, fig3.toml, fig4.toml.
DENSE = [
    ("2", [(n, 100, width(n)) for n in range(1300, 2101, 50)], 80),
    ("3", [(m * d, d, 30) for d in range(10, 101, 10) for m in range(1, 31) if m * d <= 30 * d - 200], 20),
    (
        "4",
        [
            (n, 30, p)
            for p in range(50, 401, 10)
            for n in range(100, 451, 10)
            if 0.6 * p + 70 <= n <= 0.3 * p + 330
        ],
        20,
    ),
]
ORTHOGONAL = ("5", range(1000, 2001, 100), 500)


def run(_binary):
    """The section's text, that nothing disagreed, and the numbers; from the latest run of `steps`."""
    kept = json.loads((ROOT / "target" / "peers" / "steps.json").read_text())["numbers"]
    wide, narrow, orthogonal = (
        {name: 1e-6 * median(values) for name, values in one["microseconds"]["f32"].items()} for one in kept
    )
    sizes = [math.prod(map(int, one["size"].strip("()").split(", "))) for one in kept[:2]]

    def dense(name, n, d, p):
        slope = (wide[name] - narrow[name]) / (sizes[0] - sizes[1])
        return max(0.0, narrow[name] + slope * (n * d * p - sizes[1]))

    rows, totals = [], {"reluflow": 0.0, PLAIN: 0.0}

    def add(figure, trials, count, seconds):
        for name, value in seconds.items():
            totals[name] += value
        rows.append([figure, trials, f"{count / 1e6:.1f}", *(digits(value / 60) for value in seconds.values())])

    for figure, cells, draws in DENSE:
        count = draws * sum(steps(n, p) for n, _, p in cells)
        seconds = {
            name: draws * sum(steps(n, p) * dense(name, n, d, p) for n, d, p in cells) for name in totals
        }
        add(figure, draws * len(cells), count, seconds)
    figure, examples, draws = ORTHOGONAL
    each = kept[2]["evaluations"]
    seconds = {name: draws * each * sum(orthogonal[name] * n / 2000 for n in examples) for name in totals}
    add(figure, draws * len(examples), draws * each * len(examples), seconds)
    rows.append(["all", "", "", *(digits(value / 60) for value in totals.values())])
    heads = ["figure", ">trials", ">million steps", ">reluflow, minutes", ">PyTorch, minutes"]
    ratio = totals[PLAIN] / totals["reluflow"]
    text = f"{table(heads, rows)}\n\nOf one processor; at most. The loop takes {digits(totals[PLAIN] / 3600)} hours, {digits(ratio)} times ours."
    return text, True, rows
