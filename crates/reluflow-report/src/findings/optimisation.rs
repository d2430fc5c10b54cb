//! Asks where the flow from a small start stops interpolating the labels of a linear teacher with noise, and how that grows with d and p.

use reluflow_lab::experiment::{Axis as SweepAxis, Cell};
use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::paired::{paired, sign_test};
use reluflow_statistics::{Estimate, clopper_pearson};

use super::elasticity::{At, Elasticity, multiple};
use super::table::{entries, entry, words};
use super::{Found, Part, Results, Table, Written, of};
use crate::Named;
use crate::choose::LEVEL;
use crate::sweep::Filled;

/// What N may be a multiple of, in d and p.
type Form = fn(f64, f64) -> f64;

const TEXT: &str = include_str!("../../../../experiments/findings/optimisation-threshold.toml");

/// The variance of the label noise in the file.
const NOISE: f64 = 0.25;

/// What a study sets over its file.
type Settings = &'static [(&'static str, &'static str)];

const RANGE: (&str, &str) = ("sweep.n", "{ per_pd = [0.5, 0.7, 0.9, 1.1, 1.3] }");
/// Sizes of the checks: √d is the root mean square of ‖x‖ for N(0, I).
const SMALL: [(&str, &str); 3] = [
    ("sweep.d", "[5, 5, 10]"),
    (
        "sweep.\"data.scale\"",
        "[2.2360679775, 2.2360679775, 3.1622776602]",
    ),
    ("sweep.p", "[20, 40, 20]"),
];
/// Labels of the same variance that know nothing of the inputs.
const NO_TEACHER: (&str, &str) = (
    "data",
    "{ law = \"gaussian\", labels = { sizes = { half-normal = 1.1180339887 }, signs = \"random\" } }",
);
const PAIR: [(&str, &str); 3] = [
    ("sweep.d", "[5, 5]"),
    ("sweep.\"data.scale\"", "[2.2360679775, 2.2360679775]"),
    ("sweep.p", "[20, 40]"),
];
const TWO: Settings = &[
    ("sweep.d", "[5, 5]"),
    ("sweep.\"data.scale\"", "[2.2360679775, 2.2360679775]"),
    ("sweep.p", "[10, 20]"),
];

const fn search(name: &'static str, settings: Settings, quick: Option<Settings>) -> Part {
    Part {
        name,
        text: TEXT,
        settings,
        quick,
        search: Some((0.12, 0.25)),
    }
}

