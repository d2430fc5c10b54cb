//! Computes every statement that applies to a problem and holds it against the flow.
//!
//! Each line says what is checked, whether the hypotheses hold, the bound, the measurement, and one of: holds, fails, cannot
//! be judged, hypotheses not met, not applicable. Inputs that are not orthogonal are followed by the exact flow up to
//! n·p = 8000, all others by a Runge–Kutta pair with small errors; nothing here is gradient descent. When d is
//! large the flow runs in coordinates of the span of the inputs, an isometry.
//!
//! [`Statement::ALL`] drives the audit; the file of a statement's name judges it, with the formulas of its twin in
//! [`theory`](crate::theory).

mod antipodal;
mod assumption_1;
mod assumption_2;
pub mod conjecture_1;
mod corollary_1;
mod exponent;
mod extremes;
mod flow;
mod lemma_1;
mod lemma_2;
mod lemma_3;
mod lemma_4;
mod lemma_5;
mod lemma_6;
mod lemma_7;
mod plan;
mod power_law;
mod proposition_1;
mod proposition_2;
pub mod proposition_3;
mod reduce;
mod row;
#[cfg(test)]
mod tests;
mod theorem_1;
mod theorem_2;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::theory::{Statement, all_hold};
use crate::{Dataset, Network};

use flow::Followed;
pub use flow::{describe, method, tolerance};
pub use plan::Plan;
pub use power_law::PowerLaw;
#[cfg(test)]
pub(crate) use row::tampering;
pub use row::{Judgement, Relation, Row};

/// ε of Lemma 5 and Corollary 1.
pub const EPSILON: f64 = 0.05;
/// Relative rounding of sums of up to 10³ products.
const EXACT: f64 = 1e-11;

/// The table, and with which flow it was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// The method and its tolerances, in words.
    pub method: String,
    /// Which problems were audited, in words: all draws, or fewer and why.
    pub audited: String,
    /// What was found, in one sentence.
    pub summary: String,
    /// The lines, in the order of the paper's argument.
    pub rows: Vec<Row>,
}

impl Audit {
    fn new(method: String, audited: String, rows: Vec<Row>) -> Self {
        let mut audit = Self {
            method,
            audited,
            summary: String::new(),
            rows,
        };
        audit.summary = audit.sum_up();
        audit
    }

    /// Whether some statement fails although its hypotheses hold.
    pub fn fails(&self) -> bool {
        self.rows.iter().any(|row| row.judgement == Judgement::Fails)
    }

    /// What is said of a statement: the most alarming of its lines; none when it has no line.
    pub fn judgement(&self, statement: Statement) -> Option<Judgement> {
        self.of(statement).map(|row| row.judgement).max()
    }

    /// The lines of a statement.
    pub fn of(&self, statement: Statement) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.statement == statement)
    }

    /// The audit in one sentence: how many statements hold, which fail, which cannot be judged and why, and how many ask
    /// for more than these problems offer.
    fn sum_up(&self) -> String {
        let which = |judgement: Judgement| {
            let all = Statement::ALL.into_iter();
            all.filter(move |statement| self.judgement(*statement) == Some(judgement))
                .collect::<Vec<_>>()
        };
        let holding = which(Judgement::Holds).len();
        let mut parts = vec![format!(
            "{holding} statement{}",
            if holding == 1 { " holds" } else { "s hold" }
        )];
        let failing = which(Judgement::Fails);
        if !failing.is_empty() {
            let names: Vec<&str> = failing.iter().map(|statement| statement.name()).collect();
            let verb = if names.len() == 1 { "fails" } else { "fail" };
            parts.push(format!("{} {verb} ({})", names.len(), names.join(", ")));
        }
        let open = which(Judgement::CannotBeJudged);
        if !open.is_empty() {
            let reason = |statement: &Statement| {
                let row = self
                    .of(*statement)
                    .find(|row| row.judgement == Judgement::CannotBeJudged);
                format!("{statement}: {}", row.map_or("", |row| row.note.as_str()))
            };
            let reasons: Vec<String> = open.iter().map(reason).collect();
            parts.push(format!(
                "{} cannot be judged ({})",
                open.len(),
                reasons.join("; ")
            ));
        }
        for (judgement, words) in [
            (Judgement::HypothesesNotMet, "ask for hypotheses that are not met"),
            (Judgement::NotApplicable, "do not speak of such problems"),
        ] {
            let count = which(judgement).len();
            if count > 0 {
                let words = if count == 1 {
                    words.replace("ask ", "asks ").replace("do not", "does not")
                } else {
                    words.to_owned()
                };
                parts.push(format!("{count} {words}"));
            }
        }
        format!("{}.", parts.join(", "))
    }
}

/// What statements about laws look at: the plan, and what its draws came to.
#[derive(Debug)]
struct Drawn<'a> {
    plan: &'a Plan,
    /// The data of the first draw.
    first: &'a Dataset,
    /// How many draws converged.
    converged: u64,
    /// Whether Assumption 1, and Assumption 2 in the form of appendix C.2, held in every draw.
    assumptions: bool,
}

