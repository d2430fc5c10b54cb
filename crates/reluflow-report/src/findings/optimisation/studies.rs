//! The studies of the finding: what they set over the file, and what they are called.

use crate::findings::Part;

pub(super) const TEXT: &str = include_str!("../../../../../experiments/findings/optimisation-threshold.toml");

/// The variance of the label noise in the file.
pub(super) const NOISE: f64 = 0.25;

/// What a study sets over its file.
pub(super) type Settings = &'static [(&'static str, &'static str)];

pub(super) const RANGE: (&str, &str) = ("sweep.n", "{ per_pd = [0.5, 0.7, 0.9, 1.1, 1.3] }");
/// Sizes of the checks: √d is the root mean square of ‖x‖ for N(0, I).
pub(super) const SMALL: [(&str, &str); 3] = [
    ("sweep.d", "[5, 5, 10]"),
    (
        "sweep.\"data.scale\"",
        "[2.2360679775, 2.2360679775, 3.1622776602]",
    ),
    ("sweep.p", "[20, 40, 20]"),
];
/// Labels of the same variance that know nothing of the inputs.
pub(super) const NO_TEACHER: (&str, &str) = (
    "data",
    "{ law = \"gaussian\", labels = { sizes = { half-normal = 1.1180339887 }, signs = \"random\" } }",
);
pub(super) const PAIR: [(&str, &str); 3] = [
    ("sweep.d", "[5, 5]"),
    ("sweep.\"data.scale\"", "[2.2360679775, 2.2360679775]"),
    ("sweep.p", "[20, 40]"),
];
pub(super) const TWO: Settings = &[
    ("sweep.d", "[5, 5]"),
    ("sweep.\"data.scale\"", "[2.2360679775, 2.2360679775]"),
    ("sweep.p", "[10, 20]"),
];

pub(super) const fn search(name: &'static str, settings: Settings, quick: Option<Settings>) -> Part {
    Part {
        name,
        text: TEXT,
        settings,
        quick,
        search: Some((0.12, 0.25)),
    }
}

/// The studies: n along a grid, then thresholds at six sizes and checks of them at three.
pub(in crate::findings) const PARTS: &[Part] = &[
    Part {
        name: GRID,
        text: TEXT,
        settings: &[],
        quick: Some(&[
            ("sweep.d", "[5, 10]"),
            ("sweep.\"data.scale\"", "[2.2360679775, 3.1622776602]"),
            ("sweep.p", "[20, 20]"),
            ("sweep.n", "{ per_d = [2, 4, 8, 16, 32] }"),
            ("sweep.draws", "8"),
        ]),
        search: None,
    },
    search(
        "optimisation-threshold-search",
        &[
            RANGE,
            ("sweep.d", "[5, 5, 10, 5, 10, 20]"),
            (
                "sweep.\"data.scale\"",
                "[2.2360679775, 2.2360679775, 3.1622776602, 2.2360679775, 3.1622776602, 4.472135955]",
            ),
            ("sweep.p", "[20, 40, 20, 80, 40, 20]"),
        ],
        Some(TWO),
    ),
    search(
        "optimisation-threshold-none",
        &[RANGE, SMALL[0], SMALL[1], SMALL[2], NO_TEACHER],
        Some(TWO),
    ),
    search(
        "optimisation-threshold-none-start",
        &[
            RANGE,
            SMALL[0],
            SMALL[1],
            SMALL[2],
            NO_TEACHER,
            ("init", "{ law = \"balanced\" }"),
            ("sweep.\"init.scale\"", "[1e-8]"),
        ],
        None,
    ),
    search(
        "optimisation-threshold-start",
        &[
            RANGE,
            SMALL[0],
            SMALL[1],
            SMALL[2],
            ("init", "{ law = \"balanced\" }"),
            ("sweep.\"init.scale\"", "[1.0, 1e-8]"),
        ],
        None,
    ),
    search(
        "optimisation-threshold-short",
        &[RANGE, SMALL[0], SMALL[1], SMALL[2], ("stop.transitions", "50.0")],
        None,
    ),
    search(
        "optimisation-threshold-long",
        &[RANGE, PAIR[0], PAIR[1], PAIR[2], ("stop.transitions", "1000.0")],
        None,
    ),
    search(
        "optimisation-threshold-careful",
        &[
            RANGE,
            SMALL[0],
            SMALL[1],
            SMALL[2],
            ("flow.accuracy", "\"careful\""),
        ],
        None,
    ),
    Part {
        name: SAMPLE,
        text: TEXT,
        settings: &[
            OF_BOTH[0], OF_BOTH[1], OF_BOTH[2], OF_BOTH[3], OF_BOTH[4], OF_BOTH[5], OF_BOTH[6],
        ],
        quick: None,
        search: None,
    },
    Part {
        name: EXACT,
        text: TEXT,
        settings: &[
            ("flow", "{ method = \"exact\" }"),
            OF_BOTH[0],
            OF_BOTH[1],
            OF_BOTH[2],
            OF_BOTH[3],
            OF_BOTH[4],
            OF_BOTH[5],
            OF_BOTH[6],
        ],
        quick: None,
        search: None,
    },
    Part {
        name: DESCENT,
        text: TEXT,
        settings: &[
            ("flow", "{ method = \"gradient-descent\", learning_rate = 0.1 }"),
            SMALL[0],
            SMALL[1],
            SMALL[2],
            ("sweep.n", "{ per_d = [2, 4, 8, 16] }"),
            ("sweep.draws", "20"),
        ],
        quick: None,
        search: None,
    },
];

