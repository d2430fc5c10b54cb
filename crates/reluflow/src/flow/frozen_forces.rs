//! A step that is exact while the forces on the neurons stay as they are.
//!
//! | family | order | stages | first-same-as-last | source |
//! | --- | --- | --- | --- | --- |
//! | Lie–Euler (exponential Euler) | 1 | 1 | yes | the flow as θ' = B(θ) θ; Crouch, Grossman 1993 |
//!
//! With g_j = (1/n) Σ_i r_i 1\[u_ji > 0\] x_i, the force on neuron j, the flow reads
//!
//! ```text
//! dw_j/dt = a_j g_j        da_j/dt = ⟨w_j, g_j⟩
//! ```
//!
//! While g_j stays the same this is a hyperbolic rotation in the plane of a_j and the part of w_j along g_j, with the rate
//! γ_j = ‖g_j‖. Three things follow that explicit Euler does not have: growth out of a small start is exact however
//! long the step, a_j² − ‖w_j‖² is conserved (Lemma 1), and so a_j keeps its sign under Assumption 1.
//!
//! Where the layers have the rates (η_w, η_a), γ_j = √(η_w η_a) ‖g_j‖. With a frozen layer the step is explicit Euler, which is then
//! exact for frozen forces; with decay it is explicit Euler too.

use super::stage::Stage;
use crate::linear::squared_norm;
use crate::model::Model;

/// How neurons move under frozen forces in a model.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrozenForces {
    /// √(η_a/η_w); none where they do not rotate.
    ratio: Option<f64>,
}

/// How long a step is for every neuron.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths<'a> {
    /// h.
    pub(super) whole: f64,
    /// The part of h by which a step is too long along the path as a whole ([`super::drift`]).
    pub(super) part: f64,
    /// κ_j = −d log ‖g_j‖/dt of every neuron's own force; empty: not known.
    pub(super) decays: &'a [f64],
}

impl Lengths<'_> {
    /// h (1 − κ h/2) with κ the neuron's own, or the path's where that is less: a neuron at a kink says too much.
    fn of(&self, j: usize) -> f64 {
        let own = self.decays.get(j).map_or(0.0, |decay| 0.5 * decay * self.whole);
        let part = if self.part > 0.0 {
            own.clamp(0.0, self.part)
        } else {
            own.clamp(self.part, 0.0)
        };
        self.whole * (1.0 - part)
    }
}

impl FrozenForces {
    pub(super) fn of(model: &Model) -> Self {
        let rates = model.rates();
        let ratio = (rates.output / rates.hidden).sqrt();
        let rotates = model.decay().is_none() && ratio > 0.0 && ratio.is_finite();
        Self {
            ratio: rotates.then_some(ratio),
        }
    }

    /// Whether neurons rotate, so that their growth by themselves is exact.
    pub(super) fn rotate(self) -> bool {
        self.ratio.is_some()
    }

    /// Moves `from` by h along the flow with frozen forces into `state`; `predicted` is the velocity at its end if the forces
    /// stayed the same. The first-order defect of the step is h/2 times the difference to the velocity found there.
    pub(super) fn step(
        self,
        from: &Stage,
        lengths: Lengths<'_>,
        neurons: usize,
        state: &mut [f64],
        predicted: &mut [f64],
    ) {
        for j in 0..neurons {
            self.step_one(from, lengths.of(j), neurons, j, state, predicted);
        }
    }

    /// [`FrozenForces::step`] over h of some neurons, the others' parts of `state` and `predicted` left as they are.
    pub(super) fn step_some(
        self,
        from: &Stage,
        h: f64,
        neurons: usize,
        some: &[usize],
        state: &mut [f64],
        predicted: &mut [f64],
    ) {
        for j in some {
            self.step_one(from, h, neurons, *j, state, predicted);
        }
    }

    fn step_one(
        self,
        from: &Stage,
        h: f64,
        neurons: usize,
        j: usize,
        state: &mut [f64],
        predicted: &mut [f64],
    ) {
        let m = from.state.len() / neurons - 1;
        let row = j * m..(j + 1) * m;
        let at = neurons * m + j;
        let velocity = &from.velocity[row.clone()];
        let (a, slope) = (from.state[at], from.velocity[at]);
        let rate = match self.ratio {
            Some(ratio) => ratio * squared_norm(velocity).sqrt() / a.abs(),
            None => 0.0,
        };
        let rotation = Rotation::new(a, slope, rate, h);
        let slots = state[row.clone()].iter_mut().zip(&mut predicted[row.clone()]);
        for ((new, predicted), (w, v)) in slots.zip(from.state[row].iter().zip(velocity)) {
            *new = w + rotation.along_velocity * v;
            *predicted = rotation.ratio * v;
        }
        state[at] = rotation.output;
        predicted[at] = rotation.slope;
    }

