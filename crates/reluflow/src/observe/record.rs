//! Says what to write down, and when.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Model;

/// A group of columns of a trajectory. Time, step and loss are always written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Observable {
    /// L (always written).
    Loss,
    /// `mu`, `mu_avg`: μ and ⟨μ⟩.
    Curvature,
    /// `mu_low`, `mu_upp`: the bounds of Lemma 6.
    CurvatureBounds,
    /// `balance_drift`: max_j |Δ(a_j² − ‖w_j‖²)|.
    Balance,
    /// `active`, `correct`: numbers of active and correctly active pairs (j, i).
    Activity,
    /// `lost`: number of examples without a correctly active neuron.
    Lost,
    /// `uncovered`, `newly_lost`: number of examples without a correctly active neuron at the start (event E of Lemma 5
    /// holds where there is none), and of those without one now that had one at the start.
    Coverage,
    /// `lambda_min`, `lambda_max`: the ends of the spectrum of M, O(n³) a row.
    Spectrum,
    /// `margin`, `margin_hidden`, `smoothed_margin`, `alignment`: the [`Margins`](crate::observe::Margins) of a
    /// classification, and cos(θ, dθ/dt), which tends to 1 where the weights grow along a direction. O(ndp) a row.
    Margin,
    /// `objective`: L with the penalty of weight decay, (λ/2p) Σ_j (‖w_j‖² + a_j²).
    Objective,
    /// `tau`: τ = ∫ L dt, the clock in which the weights of a separated classification grow exponentially.
    Tau,
    /// `diagonal_min`, `slowest`: min_i M_ii and its i, O(np) a row on orthogonal inputs, O(n²dp) on others. On orthogonal
    /// inputs also `foretold_min`, `foretold_slowest`: what the start foretells of them at the end
    /// ([`Foretold`](crate::observe::Foretold)).
    Diagonal,
}

/// When to write a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum When {
    /// At the end only.
    #[default]
    End,
    /// At time 0, every k steps, and at the end.
    Every(u64),
    /// At time 0, at this many times a decade from time 10⁻² on, and at the end.
    PerDecade(u32),
    /// At these times (as far as they are reached), and at the end.
    Times(Vec<f64>),
}

/// What to write down, and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// Which columns.
    pub observables: Vec<Observable>,
    /// Which rows.
    pub when: When,
    /// Whether the times of rows are t or τ.
    pub clock: Timing,
}

/// The clock that rows are written by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// The time t of the flow.
    #[default]
    Time,
    /// τ = ∫ L dt, of a classification loss.
    Tau,
}

impl Record {
    /// Whether a group of columns was asked for; rows by τ have their `tau`.
    pub fn wants(&self, observable: Observable) -> bool {
        self.observables.contains(&observable) || observable == Observable::Tau && self.clock == Timing::Tau
    }

    /// Refuses columns that mean nothing for a model.
    ///
    /// # Errors
    /// For the bounds of Lemma 6 and any model but the paper's, and for rows by τ and the square loss.
    pub fn needs(&self, model: &Model) -> Result<()> {
        if self.clock == Timing::Tau && !model.loss.is_classification() {
            let expected = "time for this loss: tau = ∫ L dt comes to an end where L does, and is the clock of the logistic \
                            and the exponential loss";
            return Err(Error::out_of_range(
                "record.clock",
                expected,
                format!("tau for {model}"),
            ));
        }
        if self.wants(Observable::CurvatureBounds) && !model.is_the_papers() {
            let expected = "columns that this model has: the bounds of Lemma 6 are those of ReLU networks, the \
                            square loss, both layers at rate 1, without decay";
            let found = format!("curvature-bounds for {model}");
            return Err(Error::out_of_range("record.observables", expected, found));
        }
        Ok(())
    }

    /// Checks the schedule.
    ///
    /// # Errors
    /// When a count is zero, or the times are not non-negative and increasing.
    pub fn check(&self) -> Result<()> {
        match &self.when {
            When::End => Ok(()),
            When::Every(steps) if *steps == 0 => {
                Err(Error::out_of_range("record.when.every", "at least 1 step", steps))
            }
            When::PerDecade(rows) if *rows == 0 => Err(Error::out_of_range(
                "record.when.per-decade",
                "at least 1 row",
                rows,
            )),
            When::Times(times) => {
                let increasing = times.windows(2).all(|pair| pair[0] < pair[1]);
                if increasing && times.iter().all(|time| *time >= 0.0 && time.is_finite()) {
                    Ok(())
                } else {
                    Err(Error::out_of_range(
                        "record.when.times",
                        "finite, non-negative, increasing times",
                        format!("{times:?}"),
                    ))
                }
            }
            _ => Ok(()),
        }
    }
}
