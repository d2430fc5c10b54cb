//! Finds a threshold with as few draws as possible: places them by what is known, and stops at a precision.
//!
//! ```text
//! counts ─weigh→ curves left possible ─place→ a batch of draws ─run→ counts … until the interval is narrow enough
//! ```
//!
//! The curve is logit P = λ + κ (T − x), λ the logit of the target, x = log n where n is positive. While T is unknown
//! within the width of the curve, draws go to the posterior quantiles of T, a search that cuts the bracket in as many
//! parts as it places draws; from then on each goes where it adds most to the information on T, the width that an
//! unknown κ costs included. Estimate and interval are the likelihood's: the prior only plans.
//!
//! A batch depends on the counts before it and on nothing else, so the same draws give the same answer.

mod answer;
mod curve;
mod design;
mod plan;
mod posterior;

pub use answer::{Answer, End, grid_trials};
pub use plan::{Plan, Scale};

use curve::{Fit, Tally, gap};
use posterior::Posterior;

use super::interval::normal_quantile;
use super::{Estimate, chi_squared_1};

/// A search stops early when κ happens to come out too steep, and its interval is then too narrow, by about this
/// multiple of the relative standard error of κ: measured by the example `threshold_coverage`.
const OPTIONAL_STOPPING: f64 = 2.0 / 3.0;
/// Largest relative error of κ that is counted. For a step, with no κ to speak of, the widened interval then excludes
/// a place where seven draws of seven agree: an exact test would ask for six.
const LARGEST_SPREAD: f64 = 0.75;
/// Fewest draws before an interval is believed.
const FEWEST: f64 = 24.0;
/// Spread of T, in units of the curve's 1/κ, below which the bracket is narrow.
const NARROW: f64 = 1.0;
/// Most draws at once, in batches of the smallest size.
const LARGEST: u64 = 16;

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Draw so many more times at these places, in increasing order.
    Draw(Vec<(f64, u64)>),
    /// Nothing.
    Done(Answer),
}

/// A search in progress.
///
/// ```
/// use reluflow_statistics::sequential::{End, Plan, Scale, Search, Step};
/// let scale = Scale { logarithmic: true, whole: true, falls: true };
/// let plan = Plan {
///     scale, target: 0.5, precision: 0.05, level: 0.95, most_trials: 1000, batch: 8,
///     range: (10.0, 400.0), limits: (1.0, 1600.0),
/// };
/// let mut search = Search::new(plan);
/// // Everything succeeds up to n = 120, nothing beyond.
/// let answer = loop {
///     match search.advance() {
///         Step::Done(answer) => break answer,
///         Step::Draw(places) => for (n, draws) in places {
///             search.enter(n, if n <= 120.0 { draws } else { 0 }, draws);
///         },
///     }
/// };
/// assert!(answer.end == End::Reached && answer.estimate.covers(120.5));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    plan: Plan,
    range: (f64, f64),
    /// By x.
    tallies: Vec<Tally>,
}

impl Search {
    /// A search before its first draw.
    pub fn new(plan: Plan) -> Self {
        Self {
            range: plan.range,
            plan,
            tallies: Vec::new(),
        }
    }

    /// Adds counts at a place.
    pub fn enter(&mut self, at: f64, successes: u64, trials: u64) {
        let x = self.plan.scale.x(at);
        let (successes, trials) = (successes as f64, trials as f64);
        match self.tallies.binary_search_by(|tally| tally.x.total_cmp(&x)) {
            Ok(k) => {
                self.tallies[k].successes += successes;
                self.tallies[k].trials += trials;
            }
            Err(k) => self.tallies.insert(k, Tally { x, successes, trials }),
        }
    }