/// The draws that the exact flow follows, too.
pub(super) const OF_BOTH: [(&str, &str); 7] = [
    ("init", "{ law = \"balanced\" }"),
    ("sweep.d", "[5]"),
    ("sweep.\"data.scale\"", "[2.2360679775]"),
    ("sweep.p", "[20]"),
    ("sweep.n", "[20, 40, 80]"),
    ("sweep.\"init.scale\"", "[1e-3, 1e-8]"),
    ("sweep.draws", "12"),
];

pub(super) const GRID: &str = "optimisation-threshold";
pub(super) const SAMPLE: &str = "optimisation-threshold-sample";
pub(super) const EXACT: &str = "optimisation-threshold-exact";
pub(super) const DESCENT: &str = "optimisation-threshold-descent";

/// What the searches are called, in tables and in sentences; the first is the law's.
pub(super) const CALLED: [(&str, &str); 7] = [
    ("optimisation-threshold-search", "linear teacher"),
    ("optimisation-threshold-none", "no teacher"),
    ("optimisation-threshold-none-start", "no teacher"),
    ("optimisation-threshold-start", "linear teacher"),
    (
        "optimisation-threshold-short",
        "linear teacher, 50 transition times",
    ),
    (
        "optimisation-threshold-long",
        "linear teacher, 1000 transition times",
    ),
    ("optimisation-threshold-careful", "linear teacher, careful steps"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Finding;
    use reluflow_lab::experiment::Axis as SweepAxis;

    /// The control's labels have the variance 1 + 1/4 of the teacher's.
    #[test]
    fn labels_without_a_teacher_have_its_variance() {
        let mut plan = Finding::OptimisationThreshold
            .plan(false, &[])
            .unwrap()
            .into_iter();
        let study = plan
            .find(|study| study.name == "optimisation-threshold-none")
            .unwrap();
        let scale = study
            .experiment
            .axes
            .iter()
            .position(|axis| axis == "data.scale")
            .unwrap();
        assert_eq!(
            SweepAxis::Key(scale).number(&study.experiment.cells[0]),
            Some(2.2360679775)
        );
        assert!((1.1180339887f64.powi(2) - 1.0 - NOISE).abs() < 1e-9);
    }
}
