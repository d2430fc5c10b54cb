//! The studies of the finding: what they set over their files, and what they are called.

use crate::findings::Part;

const RANDOM: &str = include_str!("../../../../../experiments/findings/teachers-random.toml");
const TEACHERS: &str = include_str!("../../../../../experiments/findings/teachers.toml");
const GRID: &str = include_str!("../../../../../experiments/findings/teachers-grid.toml");

/// What a study sets over its file.
type Settings = &'static [(&'static str, &'static str)];

const SHUFFLED: Settings = &[("data.shuffled", "true")];
const CAREFUL: Settings = &[
    ("flow.accuracy", "\"careful\""),
    ("sweep.d", "[10]"),
    ("sweep.p", "[20]"),
];
const FEW: Settings = &[
    ("sweep.d", "[10]"),
    ("sweep.p", "[20]"),
    ("sweep.\"data.width\"", "[1, 3, 10, 100]"),
];

const fn part(
    name: &'static str,
    text: &'static str,
    settings: Settings,
    quick: Settings,
    full: f64,
    rough: f64,
) -> Part {
    Part {
        name,
        text,
        settings,
        quick: Some(quick),
        search: Some((full, rough)),
    }
}

/// The studies, the cheap ones first.
pub(in crate::findings) const PARTS: &[Part] = &[
    part(
        "teachers-random",
        RANDOM,
        &[],
        &[("sweep.d", "[10]"), ("sweep.p", "[20]")],
        0.05,
        0.12,
    ),
    part("teachers", TEACHERS, &[], FEW, 0.06, 0.15),
    part("teachers-shuffled", TEACHERS, SHUFFLED, FEW, 0.06, 0.15),
    part("teachers-careful", TEACHERS, CAREFUL, FEW, 0.06, 0.15),
    Part {
        name: "teachers-grid",
        text: GRID,
        settings: &[],
        quick: Some(&[
            ("sweep.draws", "20"),
            ("sweep.n", "{ per_pd = [0.5, 1, 1.5, 2, 4, 8] }"),
        ]),
        search: None,
    },
];

/// What the studies are called, in tables and in sentences; the first has no teacher.
pub(super) const LABELS: [(&str, &str, &str); 4] = [
    ("teachers-random", "independent", "independent labels"),
    ("teachers", "teacher", "a teacher of width"),
    (
        "teachers-shuffled",
        "shuffled",
        "shuffled labels of a teacher of width",
    ),
    (
        "teachers-careful",
        "teacher, careful",
        "by careful steps, a teacher of width",
    ),
];

/// The axis of the teacher's width.
pub(super) const WIDTH: &str = "data.width";