    /// Draws so far.
    pub fn trials(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.trials as u64).sum()
    }

    /// The next batch, or the answer. O(10⁵ · places) at most.
    pub fn advance(&mut self) -> Step {
        let (family, prior, scale) = (self.plan.family(), self.plan.prior(), self.plan.scale);
        let posterior = Posterior::new(&family, &prior, &self.tallies);
        let beyond = |range: (f64, f64)| {
            let (low, high) = scale.ends(range);
            let share =
                |out: &dyn Fn(f64) -> bool| posterior.mean(|curve| f64::from(u8::from(out(curve.threshold))));
            (share(&|t| t < low), share(&|t| t > high))
        };
        let fit = self.fit();
        let answer = self.answer(&fit);
        if let Some(end) = self.ended(&answer, beyond(self.plan.limits)) {
            let mut answer = Answer { end, ..answer };
            match end {
                End::Above => answer.estimate.value = f64::INFINITY,
                End::Below => answer.estimate.value = f64::NEG_INFINITY,
                End::Reached | End::OutOfTrials | End::Step => {}
            }
            return Step::Done(answer);
        }
        let (below, above) = beyond(self.range);
        if below > 0.5 || above > 0.5 {
            self.range = self.plan.grown(self.range, above > 0.5);
        }
        let (low, high) = scale.ends(self.range);
        let mean = posterior.mean(|curve| curve.threshold);
        let deviation = posterior.mean(|curve| (curve.threshold - mean).powi(2)).sqrt();
        let slope = posterior.mean(|curve| curve.slope.ln()).exp();
        let draws = self.batch(&answer);
        let mut places: Vec<(f64, u64)> = Vec::new();
        if slope * deviation > NARROW {
            let quantile = |k: u64| {
                posterior
                    .quantile((k as f64 + 0.5) / draws as f64)
                    .clamp(low, high)
            };
            places.extend((0..draws).map(|k| (scale.drawable(quantile(k), self.range), 1)));
        } else {
            let mut candidates: Vec<f64> = design::candidates(&posterior, slope, family.logit, low, high)
                .iter()
                .map(|x| scale.drawable(*x, self.range))
                .collect();
            candidates.sort_by(f64::total_cmp);
            candidates.dedup();
            let x: Vec<f64> = candidates.iter().map(|at| scale.x(*at)).collect();
            let z = normal_quantile(0.5 + 0.5 * self.plan.level);
            let counts = design::place(&family, &posterior, &self.tallies, &x, draws, z);
            places.extend(candidates.into_iter().zip(counts));
        }
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        places.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        places.retain(|place| place.1 > 0);
        Step::Draw(places)
    }

    /// The threshold and interval of the draws so far.
    pub fn so_far(&self) -> Answer {
        self.answer(&self.fit())
    }

    /// The fitted probability at a place, with its pointwise interval: ±z standard errors of the logit there, by the
    /// Fisher information, widened as the threshold's interval is. A step has no width.
    pub fn curve(&self, at: f64) -> Estimate {
        let (family, fit, x) = (self.plan.family(), self.fit(), self.plan.scale.x(at));
        let logit = family.logit + fit.slope * (fit.threshold - x);
        let error = design::logit_error(&family, &self.tallies, x, fit.threshold, fit.slope);
        let half = match error.is_finite() {
            true => normal_quantile(0.5 + 0.5 * self.plan.level) * self.widening(&fit) * error,
            false => 0.0,
        };
        let probability = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        Estimate {
            value: probability(logit),
            low: probability(logit - half),
            high: probability(logit + half),
        }
    }

    /// Where the curve of an answer passes another probability; none for a step or without a curve.
    pub fn place_of(&self, answer: &Answer, probability: f64) -> Option<f64> {
        let x = self.plan.scale.x(answer.estimate.value);
        let logit = (probability / (1.0 - probability)).ln();
        let place = self
            .plan
            .scale
            .at(x + (self.plan.family().logit - logit) / answer.slope);
        (answer.slope.is_finite() && answer.slope > 0.0 && place.is_finite()).then_some(place)
    }

    fn fit(&self) -> Fit {
        let (low, high) = self.plan.prior().thresholds;
        self.plan.family().fit(&self.tallies, low, high)
    }

    fn answer(&self, fit: &Fit) -> Answer {
        let (family, scale) = (self.plan.family(), self.plan.scale);
        let (first, last) = self.plan.prior().thresholds;
        let fall = 0.5 * chi_squared_1(self.plan.level) * self.widening(fit).powi(2);
        let (low, high) = family.interval(&self.tallies, fit, fall, first, last);
        let at = |x: f64| match x.is_finite() {
            true => scale.at(x),
            // Unbounded towards smaller n is unbounded by nothing: on a logarithmic axis that is 0.
            false if (x < 0.0) == scale.falls => f64::NEG_INFINITY,
            false => f64::INFINITY,
        };
        let (low, high) = if scale.falls {
            (at(low), at(high))
        } else {
            (at(high), at(low))
        };
        let steep = gap(&self.tallies).is_some() || fit.slope >= family.steepest;
        Answer {
            estimate: Estimate {
                value: at(fit.threshold),
                low,
                high,
            },
            slope: if steep { f64::INFINITY } else { fit.slope },
            trials: self.trials(),
            end: End::OutOfTrials,
        }
    }

    /// The factor on an interval's width that pays for stopping when it is narrow: 1 + s·[`OPTIONAL_STOPPING`], s the
    /// relative standard error of κ.
    fn widening(&self, fit: &Fit) -> f64 {
        let spread = design::slope_spread(&self.plan.family(), &self.tallies, fit.threshold, fit.slope);
        1.0 + OPTIONAL_STOPPING * spread.min(LARGEST_SPREAD)
    }

    /// Whether the search has ended; `beyond`: the posterior weight below and above the limits, by x.
    fn ended(&self, answer: &Answer, beyond: (f64, f64)) -> Option<End> {
        let trials = answer.trials as f64;
        let tail = 0.5 * (1.0 - self.plan.level);
        let (larger, smaller) = match self.plan.scale.falls {
            true => (End::Above, End::Below),
            false => (End::Below, End::Above),
        };
        if trials >= FEWEST && beyond.1 > 1.0 - tail {
            return Some(larger);
        }
        if trials >= FEWEST && beyond.0 > 1.0 - tail {
            return Some(smaller);
        }
        let neighbours = |(before, after): &(f64, f64)| {
            let distance = self.plan.scale.at(*before) - self.plan.scale.at(*after);
            self.plan.scale.whole && distance.abs() <= 1.0 && self.both_sides_are_sure(*before, *after)
        };
        let end = match answer.precision() <= self.plan.precision {
            true => Some(End::Reached),
            false => gap(&self.tallies).filter(neighbours).map(|_| End::Step),
        };
        match end {
            Some(end) if trials >= FEWEST => Some(end),
            _ => (answer.trials >= self.plan.most_trials).then_some(End::OutOfTrials),
        }
    }

    /// Whether enough draws succeeded at the last place before a gap, and enough failed at the first one after it, to
    /// reject by an exact binomial test that T is beyond either.
    fn both_sides_are_sure(&self, before: f64, after: f64) -> bool {
        let tail = 0.5 * (1.0 - self.plan.level);
        let trials = |x: f64| {
            self.tallies
                .iter()
                .find(|tally| tally.x == x)
                .map_or(0.0, |tally| tally.trials)
        };
        self.plan.target.powf(trials(before)) <= tail && (1.0 - self.plan.target).powf(trials(after)) <= tail
    }

    /// How many draws next: a quarter of those before, within bounds, and not more than half of what the interval
    /// still seems to need.
    fn batch(&self, answer: &Answer) -> u64 {
        let trials = answer.trials;
        let ratio = answer.precision() / self.plan.precision;
        let needed = if ratio.is_finite() {
            0.5 * (ratio * ratio - 1.0) * trials as f64
        } else {
            f64::INFINITY
        };
        let most = (trials / 4).min(needed as u64);
        let batch = self.plan.batch.max(1);
        most.clamp(batch, LARGEST * batch)
            .min(self.plan.most_trials.saturating_sub(trials).max(1))
    }
}

#[cfg(test)]
mod tests;
