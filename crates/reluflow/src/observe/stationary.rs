//! Tells stationary points from local minima, as a network with kinks has them.
//!
//! To first order only neuron j's own weights enter L, through its kinks T = {i : ⟨w_j, x_i⟩ = 0}:
//!
//! ```text
//! −n p L'(θ; δ) = Σ_j ψ_j(δw_j) + δa_j ⟨w_j, g_j⟩     ψ_j(δ) = a_j ( ⟨g_j, δ⟩ + Σ_{i∈T} r_i σ(⟨δ, x_i⟩) )     g_j = Σ_{active} r_i x_i
//! ```
//!
//! The terms with a_j r_i < 0 are concave in δ, those with a_j r_i > 0 convex, so max_{‖δ‖=1} ψ_j is, over the sets of
//! convex terms that are switched on, the largest of the least norms over the multipliers of the concave ones.
//!
//! If no ψ_j is positive anywhere, every ⟨w_j, g_j⟩ vanishes, and the neurons with a_j = 0 have ψ_j/a_j ≡ 0, then θ is
//! a local minimum: for small δ the residuals move by exactly (1 + δa_j/a_j) times a first-order term that cannot
//! lower L, and by a square that raises it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::linear::{add_scaled, dot, least_norm, norm};
use crate::{Dataset, Network};

/// More kinks than this that pull inwards are not tried in all combinations.
const MOST_TRIED: usize = 12;

/// What a point of rest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The least-norm subgradient is not zero: the flow moves.
    NotStationary,
    /// The flow may rest, but some direction lowers the loss.
    Saddle,
    /// No direction lowers the loss.
    LocalMinimum,
    /// The flow may rest, no direction was found that lowers the loss, but not all could be tried.
    Undecided,
}

impl Kind {
    /// The kind as one word, as in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotStationary => "not-stationary",
            Self::Saddle => "saddle",
            Self::LocalMinimum => "local-minimum",
            Self::Undecided => "undecided",
        }
    }
}

/// A neuron that could lower the loss from a point where the flow may rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Escape {
    /// Which neuron.
    pub neuron: usize,
    /// Fall of L per unit of ‖δw_j‖, at its steepest; 0 when only the second order falls (a_j = 0).
    pub rate: f64,
    /// Whether the neuron is active on some example; otherwise it only touches kinks.
    pub alive: bool,
    /// The unit direction δw_j.
    pub direction: Vec<f64>,
    /// The examples that become active along it.
    pub through: Vec<usize>,
}

/// A report on one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stationarity {
    /// What the point is.
    pub kind: Kind,
    /// Norm of the least-norm element of Clarke's subdifferential of L (neuron by neuron).
    pub gradient_norm: f64,
    /// Norm of the gradient with σ'(0) = 0, for comparison.
    pub plain_gradient_norm: f64,
    /// Who could escape, steepest first.
    pub escapes: Vec<Escape>,
}

/// One neuron's force, and how far it is from rest.
struct Neuron {
    clarke: f64,
    plain: f64,
    escape: Option<Escape>,
    exhaustive: bool,
}

