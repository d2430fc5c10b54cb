"""Prices a trustworthy verdict: does this draw interpolate, and when, as the flow would answer?

The reference is explicit Euler at a small step, by our own gradient descent, on the same draws. A method is trusted
when the distribution of its hitting times of the trap is not told from the reference's by a Kolmogorov–Smirnov test
at 95 %. The loops of PyTorch would take hours: their steps are counted by our gradient descent with the same learning
rate on the same draws (whose losses agree with theirs, see `steps.py`), and priced at their measured time a step.
"""

import math

import forms
from solvers import diffrax_solver
from setting import Size, digits, export, measured, median, ours, table

# size, draws, horizon in transition times, reference step, PyTorch's learning rates, diffrax's settings, aims.
CASES = [
    {
        "size": Size("isotropic", 1650, 100, 37),
        "draws": 12,
        "horizon": 3.0,
        "reference": 0.05,
        "rates": [1.0, 0.1],
        "diffrax": [("f64", 1e-1, 1e-2), ("f64", 1e-2, 1e-4), ("f32", 1e-2, 1e-4), ("f64", 1e-3, 1e-6)],
        "priced": 0.1,
        "aims": (80, 20),
    },
    {
        "size": Size("isotropic", 270, 10, 30),
        "draws": 12,
        "horizon": 90.0,
        "reference": 0.025,
        "rates": [0.1, 0.05],
        "diffrax": [],
        "priced": 0.05,
        "aims": (500, None),
    },
]
# Seconds of processor time that diffrax may have for the draws of one setting; one that did not get through all of
# them is not trusted, whatever the test says.
CAP = 180.0
ROUNDS = 3
STRETCH = 0.3


def diffrax(draws, horizon, precision, rtol, atol):
    """Hitting times, evaluations and seconds, draw by draw, of as many draws as CAP allows."""
    solve = diffrax_solver("Tsit5", rtol, atol, precision, CAP)
    found = []
    for draw in draws:
        seconds = [one["processor_seconds"] for one in found]
        if sum(seconds) + max(seconds, default=0.0) > CAP:
            break
        one = solve(draw, horizon)
        print(f"  diffrax {precision} {rtol:g} / {atol:g}: {one}", flush=True)
        if not one["finished"]:
            break
        found.append(one)
    return unpack(found)


def euler(binary, size, draws, rate, horizon):
    """Hitting times, steps and our seconds of explicit Euler, in single precision as the loops of PyTorch."""
    found = [ours(binary, size, draw, f"descent:{rate}", "f32", f"trap:{horizon}") for draw in range(draws)]
    return unpack(found)


def unpack(found):
    times = [math.inf if one["trap_time"] is None else one["trap_time"] for one in found]
    return times, [one["evaluations"] for one in found], [one["processor_seconds"] for one in found]


def against(times, reference):
    """Share that arrives, median, paired bias with its error, KS p; and whether the distributions are told apart."""
    import numpy
    from scipy import stats

    pairs = [(t, r) for t, r in zip(times, reference) if math.isfinite(t) and math.isfinite(r)]
    logs = numpy.log([t / r for t, r in pairs])
    bias = "–"
    if len(logs) > 1 and numpy.any(logs != 0):
        bias = f"{100 * logs.mean():+.1f} ± {100 * logs.std(ddof=1) / len(logs) ** 0.5:.1f} %"
    p = stats.ks_2samp(times, reference).pvalue
    middle = median(times)
    cells = [
        f"{sum(map(math.isfinite, times))} of {len(times)}",
        f"{middle:.0f}" if math.isfinite(middle) else "–",
        bias,
        f"{p:.2f}",
    ]
    return cells, bool(p >= 0.05)


def price(draws, rate):
    """Microseconds a step of PyTorch's forms in single precision: medians over alternating rounds."""
    loops = {"autograd loop": forms.pytorch_autograd, "by hand, p × n": forms.pytorch_by_hand_columns}
    running = {}
    for name, form in loops.items():
        advance = form(draws[:1], rate, "f32")
        pilot = measured(lambda: advance(50))[1] / 50
        running[name] = advance, max(3, round(STRETCH / pilot))
    found = {name: [] for name in running}
    for _ in range(ROUNDS):
        for name, (advance, steps) in running.items():
            found[name].append(measured(lambda: advance(steps))[1] / steps)
    return {name: median(values) for name, values in found.items()}


