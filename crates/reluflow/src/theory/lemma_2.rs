//! Lemma 2: L(t) = L(0) e^{−t⟨μ⟩(t)}, with ⟨μ⟩(t) = (1/t) ∫_0^t μ.
//!
//! Compared along a trajectory that has μ = ‖dθ/dt‖²/(pL) measured at its rows: the integral of μ by the
//! trapezium rule against log(L(0)/L).

use crate::observe::Row;

/// The two sides of the lemma, and how far the quadrature can be off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// ∫μ by the trapezium rule.
    pub integral: f64,
    /// log(L(0)/L(t)).
    pub fall: f64,
    /// Σ h_k |μ_{k+1} − μ_k|/2: the trapezium rule's error is at most this if μ stays between its two values in
    /// every interval. It allows for the jumps of μ at kinks.
    pub uncertainty: f64,
}

impl Comparison {
    /// Compares both sides over rows that carry `mu`.
    pub fn new(rows: &[Row]) -> Self {
        let (mut integral, mut uncertainty) = (0.0, 0.0);
        for pair in rows.windows(2) {
            let width = pair[1].time - pair[0].time;
            integral += 0.5 * width * (pair[0].mu + pair[1].mu);
            uncertainty += 0.5 * width * (pair[1].mu - pair[0].mu).abs();
        }
        let fall = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => (first.loss / last.loss).ln(),
            _ => 0.0,
        };
        Self {
            integral,
            fall,
            uncertainty,
        }
    }

    /// |∫μ − log(L(0)/L)|.
    pub fn gap(&self) -> f64 {
        (self.integral - self.fall).abs()
    }
}