/// The lines of a statement about problems; none of one about laws.
fn judge(statement: Statement, followed: &Followed<'_>) -> Result<Vec<Row>> {
    Ok(match statement {
        Statement::Lemma1 => lemma_1::judge(followed),
        Statement::Assumption1 => assumption_1::judge(followed),
        Statement::Lemma2 => lemma_2::judge(followed),
        Statement::Lemma6 => lemma_6::judge(followed),
        Statement::Assumption2 => assumption_2::judge(followed),
        Statement::AppendixC2 => antipodal::judge(followed)?,
        Statement::Theorem1 => theorem_1::judge(followed),
        Statement::Lemma7 => lemma_7::judge(followed)?,
        Statement::Proposition1 => proposition_1::judge(followed)?,
        Statement::Proposition2 => proposition_2::judge(followed)?,
        Statement::Theorem2 => theorem_2::judge(followed)?,
        Statement::Lemma5
        | Statement::Lemma3
        | Statement::Corollary1
        | Statement::Lemma4
        | Statement::Conjecture1
        | Statement::Proposition3 => Vec::new(),
    })
}

/// The lines of a statement about laws; none of one about problems.
fn judge_law(statement: Statement, drawn: &Drawn<'_>) -> Result<Vec<Row>> {
    Ok(match statement {
        Statement::Lemma5 => lemma_5::judge(drawn)?,
        Statement::Lemma3 => lemma_3::judge(drawn)?,
        Statement::Corollary1 => corollary_1::judge(drawn),
        Statement::Lemma4 => lemma_4::judge(drawn)?,
        Statement::Conjecture1 => conjecture_1::judge(drawn)?,
        Statement::Proposition3 => proposition_3::judge()?,
        _ => Vec::new(),
    })
}

/// One draw: its lines, statement by statement in the order of [`Statement::ALL`], and what laws need to know of it.
struct Draw {
    lines: Vec<Vec<Row>>,
    converged: bool,
    assumptions: bool,
}

fn draw(dataset: &Dataset, network: &Network) -> Result<Draw> {
    let (dataset, network) = &reduce::reduce(dataset, network)?;
    let followed = Followed::new(dataset, network)?;
    let lines = Statement::ALL
        .into_iter()
        .map(|statement| judge(statement, &followed));
    Ok(Draw {
        lines: lines.collect::<Result<_>>()?,
        converged: followed.converged(),
        assumptions: all_hold(&[crate::theory::assumption_1::hypothesis(network)])
            && assumption_2::masked(&followed).holds(),
    })
}

/// The lines of several draws: each keeps its worst.
#[derive(Default)]
struct WorstLines {
    lines: Vec<Vec<Row>>,
    converged: u64,
    refuted: u64,
}

impl WorstLines {
    fn add(&mut self, draw: Draw) {
        self.converged += u64::from(draw.converged);
        self.refuted += u64::from(!draw.assumptions);
        if self.lines.is_empty() {
            self.lines = draw.lines;
            return;
        }
        for (kept, more) in self
            .lines
            .iter_mut()
            .flatten()
            .zip(draw.lines.into_iter().flatten())
        {
            kept.absorb(more);
        }
    }
}

/// Audits one problem: every statement about a dataset and a network.
///
/// # Errors
/// When the flow cannot be run (see [`crate::Problem::solve`]).
pub fn problem(dataset: &Dataset, network: &Network) -> Result<Audit> {
    Ok(Audit::new(
        describe(dataset, network.neurons()),
        "one problem".to_owned(),
        draw(dataset, network)?.lines.into_iter().flatten().collect(),
    ))
}

/// Audits several problems, each line showing its worst: draws 0, 1, … of something that is drawn, as `audited` says.
///
/// # Errors
/// When there is no draw, one cannot be drawn, or the flow cannot be run.
pub fn problems(
    audited: String,
    draws: u64,
    mut problem: impl FnMut(u64) -> Result<(Dataset, Network)>,
) -> Result<Audit> {
    let mut table = WorstLines::default();
    let mut method = String::new();
    check(draws)?;
    for index in 0..draws {
        let (dataset, network) = problem(index)?;
        if index == 0 {
            method = describe(&dataset, network.neurons());
        }
        table.add(draw(&dataset, &network)?);
    }
    let rows = table.lines.into_iter().flatten().collect();
    Ok(Audit::new(method, audited, rows))
}

/// Audits laws: every statement about problems, over the plan's draws (each line shows its worst draw), and
/// every statement about laws.
///
/// # Errors
/// When there is no draw, a law cannot be drawn, or the flow cannot be run.
pub fn laws(plan: &Plan) -> Result<Audit> {
    check(plan.draws)?;
    let mut table = WorstLines::default();
    for index in 0..plan.draws {
        let (dataset, network) = plan.problem(index)?;
        table.add(draw(&dataset, &network)?);
    }
    let (first, network) = plan.problem(0)?;
    let drawn = Drawn {
        plan,
        first: &first,
        converged: table.converged,
        assumptions: table.refuted == 0,
    };
    let mut rows = Vec::new();
    for (statement, lines) in Statement::ALL.into_iter().zip(table.lines) {
        rows.extend(lines);
        rows.extend(judge_law(statement, &drawn)?);
    }
    let audited = format!("{}: each of data and initialisation", draws_in_words(plan.draws));
    Ok(Audit::new(describe(&first, network.neurons()), audited, rows))
}

/// "1 draw", "3 draws".
pub fn draws_in_words(draws: u64) -> String {
    format!("{draws} draw{}", if draws == 1 { "" } else { "s" })
}

fn check(draws: u64) -> Result<()> {
    if draws == 0 {
        return Err(Error::out_of_range("draws", "at least 1", 0));
    }
    Ok(())
}
