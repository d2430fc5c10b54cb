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
mod tests {
    use super::*;
    use ndarray::array;

    fn loss(data: &Dataset, network: &Network) -> f64 {
        let rows = data.inputs();
        let squares = rows.rows().into_iter().zip(data.labels());
        squares
            .map(|(x, y)| (y - network.output(&x.to_vec())).powi(2))
            .sum::<f64>()
            / (2.0 * data.examples() as f64)
    }

    #[test]
    fn an_escape_lowers_the_loss_at_the_stated_rate() {
        // w on the kinks of x_1 and x_2, dead elsewhere; labels pull x_1 in (a r > 0) and push x_2 out.
        let data = Dataset::new(
            array![[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.0, 0.6, -0.8]],
            array![1.0, -0.5, 2.0],
        )
        .unwrap();
        let network = Network::new(array![[0.0, 0.0, 1.0]], array![2.0]).unwrap();
        let report = Stationarity::new(&data, &network, 1e-12).unwrap();
        assert_eq!(report.kind, Kind::Saddle);
        let escape = &report.escapes[0];
        assert!(!report.alive_escape() && escape.through.contains(&0));
        let step = 1e-6;
        let mut moved = network.hidden_weights().to_owned();
        for (w, d) in moved.row_mut(0).iter_mut().zip(&escape.direction) {
            *w += step * d;
        }
        let after = Network::new(moved, network.output_weights().to_owned()).unwrap();
        let fall = (loss(&data, &network) - loss(&data, &after)) / step;
        // Second order in the step: 1e-6 times a curvature of order 1.
        assert!((fall / escape.rate - 1.0).abs() < 1e-5, "{fall} {}", escape.rate);
    }

    #[test]
    fn no_direction_is_steeper_than_the_one_reported() {
        // Directions on a fine circle, d = 2, w = 0 so that all kinks are touched.
        let data = Dataset::new(
            array![[1.0, 0.2], [-0.5, 1.0], [-0.3, -1.0], [0.9, -0.7]],
            array![1.0, -2.0, 1.5, 0.4],
        )
        .unwrap();
        let network = Network::new(array![[0.0, 0.0]], array![1.5]).unwrap();
        let report = Stationarity::new(&data, &network, 1e-12).unwrap();
        let slope = |angle: f64| -> f64 {
            let (sin, cos) = angle.sin_cos();
            let inputs = data.inputs();
            let pairs = inputs.rows().into_iter().zip(data.labels());
            pairs
                .map(|(x, y)| 1.5 * y * (x[0] * cos + x[1] * sin).max(0.0))
                .sum::<f64>()
                / 4.0
        };
        let best = (0..100_000)
            .map(|k| slope(f64::from(k) * 6.283_185_3e-5))
            .fold(0.0, f64::max);
        // The circle's steps of 6e-5 miss the top by their square.
        assert!(
            (report.escapes[0].rate / best - 1.0).abs() < 1e-7,
            "{best} {}",
            report.escapes[0].rate
        );
    }

    /// A fit to rounding is a local minimum in whatever units inputs and labels are, though no residual is 0; a residual of a
    /// millionth is told.
    #[test]
    fn a_fit_to_rounding_is_a_local_minimum() {
        // h(x_1) = (0.1·0.3 + 0.7·0.9)/2, h(x_2) = −0.6·0.35/3 …: labels are outputs, shifted by two roundings.
        let hidden = array![[0.3, -0.2], [0.9, 0.1], [-0.4, 0.35]];
        let output = array![0.1, 0.7, -0.6];
        let inputs = array![[1.0, 0.1], [-0.2, 1.3], [0.7, 0.6]];
        let network = Network::new(hidden.clone(), output.clone()).unwrap();
        for (shift, kind) in [
            (2.0 * f64::EPSILON, Kind::LocalMinimum),
            (1e-6, Kind::NotStationary),
        ] {
            let labels: ndarray::Array1<f64> = inputs
                .rows()
                .into_iter()
                .map(|x| network.output(&x.to_vec()) * (1.0 + shift))
                .collect();
            for x_unit in [1e-50, 1e-10, 1.0, 1e10, 1e50] {
                for y_unit in [1e-50, 1.0, 1e50] {
                    let data = Dataset::new(&inputs * x_unit, &labels * y_unit).unwrap();
                    // Both weights take half of the unit of y/x, as balanced ones do.
                    let unit = f64::sqrt(y_unit / x_unit);
                    let network = Network::new(&hidden * unit, &output * unit).unwrap();
                    let report = Stationarity::new(&data, &network, 1e-9).unwrap();
                    assert_eq!(report.kind, kind, "{x_unit:e}, {y_unit:e}: {report}");
                    assert_eq!(report.gradient_norm == 0.0, kind == Kind::LocalMinimum);
                }
            }
        }
    }

    /// The end of an exact flow that fits to rounding, with neurons that are dead and some that are not.
    #[test]
    fn the_end_of_a_flow_that_fits_is_a_local_minimum() {
        let mut fits = 0;
        for draw in 0..12 {
            let (data, network) = crate::Setting::paper(3, 3, 6).draw(7, draw).unwrap();
            let mut problem = crate::Problem::new(&data, &network, crate::Method::Exact(Default::default()));
            problem.stops = crate::Stops {
                time: Some(2000.0),
                ..Default::default()
            };
            let solution = problem.solve().unwrap();
            if solution.end.loss < 1e-27 {
                fits += 1;
                let report = Stationarity::new(&data, &solution.network, 1e-9).unwrap();
                assert_eq!(report.kind, Kind::LocalMinimum, "seed 7, draw {draw}: {report}");
            }
        }
        assert!(fits > 3, "{fits}");
    }

    #[test]
    fn a_neuron_held_on_a_kink_is_at_a_local_minimum() {
        // x_1 = 1 and its antipode-free copy of opposite label: a = 1, w = 0, y = −1: moving in raises the loss.
        let data = Dataset::new(array![[1.0]], array![-1.0]).unwrap();
        let network = Network::new(array![[0.0]], array![1.0]).unwrap();
        let report = Stationarity::new(&data, &network, 1e-12).unwrap();
        assert_eq!((report.kind, report.gradient_norm), (Kind::LocalMinimum, 0.0));
        // With a = 0 as well, δa < 0 with δw > 0 lowers it, at second order.
        let origin = Network::new(array![[0.0]], array![0.0]).unwrap();
        let report = Stationarity::new(&data, &origin, 1e-12).unwrap();
        assert_eq!((report.kind, report.escapes[0].rate), (Kind::Saddle, 0.0));
    }
}
