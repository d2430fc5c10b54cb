//! Says when a run on the population loss ends, and refuses what means nothing there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, as_written};
use crate::flow::{Flow, Integrator, Precision};
use crate::model::{Loss, Model};
use crate::{Method, observe::Record};

/// Stops of a run on the population loss: it ends at whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PopulationStops {
    /// L below this counts as none, and ends the run: a global minimum. 0: no level, the run ends by its gradient.
    ///
    /// L is a difference of terms of order E h*², and right to some 10⁻¹⁵ of them.
    pub loss: f64,
    /// ‖∇L‖ below this is stationary.
    pub gradient_norm: f64,
    /// Whether to end by Newton's method close to a minimum; unless said, for the flow only.
    pub newton: Option<bool>,
    /// Stop at this time.
    pub time: Option<f64>,
    /// Stop after this many steps.
    pub steps: Option<u64>,
    /// Stop after this many evaluations of the field.
    pub evaluations: Option<u64>,
}

impl Default for PopulationStops {
    /// L < 10⁻¹⁰, ‖∇L‖ < 10⁻⁹, at most 10⁶ evaluations.
    fn default() -> Self {
        Self {
            loss: 1e-10,
            gradient_norm: 1e-9,
            newton: None,
            time: None,
            steps: None,
            evaluations: Some(1_000_000),
        }
    }
}

impl PopulationStops {
    /// Checks the stops.
    ///
    /// # Errors
    /// When one is not positive, or none bounds the run.
    pub fn check(&self) -> Result<()> {
        let positive = [
            ("stop.gradient_norm", Some(self.gradient_norm)),
            ("stop.time", self.time),
        ];
        for (name, value) in positive {
            if let Some(value) = value
                && !(value > 0.0 && value.is_finite())
            {
                return Err(Error::out_of_range(name, "a positive number", value));
            }
        }
        if !(self.loss >= 0.0 && self.loss.is_finite()) {
            return Err(Error::out_of_range(
                "stop.loss",
                "a number that is not negative",
                self.loss,
            ));
        }
        if self.time.is_some() || self.steps.is_some() || self.evaluations.is_some() {
            Ok(())
        } else {
            let expected = "at least one of time, steps, evaluations";
            Err(Error::out_of_range("stop", expected, "none"))
        }
    }
}

/// Refuses a model that has no closed form on a population.
///
/// # Errors
/// As [`Model::check`], and for losses but the square and for weight decay.
pub fn check_model(model: &Model) -> Result<()> {
    model.check()?;
    if model.loss != Loss::Square {
        let expected = "square, the loss that has a closed form on Gaussian inputs";
        return Err(Error::out_of_range("model.loss", expected, model.loss));
    }
    if !model.decay().is_none() {
        let expected = "0 on Gaussian inputs, where a global minimum is one of no loss";
        return Err(Error::out_of_range(
            "model.weight_decay",
            expected,
            model.weight_decay,
        ));
    }
    Ok(())
}

/// Refuses a method, or a parameter of one, that means nothing on a smooth loss without examples.
///
/// # Errors
/// As [`Method::check`], and for all but explicit pairs and gradient descent in double precision.
pub fn check_method(method: &Method) -> Result<()> {
    method.check()?;
    let refuse = |name: &'static str, expected: &str, found: String| -> Result<()> {
        Err(Error::out_of_range(name, expected, found))
    };
    let Flow {
        integrator,
        precision,
        ..
    } = match method {
        Method::Flow(flow) => *flow,
        Method::GradientDescent(descent) => Flow {
            precision: descent.precision,
            ..Flow::default()
        },
        Method::Exact(_) => {
            let expected =
                "flow or gradient-descent on the population loss, which has no kinks to go through";
            return refuse("flow.method", expected, "exact".into());
        }
        Method::Jump(_) => {
            let expected =
                "flow or gradient-descent on the population loss, which has no examples to jump at";
            return refuse("flow.method", expected, "jump".into());
        }
    };
    if precision != Precision::F64 {
        return refuse("flow.precision", "f64 on the population loss", "f32".into());
    }
    if !matches!(
        integrator,
        Integrator::Automatic | Integrator::Tsitouras | Integrator::BogackiShampine
    ) {
        let expected = "automatic, tsitouras or bogacki-shampine on the population loss, which is smooth";
        return refuse("flow.integrator", expected, format!("{integrator:?}"));
    }
    if let Method::Flow(flow) = method {
        let only = Flow {
            integrator,
            tolerance: flow.tolerance,
            largest_step: flow.largest_step,
            ..Flow::default()
        };
        if *flow != only {
            let expected = "integrator, tolerance and largest_step only on the population loss";
            return refuse("flow", expected, "another parameter of the flow".into());
        }
    }
    Ok(())
}

/// Refuses observables: the rows of a run on a population have columns of their own.
///
/// # Errors
/// As [`Record::check`], and for any observable.
pub fn check_record(record: &Record) -> Result<()> {
    record.check()?;
    match record.observables.first() {
        None => Ok(()),
        Some(observable) => {
            let expected =
                "none on the population loss, whose rows always hold loss, gradient norm and overlaps";
            Err(Error::out_of_range(
                "record.observables",
                expected,
                as_written(observable),
            ))
        }
    }
}
