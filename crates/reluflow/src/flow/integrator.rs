//! The flow itself: which integrator, how accurate, in which precision.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::adaptive;
use super::bogacki_shampine::BOGACKI_SHAMPINE;
use super::control::Control;
use super::explicit_pair::ExplicitPair;
use super::frozen_forces::FrozenForces;
use super::runge_kutta_chebyshev::{Order, RungeKuttaChebyshev};
use super::tsitouras::TSITOURAS;
use super::waveform::Relaxed;
use super::{Precision, Problem, Solution};
use crate::error::{Error, Result, as_written};
use crate::field::VectorField;

/// The methods that integrate the flow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Integrator {
    /// Runge–Kutta–Chebyshev of order 1, and steps that follow neurons over their kinks while the flow is not stiff.
    #[default]
    Automatic,
    /// Runge–Kutta–Chebyshev of order 1.
    #[serde(rename = "runge-kutta-chebyshev-1")]
    RungeKuttaChebyshev1,
    /// Runge–Kutta–Chebyshev of order 2: the independent cross-check.
    #[serde(rename = "runge-kutta-chebyshev-2")]
    RungeKuttaChebyshev2,
    /// Bogacki–Shampine 3(2), for smooth problems.
    BogackiShampine,
    /// Tsitouras 5(4), for smooth problems.
    Tsitouras,
}

impl Integrator {
    /// Every integrator one can ask for by name.
    pub const ALL: [Self; 4] = [
        Self::RungeKuttaChebyshev1,
        Self::RungeKuttaChebyshev2,
        Self::BogackiShampine,
        Self::Tsitouras,
    ];
}

/// How accurate: the tolerances under one word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accuracy {
    /// For averages over draws.
    #[default]
    Standard,
    /// Shorter steps, early ones most of all: to see whether a result depends on the step.
    Careful,
    /// Both; where these leave doubt, stricter steps; where doubt remains, the exact flow if n·p ≤ 5000, else *undecided*.
    Checked,
}

/// What the steps of an accuracy may do; see [`Flow`] for the words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerances {
    /// Largest local error of θ, relative to ‖θ‖.
    pub tolerance: f64,
    /// Largest change of log L.
    pub fall: f64,
    /// Largest relative error of the margin of an example at risk.
    pub margin: f64,
    /// Largest step at time 0, in units of the start's own time scale.
    pub first_step: f64,
    /// Growth of the largest step, per time.
    pub step_growth: f64,
    /// By how much the price per time of steps over kinks, in evaluations, may exceed that of the usual ones; 0 for no such steps.
    pub patience: f64,
    /// How long steps over kinks may cost ten times as much, while an example may be at risk; in units of the start's own time scale.
    pub early: f64,
    /// Small steps in which a step over kinks follows a neuron.
    pub small_steps: usize,
}

impl Accuracy {
    /// Its tolerances; of `Checked`, those of its careful run.
    pub fn tolerances(self) -> Tolerances {
        match self {
            Self::Standard => Tolerances {
                tolerance: 0.08,
                fall: 0.2,
                margin: 0.08,
                first_step: 0.03,
                step_growth: 0.08,
                patience: 3.0,
                early: 6.0,
                small_steps: 4,
            },
            Self::Careful | Self::Checked => Tolerances {
                tolerance: 0.05,
                fall: 0.1,
                margin: 0.022,
                first_step: 0.004,
                step_growth: 0.02,
                patience: 5.0,
                early: 25.0,
                small_steps: 8,
            },
        }
    }
}

/// The flow dθ/dt = −p ∇L(θ), integrated with steps chosen for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Flow {
    /// Which method integrates it.
    pub integrator: Integrator,
    /// How accurate, in one word.
    pub accuracy: Accuracy,
    /// Largest local error of θ in a step, relative to ‖θ‖; overrides `accuracy`.
    pub tolerance: Option<f64>,
    /// Largest change of log L in a step; overrides `accuracy`.
    pub fall: Option<f64>,
    /// Largest step.
    pub largest_step: Option<f64>,
    /// Largest error of the margin of an example at risk in a step, relative to it; overrides `accuracy`.
    pub margin: Option<f64>,
    /// Largest step at time 0, in units of the start's own time scale; overrides `accuracy`.
    pub first_step: Option<f64>,
    /// By how much the largest step grows per time; overrides `accuracy`.
    pub step_growth: Option<f64>,
    /// By how much the price per time of steps that follow neurons over their kinks may exceed that of the usual ones, 0 for no such
    /// steps; overrides `accuracy`. The price is four evaluations and what following took in the last step. With `integrator =
    /// "automatic"` only.
    pub patience: Option<f64>,
    /// Largest local error of a neuron in a step, relative to its own norm; overrides `accuracy`.
    pub neuron: Option<f64>,
    /// Most stages of a Runge–Kutta–Chebyshev step (60 unless said).
    pub most_stages: Option<usize>,
    /// The scalar type of evaluations; states and steps are always f64.
    pub precision: Precision,
}

