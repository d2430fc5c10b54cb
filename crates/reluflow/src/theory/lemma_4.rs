//! Lemma 4: the curvature at initialisation of a wide network.
//!
//! As p → ∞, h → 0, r → y and M → M_∞. For w rotation-invariant with E‖w‖² = s²d, a symmetric and independent
//! of the direction of w, and θ_ik the angle between x_i and x_k:
//!
//! ```text
//! M_∞,ik = E\[a²\] ⟨x_i, x_k⟩ κ_0(θ_ik) + s² ‖x_i‖‖x_k‖ κ_1(θ_ik)
//! κ_0(θ) = (π − θ)/(2π),    κ_1(θ) = (sin θ + (π − θ) cos θ)/(2π)          (arc-cosine kernels)
//! μ(0) → (2/n) yᵀM_∞y/‖y‖²,    with fluctuations of order 1/√p
//! ```

use std::f64::consts::PI;

use serde::Serialize;

use super::snapshot::Snapshot;
use crate::error::Result;
use crate::initialisation::{HiddenLaw, Margin};
use crate::random::Purpose;
use crate::{Dataset, InitialisationLaw, TrialSeed};

/// What the limit needs to know of the law of a neuron.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Moments {
    /// E\[a²\].
    pub output: f64,
    /// s² = E‖w‖²/d.
    pub hidden: f64,
}

/// κ_0(θ) = P(⟨w, x⟩ > 0, ⟨w, x'⟩ > 0).
pub fn kappa_0(theta: f64) -> f64 {
    (PI - theta) / (2.0 * PI)
}

/// κ_1(θ) = E[σ(⟨w, u⟩)σ(⟨w, u'⟩)] for w ~ N(0, I) and unit vectors at angle θ.
pub fn kappa_1(theta: f64) -> f64 {
    (theta.sin() + (PI - theta) * theta.cos()) / (2.0 * PI)
}

/// The moments of a law in dimension d; `None` when it is not rotation-invariant.
pub fn moments(law: &InitialisationLaw, d: usize) -> Option<Moments> {
    let hidden = |law: HiddenLaw| match law {
        HiddenLaw::Uniform => None,
        HiddenLaw::Gaussian => Some(mean_norm(d)),
        HiddenLaw::Sphere => Some(1.0),
    };
    match law {
        InitialisationLaw::Asymmetric(law) => {
            let norm = hidden(law.hidden)?;
            let (mean, square) = match law.margin {
                Margin::Exponential(mean) => (mean, 2.0 * mean * mean),
                Margin::Constant(margin) => (margin, margin * margin),
            };
            Some(Moments {
                output: 1.0 + 2.0 * norm * mean + square,
                hidden: law.hidden_scale.powi(2) / d as f64,
            })
        }
        InitialisationLaw::Balanced(law) => hidden(law.hidden).map(|_| Moments {
            output: law.scale.powi(2),
            hidden: law.scale.powi(2) / d as f64,
        }),
        InitialisationLaw::TauDelta(law) => {
            let (hidden, output) = law.sizes();
            Some(Moments {
                output: output.powi(2),
                hidden: hidden.powi(2) / d as f64,
            })
        }
        _ => None,
    }
}

/// E‖w‖ for w ~ N(0, I/d): √(2/d) Γ((d+1)/2)/Γ(d/2), by its recurrence in steps of two.
fn mean_norm(d: usize) -> f64 {
    // c_1 = √(2/π), c_2 = √(π/2), c_{d+2} = c_d (d + 1)/d for c_d = E‖N(0, I_d)‖.
    let mut mean = if d % 2 == 1 {
        (2.0 / PI).sqrt()
    } else {
        (PI / 2.0).sqrt()
    };
    let mut k = if d % 2 == 1 { 1 } else { 2 };
    while k < d {
        mean *= (k + 1) as f64 / k as f64;
        k += 2;
    }
    mean / (d as f64).sqrt()
}

/// The limit (2/n) yᵀM_∞y/‖y‖² of μ(0), in O(n²d).
pub fn limit(dataset: &Dataset, moments: Moments) -> f64 {
    let gram = dataset.inputs().dot(&dataset.inputs().t());
    let norms = dataset.input_norms();
    let y = dataset.labels();
    let (mut form, mut square) = (0.0, 0.0);
    for (i, y_i) in y.iter().enumerate() {
        square += y_i * y_i;
        for (k, y_k) in y.iter().enumerate() {
            let size = norms[i] * norms[k];
            let theta = if i == k {
                0.0
            } else {
                (gram[(i, k)] / size).clamp(-1.0, 1.0).acos()
            };
            let entry =
                moments.output * gram[(i, k)] * kappa_0(theta) + moments.hidden * size * kappa_1(theta);
            form += y_i * y_k * entry;
        }
    }
    2.0 / dataset.examples() as f64 * form / square
}

/// μ(0) over draws of networks of one width.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// p.
    pub neurons: usize,
    /// Number of draws.
    pub draws: u64,
    /// Mean of μ(0).
    pub mean: f64,
    /// Standard deviation of μ(0).
    pub deviation: f64,
    /// The standard error of the logarithm of that deviation, √((κ − 1)/4m) with the kurtosis κ (at least that of a normal
    /// law, which few draws underestimate) of m draws.
    pub log_deviation_error: f64,
}

impl Spread {
    /// The standard error of the mean.
    pub fn error(&self) -> f64 {
        self.deviation / (self.draws as f64).sqrt()
    }

    /// √p times the relative standard deviation: constant in p when fluctuations are of order 1/√p.
    pub fn scaled(&self) -> f64 {
        (self.neurons as f64).sqrt() * self.deviation / self.mean
    }
}

/// Draws networks of width p and measures μ(0), in O(draws · ndp).
///
/// # Errors
/// When the law cannot be drawn.
pub fn measure(
    dataset: &Dataset,
    law: &InitialisationLaw,
    neurons: usize,
    draws: u64,
    root: u64,
) -> Result<Spread> {
    let mut values = Vec::new();
    for draw in 0..draws {
        let seed = TrialSeed {
            root,
            n: dataset.examples() as u64,
            d: dataset.dimension() as u64,
            p: neurons as u64,
            draw,
        };
        let network = law.sample(neurons, dataset, &mut seed.generator(Purpose::Analysis))?;
        values.push(Snapshot::new(dataset, &network).curvature);
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let fourth = values.iter().map(|v| (v - mean).powi(4)).sum::<f64>() / count;
    let kurtosis = fourth / (variance * variance);
    Ok(Spread {
        neurons,
        draws,
        mean,
        deviation: variance.sqrt(),
        log_deviation_error: ((kurtosis.max(3.0) - 1.0) / (4.0 * count)).sqrt(),
    })
}
