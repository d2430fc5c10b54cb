//! Expands the flow and says how long a step may be: up to where the last coefficients reach the tolerance.

use super::flow::Flow;
use super::series::Series;
use crate::flow::Journal;
use crate::linear::max_abs;
use crate::model::Loss;

/// The lowest order a step is tried with.
const LEAST_ORDER: usize = 4;
/// A lower order is enough when its step is this many times the usual way to the next event.
const AMPLE: f64 = 3.0;

impl Flow<'_> {
    /// Expands at the present state, to an order fit for the way to the next event, and returns a safe step.
    pub(super) fn expand(&mut self, journal: &mut Journal) -> f64 {
        self.series.start(&self.state);
        loop {
            self.series.extend(&self.kinks, &self.pattern, self.pace());
            journal.counts.evaluations += 1;
            let order = self.series.order;
            if order < LEAST_ORDER.min(self.parameters.order) {
                continue;
            }
            let radius = self.radius();
            if order == self.parameters.order || radius > AMPLE * self.spacing {
                return radius;
            }
        }
    }

    /// The τ up to which the last two coefficients stay below the tolerance, neuron by neuron.
    fn radius(&self) -> f64 {
        let (order, d) = (self.series.order, self.kinks.dimension);
        let series = &self.series;
        let mut radius = f64::INFINITY;
        let mut limit = |size: f64, k: usize| {
            if size > 0.0 {
                radius = radius.min((self.parameters.tolerance / size).powf(1.0 / k as f64));
            }
        };
        let mut most = [0.0; 2];
        self.arch.dispatch(|| most = last_sizes(series, self.neurons, d));
        limit(most[0], order - 1);
        limit(most[1], order);
        for k in [order - 2, order - 1] {
            let most = match self.kinks.loss {
                Loss::Square => {
                    let (mut plus, mut minus) = (0.0f64, 0.0f64);
                    self.arch.dispatch(|| plus = max_abs(&series.plus[k]));
                    self.arch.dispatch(|| minus = max_abs(&series.minus[k]));
                    plus.max(minus) / self.label_scale
                }
                _ => self.series.forces.largest(k),
            };
            limit(most, k);
        }
        radius
    }

    pub(super) fn note_spacing(&mut self, tau: f64, event: bool) {
        let sample = if event { tau } else { 3.0 * tau };
        self.spacing = if self.spacing.is_finite() {
            0.8 * self.spacing + 0.2 * sample
        } else {
            sample
        };
    }
}

/// The largest entry of the last two coefficients of a neuron's weights in units of its largest weight, over all neurons.
#[inline(always)]
fn last_sizes(series: &Series, neurons: usize, d: usize) -> [f64; 2] {
    let order = series.order;
    let mut most = [0.0f64; 2];
    for j in 0..neurons {
        let place = j * d..(j + 1) * d;
        let mut sizes = [0.0; 3];
        for (size, k) in sizes.iter_mut().zip([0, order - 1, order]) {
            let output = series.output[k][j].abs();
            *size = max_abs(&series.hidden[k][place.clone()]).max(output);
        }
        for (most, size) in most.iter_mut().zip(&sizes[1..]) {
            if *size > 0.0 {
                *most = most.max(size / sizes[0]);
            }
        }
    }
    most
}