impl Stationarity {
    /// Reports on a network. |⟨w_j, x_i⟩| ≤ `tolerance`·‖w_j‖‖x_i‖ counts as 0, forces below `tolerance` times what
    /// cancels in them too: |a_j| Σ_i s_i ‖x_i‖ over the examples the neuron is active on or touches, where r_i is the difference of
    /// terms of total size s_i = |y_i| + (1/p) Σ_k |a_k| σ(u_ki). So a fit to rounding is stationary. O(npd), and up to 2^12 small
    /// least-norm problems for a neuron that touches many kinks.
    ///
    /// # Errors
    /// When network and data do not fit, a weight is not finite, or the tolerance is not in [0, 1).
    ///
    /// ```
    /// use ndarray::array;
    /// use reluflow::observe::stationary::{Kind, Stationarity};
    /// // One neuron on the kink of x = 1, y = 1, a = 1: σ'(0) = 0 says it rests, but δw > 0 lowers the loss.
    /// let data = reluflow::Dataset::new(array![[1.0]], array![1.0]).unwrap();
    /// let network = reluflow::Network::new(array![[0.0]], array![1.0]).unwrap();
    /// let report = Stationarity::new(&data, &network, 1e-9).unwrap();
    /// assert_eq!(report.kind, Kind::Saddle);
    /// assert!(!report.escapes[0].alive && report.escapes[0].rate == 1.0);
    /// ```
    pub fn new(dataset: &Dataset, network: &Network, tolerance: f64) -> Result<Self> {
        let (d, found) = (dataset.dimension(), network.dimension());
        if d != found {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (network.neurons(), d),
                found: (network.neurons(), found),
            });
        }
        if !(0.0..1.0).contains(&tolerance) {
            return Err(Error::out_of_range("tolerance", "in [0, 1)", tolerance));
        }
        // A diverged run leaves weights about which nothing can be said.
        Network::new(
            network.hidden_weights().to_owned(),
            network.output_weights().to_owned(),
        )?;
        let (residuals, sizes) = residuals(dataset, network);
        let neurons: Vec<Neuron> = (0..network.neurons())
            .map(|j| Neuron::new(dataset, network, (&residuals, &sizes), j, tolerance))
            .collect();
        let total = |part: fn(&Neuron) -> f64| {
            neurons
                .iter()
                .map(|neuron| part(neuron).powi(2))
                .sum::<f64>()
                .sqrt()
        };
        let (gradient_norm, plain_gradient_norm) = (total(|n| n.clarke), total(|n| n.plain));
        let exhaustive = neurons.iter().all(|neuron| neuron.exhaustive);
        let mut escapes: Vec<Escape> = neurons.into_iter().filter_map(|neuron| neuron.escape).collect();
        escapes.sort_by(|a, b| b.rate.total_cmp(&a.rate));
        let kind = if gradient_norm > 0.0 {
            Kind::NotStationary
        } else if !escapes.is_empty() {
            Kind::Saddle
        } else if exhaustive {
            Kind::LocalMinimum
        } else {
            Kind::Undecided
        };
        Ok(Self {
            kind,
            gradient_norm,
            plain_gradient_norm,
            escapes,
        })
    }

    /// Whether a neuron that is active somewhere could escape.
    pub fn alive_escape(&self) -> bool {
        self.escapes.iter().any(|escape| escape.alive)
    }
}

impl fmt::Display for Stationarity {
    /// One sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escapes = self.escapes.len();
        let alive = self.escapes.iter().filter(|escape| escape.alive).count();
        match self.kind {
            Kind::NotStationary => write!(
                f,
                "not stationary: the least-norm subgradient is {:.1e}",
                self.gradient_norm
            ),
            Kind::Saddle => write!(
                f,
                "saddle: the flow may rest, but {escapes} {} could lower the loss, {alive} of them alive",
                if escapes == 1 { "neuron" } else { "neurons" }
            ),
            Kind::LocalMinimum => write!(f, "local minimum: no direction lowers the loss"),
            Kind::Undecided => write!(
                f,
                "undecided: no direction that lowers the loss was found, but a neuron touches more than {MOST_TRIED} kinks that pull inwards"
            ),
        }
    }
}

/// r_i, and the size of the terms it is the difference of: |y_i| + (1/p) Σ_j |a_j| σ(u_ji).
fn residuals(dataset: &Dataset, network: &Network) -> (Vec<f64>, Vec<f64>) {
    let inputs = dataset.inputs();
    let pairs = inputs.rows().into_iter().zip(dataset.labels());
    pairs
        .map(|(x, y)| {
            let neurons = network.hidden_weights();
            let rows = neurons.rows().into_iter().zip(network.output_weights());
            let terms: f64 = rows.map(|(w, a)| a.abs() * w.dot(&x).max(0.0)).sum();
            let size = y.abs() + terms / network.neurons() as f64;
            (y - network.output(&x.to_vec()), size)
        })
        .unzip()
}

