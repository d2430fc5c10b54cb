//! The studies of the finding: what they set over their files, and what they are called.

use crate::findings::Part;

pub(super) const LABELS: &str = include_str!("../../../../../experiments/findings/small-starts-labels.toml");
pub(super) const TEACHER: &str =
    include_str!("../../../../../experiments/findings/small-starts-teacher.toml");
pub(super) const CLUSTERS: &str =
    include_str!("../../../../../experiments/findings/small-starts-clusters.toml");

/// What a study sets over its file.
pub(super) type Settings = &'static [(&'static str, &'static str)];

pub(super) const FIXED: (&str, &str) = ("init.output", "{ fixed = 1, signs = \"alternating\" }");
pub(super) const ALONE: (&str, &str) = ("model.train", "\"hidden\"");
/// From outputs ±1 the hidden layer is at 10⁻¹² in its limit λ → 0, as the exact flow shows.
pub(super) const DOWN: (&str, &str) = ("sweep.\"init.scale\"", "[1.0, 1e-1, 1e-2, 1e-4, 1e-8, 1e-12]");
pub(super) const CAREFUL: (&str, &str) = ("flow.accuracy", "\"careful\"");
pub(super) const DESCENT: (&str, &str) = ("flow", "{ method = \"gradient-descent\", learning_rate = 0.1 }");
pub(super) const EXACT: (&str, &str) = ("flow", "{ method = \"exact\" }");
/// Starts at which methods are compared.
pub(super) const THREE: (&str, &str) = ("sweep.\"init.scale\"", "[1.0, 1e-2, 1e-8]");
/// Every file's smallest n and two starts; the other arms go without.
pub(super) const QUICK: Settings = &[
    ("sweep.draws", "30"),
    ("sweep.n", "40"),
    ("sweep.\"init.scale\"", "[1.0, 1e-2, 1e-8]"),
];

pub(super) const fn part(
    name: &'static str,
    text: &'static str,
    settings: Settings,
    quick: Option<Settings>,
) -> Part {
    Part {
        name,
        text,
        settings,
        quick,
        search: None,
    }
}

/// The studies; draws of one size share their data and directions.
pub(in crate::findings) const PARTS: &[Part] = &[
    part("small-starts-labels", LABELS, &[], Some(QUICK)),
    part(
        "small-starts-labels-hidden",
        LABELS,
        &[FIXED, ALONE, DOWN, ("sweep.draws", "100")],
        Some(QUICK),
    ),
    part(
        "small-starts-labels-fixed",
        LABELS,
        &[FIXED, DOWN, ("sweep.draws", "100")],
        None,
    ),
    part("small-starts-teacher", TEACHER, &[], Some(QUICK)),
    part(
        "small-starts-teacher-hidden",
        TEACHER,
        &[FIXED, ALONE, DOWN],
        Some(QUICK),
    ),
    part("small-starts-clusters", CLUSTERS, &[], Some(QUICK)),
    part(
        "small-starts-clusters-hidden",
        CLUSTERS,
        &[FIXED, ALONE, DOWN],
        Some(QUICK),
    ),
    part(
        "small-starts-labels-careful",
        LABELS,
        &[CAREFUL, THREE, ("sweep.draws", "100")],
        None,
    ),
    part(
        "small-starts-teacher-careful",
        TEACHER,
        &[CAREFUL, THREE, ("sweep.draws", "100")],
        None,
    ),
    part(
        "small-starts-labels-exact",
        LABELS,
        &[
            EXACT,
            ("sweep.n", "100"),
            ("sweep.\"model.loss\"", "[\"square\"]"),
            ("sweep.\"init.scale\"", "[1.0, 1e-8]"),
            ("sweep.draws", "4"),
        ],
        None,
    ),
    part(
        "small-starts-labels-hidden-exact",
        LABELS,
        &[
            FIXED,
            ALONE,
            EXACT,
            ("sweep.n", "100"),
            ("sweep.\"init.scale\"", "[1.0, 1e-8, 1e-12]"),
            ("sweep.\"model.loss\"", "[\"square\"]"),
            ("sweep.draws", "20"),
        ],
        None,
    ),
    part(
        "small-starts-teacher-exact",
        TEACHER,
        &[
            EXACT,
            ("sweep.n", "[40, 80]"),
            ("sweep.\"init.scale\"", "[1.0, 1e-2, 1e-4, 1e-8, 1e-20]"),
            ("sweep.draws", "12"),
        ],
        Some(&[
            ("sweep.n", "40"),
            ("sweep.draws", "5"),
            ("sweep.\"init.scale\"", "[1.0, 1e-8]"),
        ]),
    ),
    part(
        "small-starts-teacher-descent",
        TEACHER,
        &[
            DESCENT,
            ("sweep.n", "[40, 80]"),
            ("sweep.\"init.scale\"", "[1.0, 1e-2, 1e-4, 1e-8, 1e-20]"),
            ("sweep.draws", "10"),
        ],
        None,
    ),
    part(
        "small-starts-clusters-exact",
        CLUSTERS,
        &[EXACT, ("sweep.n", "40"), ("sweep.draws", "16")],
        None,
    ),
];

/// What a study's name ends in, and what it is called.
pub(super) const METHODS: [(&str, &str); 3] = [
    ("-careful", "careful"),
    ("-exact", "exact"),
    ("-descent", "gradient descent"),
];
pub(super) const ARMS: [(&str, &str); 2] =
    [("-hidden", "hidden layer alone"), ("-fixed", "both, outputs ±1")];
pub(super) const BOTH: &str = "both layers";
pub(super) const STANDARD: &str = "standard";
/// What is drawn: trained layers, method, and its name in the legend.
pub(super) const DRAWN: [(&str, &str, &str); 5] = [
    (BOTH, STANDARD, BOTH),
    ("hidden layer alone", STANDARD, "hidden layer alone"),
    ("both, outputs ±1", STANDARD, "both, outputs ±1"),
    (BOTH, "exact", "both, exact flow"),
    (BOTH, "gradient descent", "both, gradient descent"),
];
