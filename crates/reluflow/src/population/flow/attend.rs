//! Attends to the neurons of a run that come to w_j = 0, rest there, or leave it.

use super::super::zero::{Growth, Stillness, arrives};
use super::Run;
use crate::linear::norm;

/// Length at which a neuron would come to rest, as a part of ‖θ‖, below which it is left at 0 while others move: there its direction turns
/// so fast that the flow is stiff, and L is off by some 10⁻⁷ of what the neuron can add at most.
const WEAK: f64 = 3e-4;

impl Run<'_> {
    /// The growth p |∂L/∂w_j| of a neuron at 0 above which it leaves.
    pub(super) fn growth_level(&self) -> f64 {
        self.problem.stops.gradient_norm * self.field.neurons() as f64
    }

    /// Whether a neuron that is still would leave 0 at another θ.
    pub(super) fn would_leave(&self, state: &[f64]) -> bool {
        let (p, m) = (self.field.neurons(), self.field.coordinates());
        let leaves = |j: usize| {
            let growth = Growth::new(&self.field, state, state[p * m + j], 0.0);
            growth.onwards(None, self.growth_level()).is_ok()
        };
        (0..p).any(|j| self.field.is_still(j) && leaves(j))
    }

    /// Takes neurons that have come within `reach` of 0, a part of ‖θ‖, through it, and lets those leave that can: true where one does.
    ///
    /// `depart` is the length at which a neuron leaves, of ‖θ‖ and its growth. Unless `sure`, neurons that are still are looked at only where θ
    /// has moved far enough for one to leave.
    pub(super) fn attend(&mut self, reach: f64, depart: impl Fn(f64, f64) -> f64, sure: bool) -> bool {
        let (p, m) = (self.field.neurons(), self.field.coordinates());
        let is_kinked = self.field.kernel().bend() > 0.0 && self.field.rates().hidden > 0.0;
        if !is_kinked || !self.loss.is_finite() {
            return false;
        }
        let size = norm(&self.state);
        let reach = reach * size;
        let arrive =
            |j: usize| !self.field.is_still(j) && arrives(&self.field, &self.state, &self.velocity, j, reach);
        let arriving: Vec<usize> = (0..p).filter(|j| arrive(*j)).collect();
        let still: Vec<usize> = (0..p).filter(|j| self.field.is_still(*j)).collect();
        let lasts = !sure && arriving.is_empty() && self.stillness.lasts(&self.field, &self.state);
        let ask = !still.is_empty() && !lasts;
        let led: Vec<usize> = (0..p)
            .filter(|j| self.field.is_led(*j) && !arriving.contains(j))
            .collect();
        if arriving.is_empty() && led.is_empty() && !ask {
            return false;
        }
        // All at once, of the same θ: equal neurons stay equal.
        let before = self.state.clone();
        let mut room = f64::INFINITY;
        let mut leaves = false;
        for j in led {
            let w = &before[j * m..(j + 1) * m];
            let length = norm(w);
            if sure || length > WEAK * size {
                self.field.set_led(j, false);
                // Where all else is at rest, the Hessian knows where this one goes.
                if sure && self.try_below > 0.0 {
                    self.try_below = f64::INFINITY;
                }
            } else {
                let way = Growth::new(&self.field, &before, before[p * m + j], reach).climb(w);
                let now = &mut self.state[j * m..(j + 1) * m];
                now.iter_mut()
                    .zip(&way.direction)
                    .for_each(|(w, u)| *w = length * u);
            }
        }
        let asked = if ask { still } else { Vec::new() };
        for j in arriving.into_iter().chain(asked) {
            let a = before[p * m + j];
            let w = &before[j * m..(j + 1) * m];
            let length = norm(w);
            let growth = Growth::new(&self.field, &before, a, reach);
            // p L = p L(0) − φ r + ½ q r²: a neuron of weak growth comes to rest at φ/q, too close to 0 to be told from there.
            let bent = a * a * self.field.kernel().own() / p as f64;
            let level = if sure {
                self.growth_level()
            } else {
                let weak = if reach > 0.0 { WEAK * size } else { 0.0 };
                self.growth_level().max(weak * bent)
            };
            let onwards = growth.onwards((length > 0.0).then_some(w), level);
            let now = &mut self.state[j * m..(j + 1) * m];
            match &onwards {
                Ok(way) => {
                    let out = depart(size, way.growth).min(0.5 * way.growth / bent);
                    now.iter_mut().zip(&way.direction).for_each(|(w, u)| *w = out * u);
                    leaves = true;
                }
                Err(growth) => {
                    now.fill(0.0);
                    room = room.min((level - growth) / a.abs());
                }
            }
            self.field.set_still(j, onwards.is_err());
            self.field.set_led(j, onwards.is_ok() && reach > 0.0);
        }
        if room < f64::INFINITY {
            self.stillness = Stillness::new(&self.state, room);
        }
        self.loss = self.field.velocity(&self.state, &mut self.velocity);
        self.gradient_norm = self.field.gradient_norm(&self.velocity);
        self.counts.evaluations += 1;
        leaves || (sure && self.gradient_norm > self.problem.stops.gradient_norm)
    }
}