impl Neuron {
    /// `residuals`: r_i, and the size of what cancels in each.
    fn new(
        dataset: &Dataset,
        network: &Network,
        (residuals, sizes): (&[f64], &[f64]),
        j: usize,
        tolerance: f64,
    ) -> Self {
        let (w, a) = (
            network.hidden_weights().row(j).to_vec(),
            network.output_weights()[j],
        );
        let scale = 1.0 / (dataset.examples() * network.neurons()) as f64;
        let size = norm(&w);
        let mut pull = vec![0.0; w.len()];
        let (mut gross, mut output_force, mut alive) = (0.0, 0.0, false);
        let mut touched: Vec<(usize, Vec<f64>)> = Vec::new();
        let pairs = residuals.iter().zip(sizes);
        for (i, (x, (r, cancels))) in dataset.inputs().rows().into_iter().zip(pairs).enumerate() {
            let x = x.to_vec();
            let (u, length) = (dot(&w, &x), norm(&x));
            if length == 0.0 {
                continue;
            }
            if u.abs() <= tolerance * size * length {
                gross += cancels * length;
                touched.push((i, x));
            } else if u > 0.0 {
                alive = true;
                gross += cancels * length;
                output_force += r * u;
                add_scaled(&mut pull, *r, &x);
            }
        }
        // With a_j = 0 the first order is flat in w_j and the second is δa_j ψ_j/a_j: judged with a_j = ±1.
        let negligible = |value: f64, of: f64| if value.abs() <= tolerance * of { 0.0 } else { value };
        let output_force = negligible(output_force, gross * size);
        let signs: &[f64] = if a == 0.0 { &[1.0, -1.0] } else { &[1.0] };
        let factor = if a == 0.0 { 1.0 } else { a };
        let mut escape: Option<Escape> = None;
        let mut exhaustive = true;
        let mut clarke = 0.0;
        for sign in signs {
            let force: Vec<f64> = pull.iter().map(|g| sign * factor * g).collect();
            let jumps: Vec<(usize, Vec<f64>, bool)> = touched
                .iter()
                .map(|(i, x)| {
                    let strength = sign * factor * residuals[*i];
                    (*i, x.iter().map(|x| strength * x).collect(), strength > 0.0)
                })
                .filter(|(_, jump, _): &(_, Vec<f64>, _)| norm(jump) > 0.0)
                .collect();
            let all: Vec<Vec<f64>> = jumps.iter().map(|(_, jump, _)| jump.clone()).collect();
            if a != 0.0 {
                clarke = negligible(norm(&combined(&force, &all)), gross * a.abs());
            }
            let (steepest, tried_all) = steepest(&force, &jumps);
            exhaustive &= tried_all;
            let rate = negligible(norm(&steepest), gross * factor.abs());
            if rate > 0.0 {
                let direction: Vec<f64> = steepest.iter().map(|v| v / norm(&steepest)).collect();
                let activated = |(_, x): &&(usize, Vec<f64>)| dot(&direction, x) > 0.0;
                let through = touched.iter().filter(activated).map(|(i, _)| *i).collect();
                let rate = if a == 0.0 { 0.0 } else { rate * scale };
                escape = Some(Escape {
                    neuron: j,
                    rate,
                    alive,
                    direction,
                    through,
                });
            }
        }
        let plain = negligible(a.abs() * norm(&pull), gross * a.abs());
        Self {
            clarke: clarke.hypot(output_force) * scale,
            plain: plain.hypot(output_force) * scale,
            escape,
            exhaustive,
        }
    }
}

/// The gradient of ψ at its steepest: the largest least norm over the terms (a_j r_i > 0) that are switched on.
///
/// Also whether all combinations were tried; if not, ascent from each single term and from all gives a bound.
fn steepest(force: &[f64], jumps: &[(usize, Vec<f64>, bool)]) -> (Vec<f64>, bool) {
    let inwards: Vec<&Vec<f64>> = jumps.iter().filter(|jump| jump.2).map(|jump| &jump.1).collect();
    let outwards: Vec<Vec<f64>> = jumps
        .iter()
        .filter(|jump| !jump.2)
        .map(|jump| jump.1.clone())
        .collect();
    let value = |on: &dyn Fn(usize) -> bool| {
        let mut sum = force.to_vec();
        for (k, jump) in inwards.iter().enumerate() {
            if on(k) {
                add_scaled(&mut sum, 1.0, jump);
            }
        }
        combined(&sum, &outwards)
    };
    let mut best = value(&|_| false);
    let mut keep = |candidate: Vec<f64>| {
        if norm(&candidate) > norm(&best) {
            best = candidate;
        }
    };
    let m = inwards.len();
    if m <= MOST_TRIED {
        for set in 1..1usize << m {
            keep(value(&|k| set >> k & 1 == 1));
        }
        return (best, true);
    }
    for start in 0..=m {
        let mut candidate = value(&|k| start == m || k == start);
        for _ in 0..m {
            let next = value(&|k| dot(&candidate, inwards[k]) > 0.0);
            if norm(&next) <= norm(&candidate) {
                break;
            }
            candidate = next;
        }
        keep(candidate);
    }
    (best, false)
}

/// The element of least norm of force + Σ_i [0, 1] jump_i.
fn combined(force: &[f64], jumps: &[Vec<f64>]) -> Vec<f64> {
    let (multipliers, _) = least_norm(force, jumps);
    let mut sum = force.to_vec();
    for (lambda, jump) in multipliers.iter().zip(jumps) {
        add_scaled(&mut sum, *lambda, jump);
    }
    sum
}

#[cfg(test)]
mod tests;
