"""Times one step of gradient descent in every form, on the sizes of Figures 2, 3 and 5, and checks the losses.

Rounds alternate between the contestants. A round of ours is a whole trial from start to end; a round of theirs a
stretch of about some tenths of a second. A ratio is the median over rounds of theirs over ours in the same round, so
that neighbours on the machine who stay for some seconds slow both. Before that every form descends CHECKED steps from
the arrays of our first draw, and its losses must be ours.
"""

import functools

import forms
from setting import Size, digits, export, measured, median, ours, table

ROUNDS = 9
STRETCH = 0.15
CHECKED = 50
# Largest relative difference between two losses, step by step.
AGREEMENT = {"f32": 1e-4, "f64": 1e-10}

compiled_autograd = functools.partial(forms.pytorch_autograd, compiled=True)
SINGLE = [
    ("PyTorch, autograd loop", forms.pytorch_autograd, 1),
    ("PyTorch, autograd loop, `torch.compile`", compiled_autograd, 1),
    ("PyTorch, by hand, n × p", forms.pytorch_by_hand_rows, 1),
    ("PyTorch, by hand, p × n", forms.pytorch_by_hand_columns, 1),
    ("PyTorch, by hand, `torch.compile`", forms.pytorch_by_hand_compiled, 1),
    ("JAX, autodiff, `jit` of the loop", forms.jax_autodiff, 1),
    ("NumPy, by hand", forms.numpy_by_hand, 1),
]
BATCHED = [
    (f"{name}, {batch} trials", form, batch)
    for batch in (16, 64)
    for name, form in [
        ("PyTorch, `bmm`, n × p", forms.pytorch_batched_rows),
        ("PyTorch, `bmm`, p × n", forms.pytorch_batched_columns),
        ("PyTorch, by hand, batched, `torch.compile`", forms.pytorch_by_hand_compiled),
        ("JAX, autodiff, `vmap`", forms.jax_autodiff),
    ]
]
ORTHOGONAL = [("PyTorch, by hand, coordinates ⟨w_j, x_i⟩", forms.pytorch_orthogonal, 1)]

# figure, size, how ours stops (the paper's protocol), our trials a round, contestants, the ratios aimed at.
CASES = [
    ("Figure 2", Size("isotropic", 1650, 100, 37), "trap:1.5", 1, SINGLE, (3.5, 1.6)),
    ("Figure 3", Size("isotropic", 200, 10, 30), "trap:1.5", 4, SINGLE + BATCHED, (60, 5)),
    ("Figure 5", Size("orthogonal", 2000, 2000, 37), "deep:15", 1, SINGLE + ORTHOGONAL, (250, None)),
]


def compare(binary, size, stop, trials, contestants, precision):
    """Per contestant: seconds a step and trial in every round, and the difference of its losses from ours."""
    most = max(batch for _, _, batch in contestants)
    draws = [export(binary, size, draw, CHECKED, precision) for draw in range(most)]
    running, differences = {}, {}
    for name, form, batch in contestants:
        advance = form(draws[:batch], 1.0, precision)
        losses = advance(CHECKED)
        differences[name] = max(abs(loss / own - 1) for loss, own in zip(losses, draws[0].losses))
        pilot = measured(lambda: advance(CHECKED))[1] / CHECKED
        # JAX compiles for every number of steps: settle on one, and take it once uncounted.
        steps = max(3, min(2000, round(STRETCH / pilot)))
        advance(steps)
        running[name] = (advance, steps, batch)
        print(f"  {name}: {1e6 * pilot / batch:.1f} µs, losses within {differences[name]:.1e}", flush=True)
    times = {name: [] for name in ["reluflow", *running]}
    counts = []
    for round_ in range(ROUNDS):
        own = [
            ours(binary, size, round_ * trials + trial, "descent:1", precision, stop) for trial in range(trials)
        ]
        counts += [one["evaluations"] for one in own]
        times["reluflow"].append(sum(one["processor_seconds"] for one in own) / sum(counts[-trials:]))
        for name, (advance, steps, batch) in running.items():
            times[name].append(measured(lambda: advance(steps))[1] / (steps * batch))
    return times, differences, median(counts)


def ratio(times, name):
    """How many times as long as ours a step took, round by round, in the median."""
    return median([their / own for their, own in zip(times[name], times["reluflow"])])


def case(binary, figure, size, stop, trials, contestants, goals, precisions):
    """The table of a case, and what it says against its goals."""
    rows, found = [], {}
    for precision in precisions:
        print(f"{figure} {size} {precision}", flush=True)
        times, differences, evaluations = compare(binary, size, stop, trials, contestants, precision)
        found[precision] = times, differences, evaluations
    for name in ["reluflow", *(name for name, _, _ in contestants)]:
        cells = [name]
        for precision in precisions:
            times, differences, _ = found[precision]
            step = median(times[name])
            cells += [digits(1e6 * step), digits(1e6 * min(times[name])), digits(ratio(times, name))]
            cells.append("–" if name == "reluflow" else f"{differences[name]:.0e}")
        rows.append(cells)
    heads = ["one step of gradient descent"]
    for precision in precisions:
        heads += [f">µs, {precision}", ">fastest", ">ratio", ">losses differ by"]
    times, _, evaluations = found[precisions[0]]
    others = [name for name in times if name.startswith("PyTorch") and name != "PyTorch, autograd loop"]
    ignorant = [name for name in others if not any(name == other for other, _, _ in ORTHOGONAL)]
    batched = [name for name in ignorant if "trials" in name]
    best = min(batched or ignorant, key=lambda name: ratio(times, name))
    nearest = min((name for name, _, _ in contestants), key=lambda name: ratio(times, name))
    text = [
        f"**{figure}, {size}, {size.law} inputs.** Ours: whole trials of the paper's protocol, "
        f"{evaluations:.0f} steps in the median.\n",
        table(heads, rows),
        f"\nIn {precisions[0]}: {digits(ratio(times, 'PyTorch, autograd loop'))} times faster than the autograd loop"
        f" (aim: {goals[0]}), {digits(ratio(times, best))} times faster than the best form of PyTorch"
        f"{' over many trials' if batched else ''}, “{best.removeprefix('PyTorch, ')}”"
        + (f" (aim: {goals[1]})" if goals[1] else "")
        + f", {digits(ratio(times, nearest))} times faster than the nearest of all, “{nearest}”.",
    ]
    agreed = all(
        difference <= AGREEMENT[precision] for precision in precisions for difference in found[precision][1].values()
    )
    data = {
        "figure": figure,
        "size": str(size),
        "evaluations": evaluations,
        "microseconds": {
            precision: {name: [1e6 * value for value in values] for name, values in found[precision][0].items()}
            for precision in precisions
        },
    }
    return "\n".join(text), agreed, data


def run(binary):
    """The section's text, whether all losses agreed, and the numbers."""
    import torch

    torch.set_num_threads(1)
    texts, agreed, data = [], True, []
    for one in CASES:
        precisions = ["f32", "f64"] if one[0] == "Figure 2" else ["f32"]
        text, good, numbers = case(binary, *one, precisions)
        texts.append(text)
        agreed &= good
        data.append(numbers)
    return "\n\n".join(texts), agreed, data
