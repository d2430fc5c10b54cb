//! Finds where gradient flow stops interpolating: thresholds N(d, p) by the time given, and how time diverges before them.

mod after;
mod draw;

use super::divergence::Divergence;
use super::elasticity::{At, Elasticity, growth};
use super::table::{entries, entry, words};
use super::{Found, Part, Results, Table, Written, of};
use crate::intervals::LEVEL;
use crate::paper::PAPER_BUDGET;

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
pub(super) const PARTS: &[Part] = &[
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
const LABELS: [(&str, &str); 11] = [
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

/// Tables, figures and sentences from what the studies gave.
pub(super) fn write_up(results: &[Results]) -> Written {
    let mut written = Written::default();
    let mut table = Table::new(
        "interpolation-thresholds",
        "study method step budget d p N low high per_pd three_quarters one_quarter draws end",
    );
    for (name, label) in LABELS {
        let Some(found) = of(results, name) else {
            continue;
        };
        for one in &found.thresholds {
            table.rows.push(row(name, label, one));
            if !matches!(name, "interpolation-sizes" | "interpolation-descent") {
                written.sentences.push(sentence(label, one));
            }
        }
    }
    written.tables.push(table);
    written.sentences.extend(sizes(results));
    let times = ["interpolation-times", "interpolation-times-larger"];
    let times: Vec<&Results> = times.iter().filter_map(|name| of(results, name)).collect();
    after::times(&times, &mut written);
    if let Some(loss) = of(results, "interpolation-loss") {
        after::loss(loss, &mut written);
    }
    if let Some(wide) = of(results, "interpolation-wide") {
        after::wide(wide, &mut written);
    }
    written.figures.extend(draw::thresholds(results));
    written
}

fn row(study: &str, label: &str, found: &Found) -> Vec<String> {
    let quartiles = found.quartiles.unwrap_or((f64::NAN, f64::NAN));
    let mut row = vec![
        study.to_owned(),
        label.to_owned(),
        found.step.map_or(String::new(), entry),
        entry(budget(found)),
        found.d.to_string(),
        found.p.to_string(),
    ];
    row.extend(entries(&found.answer.estimate));
    row.push(entry(found.answer.estimate.value / product(found)));
    row.extend([
        entry(quartiles.0),
        entry(quartiles.1),
        found.answer.trials.to_string(),
    ]);
    row.push(found.answer.end.word().to_owned());
    row
}

fn sentence(label: &str, found: &Found) -> String {
    let step = found.step.map_or(String::new(), |step| format!(", η = {step}"));
    format!(
        "{label}{step}, (d, p) = ({}, {}), {} times the paper's time: N = {}",
        found.d,
        found.p,
        budget(found),
        words(&found.answer.estimate)
    )
}

/// The time given, in the paper's.
fn budget(found: &Found) -> f64 {
    found.transitions / PAPER_BUDGET
}

/// p·d: the parameters less one conserved quantity a neuron.
fn product(found: &Found) -> f64 {
    (found.d * found.p) as f64
}

/// The studies of sizes: the flow's, gradient descent's.
const SIZES_OF_FLOW: &[&str] = &["interpolation-sizes"];
const SIZES_OF_DESCENT: &[&str] = &["interpolation-descent"];

/// The thresholds of studies with a budget.
fn with_budget<'a>(results: &'a [Results], names: &[&str], wanted: f64) -> Vec<&'a Found> {
    let studies = names.iter().filter_map(|name| of(results, name));
    let found = studies.flat_map(|results| &results.thresholds);
    found.filter(|found| budget(found) == wanted).collect()
}

/// How thresholds grow with the sizes.
fn sizes(results: &[Results]) -> Vec<String> {
    let laws = [
        (SIZES_OF_DESCENT, 1.0, "gradient descent within the paper's time"),
        (SIZES_OF_FLOW, 1.0, "the flow within the same time"),
        (SIZES_OF_FLOW, 10.0, "the flow within ten times as much"),
    ];
    let law = |(names, wanted, label): (&[&str], f64, &str)| {
        let at = |found: &&Found| At {
            d: found.d as f64,
            p: found.p as f64,
            threshold: found.answer.estimate,
        };
        let at: Vec<At> = with_budget(results, names, wanted).iter().map(at).collect();
        let fit = Elasticity::fit(&at, LEVEL)?;
        Some(format!(
            "{label}: N grows like d^α p^β, α = {}, β = {} (fits with probability {:.2}); N/(pd) = {} on average, constant with \
             probability {:.1e}",
            words(&fit.in_d),
            words(&fit.in_p),
            fit.p_value,
            words(&fit.ratio),
            fit.constant
        ))
    };
    laws.into_iter().filter_map(law).chain(narrow(results)).collect()
}

/// How thresholds of narrow networks grow with p at the largest dimension that has several, and with d at one p.
fn narrow(results: &[Results]) -> Option<String> {
    let found = &of(results, "interpolation-narrow")?.thresholds;
    let growth = |kept: &dyn Fn(&Found) -> bool, place: fn(&Found) -> f64| {
        let points = found.iter().filter(|one| kept(one));
        growth(
            points.map(|one| (place(one), one.answer.estimate)).collect(),
            LEVEL,
        )
    };
    let d = found.iter().filter(|one| one.p != 10).map(|one| one.d).max()?;
    let in_p = growth(&|one| one.d == d, |one| one.p as f64)?;
    let in_d = growth(&|one| one.p == 10, |one| (one.d as f64).ln())?;
    Some(format!(
        "narrow networks: log N grows by {} a neuron at d = {d}, where log(4/3) = 0.29; at p = 10, N grows like d to the power {}",
        words(&in_p),
        words(&in_d)
    ))
}
