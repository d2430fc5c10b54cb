//! Finds where gradient flow stops interpolating: thresholds N(d, p) by the time given, and how time diverges before them.

mod after;
mod divergence;
mod figure;
mod sizes;
mod studies;

use crate::findings::table::{entries, entry, words};
use crate::findings::{Found, Results, Table, Written, of};
use crate::paper::PAPER_BUDGET;
use sizes::sizes;
use studies::LABELS;
pub(super) use studies::PARTS;

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
    written.figures.extend(figure::thresholds(results));
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

/// The thresholds of studies with a budget.
fn with_budget<'a>(results: &'a [Results], names: &[&str], wanted: f64) -> Vec<&'a Found> {
    let studies = names.iter().filter_map(|name| of(results, name));
    let found = studies.flat_map(|results| &results.thresholds);
    found.filter(|found| budget(found) == wanted).collect()
}
