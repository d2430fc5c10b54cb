//! The studies of the finding: what they set over the file, and what they are called.

use crate::findings::Part;

const TEXT: &str = include_str!("../../../../../experiments/findings/capacity.toml");

/// The studies; (20, 40) last, since it is the dearest.
pub(in crate::findings) const PARTS: &[Part] = &[
    Part {
        name: "capacity",
        text: TEXT,
        settings: &[],
        quick: Some(&[
            ("sweep.d", "[10]"),
            ("sweep.p", "[10]"),
            ("sweep.\"model.activation.leaky\"", "[-1.0, 0.5]"),
        ]),
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-hidden",
        text: TEXT,
        settings: &[
            ("model.train", "\"hidden\""),
            ("sweep.d", "[10, 20]"),
            ("sweep.p", "[20, 20]"),
        ],
        quick: None,
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-careful",
        text: TEXT,
        settings: &[
            ("flow.accuracy", "\"careful\""),
            ("sweep.d", "[10]"),
            ("sweep.p", "[20]"),
        ],
        quick: None,
        search: Some((0.06, 0.15)),
    },
    Part {
        name: "capacity-larger",
        text: TEXT,
        settings: &[
            ("sweep.d", "[20]"),
            ("sweep.p", "[40]"),
            ("sweep.\"model.activation.leaky\"", "[-1.0, 0.0, 0.5]"),
        ],
        quick: None,
        search: Some((0.08, 0.15)),
    },
];

/// What is trained and by which steps, by the study.
pub(super) const CALLED: [(&str, &str, &str); 4] = [
    ("capacity", "both", "standard"),
    ("capacity-larger", "both", "standard"),
    ("capacity-hidden", "hidden", "standard"),
    ("capacity-careful", "both", "careful"),
];