    /// max_j γ_j over all neurons and over the small ones, ‖θ_j‖² ≤ 10⁻³ of the mean; 0 where neurons do not rotate.
    ///
    /// The force on a small neuron makes it grow. On a neuron at its kink it may be the push of one side, which the other
    /// takes back.
    pub(super) fn largest_rates(self, stage: &Stage, neurons: usize) -> (f64, f64) {
        const SMALL: f64 = 1e-3;
        let Some(ratio) = self.ratio else {
            return (0.0, 0.0);
        };
        let m = stage.state.len() / neurons - 1;
        let mean = squared_norm(&stage.state) / neurons as f64;
        let (mut all, mut small) = (0.0f64, 0.0f64);
        for j in 0..neurons {
            let row = j * m..(j + 1) * m;
            let a = stage.state[neurons * m + j];
            if a == 0.0 {
                continue;
            }
            let rate = ratio * squared_norm(&stage.velocity[row.clone()]).sqrt() / a.abs();
            all = all.max(rate);
            if squared_norm(&stage.state[row]) + a * a <= SMALL * mean {
                small = small.max(rate);
            }
        }
        (all, small)
    }
}

/// κ_j of every neuron over a step that ended in `to`: how much less than `predicted` its velocity is along it, per time.
pub(super) fn force_decays(to: &Stage, h: f64, neurons: usize, predicted: &[f64], decays: &mut Vec<f64>) {
    let m = to.state.len() / neurons - 1;
    let rows = predicted
        .chunks_exact(m.max(1))
        .zip(to.velocity.chunks_exact(m.max(1)));
    decays.clear();
    decays.extend(rows.take(neurons).map(|(predicted, found)| {
        let along: f64 = predicted.iter().zip(found).map(|(a, b)| a * b).sum();
        let decay = (1.0 - along / squared_norm(predicted)) / h;
        if decay.is_finite() { decay } else { 0.0 }
    }));
}

/// Writes the first-order defect of a step that ended in `to` for some neurons, from what [`FrozenForces::step_some`] predicted.
pub(super) fn defect(
    to: &Stage,
    h: f64,
    neurons: usize,
    some: &[usize],
    predicted: &[f64],
    error: &mut [f64],
) {
    let m = to.state.len() / neurons.max(1) - 1;
    for &j in some {
        for k in (j * m..(j + 1) * m).chain([neurons * m + j]) {
            error[k] = 0.5 * h * (to.velocity[k] - predicted[k]);
        }
    }
}

/// What the rotation does to one neuron.
struct Rotation {
    /// a at the end.
    output: f64,
    /// da/dt at the end.
    slope: f64,
    /// w moves by this multiple of dw/dt.
    along_velocity: f64,
    /// dw/dt at the end, as a multiple of dw/dt at the start.
    ratio: f64,
}

impl Rotation {
    /// `slope` = da/dt at the start, `rate` = γ.
    fn new(a: f64, slope: f64, rate: f64, h: f64) -> Self {
        if !(rate > 0.0 && rate.is_finite()) {
            // No rotation, no force, or a = 0, where the velocity does not tell the force.
            return Self {
                output: a + h * slope,
                slope,
                along_velocity: h,
                ratio: 1.0,
            };
        }
        let x = rate * h;
        let (sinh, half) = (x.sinh(), (0.5 * x).sinh());
        let cosh_less_one = 2.0 * half * half;
        let along = slope / rate; // the part of w along its force
        let output = a + a * cosh_less_one + along * sinh;
        Self {
            output,
            slope: rate * (a * sinh + along * (1.0 + cosh_less_one)),
            along_velocity: (along * cosh_less_one + a * sinh) / (a * rate),
            ratio: output / a,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rotating() -> FrozenForces {
        FrozenForces::of(&Model::PAPER)
    }

    fn whole(h: f64) -> Lengths<'static> {
        Lengths {
            whole: h,
            part: 0.0,
            decays: &[],
        }
    }

    /// One example and one neuron with r frozen: w' = a g, a' = w g has w = w₀ cosh + a₀ sinh, a = a₀ cosh + w₀ sinh.
    #[test]
    fn the_step_is_the_hyperbolic_rotation() {
        let (w, a, g) = (0.3, -0.7, 0.4);
        for h in [1e-9, 0.1, 3.0] {
            let mut from = Stage::new(2);
            from.state.copy_from_slice(&[w, a]);
            from.velocity.copy_from_slice(&[a * g, w * g]);
            let (mut state, mut predicted) = ([0.0; 2], [0.0; 2]);
            rotating().step(&from, whole(h), 1, &mut state, &mut predicted);
            let (sinh, cosh) = ((g * h).sinh(), (g * h).cosh());
            let expected = [w * cosh + a * sinh, a * cosh + w * sinh];
            for (found, expected) in state.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-15 * cosh, "{h}: {found} {expected}");
            }
            let slopes = [state[1] * g, state[0] * g];
            for (found, expected) in predicted.iter().zip(slopes) {
                assert!((found - expected).abs() < 1e-15 * cosh, "{h}: {found} {expected}");
            }
            assert!(
                (state[1] * state[1] - state[0] * state[0] - (a * a - w * w)).abs() < 1e-14 * cosh * cosh
            );
        }
    }

    #[test]
    fn a_neuron_without_force_or_output_weight_takes_an_euler_step() {
        let mut from = Stage::new(4);
        from.state.copy_from_slice(&[0.5, 2.0, 0.0, 1.0]);
        from.velocity.copy_from_slice(&[0.0, 0.0, 0.25, 0.0]);
        let (mut state, mut predicted) = ([0.0; 4], [0.0; 4]);
        rotating().step(&from, whole(2.0), 2, &mut state, &mut predicted);
        assert_eq!(state, [0.5, 2.0, 0.5, 1.0]);
    }
}
