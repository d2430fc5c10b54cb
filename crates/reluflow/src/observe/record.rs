//! Says what to write down, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Observable;
use super::curvature::Bounds;
use super::gauges::given_directions::MOST;
use crate::error::{Error, Result};
use crate::model::Model;

/// When to write a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// Groups of columns besides time, step, evaluations and loss.
    pub observables: Vec<Observable>,
    /// When a row is written.
    pub when: When,
    /// Directions v_k, of d numbers each, for the observable `given-directions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub directions: Vec<Vec<f64>>,
    /// Whether the times of rows are t or τ.
    pub clock: Timing,
}

/// The clock that rows are written by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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
    /// For the bounds of Lemma 6 and a model without them, and for rows by τ and the square loss.
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
        if self.wants(Observable::CurvatureBounds) && !Bounds::exist(model) {
            let expected = "columns that this model has: the bounds of Lemma 6 are those of the square loss without \
                            decay, where the hidden layer moves";
            let found = format!("curvature-bounds for {model}");
            return Err(Error::out_of_range("record.observables", expected, found));
        }
        Ok(())
    }

    fn check_directions(&self) -> Result<()> {
        let (found, name) = (self.directions.len(), "record.directions");
        let wanted = self.wants(Observable::GivenDirections);
        if wanted != (found > 0) || found > MOST {
            let expected =
                format!("1 to {MOST} vectors with the observable given-directions, none without it");
            return Err(Error::out_of_range(name, expected, found));
        }
        let is_direction = |v: &Vec<f64>| v.iter().all(|v| v.is_finite()) && v.iter().any(|v| *v != 0.0);
        if self.directions.iter().all(is_direction) {
            Ok(())
        } else {
            let expected = "finite vectors that are not zero";
            Err(Error::out_of_range(
                name,
                expected,
                format!("{:?}", self.directions),
            ))
        }
    }

    /// Checks schedule and directions.
    ///
    /// # Errors
    /// When a count is zero, the times are not non-negative and increasing, or directions are too many, zero or not asked for.
    pub fn check(&self) -> Result<()> {
        self.check_directions()?;
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
