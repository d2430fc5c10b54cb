//! The studies of the finding: what they set over their files, and what they are called.

use crate::findings::Part;

/// Settings over a part's file.
type Settings = &'static [(&'static str, &'static str)];

const BUDGETS: &str = include_str!("../../../../../experiments/findings/interpolation-budgets.toml");
const SIZES: &str = include_str!("../../../../../experiments/findings/interpolation-sizes.toml");
const DESCENT: &str = include_str!("../../../../../experiments/findings/interpolation-descent.toml");
const NARROW: &str = include_str!("../../../../../experiments/findings/interpolation-narrow.toml");
const STEPS: &str = include_str!("../../../../../experiments/findings/interpolation-steps.toml");
const METHODS: &str = include_str!("../../../../../experiments/findings/interpolation-methods.toml");
const SMALL: &str = include_str!("../../../../../experiments/findings/interpolation-small.toml");
const TIMES: &str = include_str!("../../../../../experiments/findings/interpolation-times.toml");
const LOSS: &str = include_str!("../../../../../experiments/findings/interpolation-loss.toml");
const WIDE: &str = include_str!("../../../../../experiments/findings/interpolation-wide.toml");

/// Fewer sizes for the quick version.
const FEW_SIZES: Settings = &[("sweep.d", "[10, 10, 20, 20]"), ("sweep.p", "[20, 40, 20, 40]")];
const FEW_NARROW: Settings = &[("sweep.d", "[10, 20, 20, 20]"), ("sweep.p", "[10, 10, 8, 6]")];

const FEW_STEPS: Settings = &[("sweep.\"flow.learning_rate\"", "[1.0, 0.25]")];
const FEW_TIMES: Settings = &[("sweep.draws", "24"), ("stop.transitions", "75.0")];
const FEWER_TIMES: Settings = &[
    ("sweep.draws", "8"),
    ("stop.transitions", "30.0"),
    ("sweep.n", "{ per_pd = [0.2, 0.4, 0.6, 0.7, 0.8] }"),
];
/// The larger size of the times.
const TIMES_LARGER: Settings = &[
    ("sweep.d", "20"),
    ("sweep.p", "30"),
    (
        "sweep.n",
        "{ per_pd = [0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95] }",
    ),
    ("sweep.draws", "60"),
];
/// The smaller size of the comparison of methods.
const ONE_SIZE: Settings = &[("sweep.d", "[10]"), ("sweep.p", "[20]")];
const ONE_WIDE: Settings = &[("sweep.n", "[1000]"), ("sweep.draws", "2")];

/// The methods that are compared with the standard one.
const CAREFUL: Settings = &[("flow.accuracy", "\"careful\"")];
const SINGLE: Settings = &[("flow.precision", "\"f32\"")];
const SECOND: Settings = &[("flow.integrator", "\"runge-kutta-chebyshev-2\"")];
const FLOW: Settings = &[("flow", "{ method = \"flow\" }")];
const METHODS_HALF: (f64, f64) = (0.02, 0.12);

const fn search(
    name: &'static str,
    text: &'static str,
    settings: Settings,
    quick: Settings,
    half: (f64, f64),
) -> Part {
    Part {
        name,
        text,
        settings,
        quick: Some(quick),
        search: Some(half),
    }
}

const fn grid(name: &'static str, text: &'static str, settings: Settings, quick: Settings) -> Part {
    Part {
        name,
        text,
        settings,
        quick: Some(quick),
        search: None,
    }
}

/// The studies, the cheap ones first.
pub(in crate::findings) const PARTS: &[Part] = &[
    search("interpolation-budgets", BUDGETS, &[], &[], (0.04, 0.1)),
    search("interpolation-steps", STEPS, &[], FEW_STEPS, (0.05, 0.12)),
    search("interpolation-descent", DESCENT, &[], FEW_SIZES, (0.05, 0.12)),
    search("interpolation-narrow", NARROW, &[], FEW_NARROW, (0.12, 0.2)),
    search("interpolation-sizes", SIZES, &[], FEW_SIZES, (0.04, 0.12)),
    search("interpolation-standard", METHODS, &[], ONE_SIZE, METHODS_HALF),
    search("interpolation-careful", METHODS, CAREFUL, ONE_SIZE, METHODS_HALF),
    search("interpolation-single", METHODS, SINGLE, ONE_SIZE, METHODS_HALF),
    search("interpolation-second", METHODS, SECOND, ONE_SIZE, METHODS_HALF),
    search("interpolation-exact", SMALL, &[], &[], (0.1, 0.2)),
    search("interpolation-small", SMALL, FLOW, &[], (0.1, 0.2)),
    grid("interpolation-times", TIMES, &[], FEW_TIMES),
    grid("interpolation-times-larger", TIMES, TIMES_LARGER, FEWER_TIMES),
    grid("interpolation-loss", LOSS, &[], &[("sweep.draws", "3")]),
    grid("interpolation-wide", WIDE, &[], ONE_WIDE),
];

/// What the studies are called in tables, in the order in which they are shown.
pub(super) const LABELS: [(&str, &str); 11] = [
    ("interpolation-budgets", "flow"),
    ("interpolation-steps", "gradient descent"),
    ("interpolation-descent", "gradient descent"),
    ("interpolation-sizes", "flow"),
    ("interpolation-narrow", "flow"),
    ("interpolation-standard", "flow"),
    ("interpolation-careful", "flow, careful"),
    ("interpolation-single", "flow, f32"),
    ("interpolation-second", "flow, order 2"),
    ("interpolation-small", "flow"),
    ("interpolation-exact", "exact flow"),
];

/// The studies of sizes: the flow's, gradient descent's.
pub(super) const SIZES_OF_FLOW: &[&str] = &["interpolation-sizes"];
pub(super) const SIZES_OF_DESCENT: &[&str] = &["interpolation-descent"];
