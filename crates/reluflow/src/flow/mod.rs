//! Lets time pass: the methods that integrate dθ/dt = −p ∇L(θ), when they stop, and what they return.

mod adaptive;
mod balance;
pub(crate) mod bogacki_shampine;
mod checked;
mod clock;
mod confirm;
mod control;
mod drift;
mod energy_defect;
mod exact;
pub(crate) mod explicit_pair;
mod far;
mod frozen_forces;
mod gauges;
mod gradient_descent;
pub(crate) mod grid;
mod integrator;
mod interrupt;
mod journal;
mod jump;
mod locate;
mod observer;
mod point;
mod random_features;
mod rest;
mod risk;
mod run;
mod runge_kutta_chebyshev;
mod solution;
mod spectral_radius;
mod stage;
mod stepper;
mod stop;
pub(crate) mod tsitouras;
mod vanishing;
mod waveform;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::field::{Dense, IdleThreads, Mixed, Orthogonal, Real};
use crate::model::{Loss, Model};
use crate::observe::{Observable, Record};
use crate::{Dataset, Network};

pub use checked::{MAX_EXACT, neurons_may_gather};
pub use exact::{Branch, Checks, Event, EventKind, Events, Exact};
pub use gradient_descent::GradientDescent;
pub use integrator::{Accuracy, Flow, Integrator, Tolerances};
pub use interrupt::Interrupt;
pub use journal::Journal;
pub use jump::{Jump, JumpMargins, JumpProcess};
pub use observer::Observer;
pub use random_features::{LinearEnd, RandomFeatures};
pub use solution::{Counts, DecidedBy, End, Solution};
pub use stop::{Limits, Stops};
pub use vanishing::Vanishing;

/// The scalar type the field is evaluated in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Double precision.
    #[default]
    F64,
    /// Single precision: for protocols that ask for it.
    F32,
}

impl Precision {
    /// The rounding unit, the gap between 1 and the next number.
    pub fn rounding(self) -> f64 {
        match self {
            Self::F64 => f64::EPSILON,
            Self::F32 => f64::from(f32::EPSILON),
        }
    }
}

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Method {
    /// The flow, with steps chosen for it.
    Flow(Flow),
    /// Gradient descent on p·L, explicit Euler: θ ← θ − η p ∇L(θ). Not the flow where λ_max(M)/n passes 2/η.
    GradientDescent(GradientDescent),
    /// The flow itself, event by event: for small problems, n·p up to about 10⁴.
    Exact(Exact),
    /// The limit of vanishing starts on orthogonal inputs, jump by jump.
    Jump(Vanishing),
}

impl Default for Method {
    fn default() -> Self {
        Self::Flow(Flow::default())
    }
}

impl Method {
    /// The rounding unit of the method's evaluations.
    pub(crate) fn rounding(&self) -> f64 {
        let precision = match self {
            Self::Flow(method) => method.precision,
            Self::GradientDescent(method) => method.precision,
            Self::Exact(_) | Self::Jump(_) => Precision::F64,
        };
        precision.rounding()
    }

