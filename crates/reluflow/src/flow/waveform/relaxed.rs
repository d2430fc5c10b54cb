//! Runge–Kutta–Chebyshev, and steps that follow neurons over their kinks while these are affordable.

use super::Waveform;
use crate::field::VectorField;
use crate::flow::drift::Leading;
use crate::flow::runge_kutta_chebyshev::RungeKuttaChebyshev;
use crate::flow::stage::Stage;
use crate::flow::stepper::{Advance, Outlook, Plan, Stepper};

/// Largest product of the step and the spectral radius; below 2 more sweeps would converge.
const MOST: f64 = 1.9;

/// By how much the price of steps over kinks may be higher while the verdict may still be decided.
const EARLY: f64 = 10.0;

/// By how much longer, after every step over kinks, errors are taken to let one of the usual kind be.
const MORE: f64 = 1.1;

/// Steps over kinks that errors make shorter than this part of what they may be, so many in a row, are not worth their price: a neuron is held where
/// they do not help, as at w = 0.
const SHORT: f64 = 1e-3;
const MANY: u32 = 30;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Usual,
    OverKinks,
}

/// Steps of two kinds: over kinks where their evaluations per time are at most `patience` times those of the usual ones, [`EARLY`] times that where
/// the verdict may still be decided.
#[derive(Debug)]
pub(in crate::flow) struct Relaxed {
    usual: RungeKuttaChebyshev,
    /// None where none suit, or never again.
    waveform: Option<Waveform>,
    patience: f64,
    /// How many short steps over kinks were taken, or tried, in a row.
    short: u32,
    /// Whether the next step is to be one over kinks, and whether the last one was.
    next: bool,
    last: bool,
    /// Whether a step was planned and not yet taken: others are to times inside one.
    is_planned: bool,
    /// The longest step of the usual kind, by the plan and by errors.
    longest: f64,
    /// How long errors let steps of that kind be, when one was last taken.
    reach: f64,
    /// The kind of the last step that was planned, steps to times inside one left out.
    taken: Option<Kind>,
}

impl Relaxed {
    /// For a field, whose evaluations have this rounding unit. Where steps over kinks do not suit it, or `patience` is 0, all steps are the usual ones.
    pub(in crate::flow) fn new(
        usual: RungeKuttaChebyshev,
        field: &dyn VectorField<f64>,
        patience: f64,
        small_steps: usize,
        rounding: f64,
    ) -> Self {
        Self {
            usual,
            waveform: (patience > 0.0)
                .then(|| Waveform::new(field, small_steps, rounding))
                .flatten(),
            patience,
            short: 0,
            next: false,
            last: false,
            is_planned: false,
            longest: 0.0,
            reach: f64::INFINITY,
            taken: None,
        }
    }
}

impl Stepper for Relaxed {
    fn plan(&mut self, outlook: Outlook) -> Plan {
        let ([longest, over_kinks], radius) = (outlook.longest, outlook.radius);
        let over_kinks = over_kinks.min(MOST / radius);
        let is_short = self.next && outlook.step < SHORT * over_kinks;
        self.short = if is_short { self.short + 1 } else { 0 };
        if self.short > MANY {
            self.waveform = None;
        }
        match self.taken {
            Some(Kind::OverKinks) => self.reach *= MORE,
            Some(Kind::Usual) => self.reach = outlook.step,
            None => {}
        }
        let reached = longest.min(self.reach);
        let usual = reached / self.usual.stages(reached, radius) as f64;
        let patience = if outlook.early {
            EARLY * self.patience
        } else {
            self.patience
        };
        let pays = |waveform: &Waveform| patience * over_kinks / waveform.price() >= usual;
        self.next = self.waveform.as_ref().is_some_and(pays);
        self.is_planned = true;
        self.longest = reached;
        Plan {
            longest: if self.next { over_kinks } else { reached },
            over_kinks: self.next,
        }
    }

    fn error_exponent(&self) -> f64 {
        if self.last {
            1.0 / 3.0
        } else {
            self.usual.error_exponent()
        }
    }

    fn largest_step(&self, radius: f64) -> f64 {
        self.usual.largest_step(radius)
    }

    fn radius_safety(&self) -> f64 {
        self.usual.radius_safety()
    }

    fn advance(
        &mut self,
        field: &mut dyn VectorField<f64>,
        from: &Stage,
        to: &mut Stage,
        [length, h]: [f64; 2],
        radius: f64,
    ) -> Advance {
        let is_planned = std::mem::take(&mut self.is_planned);
        // To a time inside a step that a usual one reaches, that is cheaper.
        let is_long = is_planned || length > self.longest;
        let waveform = self
            .waveform
            .as_mut()
            .filter(|_| self.next && is_long && length * radius <= 2.0);
        let cost = waveform.and_then(|waveform| {
            if is_planned {
                waveform.step(from, length, &mut to.state)
            } else {
                waveform.step_aside(from, length, &mut to.state)
            }
        });
        self.last = cost.is_some();
        if is_planned {
            self.taken = Some(if self.last { Kind::OverKinks } else { Kind::Usual });
        }
        let Some(evaluations) = cost else {
            return self.usual.advance(field, from, to, [length, h], radius);
        };
        to.time = from.time + length;
        Advance {
            known: None,
            evaluations,
        }
    }

    fn leading_error(&mut self, from: &Stage, to: &Stage, neurons: usize) -> Leading {
        if self.last {
            self.usual.restart();
            return Leading {
                weight: 0.0,
                known: 0.0,
            };
        }
        self.usual.leading_error(from, to, neurons)
    }

    fn local_error(&self, from: &Stage, to: &Stage, error: &mut [f64]) {
        match &self.waveform {
            Some(waveform) if self.last => error.copy_from_slice(&waveform.error),
            _ => self.usual.local_error(from, to, error),
        }
    }

    fn restart(&mut self) {
        self.usual.restart();
        self.waveform = None;
        self.last = false;
        self.reach = f64::INFINITY;
        self.taken = None;
    }
}
