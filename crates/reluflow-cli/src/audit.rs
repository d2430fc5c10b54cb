//! `reluflow audit`: every statement of the paper that applies to a problem, against the flow.

use std::io::{self, Write};
use std::path::Path;

use reluflow::audit::{self, Judgement, Row};
use reluflow_lab::{Experiment, Override};

use crate::args::{AuditOptions, flag};
use crate::live::say;
use crate::{Done, Failure};

/// The problems audited without a file: weakly interacting, orthogonal, in groups.
const WEAK: &str = "n = 8\nd = 8000\np = { lemma5 = 0.05 }\ndraws = 3\n\n[data]\nlaw = \"isotropic\"\n";
const ORTHOGONAL: &str = "n = 64\nd = 64\np = { lemma5 = 0.05 }\ndraws = 3\n\n[data]\nlaw = \"orthogonal\"\n";
const GROUP: &str = "n = 64\nd = 64\np = 4\ndraws = 3\n\n[data]\nlaw = \"groups\"\ngroups = 4\n";

/// Runs the command.
pub(crate) fn run(options: &AuditOptions) -> Result<Done, Failure> {
    let experiment = read(options)?;
    let audit = reluflow_lab::audit(&experiment, &experiment.cells[0])?;
    let mut out = io::stdout().lock();
    if options.json {
        let text = serde_json::to_string(&audit).map_err(io::Error::other)?;
        writeln!(out, "{text}")?;
    } else {
        let cell = &experiment.cells[0];
        writeln!(out, "{}, {} draws", experiment.describe(cell), experiment.draws)?;
        writeln!(out, "{}", audit.method)?;
        lines(&audit.rows)
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))?;
    }
    Ok(if audit.fails() {
        Done::Refuted
    } else {
        Done::Completely
    })
}

/// The experiment of the file or of the flags, with one cell to audit.
fn read(options: &AuditOptions) -> Result<Experiment, Failure> {
    let sizes = [
        ("n", options.n),
        ("d", options.d),
        ("p", options.p),
        ("draws", options.draws),
    ];
    let laws = [("data", &options.data), ("init", &options.init)];
    let mut overrides: Vec<Override> = sizes
        .into_iter()
        .filter_map(|(name, value)| {
            value.map(|value| flag(&format!("--{name}"), &format!("sweep.{name}"), value))
        })
        .collect();
    overrides.extend(laws.into_iter().filter_map(|(name, law)| {
        law.as_ref()
            .map(|law| flag(&format!("--{name}"), &format!("{name}.law"), format!("\"{law}\"")))
    }));
    overrides.extend(options.settings.overrides());
    let Some(path) = &options.file else {
        return Ok(Experiment::from_text(
            "the audit's own problem",
            "audit",
            &text(options),
            &overrides,
            Path::new(""),
        )?);
    };
    let experiment = Experiment::from_file(path, &overrides)?;
    if experiment.cells.len() > 1 {
        say(&format!(
            "the first of {} cells: {}; choose another with --n, --d, --p or --set",
            experiment.cells.len(),
            experiment.describe(&experiment.cells[0])
        ));
    }
    Ok(experiment)
}

/// The problem without a file. A law named by a flag comes with its own defaults.
fn text(options: &AuditOptions) -> String {
    let sweep = match (options.orthogonal, options.group) {
        (true, _) => ORTHOGONAL,
        (_, true) => GROUP,
        _ => WEAK,
    };
    let initialisation = match (&options.init, options.orthogonal, options.group) {
        (None, true, _) => "law = \"asymmetric\"\nhidden = \"gaussian\"\nhidden_scale = 0.01\n",
        (None, _, true) => "law = \"group\"\n",
        (None, ..) => "law = \"asymmetric\"\nhidden = \"gaussian\"\n",
        (Some(_), ..) => "law = \"asymmetric\"\n",
    };
    format!(
        "[sweep]\n{sweep}\n[init]\n{initialisation}\n[flow]\nmethod = \"flow\"\n\n[stop]\ntrap = true\ntransitions = 1.5\n\n[record]\n"
    )
}

/// The table for people.
fn lines(rows: &[Row]) -> Vec<String> {
    let header = [
        "statement",
        "checked",
        "hypotheses",
        "bound",
        "measured",
        "margin",
        "draws",
        "verdict",
    ];
    let mut table = vec![header.map(String::from).to_vec()];
    for row in rows {
        let hypotheses = match row.hypotheses {
            Some(true) => "hold",
            Some(false) => "not met",
            None => "–",
        };
        let sign = match row.relation {
            audit::Relation::AtMost => "≤",
            audit::Relation::AtLeast => "≥",
        };
        let bound = row
            .bound
            .map_or_else(|| "–".into(), |bound| format!("{sign} {}", number(Some(bound))));
        table.push(vec![
            row.statement.into(),
            row.checked.into(),
            hypotheses.into(),
            bound,
            number(row.measured),
            number(row.margin),
            format!("{}/{}", row.judged.0, row.judged.1),
            row.judgement.words().into(),
        ]);
    }
    let widths: Vec<usize> = (0..header.len())
        .map(|k| {
            table
                .iter()
                .map(|line| line[k].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut lines: Vec<String> = table
        .iter()
        .map(|line| {
            let cells = line.iter().zip(&widths).enumerate();
            let padded: Vec<String> = cells
                .map(|(k, (text, width))| match k {
                    3..=6 => format!("{text:>width$}"),
                    _ => format!("{text:<width$}"),
                })
                .collect();
            padded.join("  ").trim_end().to_owned()
        })
        .collect();
    let remarks = rows.iter().filter(|row| !row.note.is_empty());
    let shown = remarks.filter(|row| row.judgement != Judgement::NotApplicable);
    lines.push(String::new());
    lines.extend(shown.map(|row| format!("{} ({}): {}", row.statement, row.checked, row.note)));
    lines
}

fn number(value: Option<f64>) -> String {
    match value {
        None => "–".into(),
        Some(value) if value == value.trunc() && value.abs() < 1e6 => format!("{value:.0}"),
        Some(value) if (1e-3..1e5).contains(&value.abs()) => format!("{value:.4}"),
        Some(value) => format!("{value:.2e}"),
    }
}
