//! The studies of the finding: what they set over their files.

use crate::findings::Part;

const FLOW: &str = include_str!("../../../../../experiments/findings/curvature.toml");
const START: &str = include_str!("../../../../../experiments/findings/curvature-start.toml");

/// Settings over a part's file.
type Settings = &'static [(&'static str, &'static str)];

const FOUR_SIZES: (&str, &str) = ("sweep.d", "[250, 1000, 4000, 16000]");
const TWO_SIZES: (&str, &str) = ("sweep.d", "[250, 1000]");

const fn part(name: &'static str, text: &'static str, settings: Settings, quick: Option<Settings>) -> Part {
    Part {
        name,
        text,
        settings,
        quick,
        search: None,
    }
}

/// The studies, the cheap ones first.
pub(in crate::findings) const PARTS: &[Part] = &[
    part("curvature", FLOW, &[], Some(&[("sweep.draws", "24")])),
    part(
        "curvature-careful",
        FLOW,
        &[("flow.accuracy", "\"careful\""), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "6")]),
    ),
    part(
        "curvature-tenth",
        FLOW,
        &[FOUR_SIZES, ("init.hidden_scale", "0.1"), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "8")]),
    ),
    part(
        "curvature-unscaled",
        FLOW,
        &[FOUR_SIZES, ("init.hidden_scale", "1.0"), ("sweep.draws", "20")],
        Some(&[TWO_SIZES, ("sweep.draws", "8")]),
    ),
    part(
        "curvature-width",
        FLOW,
        &[FOUR_SIZES, ("sweep.p", "49"), ("sweep.draws", "30")],
        Some(&[("sweep.d", "[250, 1000, 4000]"), ("sweep.draws", "8")]),
    ),
    part(
        "curvature-16000",
        FLOW,
        &[("sweep.d", "[16000]"), ("sweep.draws", "60")],
        Some(&[("sweep.draws", "3")]),
    ),
    part(
        "curvature-start",
        START,
        &[("sweep.draws", "1000")],
        Some(&[("sweep.draws", "200")]),
    ),
    part(
        "curvature-start-64000",
        START,
        &[("sweep.d", "[64000]"), ("sweep.draws", "100")],
        None,
    ),
    part(
        "curvature-64000",
        FLOW,
        &[("sweep.d", "[64000]"), ("sweep.draws", "6")],
        None,
    ),
];
