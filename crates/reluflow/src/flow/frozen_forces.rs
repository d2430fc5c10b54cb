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

use super::stage::{Stage, squared_norm};

/// Moves `from` by h along the flow with frozen forces into `state`; `predicted` is the velocity at its end if the forces
/// stayed the same. The first-order defect of the step is h/2 times the difference to the velocity found there.
pub(super) fn step(from: &Stage, h: f64, neurons: usize, state: &mut [f64], predicted: &mut [f64]) {
    let m = from.state.len() / neurons - 1;
    let (hidden, output) = from.state.split_at(neurons * m);
    let (hidden_velocity, output_velocity) = from.velocity.split_at(neurons * m);
    let (new_hidden, new_output) = state.split_at_mut(neurons * m);
    let (predicted_hidden, predicted_output) = predicted.split_at_mut(neurons * m);
    for j in 0..neurons {
        let row = j * m..(j + 1) * m;
        let (a, slope, velocity) = (output[j], output_velocity[j], &hidden_velocity[row.clone()]);
        let rotation = Rotation::new(a, slope, squared_norm(velocity).sqrt(), h);
        let slots = new_hidden[row.clone()]
            .iter_mut()
            .zip(&mut predicted_hidden[row.clone()]);
        for ((new, predicted), (w, v)) in slots.zip(hidden[row].iter().zip(velocity)) {
            *new = w + rotation.along_velocity * v;
            *predicted = rotation.ratio * v;
        }
        new_output[j] = rotation.output;
        predicted_output[j] = rotation.slope;
    }
}

/// The rate γ = ‖dw/dt‖/|a| at which a neuron grows while its force stays the same; 0 where a = 0.
pub(super) fn largest_rate(stage: &Stage, neurons: usize) -> f64 {
    let m = stage.state.len() / neurons - 1;
    let output = &stage.state[neurons * m..];
    let velocities = stage.velocity[..neurons * m].chunks_exact(m.max(1));
    velocities
        .zip(output)
        .filter(|(_, a)| **a != 0.0)
        .map(|(v, a)| squared_norm(v).sqrt() / a.abs())
        .fold(0.0, f64::max)
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
    /// `speed` = ‖dw/dt‖ and `slope` = da/dt at the start.
    fn new(a: f64, slope: f64, speed: f64, h: f64) -> Self {
        let rate = speed / a.abs();
        if !(rate > 0.0 && rate.is_finite()) {
            // No force, or a = 0, where the velocity does not tell the force.
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

    /// One example and one neuron with r frozen: w' = a g, a' = w g has w = w₀ cosh + a₀ sinh, a = a₀ cosh + w₀ sinh.
    #[test]
    fn the_step_is_the_hyperbolic_rotation() {
        let (w, a, g) = (0.3, -0.7, 0.4);
        for h in [1e-9, 0.1, 3.0] {
            let mut from = Stage::new(2);
            from.state.copy_from_slice(&[w, a]);
            from.velocity.copy_from_slice(&[a * g, w * g]);
            let (mut state, mut predicted) = ([0.0; 2], [0.0; 2]);
            step(&from, h, 1, &mut state, &mut predicted);
            let (sinh, cosh) = ((g * h).sinh(), (g * h).cosh());
            let expected = [w * cosh + a * sinh, a * cosh + w * sinh];
            for (found, expected) in state.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-15 * cosh, "{h}: {found} {expected}");
            }
            let slopes = [state[1] * g, state[0] * g];
            for (found, expected) in predicted.iter().zip(slopes) {
                assert!((found - expected).abs() < 1e-15 * cosh, "{h}: {found} {expected}");
            }
            assert!((state[1] * state[1] - state[0] * state[0] - (a * a - w * w)).abs() < 1e-14 * cosh * cosh);
        }
    }

    #[test]
    fn a_neuron_without_force_or_output_weight_takes_an_euler_step() {
        let mut from = Stage::new(4);
        from.state.copy_from_slice(&[0.5, 2.0, 0.0, 1.0]);
        from.velocity.copy_from_slice(&[0.0, 0.0, 0.25, 0.0]);
        let (mut state, mut predicted) = ([0.0; 4], [0.0; 4]);
        step(&from, 2.0, 2, &mut state, &mut predicted);
        assert_eq!(state, [0.5, 2.0, 0.5, 1.0]);
    }
}