def case(binary, size, draws, horizon, reference, rates, diffrax_settings, priced, aims):
    """The table of a case and its verdict."""
    print(f"{size}: verdicts", flush=True)
    truth, count, seconds = euler(binary, size, draws, reference, horizon)
    rows, data = [], {"size": str(size), "rows": []}
    arrays = [export(binary, size, draw, 1, "f64") for draw in range(draws)]
    flows = {
        "reluflow `flow`": ("flow", "f64"),
        "reluflow `flow`, f32 evaluations": ("flow", "f32"),
        "reluflow `flow`, careful": ("flow-careful", "f64"),
    }
    found = {}
    for name, (method, precision) in flows.items():
        rounds = [
            [ours(binary, size, draw, method, precision, f"trap:{horizon}") for draw in range(draws)] for _ in range(ROUNDS)
        ]
        # The middle one by its time, as the loops are priced by the median of their rounds.
        rounds.sort(key=lambda once: sum(one["processor_seconds"] for one in once))
        found[name] = unpack(rounds[ROUNDS // 2])
    loops = price(arrays, reference)
    unit = sum(found["reluflow `flow`"][2]) / draws

    def add(name, times, counts, each):
        cells, alike = against(times, truth)
        trusted = alike and len(times) == draws
        total = sum(counts) / len(counts) * each
        rows.append([name, digits(sum(counts) / len(counts)), digits(1e6 * each), digits(1e3 * total), digits(total / unit),
                     *cells])
        data["rows"].append({"name": name, "ms": 1e3 * total, "ratio": total / unit, "trusted": trusted})
        return total / unit, trusted

    for name, (times, counts, spent) in found.items():
        add(name, times, counts, sum(spent) / sum(counts))
    eulers = {}
    for rate in rates:
        eulers[rate] = euler(binary, size, draws, rate, horizon)
    ratios = {}
    for form, each in loops.items():
        for rate in rates:
            ratios[form, rate] = add(f"PyTorch, {form}, η = {rate:g}", *eulers[rate][:2], each)
    solved, rtols = [], []
    for precision, rtol, atol in diffrax_settings:
        times, counts, spent = diffrax(arrays, horizon * size.transition, precision, rtol, atol)
        name = f"diffrax Tsit5, {rtol:g} / {atol:g}, {precision}"
        if times:
            solved.append((name, *add(name, times, counts, sum(spent) / sum(counts))))
            rtols.append(rtol)
        else:
            rows.append([name, f"stopped after {CAP:.0f} s on the first draw", *7 * ["–"]])
    add(f"reference: explicit Euler, η = {reference:g} (ours)", truth, count, sum(seconds) / sum(count))
    heads = ["", ">evaluations a draw", ">µs each", ">ms a verdict", ">ratio", ">arrive", ">median time", ">paired bias", ">KS p"]
    loop_ratio, loop_trusted = ratios["autograd loop", priced]
    lines = [
        f"**{size}**, {draws} draws, until the trap or {horizon:g} transition times ({horizon * size.transition:.0f} units of time).\n",
        table(heads, rows),
        f"\nOur flow by default against PyTorch's autograd loop at η = {priced:g}"
        f" ({'trusted' if loop_trusted else 'not trusted'} here): {digits(loop_ratio)} times faster (aim: {aims[0]}).",
    ]
    trusted = [(name, ratio) for name, ratio, good in solved if good]
    if trusted:
        name, ratio = min(trusted, key=lambda pair: pair[1])
        aim = f" (aim: {aims[1]})" if aims[1] else ""
        lines.append(f"Against the cheapest trusted diffrax, {name.removeprefix('diffrax ')}: {digits(ratio)} times{aim}.")
    elif solved:
        aim = f" (aim: {aims[1]})" if aims[1] else ""
        (name, ratio, _), _ = min(zip(solved, rtols), key=lambda row: (row[1], -row[0][1]))
        lines.append(
            f"No setting of diffrax that was tried on every draw is trusted; the tightest, {name.removeprefix('diffrax ')}, takes"
            f" {digits(ratio)} times ours{aim}."
        )
    return "\n".join(lines), data


def run(binary):
    """The section's text, that nothing disagreed, and the numbers."""
    import torch

    torch.set_num_threads(1)
    texts, data = [], []
    for one in CASES:
        text, numbers = case(
            binary, one["size"], one["draws"], one["horizon"], one["reference"], one["rates"], one["diffrax"],
            one["priced"], one["aims"],
        )
        texts.append(text)
        data.append(numbers)
    return "\n\n".join(texts), True, data
