//! `reluflow audit`: every statement of the paper that applies to a problem, against the flow.

use std::io::{self, Write};
use std::path::Path;

use reluflow::audit::{self, Judgement, Plan, Row};
use reluflow::theory::lemma_5;
use reluflow_lab::{Experiment, Override};

use crate::args::{AuditOptions, flag};
use crate::one::say_which;
use crate::{Done, Failure};

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
        writeln!(out, "{}: {}", experiment.describe(cell), audit.audited)?;
        writeln!(out, "{}", audit.method)?;
        lines(&audit.rows)
            .iter()
            .try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out, "\n{}", audit.summary)?;
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
            &text(options)?,
            &overrides,
            Path::new(""),
        )?);
    };
    let experiment = Experiment::from_file(path, &overrides)?;
    say_which(&experiment);
    Ok(experiment)
}

/// The problem without a file, from the core's plan. A law named by a flag comes with its own defaults.
fn text(options: &AuditOptions) -> Result<String, Failure> {
    let plan = match (options.orthogonal, options.group) {
        (true, _) => Plan::orthogonal(),
        (_, true) => Plan::group(),
        _ => Plan::weakly_interacting(),
    };
    let setting = &plan.setting;
    // A width that follows Lemma 5 follows it when n is changed.
    let width = if setting.p == lemma_5::width(setting.n, audit::EPSILON) {
        format!("{{ lemma5 = {} }}", audit::EPSILON)
    } else {
        setting.p.to_string()
    };
    let law = |named: &Option<String>, own: Result<serde_json::Value, serde_json::Error>, other: &str| {
        match named {
            Some(_) => Ok(format!("{{ law = \"{other}\" }}")),
            None => own.map(|law| inline(&law)).map_err(io::Error::other),
        }
    };
    let data = law(&options.data, serde_json::to_value(&setting.data), "isotropic")?;
    let init = law(
        &options.init,
        serde_json::to_value(&setting.initialisation),
        "asymmetric",
    )?;
    Ok(format!(
        "data = {data}\ninit = {init}\n\n[sweep]\nn = {}\nd = {}\np = {width}\ndraws = {}\nseed = {}\n\n[flow]\nmethod = \"flow\"\n\n[stop]\ntrap = true\ntransitions = 1.5\n\n[record]\n",
        setting.n, setting.d, plan.draws, plan.seed
    ))
}

/// A value as TOML on one line; TOML has no null, and a law has none.
fn inline(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| format!("{name} = {}", inline(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        serde_json::Value::Array(entries) => {
            format!("[{}]", entries.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        // Numbers, truth values and plain strings are written as in JSON.
        other => other.to_string(),
    }
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
            row.statement.name().into(),
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

#[cfg(test)]
mod tests {
    use clap::Parser;
    use reluflow_lab::experiment::{DataSource, NetworkSource};

    use super::*;
    use crate::args::{Cli, Command};

    fn experiment(flags: &[&str]) -> Experiment {
        let words = ["reluflow", "audit"].iter().chain(flags);
        let Command::Audit(options) = Cli::try_parse_from(words).unwrap().command else {
            panic!("not an audit");
        };
        read(&options).unwrap()
    }

    /// The problems without a file are the core's plans, to every parameter of their laws.
    #[test]
    fn the_own_problems_are_the_plans() {
        for (flags, plan) in [
            (vec![], Plan::weakly_interacting()),
            (vec!["--orthogonal"], Plan::orthogonal()),
            (vec!["--group"], Plan::group()),
        ] {
            let experiment = experiment(&flags);
            let cell = &experiment.cells[0];
            let sizes = (cell.n as usize, cell.d as usize, cell.p as usize);
            assert_eq!(
                sizes,
                (plan.setting.n, plan.setting.d, plan.setting.p),
                "{flags:?}"
            );
            assert_eq!((experiment.draws, experiment.seed), (plan.draws, plan.seed));
            assert!(matches!(&cell.spec.data, DataSource::Law(law) if *law == plan.setting.data));
            assert!(
                matches!(&cell.spec.initialisation, NetworkSource::Law(law) if *law == plan.setting.initialisation)
            );
        }
    }

    /// The width follows Lemma 5 when n changes, and a law named by a flag has its own defaults.
    #[test]
    fn flags_change_the_own_problem() {
        let cell = experiment(&["--n", "16"]).cells[0].clone();
        assert_eq!(cell.p as usize, lemma_5::width(16, audit::EPSILON));
        let cell = experiment(&["--orthogonal", "--init", "balanced", "--data", "gaussian"]).cells[0].clone();
        let default = reluflow::initialisation::Balanced::default();
        let law = reluflow::InitialisationLaw::Balanced(default);
        assert!(matches!(&cell.spec.initialisation, NetworkSource::Law(found) if *found == law));
    }
}
