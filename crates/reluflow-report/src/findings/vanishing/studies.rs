//! The studies of the finding: what they set over the file.

use crate::findings::Part;

const TEXT: &str = include_str!("../../../../../experiments/findings/vanishing.toml");

/// Labels for the approach: sizes that differ. With labels ±1 the speeds ‖D_j‖ are roots of whole numbers, and neurons that compete for an
/// example start together in a good share of the draws; then the limit depends on more than its rule.
const SIZES: (&str, &str) = ("data.labels", "{ sizes = { uniform = [0.5, 1.5] } }");

/// The studies: the limit at growing n; the exact flow from ever smaller starts at n = 64, and the limit on the same draws.
pub(in crate::findings) const PARTS: &[Part] = &[
    Part {
        name: "vanishing",
        text: TEXT,
        settings: &[],
        quick: Some(&[
            ("sweep.d", "[64, 256, 1024, 4096, 16384]"),
            ("sweep.n", "[64, 256, 1024, 4096, 16384]"),
            ("sweep.draws", "20"),
        ]),
        search: None,
    },
    Part {
        name: "vanishing-flow",
        text: TEXT,
        settings: &[
            ("sweep.d", "64"),
            ("sweep.n", "64"),
            ("sweep.zip", "[]"),
            ("sweep.draws", "20"),
            (
                "sweep.\"init.scale\"",
                "[1e-2, 1e-5, 1e-10, 1e-20, 1e-40, 1e-80, 1e-140]",
            ),
            SIZES,
            ("flow", "{ method = \"exact\" }"),
            // To the end: at the trap the last neuron is still growing.
            ("stop", "{ loss = 1e-20, time = 1e7 }"),
        ],
        quick: Some(&[
            ("sweep.draws", "4"),
            ("sweep.\"init.scale\"", "[1e-2, 1e-10, 1e-40, 1e-140]"),
        ]),
        search: None,
    },
    Part {
        name: LIMIT,
        text: TEXT,
        settings: &[
            ("sweep.d", "64"),
            ("sweep.n", "64"),
            ("sweep.zip", "[]"),
            ("sweep.draws", "20"),
            SIZES,
        ],
        quick: Some(&[("sweep.draws", "4")]),
        search: None,
    },
];

/// The limit on the draws of the exact flow.
pub(super) const LIMIT: &str = "vanishing-flow-limit";
