//! The vector field dθ/dt of the gradient flow, in coordinates fit for the data.
//!
//! | field | coordinates of a neuron | cost of an evaluation | when |
//! | --- | --- | --- | --- |
//! | [`mod@reference`] | w_j ∈ R^d | 4ndp, as loops | the truth the others are tested against |
//! | [`Dense::new`] | w_j ∈ R^d | 4ndp, one pass over blocks of examples | any data |
//! | [`Dense::starting_at`] | where n < 2d, m = min(n, d) coordinates of w_j in which X is triangular | 2n²p for n ≤ d, 4ndp − 2d²p beyond | any data, from a start on |
//! | [`Orthogonal`] | v_ji = ⟨w_j, x_i/‖x_i‖⟩ ∈ R^n | O(np) | orthogonal inputs |

mod activity;
mod cover;
mod dense;
mod gates;
mod idle;
mod lanes;
mod mixed;
mod orthogonal;
mod real;
pub mod reference;
mod sigma;
pub(crate) mod squares;
mod sums;

use crate::Network;
pub use crate::layers::{split_state, split_state_mut};
use crate::model::{Loss, Model};
pub use activity::Activity;
pub(crate) use activity::{count_activity, mass_bounds};
pub use cover::Cover;
pub use dense::Dense;
pub(crate) use dense::Factor;
pub use idle::IdleThreads;
pub use mixed::Mixed;
pub use orthogonal::Orthogonal;
pub use real::Real;

/// The vector field of the flow of a [`Model`], for the paper's dθ/dt = −p ∇L(θ), and what is known with it at the same
/// price.
///
/// A state is one slice: p rows of m hidden coordinates (orthonormal coordinates of w_j, up to a part that
/// never moves), then the p output weights. So ‖w_j‖² and the state's row differ by a constant, and norms of
/// velocities are norms of dθ/dt.
pub trait VectorField<T: Real> {
    /// Number of examples n.
    fn examples(&self) -> usize;
    /// Number of neurons p.
    fn neurons(&self) -> usize;
    /// Number m of hidden coordinates of a neuron.
    fn hidden_coordinates(&self) -> usize;
    /// Length p(m + 1) of a state.
    fn state_length(&self) -> usize {
        self.neurons() * (self.hidden_coordinates() + 1)
    }
    /// The labels y, length n.
    fn labels(&self) -> &[T];
    /// The model whose flow this is.
    fn model(&self) -> &Model;
    /// Goes on with another loss: the same in other units.
    fn set_loss(&mut self, loss: Loss);

    /// Writes a network as a state.
    fn write_state(&self, network: &Network, state: &mut [T]);
    /// Reads a network off a state.
    fn read_network(&self, state: &[T]) -> Network;