    /// Checks the method's parameters.
    ///
    /// # Errors
    /// Naming the parameter, what was expected and what was found.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Flow(method) => method.check(),
            Self::GradientDescent(method) => method.check(),
            Self::Exact(method) => method.check(),
            Self::Jump(_) => Ok(()),
        }
    }

    /// Refuses a model that the method cannot follow.
    ///
    /// # Errors
    /// For the exact method and a model with weight decay.
    pub fn needs(&self, model: &Model) -> Result<()> {
        match self {
            Self::Exact(_) if !model.decay().is_none() => {
                let expected = "flow or gradient-descent for a model with weight decay: the exact method follows flows \
                                whose balances are conserved";
                Err(Error::out_of_range(
                    "flow.method",
                    expected,
                    format!("exact for {model}"),
                ))
            }
            Self::Jump(_) if !model.is_the_papers() => {
                let expected = "flow or gradient-descent for this model: the jump process is the limit of ReLU networks of \
                                the square loss, both layers at rate 1, without decay";
                Err(Error::out_of_range(
                    "flow.method",
                    expected,
                    format!("jump for {model}"),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// A flow to be computed: data, where it starts, how, until when, and what to write down.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    /// The examples.
    pub dataset: &'a Dataset,
    /// The network at time 0.
    pub network: &'a Network,
    /// Whose flow it is: the paper's unless said.
    pub model: Model,
    /// How time passes.
    pub method: Method,
    /// When to stop: whichever comes first.
    pub stops: Stops,
    /// What to write down, and when.
    pub record: Record,
    /// Examples that are not trained on, for [`Observable::Test`].
    pub test: Option<&'a Dataset>,
    /// The network that labelled the examples, for [`Observable::Teacher`].
    pub teacher: Option<&'a Network>,
    /// Set by another thread to end the run early.
    pub interrupt: Interrupt,
    /// Shown every row as it is written.
    pub observer: Observer,
    /// Threads that may share large evaluations while they stand idle; no bit depends on them.
    pub idle_threads: IdleThreads,
}

impl<'a> Problem<'a> {
    /// A problem that stops at the trap or after the paper's 1.5 transition times, and records the end only.
    pub fn new(dataset: &'a Dataset, network: &'a Network, method: Method) -> Self {
        let stops = Stops {
            trap: true,
            transitions: Some(1.5),
            ..Stops::default()
        };
        Self {
            dataset,
            network,
            model: Model::PAPER,
            method,
            stops,
            record: Record::default(),
            test: None,
            teacher: None,
            interrupt: Interrupt::default(),
            observer: Observer::default(),
            idle_threads: IdleThreads::default(),
        }
    }

    /// The field in any coordinates.
    fn dense<T: Real>(&self) -> Dense<T> {
        let field = if self.model.decay().is_none() {
            Dense::starting_at(self.dataset, self.network)
        } else {
            // What stands outside the span of the inputs decays, too.
            Dense::new(self.dataset, self.network.neurons())
        };
        field
            .with_model(&self.model)
            .with_idle_threads(&self.idle_threads)
    }

    /// The field along orthogonal inputs.
    fn orthogonal<T: Real>(&self) -> Orthogonal<'a, T> {
        Orthogonal::new(self.dataset, self.network).with_model(&self.model)
    }

    /// Whether the inputs are orthogonal, and span the space if what stands outside decays.
    fn is_orthogonal(&self) -> bool {
        let data = self.dataset;
        let spans = || data.examples() == data.dimension() && data.input_norm_bounds().0 > 0.0;
        data.is_orthogonal() && (self.model.decay().is_none() || self.model.decay_bias && spans())
    }

    /// Refuses a record that asks for what the problem does not have, and test data or directions of another dimension.
    fn check_extras(&self) -> Result<()> {
        let d = self.dataset.dimension();
        if self.record.wants(Observable::Test) && self.test.is_none() {
            let expected = "test examples for the observable test";
            return Err(Error::out_of_range("test", expected, "none"));
        }
        if self.record.wants(Observable::Teacher) && self.teacher.is_none() {
            let expected = "labels that a network gave for the observable teacher";
            return Err(Error::out_of_range("teacher", expected, "none"));
        }
        if let Some(test) = self.test {
            if test.dimension() != d {
                return Err(Error::out_of_range(
                    "dimension of the test examples",
                    format!("{d}, as of the training examples"),
                    test.dimension(),
                ));
            }
            self.model.loss.check_labels(&test.labels().to_vec())?;
        }
        match self.record.directions.iter().find(|v| v.len() != d) {
            Some(v) => Err(Error::out_of_range(
                "record.directions",
                format!("vectors of {d} numbers, as the inputs have"),
                format!("one of {}", v.len()),
            )),
            None => Ok(()),
        }
    }

    /// Runs the flow.
    ///
    /// # Errors
    /// When network and data do not fit, or a parameter is out of range. How the run *ended* is no error: see
    /// [`Solution::verdict`].
    pub fn solve(&self) -> Result<Solution> {
        let (d, found) = (self.dataset.dimension(), self.network.dimension());
        if d != found {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (self.network.neurons(), d),
                found: (self.network.neurons(), found),
            });
        }
        self.method.check()?;
        self.check_start()?;
        self.stops.check()?;
        self.record.check()?;
        self.model.check()?;
        self.model.check_data(self.dataset)?;
        self.method.needs(&self.model)?;
        self.record.needs(&self.model)?;
        self.check_extras()?;
        let linear = self.linear_end()?;
        let orthogonal = self.is_orthogonal();
        let solution = match self.method {
            Method::Exact(method) => method.solve(self)?,
            Method::Jump(method) => method.solve(self)?,
            Method::Flow(method) if method.accuracy == Accuracy::Checked => checked::solve(self, method)?,
            Method::Flow(method) => match (orthogonal, method.precision) {
                (true, Precision::F64) => method.solve(self, &mut self.orthogonal::<f64>()),
                (true, Precision::F32) => method.solve(self, &mut Mixed::new(self.orthogonal::<f32>())),
                (false, Precision::F64) => method.solve(self, &mut self.dense::<f64>()),
                (false, Precision::F32) => method.solve(self, &mut Mixed::new(self.dense::<f32>())),
            },
            Method::GradientDescent(method) => match (orthogonal, method.precision) {
                (true, Precision::F64) => method.solve(self, &mut self.orthogonal::<f64>()),
                (true, Precision::F32) => method.solve(self, &mut self.orthogonal::<f32>()),
                (false, Precision::F64) => method.solve(self, &mut self.dense::<f64>()),
                (false, Precision::F32) => method.solve(self, &mut self.dense::<f32>()),
            },
        };
        Ok(Solution { linear, ..solution })
    }

    /// Refuses a start so small that squares of its weights, by which steps are judged, leave the range of numbers.
    fn check_start(&self) -> Result<()> {
        let weights = self.network.hidden_weights().into_iter();
        let weights = weights.chain(self.network.output_weights());
        let largest = weights.fold(0.0, |largest: f64, weight| largest.max(weight.abs()));
        if matches!(self.method, Method::Flow(_)) && largest > 0.0 && largest < LEAST_START {
            return Err(Error::out_of_range(
                "largest weight at the start of a flow",
                "0 or at least 1e-150, so that squares are in range",
                format!("{largest:e}"),
            ));
        }
        Ok(())
    }

    /// To what the flow tends, where the hidden layer is frozen and the loss square, so that this is a linear problem; none for
    /// other models, and where it would cost more than a flow does.
    fn linear_end(&self) -> Result<Option<LinearEnd>> {
        let (n, p) = (self.dataset.examples(), self.network.neurons());
        let linear = self.model.rates().hidden == 0.0 && self.model.loss == Loss::Square;
        if !linear || (n * p).saturating_mul(n.min(p)) > MOST_LINEAR {
            return Ok(None);
        }
        Ok(Some(
            RandomFeatures::new(self.dataset, self.network, &self.model)?.end(),
        ))
    }
}

/// The smallest start of a flow.
const LEAST_START: f64 = 1e-150;

/// Largest np min(n, p) of a linear problem that is solved to its end beside its flow: about a second.
const MOST_LINEAR: usize = 1_000_000_000;