/// The studies: n along a grid, then thresholds at six sizes and checks of them at three.
pub(super) const PARTS: &[Part] = &[
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
const OF_BOTH: [(&str, &str); 7] = [
    ("init", "{ law = \"balanced\" }"),
    ("sweep.d", "[5]"),
    ("sweep.\"data.scale\"", "[2.2360679775]"),
    ("sweep.p", "[20]"),
    ("sweep.n", "[20, 40, 80]"),
    ("sweep.\"init.scale\"", "[1e-3, 1e-8]"),
    ("sweep.draws", "12"),
];

const GRID: &str = "optimisation-threshold";
const SAMPLE: &str = "optimisation-threshold-sample";
const EXACT: &str = "optimisation-threshold-exact";
const DESCENT: &str = "optimisation-threshold-descent";

/// What the searches are called, in tables and in sentences; the first is the law's.
const CALLED: [(&str, &str); 7] = [
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

/// Half the noise variance, less what d coefficients fit of it: the expected training loss of least squares; 0 where it interpolates.
fn least_squares_train(n: f64, d: f64) -> f64 {
    0.5 * NOISE * (1.0 - d / n).max(0.0)
}

/// The expected test loss of least squares on clean labels, for Gaussian inputs and n > d + 1.
fn least_squares_test(n: f64, d: f64) -> f64 {
    match n > d + 1.0 {
        true => 0.5 * NOISE * d / (n - d - 1.0),
        false => f64::NAN,
    }
}

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    grid(results, &mut written);
    let law = thresholds(results, &mut written);
    exact(results, &mut written);
    written.figures.extend(figure(results, &law));
    written
}

/// What the draws of a cell show.
struct Seen {
    share: Estimate,
    train: Estimate,
    test: Option<Estimate>,
}

fn seen(filled: &Filled<'_>) -> Seen {
    let (of, all) = (filled.converged(), filled.trials.len() as u64);
    let (low, high) = clopper_pearson(of, all, LEVEL);
    let losses: Vec<f64> = filled.trials.iter().map(|trial| trial.loss).collect();
    let tests = filled
        .trials
        .iter()
        .filter_map(|trial| trial.recorded.get("test_loss"));
    let tests: Vec<f64> = tests.copied().collect();
    Seen {
        share: Estimate {
            value: of as f64 / all as f64,
            low,
            high,
        },
        train: paired(&losses, LEVEL).mean,
        test: (!tests.is_empty()).then(|| paired(&tests, LEVEL).mean),
    }
}

fn grid(results: &[Results], written: &mut Written) {
    let Some(results) = of(results, GRID) else { return };
    let mut table = Table::new(
        GRID,
        "d p n draws interpolated share low high at_rest out_of_time train train_low train_high least_squares_train test test_low \
         test_high least_squares_test",
    );
    for filled in results.cells() {
        let Cell { d, p, n, .. } = *filled.cell;
        let seen = seen(&filled);
        let rest =
            |trial: &&&reluflow_lab::Trial| ["stationary", "lost-examples"].contains(&trial.verdict.as_str());
        let at_rest = filled.trials.iter().filter(rest).count() as u64;
        let (all, converged) = (filled.trials.len() as u64, filled.converged());
        let mut row: Vec<String> = [d, p, n, all, converged].map(|size| size.to_string()).to_vec();
        row.extend(entries(&seen.share));
        row.extend([at_rest, all - converged - at_rest].map(|count| count.to_string()));
        row.extend(entries(&seen.train));
        row.push(entry(least_squares_train(n as f64, d as f64)));
        row.extend(seen.test.as_ref().map_or_else(Default::default, entries));
        row.push(entry(least_squares_test(n as f64, d as f64)));
        table.rows.push(row);
        written.sentences.push(format!(
            "(d, p) = ({d}, {p}), n = {n}: interpolated in {}, training loss {}{}",
            words(&seen.share),
            words(&seen.train),
            seen.test
                .as_ref()
                .map_or_else(String::new, |test| format!(", test loss {}", words(test)))
        ));
    }
    written.tables.push(table);
}

/// The table of thresholds, and the law of the first search; what it rests on comes back.
fn thresholds(results: &[Results], written: &mut Written) -> Vec<At> {
    let mut table = Table::new(
        "optimisation-threshold-sizes",
        "labels lambda d p N low high per_d per_pd per_pd_low per_pd_high draws end",
    );
    let mut law = Vec::new();
    for (name, called) in CALLED {
        let Some(results) = results.iter().find(|one| one.study.name == name) else {
            continue;
        };
        for found in &results.thresholds {
            let scale = found.number(results.axis("init.scale"));
            let scale = if scale.is_nan() { 1e-3 } else { scale };
            let (d, p, pd) = (found.d as f64, found.p as f64, (found.d * found.p) as f64);
            let Estimate { value, low, high } = found.answer.estimate;
            let mut row = vec![called.to_owned(), format!("{scale:e}")];
            row.extend([found.d, found.p].map(|size| size.to_string()));
            row.extend(entries(&found.answer.estimate));
            row.extend([value / d, value / pd, low / pd, high / pd].map(entry));
            row.extend([
                found.answer.trials.to_string(),
                found.answer.end.word().to_owned(),
            ]);
            table.rows.push(row);
            written.sentences.push(format!(
                "{called}, λ = {scale:e}, (d, p) = ({d}, {p}): N = {}",
                words(&found.answer.estimate)
            ));
            if name == CALLED[0].0 {
                law.push(at(found));
            }
        }
    }
    written.tables.push(table);
    if let Some(fit) = Elasticity::fit(&law, LEVEL) {
        written.sentences.push(format!(
            "N = C d^α p^β: α = {}, β = {}; a misfit as large has probability {}",
            words(&fit.in_d),
            words(&fit.in_p),
            entry(fit.p_value)
        ));
    }
    let forms: [(&str, Form); 4] = [
        ("d", |d, _| d),
        ("d log d", |d, _| d * d.ln()),
        ("p d", |d, p| d * p),
        ("p (d − 1)", |d, p| p * (d - 1.0)),
    ];
    for (name, form) in forms {
        if let Some((ratio, constant)) = multiple(&law, form, LEVEL) {
            written.sentences.push(format!(
                "N/({name}) = {}; differences as large have probability {} if it is a constant",
                words(&ratio),
                entry(constant)
            ));
        }
    }
    law
}

fn at(found: &Found) -> At {
    At {
        d: found.d as f64,
        p: found.p as f64,
        threshold: found.answer.estimate,
    }
}

/// Gradient descent on draws of the grid, and the exact flow on a sample from two starts.
fn exact(results: &[Results], written: &mut Written) {
    let mut table = Table::new(
        "optimisation-threshold-methods",
        "method d p n lambda draws standard other only_standard only_other p train_standard train_other test_standard test_other",
    );
    for (standard, other, called) in [
        (GRID, DESCENT, "gradient descent"),
        (SAMPLE, EXACT, "the exact flow"),
    ] {
        if let (Some(standard), Some(other)) = (of(results, standard), of(results, other)) {
            beside(standard, other, called, &mut table, &mut written.sentences);
        }
    }
    if !table.rows.is_empty() {
        written.tables.push(table);
    }
}

fn beside(sample: &Results, exact: &Results, called: &str, table: &mut Table, sentences: &mut Vec<String>) {
    let standard = sample.cells();
    let axis = exact.axis("init.scale").map(SweepAxis::Key);
    for filled in exact.cells() {
        let Cell { d, p, n, .. } = *filled.cell;
        let same = |one: &&Filled<'_>| {
            let cell = one.cell;
            (cell.d, cell.p, cell.n, &cell.axes) == (d, p, n, &filled.cell.axes)
        };
        let scale = axis.and_then(|axis| axis.number(filled.cell)).unwrap_or(1e-3);
        let Some(other) = standard.iter().find(same) else {
            continue;
        };
        let pairs: Vec<_> = filled
            .trials
            .iter()
            .filter_map(|here| Some((other.trials.iter().find(|there| there.draw == here.draw)?, here)))
            .collect();
        let count = |kept: fn(bool, bool) -> bool| {
            pairs
                .iter()
                .filter(|(there, here)| kept(there.converged, here.converged))
                .count()
        };
        let mean = |read: &dyn Fn(&reluflow_lab::Trial) -> f64, exact: bool| {
            let one = |(there, here): &(&&reluflow_lab::Trial, &&reluflow_lab::Trial)| {
                read(if exact { here } else { there })
            };
            pairs.iter().map(one).sum::<f64>() / pairs.len() as f64
        };
        let test = |trial: &reluflow_lab::Trial| trial.recorded.get("test_loss").copied().unwrap_or(f64::NAN);
        let counts = [
            pairs.len(),
            count(|there, _| there),
            count(|_, here| here),
            count(|there, here| there && !here),
            count(|there, here| !there && here),
        ];
        let mut row = vec![called.trim_start_matches("the ").to_owned()];
        row.extend([d, p, n].map(|size| size.to_string()));
        row.push(format!("{scale:e}"));
        row.extend(counts.map(|count| count.to_string()));
        row.push(entry(sign_test(counts[4] as u64, counts[3] as u64)));
        let train = |trial: &reluflow_lab::Trial| trial.loss;
        row.extend(
            [
                mean(&train, false),
                mean(&train, true),
                mean(&test, false),
                mean(&test, true),
            ]
            .map(entry),
        );
        table.rows.push(row);
        sentences.push(format!(
            "(d, p, n) = ({d}, {p}, {n}), λ = {scale:e}: of {} draws {} interpolate, {} by {called}; {} verdicts differ",
            counts[0],
            counts[1],
            counts[2],
            counts[3] + counts[4]
        ));
    }
}

