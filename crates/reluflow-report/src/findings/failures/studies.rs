//! The studies of the finding: what they set over the file.

use crate::findings::Part;

const TEXT: &str = include_str!("../../../../../experiments/findings/failures.toml");

/// The studies; all share their draws where they meet.
pub(in crate::findings) const PARTS: &[Part] = &[
    Part {
        name: "failures",
        text: TEXT,
        settings: &[("sweep.draws", "400")],
        quick: Some(&[("sweep.draws", "100")]),
        search: None,
    },
    Part {
        name: "failures-careful",
        text: TEXT,
        settings: &[("flow.accuracy", "\"careful\""), ("sweep.draws", "200")],
        quick: Some(&[("sweep.draws", "20")]),
        search: None,
    },
    Part {
        name: "failures-start",
        text: TEXT,
        settings: &[("stop", "{ steps = 0 }"), ("sweep.draws", "4000")],
        quick: Some(&[("sweep.draws", "400")]),
        search: None,
    },
    Part {
        name: "failures-large",
        text: TEXT,
        settings: &[
            ("sweep.d", "[200, 200, 200, 200, 400, 400, 400]"),
            ("sweep.n", "[14, 100, 200, 400, 20, 200, 400]"),
            ("sweep.p", "[12, 18, 20, 22, 13, 20, 22]"),
            ("sweep.draws", "100"),
        ],
        quick: None,
        search: None,
    },
];
