//! Says what a neuron does at an event: cross, slide, leave, die, or take the stated rule at a branch point.
//!
//! With a the output weight and J the jump of the summed residual across a kink, aJ > 0 is a *concave* kink:
//! the side beyond pulls further in, so a neuron that arrives crosses. aJ < 0 is a *convex* one: the velocity is the element of
//! least norm between the two sides, which crosses (λ at a bound) or slides (λ between). For fixed concave
//! sides the velocity depends monotonically on the force, so a flip never undoes itself.

use super::flow::{Flow, Handled};
use super::found::Found;
use super::pattern::{Side, Sliding};
use super::record::{Branch, Event, EventKind};
use super::series::Acting;
use crate::linear::{dot, norm};
use crate::vectors::in_vectors;

/// Share of a series' natural time after which ties that several multipliers leave together are judged.
const LATER: f64 = 1e-7;
/// Multipliers within this share of their scale of a bound leave together.
const TOGETHER: f64 = 1e-9;
/// |⟨w, x⟩| below this share of ‖w‖‖x‖ touches the kink.
const TOUCHING: f64 = 1e-13;
/// A normal velocity below this share of what cancels in it has no sign.
const NO_SIGN: f64 = 1e-12;

/// What acts on one neuron at a moment: its output weight and what it is pulled with on both sides of every kink.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) output: f64,
    pub(super) above: Vec<f64>,
    pub(super) below: Vec<f64>,
}

impl Moment {
    /// a (above − below) = a (1 − γ)(ρ⁺ − ρ⁻): how the force along the normal of kink k jumps across it.
    pub(super) fn jump(&self, k: usize) -> f64 {
        self.output * (self.above[k] - self.below[k])
    }
}

