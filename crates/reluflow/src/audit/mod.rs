//! Computes every statement that applies to a problem and holds it against the flow.
//!
//! Each line says what is checked, whether the hypotheses hold, the bound, the measurement, and one of: holds,
//! fails, hypotheses not met, not applicable. The flow is [`method`]; nothing here is gradient descent. When d is
//! large it runs in coordinates of the span of the inputs, an isometry.

pub mod conjecture_1;
mod flow;
mod general;
mod group;
mod laws;
mod orthogonal;
mod power_law;
pub mod proposition_3;
mod reduce;
mod row;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::data::{Groups, Isotropic, Orthogonal};
use crate::error::{Error, Result};
use crate::initialisation::{Asymmetric, GroupInitialisation, HiddenLaw};
use crate::theory::{lemma_5, theorem_1};
use crate::{DataLaw, Dataset, InitialisationLaw, Network, Setting};

pub use flow::{describe, method, tolerance};
pub use power_law::PowerLaw;
#[cfg(test)]
pub(crate) use row::tampering;
pub use row::{Judgement, Relation, Row};

/// ε of Lemma 5 and Corollary 1.
const EPSILON: f64 = 0.05;

/// What to audit: sizes and laws, and how many draws of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Sizes and laws.
    #[serde(flatten)]
    pub setting: Setting,
    /// How many problems to draw.
    pub draws: u64,
    /// The root seed.
    pub seed: u64,
}

impl Plan {
    /// Weakly interacting inputs: n = 8 in dimension 8000, the width of Lemma 5, Gaussian w_j, three draws.
    ///
    /// The hypotheses of Theorem 1 hold in most draws, and the audit takes some ten seconds.
    pub fn weakly_interacting() -> Self {
        let n = 8;
        Self {
            setting: Setting {
                n,
                d: 8000,
                p: lemma_5::width(n, EPSILON),
                data: DataLaw::Isotropic(Isotropic::default()),
                initialisation: InitialisationLaw::Asymmetric(Asymmetric {
                    hidden: HiddenLaw::Gaussian,
                    ..Asymmetric::default()
                }),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// Orthogonal inputs with a small initialisation (section 4): n = d = 64.
    pub fn orthogonal() -> Self {
        let n = 64;
        Self {
            setting: Setting {
                n,
                d: n,
                p: lemma_5::width(n, EPSILON),
                data: DataLaw::Orthogonal(Orthogonal::default()),
                initialisation: InitialisationLaw::Asymmetric(Asymmetric {
                    hidden_scale: 0.01,
                    hidden: HiddenLaw::Gaussian,
                    ..Asymmetric::default()
                }),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// The group initialisation (Proposition 2, Theorem 2): four groups of 16.
    pub fn group() -> Self {
        let (n, p) = (64, 4);
        Self {
            setting: Setting {
                n,
                d: n,
                p,
                data: DataLaw::Groups(Groups {
                    groups: p,
                    ..Groups::default()
                }),
                initialisation: InitialisationLaw::Group(GroupInitialisation::default()),
            },
            draws: 3,
            seed: 0,
        }
    }

    /// Draws one problem.
    ///
    /// # Errors
    /// When a law cannot be drawn.
    pub fn problem(&self, draw: u64) -> Result<(Dataset, Network)> {
        self.setting.draw(self.seed, draw)
    }
}

/// The table, and with which flow it was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// The method and its tolerances, in words.
    pub method: String,
    /// The lines, in the order of the paper's argument.
    pub rows: Vec<Row>,
}

impl Audit {
    /// Whether some statement fails although its hypotheses hold.
    pub fn fails(&self) -> bool {
        self.rows.iter().any(|row| row.judgement == Judgement::Fails)
    }
}

/// Audits one problem: every statement about a dataset and a network.
///
/// # Errors
/// When the flow cannot be run (see [`crate::Problem::solve`]).
pub fn problem(dataset: &Dataset, network: &Network) -> Result<Audit> {
    Ok(Audit {
        method: describe(dataset),
        rows: rows(dataset, network)?.0,
    })
}

/// The lines of one problem, and whether it met Theorem 1's hypotheses and converged.
fn rows(dataset: &Dataset, network: &Network) -> Result<(Vec<Row>, bool)> {
    let (dataset, network) = &reduce::reduce(dataset, network)?;
    let solution = flow::until_convergence(dataset, network)?;
    let converged = solution.end.loss <= flow::CONVERGED * dataset.trap_level();
    let mut rows = general::rows(dataset, network, &solution)?;
    rows.extend(orthogonal::rows(dataset, network, &solution)?);
    rows.extend(group::rows(dataset, network, &solution)?);
    Ok((rows, converged))
}

/// Audits laws: every statement about problems, over the plan's draws (each line shows its worst draw), and
/// every statement about laws.
///
/// # Errors
/// When there is no draw, a law cannot be drawn, or the flow cannot be run.
pub fn laws(plan: &Plan) -> Result<Audit> {
    if plan.draws == 0 {
        return Err(Error::out_of_range("draws", "at least 1", 0));
    }
    let mut table: Vec<Row> = Vec::new();
    let mut converged = 0u64;
    for draw in 0..plan.draws {
        let (dataset, network) = plan.problem(draw)?;
        let (rows, reached) = rows(&dataset, &network)?;
        converged += u64::from(reached);
        if table.is_empty() {
            table = rows;
        } else {
            for row in rows {
                if let Some(kept) = table.iter_mut().find(|kept| kept.matches(&row)) {
                    kept.absorb(row);
                }
            }
        }
    }
    let (first, _) = plan.problem(0)?;
    table.push(laws::weak_interaction(plan)?);
    table.extend(laws::coverage(plan, &first)?);
    table.push(corollary(plan, converged, &table));
    table.extend(laws::first_curvature(plan, &first)?);
    table.push(laws::exponent(plan)?);
    table.extend(laws::collapse()?);
    Ok(Audit {
        method: describe(&first),
        rows: table,
    })
}

/// Corollary 1: how likely so few converged draws are if each converges with probability 1 − ε.
fn corollary(plan: &Plan, converged: u64, table: &[Row]) -> Row {
    const CHECKED: &str = "chance of so few converged draws at probability 1 − ε, ε = 0.05";
    // "d ≥ Cn²" has no explicit C: that Assumption 2 held in every draw stands for it.
    let weak = table.iter().find(|row| row.statement == "Assumption 2 (C.2)");
    let asymmetric = table.iter().find(|row| row.statement == "Assumption 1");
    let met = |row: Option<&Row>| {
        crate::theory::Hypothesis::fact(
            "Assumptions 1 and 2 in every draw",
            row.is_some_and(|row| row.judgement == Judgement::Holds),
        )
    };
    let hypotheses = [
        theorem_1::width_hypothesis(plan.setting.n, plan.setting.p, EPSILON),
        met(weak),
        met(asymmetric),
    ];
    let mut term = EPSILON.powi(plan.draws as i32);
    let mut chance = 0.0;
    for k in 0..=converged {
        chance += term;
        term *= (plan.draws - k) as f64 / (k + 1) as f64 * (1.0 - EPSILON) / EPSILON;
    }
    Row::judge(
        "Corollary 1",
        CHECKED,
        &hypotheses,
        chance,
        Relation::AtLeast,
        1e-3,
    )
    .remark(format!("{converged} of {} draws converged", plan.draws))
}