/// Shares and losses against n, and N/(pd) against p.
fn figure(results: &[Results], law: &[At]) -> Option<Named> {
    let descent = of(results, DESCENT).map(Results::cells).unwrap_or_default();
    let results = of(results, GRID)?;
    let cells = results.cells();
    let mut sizes: Vec<(u64, u64)> = cells.iter().map(|one| (one.cell.d, one.cell.p)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut dimensions: Vec<u64> = sizes.iter().map(|size| size.0).collect();
    dimensions.extend(law.iter().map(|at| at.d as u64));
    dimensions.sort_unstable();
    dimensions.dedup();
    let ink = |d: u64| Ink::Series(dimensions.iter().position(|one| *one == d).unwrap_or(0));
    let marker = |d: u64| Marker::nth(dimensions.iter().position(|one| *one == d).unwrap_or(0));
    let panel =
        |title: &str, x: &str, y: Axis, scale: fn(&Cell) -> f64, read: fn(&Seen) -> Option<Estimate>| {
            let mut panel = Panel {
                title: title.to_owned(),
                x: Axis::log(x),
                y,
                ..Panel::default()
            };
            for (d, p) in &sizes {
                let first = sizes.iter().find(|size| size.0 == *d).map(|size| size.1);
                let here = cells.iter().filter(|one| (one.cell.d, one.cell.p) == (*d, *p));
                let points: Vec<(f64, Estimate)> = here
                    .filter_map(|one| Some((one.cell.n as f64 / scale(one.cell), read(&seen(one))?)))
                    .collect();
                let dash = if first == Some(*p) {
                    Dash::Solid
                } else {
                    Dash::Dashed
                };
                panel.layers.push(Layer::Line {
                    points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink: ink(*d),
                    dash,
                });
                panel.layers.push(Layer::Points {
                    points,
                    ink: ink(*d),
                    marker: marker(*d),
                    dodge: 0.0,
                });
                panel.entry(&format!("({d}, {p})"), ink(*d), Some(marker(*d)), Some(dash));
                let same = descent.iter().filter(|one| (one.cell.d, one.cell.p) == (*d, *p));
                let points: Vec<(f64, Estimate)> = same
                    .filter_map(|one| Some((one.cell.n as f64 / scale(one.cell), read(&seen(one))?)))
                    .collect();
                panel.layers.push(Layer::Line {
                    points: points.iter().map(|point| (point.0, point.1.value)).collect(),
                    ink: ink(*d),
                    dash: Dash::Dotted,
                });
                panel.layers.push(Layer::Points {
                    points,
                    ink: ink(*d),
                    marker: Marker::nth(if first == Some(*p) { 3 } else { 4 }),
                    dodge: 2.0,
                });
            }
            if !descent.is_empty() {
                panel.entry(
                    "gradient descent",
                    Ink::Muted,
                    Some(Marker::nth(3)),
                    Some(Dash::Dotted),
                );
            }
            panel
        };
    let by_weights: fn(&Cell) -> f64 = |cell| (cell.d * cell.p) as f64;
    let by_dimension: fn(&Cell) -> f64 = |cell| cell.d as f64;
    let share = panel(
        "interpolated",
        "*n*/(*pd*)",
        Axis::linear("share of draws").over(0.0, 1.05),
        by_weights,
        |seen| Some(seen.share),
    );
    let train = panel(
        "training loss",
        "*n*/(*pd*)",
        Axis::linear("*L* at the end").over(0.0, 0.13),
        by_weights,
        |seen| Some(seen.train),
    );
    let mut test = panel(
        "test loss",
        "*n*/*d*",
        Axis::log("test loss"),
        by_dimension,
        |seen| seen.test,
    );
    if let Some(d) = dimensions.last() {
        let d = *d as f64;
        let places = (0..=30).map(|k| 2.0 * 64f64.powf(f64::from(k) / 30.0));
        test.layers.push(Layer::Line {
            points: places
                .map(|ratio| (ratio, least_squares_test(ratio * d, d)))
                .collect(),
            ink: Ink::Muted,
            dash: Dash::Dotted,
        });
        test.entry("least squares", Ink::Muted, None, Some(Dash::Dotted));
    }
    let mut sought = Panel {
        title: "threshold".to_owned(),
        x: Axis::log("*p*"),
        y: Axis::linear("*N*/(*pd*)"),
        ..Panel::default()
    };
    let mut top: f64 = 0.0;
    for d in &dimensions {
        let here = law.iter().filter(|at| at.d as u64 == *d);
        let points: Vec<(f64, Estimate)> = here
            .map(|at| {
                let Estimate { value, low, high } = at.threshold;
                let pd = at.d * at.p;
                let scaled = Estimate {
                    value: value / pd,
                    low: low / pd,
                    high: high / pd,
                };
                (at.p, scaled)
            })
            .collect();
        if points.is_empty() {
            continue;
        }
        top = points
            .iter()
            .map(|point| point.1.high)
            .filter(|high| high.is_finite())
            .fold(top, f64::max);
        sought.layers.push(Layer::Points {
            points,
            ink: ink(*d),
            marker: marker(*d),
            dodge: 0.0,
        });
        sought.entry(&format!("*d* = {d}"), ink(*d), Some(marker(*d)), None);
    }
    sought.y = sought.y.over(0.0, 1.1 * top);
    let mut panels = vec![share, train, test];
    if top > 0.0 {
        panels.push(sought);
    }
    Some(Named {
        name: GRID.to_owned(),
        chart: Chart {
            description: "Share of draws that interpolate, training loss, test loss and thresholds for a linear teacher with noise".to_owned(),
            panels,
            columns: 2,
            width: PAGE,
            panel_height: 140.0,
            ..Chart::default()
        },
        caption: "A linear teacher with noise from a small start, (d, p) as in the legends: shares with 95 % Clopper–Pearson intervals, \
                  mean losses and thresholds with 95 % intervals."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Study};
    use reluflow_lab::Trial;
    use reluflow_statistics::sequential::{Answer, End};

    /// Grids: draws interpolate up to n = pd, with loss 0 and test loss 1, beyond with 0.1 and 0.01; the exact flow reverses draw 0.
    /// Searches: N = pd, to ten per cent.
    fn made_up() -> Vec<Results> {
        let results = |study: Study| {
            let mut trials = Vec::new();
            let mut thresholds: Vec<Found> = Vec::new();
            for (index, cell) in study.experiment.cells.iter().enumerate() {
                let pd = cell.d * cell.p;
                for draw in 0..study.experiment.draws {
                    let fits =
                        (cell.n <= pd) != ([EXACT, DESCENT].contains(&study.name.as_str()) && draw == 0);
                    trials.push(Trial {
                        cell: index,
                        draw,
                        converged: fits,
                        verdict: "out-of-budget".to_owned(),
                        loss: if fits { 0.0 } else { 0.1 },
                        recorded: [("test_loss", if fits { 1.0 } else { 0.01 })].into(),
                        ..Trial::default()
                    });
                }
                let there = |found: &Found| (found.d, found.p, &found.axes) == (cell.d, cell.p, &cell.axes);
                if study.precision.is_some() && !thresholds.iter().any(there) {
                    let value = pd as f64;
                    thresholds.push(Found {
                        d: cell.d,
                        p: cell.p,
                        transitions: 200.0,
                        step: None,
                        axes: cell.axes.clone(),
                        answer: Answer {
                            estimate: Estimate {
                                value,
                                low: 0.9 * value,
                                high: 1.1 * value,
                            },
                            slope: 10.0,
                            trials: 50,
                            end: End::Reached,
                        },
                        quartiles: None,
                    });
                }
            }
            Results {
                study,
                trials,
                thresholds,
            }
        };
        let studies = Finding::OptimisationThreshold.plan(false, &[]).unwrap();
        studies.into_iter().map(results).collect()
    }

    #[test]
    fn tables_law_and_figure_come_from_the_studies() {
        let written = write_up(&made_up());
        let [grid, sizes, exact] = &written.tables[..] else {
            panic!("{:?}", written.tables)
        };
        // d = 5 up to 640 = 128 d, at two widths; d = 10 up to 64 d, d = 20 up to 32 d.
        assert_eq!(grid.rows.len(), 2 * 7 + 6 + 5);
        for table in [grid, sizes, exact] {
            assert!(
                table.rows.iter().all(|row| row.len() == table.header.len()),
                "{}",
                table.name
            );
        }
        // Six sizes; three without a teacher from two starts, by two other starts, with less time, with careful steps; two with more time.
        assert_eq!(sizes.rows.len(), 6 + 3 * 6 + 2);
        // At n = 80 ≤ 100: of 20 draws all, and all but one.
        let row = exact.rows.iter().find(|row| row[3] == "80").unwrap();
        assert_eq!(row[5..10], ["20", "20", "19", "1", "0"]);
        let said = |words: &str| written.sentences.iter().any(|sentence| sentence.contains(words));
        assert!(
            said("α = 1.00 [") && said("β = 1.00 ["),
            "{:?}",
            written.sentences
        );
        assert!(said("N/(p d) = 1.00 ["));
        assert_eq!(written.figures[0].chart.panels.len(), 4);
        assert!(write_up(&[]).figures.is_empty());
    }

    /// n = 2d + 1 leaves d degrees of freedom to the test of least squares: d/d.
    #[test]
    fn least_squares_fits_d_coefficients() {
        assert!((least_squares_test(21.0, 10.0) - 0.125).abs() < 1e-15);
        assert!((least_squares_train(20.0, 10.0) - 0.0625).abs() < 1e-15);
        assert!(least_squares_test(11.0, 10.0).is_nan());
    }

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