impl Flow<'_> {
    /// What acts on neuron j at τ of the current series.
    pub(super) fn moment(&self, j: usize, tau: f64) -> Moment {
        let Acting { plus, minus, .. } = self.series.acting(&self.kinks, tau);
        let series = &self.series;
        let output = super::bernstein::horner(&series.coefficients(&series.output, j, series.order), tau).0;
        let slope = self.kinks.slope;
        let (above, below) = if slope == 0.0 {
            (plus, minus)
        } else {
            let both = plus.iter().zip(&minus);
            both.map(|(plus, minus)| (plus + slope * minus, minus + slope * plus))
                .unzip()
        };
        Moment { output, above, below }
    }

    /// Acts on an event found at τ of the current series; the state is already there.
    pub(super) fn act(&mut self, found: Found, tau: f64) {
        let natural = Some(self.natural_time).filter(|time| time.is_finite());
        let later = tau + LATER * natural.unwrap_or(tau);
        match found {
            Found::Kink { neuron, kink } => self.reach(neuron, kink, tau, later),
            Found::Multiplier { neuron, kink, to } => self.leave(neuron, kink, to, tau, later),
            Found::Escape { neuron } => self.escape(neuron, tau),
            Found::OutputWeight { neuron } => {
                self.state.output[neuron] = 0.0;
                let set = self.pattern.sliding[neuron].kinks.clone();
                self.note(neuron, set[0], EventKind::Branch(Branch::OutputWeight));
                let moment = self.moment(neuron, later);
                self.settle(neuron, &set, &moment);
            }
        }
    }

    fn reach(&mut self, j: usize, kink: usize, tau: f64, later: f64) {
        let set = self.pattern.sliding[j].kinks.clone();
        let mut with = set.clone();
        with.push(kink);
        let pressed = self.pattern.sliding[j].extended(&self.kinks, with.clone());
        if pressed.rank() >= self.kinks.dimension {
            return self.pass_zero(j, kink, tau);
        }
        let d = self.kinks.dimension;
        pressed.project(&mut self.state.hidden[j * d..(j + 1) * d]);
        if self.handled(j, kink).is_some() {
            return self.settle_later(j, kink, later);
        }
        self.handle(j, kink, 1);
        let moment = self.moment(j, tau);
        let jump = moment.jump(kink);
        let touching = self.touching(j);
        if touching.len() > with.len() {
            // Normals that depend on these are reached with them.
            self.settle(j, &touching, &moment);
        } else if jump < 0.0 {
            self.settle(j, &with, &moment);
        } else {
            let other = match self.pattern.side(j, kink) {
                Side::Plus => Side::Minus,
                _ => Side::Plus,
            };
            self.change(j, &[(kink, other)]);
            if !set.is_empty() {
                self.settle(j, &set, &moment);
            }
        }
    }

    fn leave(&mut self, j: usize, kink: usize, to: Side, tau: f64, later: f64) {
        // With a kink held by those slid on, because its normal depends on theirs, the multipliers are not unique.
        let held = self.touching(j).len() > self.pattern.sliding[j].kinks.len();
        if self.moment(j, later).jump(kink) > 0.0 {
            // The force changed its sign: both sides, which pushed against each other, push apart. What else acts on the
            // neuron, and would choose, is a rounding: it lay between the two pulls, which were equal at that instant.
            self.note(j, kink, EventKind::Branch(Branch::Force));
        }
        if held || self.at_a_bound(j, tau) > 1 || self.handled(j, kink).is_some() {
            self.settle_later(j, kink, later);
        } else {
            // The velocity does not jump: u and u' are 0 on the side beyond too.
            self.handle(j, kink, 2);
            self.change(j, &[(kink, to)]);
        }
    }

    /// Decides all kinks neuron j touches by what acts on it a little later: where the instant itself is a tie.
    fn settle_later(&mut self, j: usize, kink: usize, later: f64) {
        let touching = self.touching(j);
        let moment = self.moment(j, later);
        let changed = self.settle(j, &touching, &moment);
        let pair = self.handle(j, kink, 1);
        if !changed {
            // What asked for a change is known to be an error: the next coefficient is asked.
            pair.preactivation += 1;
            pair.multiplier += 1;
        }
    }

    /// The pair's entry among those that had an event now.
    pub(super) fn handled(&self, j: usize, kink: usize) -> Option<&Handled> {
        self.handled
            .iter()
            .find(|pair| (pair.neuron, pair.kink) == (j, kink))
    }

    /// Enters a pair among those that had an event now, with the leading coefficients of u that vanish.
    fn handle(&mut self, neuron: usize, kink: usize, preactivation: usize) -> &mut Handled {
        let known = self
            .handled
            .iter()
            .position(|pair| (pair.neuron, pair.kink) == (neuron, kink));
        let at = known.unwrap_or_else(|| {
            self.handled.push(Handled {
                neuron,
                kink,
                preactivation,
                multiplier: 0,
            });
            self.handled.len() - 1
        });
        &mut self.handled[at]
    }

    /// How many of neuron j's multipliers are at a bound at τ.
    fn at_a_bound(&self, j: usize, tau: f64) -> usize {
        let series = &self.series;
        let moment = self.moment(j, tau);
        let kinks = &self.pattern.sliding[j].kinks;
        let at_bound = |(index, &kink): (usize, &usize)| {
            let held: Vec<f64> = (0..series.order).map(|k| series.holding[j][k][index]).collect();
            let m = super::bernstein::horner(&held, tau).0;
            let (low, high) = (moment.below[kink], moment.above[kink]);
            let close = TOGETHER * held.iter().fold((high - low).abs(), |most, c| most.max(c.abs()));
            (m - low).abs() <= close || (m - high).abs() <= close
        };
        kinks.iter().enumerate().filter(|pair| at_bound(*pair)).count()
    }

    /// The kinks neuron j is on, to rounding.
    pub(super) fn touching(&self, j: usize) -> Vec<usize> {
        let d = self.kinks.dimension;
        let w = &self.state.hidden[j * d..(j + 1) * d];
        let size = norm(w);
        let mut touching = Vec::new();
        in_vectors!(self.arch, {
            for (k, normal) in self.kinks.normals.chunks_exact(d).enumerate() {
                let slides = self.pattern.side(j, k) == Side::Slide;
                if slides || dot(w, normal).abs() <= TOUCHING * size * self.kinks.norms[k] {
                    touching.push(k);
                }
            }
        });
        touching
    }

    /// Puts w_j exactly on some kinks.
    fn press(&mut self, j: usize, set: &[usize]) {
        let d = self.kinks.dimension;
        let sliding = Sliding::new(&self.kinks, set.to_vec());
        sliding.project(&mut self.state.hidden[j * d..(j + 1) * d]);
    }

    /// Decides the sides of neuron j with respect to kinks it touches.
    ///
    /// Convex kinks: the element of least norm. Concave ones keep their side (one slid on until now: minus)
    /// unless the velocity points across. Returns whether any side changed.
    pub(super) fn settle(&mut self, j: usize, touching: &[usize], moment: &Moment) -> bool {
        let jump = |k: usize| moment.jump(k);
        let convex: Vec<usize> = touching.iter().copied().filter(|k| jump(*k) < 0.0).collect();
        let mut sides: Vec<Side> = (0..self.kinks.count()).map(|k| self.pattern.side(j, k)).collect();
        for &k in touching {
            if jump(k) >= 0.0 && sides[k] == Side::Slide {
                sides[k] = Side::Minus;
            }
        }
        // Each round flips the concave kink that is crossed fastest; ties of many are rare and small.
        for _ in 0..4 * touching.len() + 1 {
            let (velocity, gross) = self.least_velocity(j, &mut sides, &convex, moment);
            let against = |k: usize| -> f64 {
                let normal = dot(&velocity, self.kinks.normal(k)) / self.kinks.norms[k];
                let outwards = if sides[k] == Side::Plus { -normal } else { normal };
                if outwards > NO_SIGN * gross { outwards } else { 0.0 }
            };
            let worst = touching
                .iter()
                .copied()
                .filter(|k| jump(*k) >= 0.0 && against(*k) > 0.0)
                .max_by(|i, k| against(*i).total_cmp(&against(*k)));
            match worst {
                None => break,
                Some(k) => {
                    sides[k] = if sides[k] == Side::Plus {
                        Side::Minus
                    } else {
                        Side::Plus
                    }
                }
            }
        }
        let changes: Vec<(usize, Side)> = touching
            .iter()
            .map(|&k| (k, sides[k]))
            .filter(|(k, side)| self.pattern.side(j, *k) != *side)
            .collect();
        self.change(j, &changes);
        !changes.is_empty()
    }

    /// Writes new sides of neuron j into the pattern and the record.
    pub(super) fn change(&mut self, j: usize, changes: &[(usize, Side)]) {
        for &(k, side) in changes {
            let kind = match (self.pattern.side(j, k), side) {
                (Side::Slide, _) => EventKind::Left,
                (_, Side::Slide) => EventKind::BeganToSlide,
                _ => EventKind::Crossed,
            };
            self.pattern.set(&self.kinks, j, k, side);
            self.note(j, k, kind);
        }
        self.pattern.gather(&self.kinks, j);
        self.hold(j);
        self.note_death(j, changes.first().map_or(0, |change| change.0));
    }

    fn note_death(&mut self, j: usize, kink: usize) {
        if self.pattern.is_dead(j) && !self.dead[j] {
            self.dead[j] = true;
            self.note(j, kink, EventKind::Died);
        }
    }

    pub(super) fn note(&mut self, neuron: usize, kink: usize, kind: EventKind) {
        self.events.push(Event {
            time: self.state.time,
            neuron,
            example: self.kinks.example[kink],
            kind,
            active: self.pattern.side(neuron, kink) == Side::Plus,
        });
    }

    /// A kink reached by a neuron that can move on a line only: w_j = 0, all kinks at once.
    ///
    /// The flow is not unique there. Goes straight on when the velocity beyond points onwards, else rests.
    fn pass_zero(&mut self, j: usize, kink: usize, tau: f64) {
        let d = self.kinks.dimension;
        let onwards = self.series.hidden_velocity(j, d, tau);
        self.state.hidden[j * d..(j + 1) * d].fill(0.0);
        self.note(j, kink, EventKind::Branch(Branch::HiddenWeights));
        let set = self.pattern.sliding[j].kinks.clone();
        let moment = self.moment(j, tau);
        let before = self.pattern.clone();
        let recorded = self.events.rows().len();
        let beyond: Vec<(usize, Side)> = (0..self.kinks.count())
            .filter(|k| !set.contains(k))
            .map(|k| {
                let ahead = dot(&onwards, self.kinks.normal(k)) > 0.0;
                (k, if ahead { Side::Plus } else { Side::Minus })
            })
            .filter(|(k, side)| self.pattern.side(j, *k) != *side)
            .collect();
        self.change(j, &beyond);
        if !set.is_empty() {
            self.settle(j, &set, &moment);
        }
        if !self.leaves_zero(j, &moment) {
            self.pattern = before;
            self.events.forget_after(recorded);
            self.pattern.rest(j);
            self.dead[j] = true;
            self.note(j, kink, EventKind::Died);
        }
    }

    /// Whether the velocity from w_j = 0 points to the sides neuron j is put on.
    fn leaves_zero(&self, j: usize, moment: &Moment) -> bool {
        let sides: Vec<Side> = (0..self.kinks.count()).map(|k| self.pattern.side(j, k)).collect();
        let (mut velocity, gross) = self.force(j, &sides, moment);
        self.pattern.sliding[j].project(&mut velocity);
        let threshold = NO_SIGN * gross;
        norm(&velocity) > threshold
            && sides.iter().enumerate().all(|(k, side)| {
                let normal = dot(&velocity, self.kinks.normal(k)) / self.kinks.norms[k];
                match side {
                    Side::Plus => normal > threshold,
                    Side::Minus => normal < -threshold,
                    Side::Slide => true,
                }
            })
    }

    /// Puts every neuron on the side of the sign of ⟨w_j, x⟩; at 0 on the minus side.
    pub(super) fn take_sides(&mut self) {
        let d = self.kinks.dimension;
        for j in 0..self.neurons {
            for k in 0..self.kinks.count() {
                let w = &self.state.hidden[j * d..(j + 1) * d];
                if dot(w, self.kinks.normal(k)) > 0.0 {
                    self.pattern.set(&self.kinks, j, k, Side::Plus);
                }
            }
        }
    }

    /// Decides exact ties at the start; the series must hold the residuals there.
    pub(super) fn settle_ties(&mut self) {
        for j in 0..self.neurons {
            let touching = self.touching(j);
            if !touching.is_empty() {
                // A tie within rounding is put on the kink, so that its side is decided once.
                self.press(j, &touching);
                for &k in &touching {
                    self.pattern.set(&self.kinks, j, k, Side::Minus);
                }
                let moment = self.moment(j, 0.0);
                self.settle(j, &touching, &moment);
                self.note_start(j, &touching, &moment);
            }
            self.dead[j] = self.pattern.is_dead(j);
        }
        self.events.forget_kinds_but_branches();
    }

    /// Notes a start from which the flow is not unique: on a concave kink that the active side leaves and the inactive side does
    /// not push across; or at w_j = 0, on all kinks at once, unless all are convex and hold it there.
    fn note_start(&mut self, j: usize, touching: &[usize], moment: &Moment) {
        let sides: Vec<Side> = (0..self.kinks.count()).map(|k| self.pattern.side(j, k)).collect();
        let (mut force, gross) = self.force(j, &sides, moment);
        self.pattern.sliding[j].project(&mut force);
        let d = self.kinks.dimension;
        if norm(&self.state.hidden[j * d..(j + 1) * d]) == 0.0 {
            let pulled = touching.iter().copied().find(|&k| moment.jump(k) > 0.0);
            if let Some(k) = pulled.or(touching
                .first()
                .copied()
                .filter(|_| norm(&force) > NO_SIGN * gross))
            {
                self.note(j, k, EventKind::Branch(Branch::Start));
            }
            return;
        }
        for &k in touching {
            let jump = moment.jump(k) * self.kinks.norms[k];
            let inactive = dot(&force, self.kinks.normal(k)) / self.kinks.norms[k];
            let stays = sides[k] == Side::Minus && inactive <= NO_SIGN * gross;
            if jump > 0.0 && stays && inactive + jump > NO_SIGN * gross {
                self.note(j, k, EventKind::Branch(Branch::Start));
            }
        }
    }
}
