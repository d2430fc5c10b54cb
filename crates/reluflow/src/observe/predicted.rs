//! Foretells from time 0 which example is learnt last on orthogonal inputs, and the curvature that it leaves.
//!
//! M = Δ + UUᵀ is nearly diagonal, and its smallest eigenvalue nearly min_i M_ii. The example i with the smallest M_ii is
//! learnt last, alone. Its neurons then move along a hyperbola, a_j = √b_j cosh s, v_ji = √b_j sinh s with one s for all
//! of them, until h(x_i) = y_i. With j ∋ i the correctly active neurons,
//!
//! ```text
//! M_ii(∞) = √(‖x_i‖⁴ B_i² + 4‖x_i‖² y_i²),   B_i = (1/p) Σ_{j∋i} b_j,   b_j = a_j² − v_ji² on the hyperbola
//! ```
//!
//! b_j is what the other examples made of neuron j. If all neurons of a sign grew alike, in the directions D_j of the
//! examples they see (D_ji = |y_i| ‖x_i‖ for j ∋ i, 0 otherwise), then
//!
//! ```text
//! b_j = g_j² φ²,   g_j = (√(a_j² − Σ_{i∌j} (v_ji^+)²) + ⟨v_j^+, D_j⟩/‖D_j‖)/2 at time 0
//! φ⁴ = mean over j of Σ_{i∋j} (y_i/(‖x_i‖ G_i))²,   G_i = (1/p) Σ_{j∋i} g_j²
//! ```
//!
//! where the mean is over the neurons of one sign. No constant is fitted. This is a heuristic of ours, not a statement of
//! the paper and not a proof; `docs/findings/curvature.md` measures how good it is.

use serde::Serialize;

use crate::{Dataset, Network};

/// The example that is to be learnt last, and its entry of the diagonal of M at the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Predicted {
    /// min_i M_ii(∞); (2/n) of it stands for μ_∞.
    pub diagonal: f64,
    /// The example i.
    pub example: usize,
}

impl Predicted {
    /// What a network at time 0 predicts, in O(np), or O(ndp) when the inputs do not lie along axes; `None` unless the
    /// inputs are orthogonal.
    ///
    /// ```
    /// use ndarray::array;
    /// // One neuron, one example: φ² = |y|/(‖x‖ g²), so that B = |y|/‖x‖ and M = √5 ‖x‖ |y|.
    /// let data = reluflow::Dataset::along_axes(vec![3.0], array![-2.0], 1).unwrap();
    /// let network = reluflow::Network::new(array![[0.1]], array![-0.7]).unwrap();
    /// let predicted = reluflow::observe::Predicted::new(&data, &network).unwrap();
    /// assert!((predicted.diagonal - 6.0 * 5f64.sqrt()).abs() < 1e-12);
    /// ```
    ///
    /// # Panics
    /// When network and data differ in dimension.
    pub fn new(dataset: &Dataset, network: &Network) -> Option<Self> {
        if !dataset.is_orthogonal() {
            return None;
        }
        let (norms, labels) = (dataset.input_norms(), dataset.labels());
        let values = dataset.preactivations(network.hidden_weights());
        let share = 1.0 / network.neurons() as f64;
        let neurons = || values.rows().into_iter().zip(network.output_weights());
        let growth: Vec<f64> = neurons()
            .map(|(row, a)| {
                let (mut size, mut along, mut wrong) = (0.0, 0.0, 0.0);
                let active = row.iter().zip(labels).zip(&norms);
                for ((u, y), norm) in active.filter(|((u, _), _)| **u > 0.0) {
                    if a * y > 0.0 {
                        size += (y * norm).powi(2);
                        along += u * y.abs();
                    } else {
                        wrong += (u / norm).powi(2);
                    }
                }
                let along = if size > 0.0 { along / size.sqrt() } else { 0.0 };
                0.25 * ((a * a - wrong).max(0.0).sqrt() + along).powi(2)
            })
            .collect();
        let mut shared = vec![0.0; norms.len()];
        for ((row, a), g) in neurons().zip(&growth) {
            for ((sum, u), y) in shared.iter_mut().zip(row).zip(labels) {
                if *u > 0.0 && a * y > 0.0 {
                    *sum += share * g;
                }
            }
        }
        // φ² of the neurons with positive and with negative output weights.
        let mut needs = [(0.0, 0.0); 2];
        for (row, a) in neurons() {
            let mine = &mut needs[usize::from(*a < 0.0)];
            mine.1 += 1.0;
            let seen = row.iter().zip(labels).zip(norms.iter().zip(&shared));
            for ((_, y), (norm, together)) in seen.filter(|((u, y), _)| **u > 0.0 && a * *y > 0.0) {
                mine.0 += (y / (norm * together)).powi(2);
            }
        }
        let factor =
            needs.map(|(sum, count): (f64, f64)| if count > 0.0 { (sum / count).sqrt() } else { 0.0 });
        let last = labels
            .iter()
            .zip(&norms)
            .zip(&shared)
            .map(|((y, norm), together)| learnt_alone(*norm, *y, factor[usize::from(*y < 0.0)] * together));
        smallest(last).map(|(example, diagonal)| Self { diagonal, example })
    }
}

