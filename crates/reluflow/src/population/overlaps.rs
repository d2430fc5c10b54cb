//! Holds the overlaps of a student with itself and with its teacher.

use ndarray::Array2;

use super::teacher::Teacher;
use crate::Network;

/// Cosine from which on a student's neuron has found a teacher's.
pub(crate) const FOUND: f64 = 0.95;

/// Q = WWᵀ, p × p, and M = WVᵀ, p × k.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlaps {
    /// Q_jl = ⟨w_j, w_l⟩.
    pub students: Array2<f64>,
    /// M_jk = ⟨w_j, v_k⟩.
    pub teachers: Array2<f64>,
}

impl Overlaps {
    /// The overlaps of a network and a teacher. O((p² + pk) d).
    pub fn new(network: &Network, teacher: &Teacher) -> Self {
        let w = network.hidden_weights();
        Self {
            students: w.dot(&w.t()),
            teachers: w.dot(&teacher.hidden_weights().t()),
        }
    }
}

/// How many of the teacher's neurons, of weight b_k ≠ 0, are *found*: some w_j has a cosine of at least 0.95 with v_k, and a_j the sign
/// of b_k.
pub fn found(network: &Network, teacher: &Teacher) -> usize {
    let w = network.hidden_weights();
    let neurons = teacher.hidden_weights();
    let outputs = teacher.output_weights();
    let is_found = |(v, b): (ndarray::ArrayView1<'_, f64>, &f64)| {
        w.rows().into_iter().zip(network.output_weights()).any(|(w, a)| {
            a * b > 0.0 && w.dot(&v) >= FOUND * w.dot(&w).sqrt() * v.dot(&v).sqrt() && w.dot(&v) > 0.0
        })
    };
    neurons
        .rows()
        .into_iter()
        .zip(outputs)
        .filter(|pair| is_found((pair.0, pair.1)))
        .count()
}