    /// Evaluates dθ/dt at `state` into `velocity` and returns the objective F(θ): L(θ), and the
    /// [penalty](VectorField::penalty) where weights decay. One evaluation.
    fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64;
    /// Evaluates dθ/dt at `state`, where the last evaluation was made, and leaves forces as they are.
    fn velocity_there(&mut self, state: &[T], velocity: &mut [T]) {
        self.velocity(state, velocity);
    }
    /// Moves `state` by `rate` · dθ/dt and returns F where it arrives: a step of explicit Euler. One evaluation.
    ///
    /// `state` is where the last evaluation was made, `velocity` what it found; then what is found anew, if the field
    /// [`keeps`](VectorField::keeps_velocity) it.
    fn descend(&mut self, state: &mut [T], velocity: &mut [T], rate: T) -> f64 {
        move_along(state, velocity, rate);
        self.velocity(state, velocity)
    }
    /// Whether [`VectorField::descend`] needs velocities and finds them; if not,
    /// [`VectorField::velocity_there`] has them.
    fn keeps_velocity(&self) -> bool {
        true
    }
    /// `to` ← α · `at` + β · `to` + γ · dθ/dt(`at`) for factors \[α, β, γ\]: a stage of a method. One evaluation.
    ///
    /// Returns F(`to`) where it is known for nothing; forces are then those of `to`. `slope`: room for a velocity.
    /// `follows`: whether the last call was this one, wrote `at` and knew its loss.
    fn combine(
        &mut self,
        at: &[T],
        to: &mut [T],
        slope: &mut [T],
        factors: [T; 3],
        _follows: bool,
    ) -> Option<f64> {
        self.velocity(at, slope);
        combine_with(at, to, slope, factors);
        None
    }
    /// (λ/2p) Σ_j (‖w_j‖² + a_j²) at `state`: what [`VectorField::velocity`] adds to L where weights decay.
    fn penalty(&self, state: &[T]) -> f64 {
        let (hidden, output) = split_state(state, self.neurons());
        self.model().penalty(hidden, output)
    }
    /// p times the dissipation at a velocity: Σ_j (‖dw_j/dt‖²/η_w + (da_j/dt)²/η_a), a frozen layer contributing nothing.
    fn squared_speed(&self, velocity: &[T]) -> f64 {
        self.model().squared_speed(velocity, self.neurons())
    }
    /// −dF/dt at a velocity, (1/p) Σ_j (‖dw_j/dt‖²/η_w + (da_j/dt)²/η_a).
    fn dissipation(&self, velocity: &[T]) -> f64 {
        self.squared_speed(velocity) / self.neurons() as f64
    }
    /// The forces f_i = −∂ℓ/∂h of the last [`VectorField::velocity`], length n: the residuals y_i − h(x_i) of the square
    /// loss.
    fn residuals(&self) -> &[T];
    /// ⟨w, x_i⟩ for hidden coordinates `row` of a neuron, length m.
    fn input_product(&self, row: &[f64], example: usize) -> f64;
    /// X in hidden coordinates, row by row (n × m), where the field has it.
    fn input_rows(&self) -> Option<Vec<f64>> {
        None
    }
    /// Finds how well the correct neurons cover every example at `state`.
    fn cover(&mut self, state: &[T], cover: &mut Cover<T>);
    /// [`VectorField::velocity`] and [`VectorField::cover`] in one. One evaluation.
    fn velocity_and_cover(&mut self, state: &[T], velocity: &mut [T], cover: &mut Cover<T>) -> f64 {
        let loss = self.velocity(state, velocity);
        self.cover(state, cover);
        loss
    }
    /// Counts who is active on whom at `state`.
    fn activity(&mut self, state: &[T], activity: &mut Activity);
    /// Writes u_ji at `state` into `table`, p × n; returns whether this field has a fast way to.
    fn preactivations(&mut self, _state: &[T], _table: &mut [f64]) -> bool {
        false
    }
    /// [`VectorField::activity`] where u_ji, p × n, is known already. Not every field goes by its signs.
    fn activity_of(&mut self, state: &[T], _preactivations: &[f64], activity: &mut Activity) {
        self.activity(state, activity);
    }
    /// M v, with M the n × n kernel of dh/dt = (1/n) M f at `state` (without decay). Counts as one evaluation.
    ///
    /// M = (1/p) Σ_j D_j (η_w a_j² XᵀX + η_a Xᵀw_j w_jᵀX) D_j, D_j = diag_i(σ'(u_ji)); symmetric, positive semi-definite.
    /// σ' of a pair that slides is the multiplier it moves with, where the field knows it: in the exact flow.
    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]);
    /// Whether the inputs are orthogonal and σ is ReLU, so that a pair that reaches ⟨w_j, x_i⟩ ≤ 0 is dead for ever, and
    /// hidden weights move, so that pairs of the wrong sign die out.
    fn is_orthogonal(&self) -> bool;
    /// Whether the hidden coordinates of a state are v_ji = ⟨w_j, x_i⟩/‖x_i‖, n of them.
    fn has_input_coordinates(&self) -> bool {
        self.is_orthogonal()
    }
    /// e_i = (1/p) Σ_j a_j² σ'(u_ji)² at `state`, length n, where the gates σ' that the velocity has are not those of the signs
    /// of u_ji: where neurons slide along kinks. None where the signs say it all.
    fn gated_masses(&mut self, _state: &[T]) -> Option<Vec<f64>> {
        None
    }
}

/// state += rate · velocity.
fn move_along<T: Real>(state: &mut [T], velocity: &[T], rate: T) {
    for (value, v) in state.iter_mut().zip(velocity) {
        *value += rate * *v;
    }
}

/// to ← α at + β to + γ slope.
fn combine_with<T: Real>(at: &[T], to: &mut [T], slope: &[T], [alpha, beta, gamma]: [T; 3]) {
    for ((to, at), slope) in to.iter_mut().zip(at).zip(slope) {
        *to = alpha * *at + beta * *to + gamma * *slope;
    }
}

/// Adds −η_w λ w_j and −η_a λ a_j to a velocity, if weights decay.
fn add_decay<T: Real>(model: &Model, state: &[T], velocity: &mut [T], neurons: usize) {
    let (decay, rates) = (model.decay(), model.rates());
    if decay.is_none() {
        return;
    }
    let (hidden, output) = split_state(state, neurons);
    let (hidden_velocity, output_velocity) = split_state_mut(velocity, neurons);
    let m = hidden.len() / neurons.max(1);
    let fall = |rate: f64, values: &[T], velocity: &mut [T]| {
        move_along(velocity, values, T::from_f64(-rate * decay.strength));
    };
    if decay.bias {
        fall(rates.hidden, hidden, hidden_velocity);
    } else {
        let rows = hidden.chunks_exact(m.max(1));
        for (row, velocity) in rows.zip(hidden_velocity.chunks_exact_mut(m.max(1))) {
            fall(rates.hidden, &row[..m - 1], &mut velocity[..m - 1]);
        }
    }
    fall(rates.output, output, output_velocity);
}

#[cfg(test)]
mod tests;