/// √(‖x‖⁴ B² + 4‖x‖² y²): the entry of M of an example that was learnt alone, by neurons whose balances a_j² − v_ji² have
/// the sum p B.
pub(crate) fn learnt_alone(norm: f64, label: f64, balance: f64) -> f64 {
    norm * (norm * balance).hypot(2.0 * label)
}

/// The first of the smallest values, and where it is.
pub(crate) fn smallest(values: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    values.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::data::Orthogonal;
    use crate::initialisation::Asymmetric;
    use crate::observe::OrthogonalKernel;
    use crate::{DataLaw, InitialisationLaw, Method, Problem, Record, Setting, Stops};

    fn draw(n: usize, p: usize, draw: u64, scale: f64) -> (Dataset, Network) {
        let data = DataLaw::Orthogonal(Orthogonal::default());
        let initialisation = InitialisationLaw::Asymmetric(Asymmetric {
            hidden_scale: scale,
            covered: true,
            ..Asymmetric::default()
        });
        Setting {
            n,
            d: n,
            p,
            data,
            initialisation,
        }
        .draw(5, draw)
        .unwrap()
    }

    /// The formulas at the head of this file, sum by sum.
    fn slowly(data: &Dataset, network: &Network) -> Vec<f64> {
        let (n, p) = (data.examples(), network.neurons());
        let (y, a) = (data.labels(), network.output_weights());
        let norm = data.input_norms();
        let v = |j: usize, i: usize| {
            let product = network.hidden_weights().row(j).dot(&data.inputs().row(i));
            (product / norm[i]).max(0.0)
        };
        let sees = |j: usize, i: usize| v(j, i) > 0.0 && a[j] * y[i] > 0.0;
        let direction = |j: usize| -> Vec<f64> {
            let entry = |i: usize| if sees(j, i) { y[i].abs() * norm[i] } else { 0.0 };
            (0..n).map(entry).collect()
        };
        let g = |j: usize| {
            let size = direction(j).iter().map(|entry| entry * entry).sum::<f64>().sqrt();
            let along: f64 = direction(j)
                .iter()
                .enumerate()
                .map(|(i, entry)| v(j, i) * entry)
                .sum();
            let wrong: f64 = (0..n).filter(|i| !sees(j, *i)).map(|i| v(j, i).powi(2)).sum();
            ((a[j] * a[j] - wrong).max(0.0).sqrt() + along / size) / 2.0
        };
        let g: Vec<f64> = (0..p).map(g).collect();
        let big = |i: usize| (0..p).filter(|j| sees(*j, i)).map(|j| g[j] * g[j]).sum::<f64>() / p as f64;
        let fourth = |sign: f64| {
            let alike: Vec<usize> = (0..p).filter(|j| a[*j] * sign > 0.0).collect();
            let need = |j: &usize| -> f64 {
                let seen = (0..n).filter(|i| sees(*j, *i));
                seen.map(|i| (y[i] / (norm[i] * big(i))).powi(2)).sum()
            };
            alike.iter().map(need).sum::<f64>() / alike.len() as f64
        };
        let entry = |i: usize| {
            let balance = fourth(y[i].signum()).sqrt() * big(i);
            (norm[i].powi(4) * balance.powi(2) + 4.0 * norm[i].powi(2) * y[i].powi(2)).sqrt()
        };
        (0..n).map(entry).collect()
    }

    #[test]
    fn the_fast_sums_are_the_formulas() {
        for (n, p, scale) in [(3, 12, 1.0), (17, 20, 0.1), (40, 25, 1.0)] {
            let (data, network) = draw(n, p, 1, scale);
            let entries = slowly(&data, &network);
            let (example, least) = smallest(entries.into_iter()).unwrap();
            let found = Predicted::new(&data, &network).unwrap();
            assert_eq!(found.example, example);
            // Sums of some n p terms, all positive.
            assert!((found.diagonal / least - 1.0).abs() < 1e-12, "{found:?} {least}");
        }
    }

    /// Neurons on a hyperbola that have learnt x to the point: M_11 is the closed form, whatever their balances.
    #[test]
    fn an_example_learnt_alone_has_the_closed_form() {
        let (norm, s, balances) = (1.7f64, 0.9f64, [0.2f64, 1.1, 3.0]);
        let p = balances.len() as f64;
        let label = balances.iter().map(|b| b * s.cosh() * s.sinh()).sum::<f64>() * norm / p;
        let data = Dataset::along_axes(vec![norm], Array1::from_elem(1, label), 1).unwrap();
        let hidden = Array2::from_shape_fn((3, 1), |(j, _)| balances[j].sqrt() * s.sinh());
        let output = balances.iter().map(|b| b.sqrt() * s.cosh()).collect();
        let network = Network::new(hidden, output).unwrap();
        let found = OrthogonalKernel::new(&data, &network).unwrap().smallest();
        let closed = learnt_alone(norm, label, balances.iter().sum::<f64>() / p);
        assert!((found / closed - 1.0).abs() < 1e-11, "{found} {closed}");
    }

    /// At n = 400 the scatter of the predicted curvature about the true one is 6 to 7 % a draw, its mean right to 3 %: ten
    /// draws cannot all be off by more than 20 %, nor may the mean be by 8 %.
    #[test]
    fn the_flow_ends_where_it_was_predicted() {
        let (n, p) = (400, 32);
        let mut sum = 0.0;
        for k in 0..10 {
            let (data, network) = draw(n, p, k, 0.01);
            let predicted = Predicted::new(&data, &network).unwrap();
            let mut problem = Problem::new(&data, &network, Method::default());
            problem.stops = Stops {
                trap_times: Some(1e-6),
                transitions: Some(60.0),
                ..Stops::default()
            };
            problem.record = Record {
                observables: vec![crate::observe::Observable::Spectrum],
                ..Record::default()
            };
            let limit = problem.solve().unwrap().trajectory.last("lambda_min").unwrap();
            let off = (predicted.diagonal / limit).ln();
            assert!(off.abs() < 0.25, "draw {k}: {off}");
            sum += off;
        }
        assert!((sum / 10.0).abs() < 0.08, "{}", sum / 10.0);
    }

    #[test]
    fn inputs_that_are_not_orthogonal_predict_nothing() {
        let (data, network) = draw(5, 12, 0, 1.0);
        let slanted = Dataset::new(&data.inputs() + 0.1, data.labels().to_owned()).unwrap();
        assert_eq!(Predicted::new(&slanted, &network), None);
    }
}
