//! Gradient flow of one-hidden-layer ReLU networks.
//!
//! ```text
//! h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩)      L(θ) = (1/2n) Σ_i r_i²,  r_i = y_i − h(x_i)      dθ/dt = −p ∇L(θ)
//!
//! dw_j/dt = (a_j/n) Σ_i r_i 1[⟨w_j, x_i⟩ > 0] x_i          da_j/dt = (1/n) Σ_i r_i σ(⟨w_j, x_i⟩)
//! ```
//!
//! | symbol | meaning | shape | name here |
//! | --- | --- | --- | --- |
//! | x_i, y_i | inputs and labels | n × d, n | [`Dataset`] |
//! | w_j, a_j | hidden and output weights | p × d, p | [`Network`] |
//! | u_ji = ⟨w_j, x_i⟩ | preactivation; j is *active* on i when u_ji > 0, *correctly* when also a_j y_i > 0 | p × n | [`Activity`] |
//! | r_i | residual | n | [`VectorField::residuals`] |
//! | dθ/dt | velocity | p(d + 1) | [`VectorField::velocity`] |
//! | M | kernel, dr/dt = −(1/n) M r | n × n | [`VectorField::apply_kernel`] |
//! | μ | local Polyak–Łojasiewicz curvature, −(dL/dt)/L | | [`observe::curvature`] |
//! | e_i | mass of the neurons active on i, (1/p) Σ_j a_j² 1_ji | n | [`Activity::mass`] |
//!
//! The derivative of σ at 0 is 0. The paper is Dana, Bach, Pillaud-Vivien, *Convergence of Shallow ReLU
//! Networks on Weakly Interacting Data*, NeurIPS 2025; lemmas and theorems are cited by its numbers.
//!
//! # A first run
//!
//! `cargo run --release -p reluflow --example quickstart`, with nothing left out:
//!
//! ```
#![doc = include_str!("../examples/quickstart.rs")]
//! ```

mod aligned;
pub mod audit;
pub mod data;
mod dataset;
mod error;
pub mod event_e;
pub mod field;
pub mod flow;
pub mod initialisation;
mod layers;
mod linear;
pub mod model;
mod network;
pub mod observe;
pub mod population;
pub mod random;
mod scaling;
mod setting;
mod spectrum;
mod success;
pub mod theory;
mod transition;
pub mod trap;
mod units;
mod vectors;
mod verdict;

pub use data::DataLaw;
pub use dataset::{Conflicts, Dataset};
pub use error::{Error, Result};
pub use event_e::EventE;
pub use field::{Activity, Real, VectorField};
pub use flow::{Method, Problem, Solution, Stops};
pub use initialisation::InitialisationLaw;
pub use model::Model;
pub use network::Network;
pub use observe::{Record, Trajectory};
pub use random::TrialSeed;
pub use scaling::{LossScaling, Scaling};
pub use setting::Setting;
pub use success::{Criterion, Success};
pub use units::Units;
pub use verdict::{Budget, Verdict};