/// Most stages of a Runge–Kutta–Chebyshev step, unless said.
const MOST_STAGES: usize = 60;

impl Flow {
    /// Checks the tolerances.
    ///
    /// # Errors
    /// Unless they are positive and finite, and the stages between 2 and 1000; for `patience` with a named integrator.
    pub fn check(&self) -> Result<()> {
        let numbers = [
            ("tolerance", self.tolerance),
            ("fall", self.fall),
            ("largest_step", self.largest_step),
            ("margin", self.margin),
            ("first_step", self.first_step),
            ("step_growth", self.step_growth),
            ("neuron", self.neuron),
        ];
        for (name, value) in numbers {
            if let Some(value) = value
                && !(value > 0.0 && value.is_finite())
            {
                return Err(Error::out_of_range(name, "a positive number", value));
            }
        }
        if let Some(patience) = self.patience {
            if !(patience >= 0.0 && patience.is_finite()) {
                return Err(Error::out_of_range(
                    "patience",
                    "a number that is not negative",
                    patience,
                ));
            }
            if self.integrator != Integrator::Automatic {
                return Err(Error::out_of_range(
                    "integrator",
                    "automatic with patience: a named integrator takes no steps over kinks",
                    as_written(self.integrator),
                ));
            }
        }
        match self.most_stages {
            Some(stages) if !(2..=1000).contains(&stages) => {
                Err(Error::out_of_range("most_stages", "between 2 and 1000", stages))
            }
            _ => Ok(()),
        }
    }

    /// Integrates until a stop comes.
    pub(super) fn solve(&self, problem: &Problem<'_>, field: &mut dyn VectorField<f64>) -> Solution {
        let preset = self.accuracy.tolerances();
        let rates = field.model().rates();
        let control = Control {
            tolerance: self.tolerance.unwrap_or(preset.tolerance),
            trained: [rates.hidden > 0.0, rates.output > 0.0],
            fall: self.fall.unwrap_or(preset.fall),
            largest_step: self.largest_step.unwrap_or(f64::INFINITY),
            margin: self.margin.unwrap_or(preset.margin),
            first_step: self.first_step.unwrap_or(preset.first_step),
            step_growth: self.step_growth.unwrap_or(preset.step_growth),
            neuron: self.neuron.unwrap_or(f64::INFINITY),
            early: preset.early,
            rounding: self.precision.rounding(),
        };
        let length = field.state_length();
        let stages = self.most_stages.unwrap_or(MOST_STAGES);
        let pairs = (field.examples() * field.neurons()) as f64;
        let radius_of_square = rates.max() * problem.dataset.gram_norm() / pairs;
        let neurons = field.neurons();
        let forces = FrozenForces::of(field.model());
        let chebyshev =
            |order| RungeKuttaChebyshev::new(order, stages, (neurons, length), forces, radius_of_square);
        match self.integrator {
            Integrator::Automatic => {
                let patience = self.patience.unwrap_or(preset.patience);
                let (small_steps, rounding) = (preset.small_steps, self.precision.rounding());
                let mut stepper =
                    Relaxed::new(chebyshev(Order::First), field, patience, small_steps, rounding);
                adaptive::solve(problem, field, &mut stepper, &control)
            }
            Integrator::RungeKuttaChebyshev1 => {
                adaptive::solve(problem, field, &mut chebyshev(Order::First), &control)
            }
            Integrator::RungeKuttaChebyshev2 => {
                adaptive::solve(problem, field, &mut chebyshev(Order::Second), &control)
            }
            Integrator::BogackiShampine => adaptive::solve(
                problem,
                field,
                &mut ExplicitPair::new(&BOGACKI_SHAMPINE, length),
                &control,
            ),
            Integrator::Tsitouras => adaptive::solve(
                problem,
                field,
                &mut ExplicitPair::new(&TSITOURAS, length),
                &control,
            ),
        }
    }
}
