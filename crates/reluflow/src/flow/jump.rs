//! The limit of vanishing starts on orthogonal inputs: a pure jump process, computed without integration.
//!
//! Let all weights be of order λ with |a_j| ≥ ‖w_j‖, S_j the examples neuron j is correctly active on at time 0, U the
//! examples not yet fitted and D_j = Σ_{i ∈ S_j ∩ U} y_i x_i. Wrongly active entries die while everything is of order λ. Until
//! something is fitted |a_j| and ‖w_j‖ grow like exp(‖D_j‖ t/n), so on the clock s = t/(n log(1/λ)) the logarithms
//! ℓ_j = log|a_j| / log(1/λ) obey
//!
//! ```text
//! ℓ_j(0) = −1      dℓ_j/ds = ‖D_j‖
//! ```
//!
//! as λ → 0, and the first j whose ℓ_j reaches 0 fits S_j ∩ U in a time that vanishes on this clock. The loss drops to
//! (1/2n) Σ_{i ∈ U} y_i², and (1/p) Σ_j (‖w_j‖² + a_j²) grows by 2 (Σ y_i²/‖x_i‖²)^½ over what is fitted, since
//! (1/p) a_j w_j = Σ y_i x_i/‖x_i‖² there with a_j² = ‖w_j‖². The process ends when nobody left is correctly active on anything left.
//!
//! What is left out vanishes like 1/log(1/λ) only: at λ = 1e-140 it is still a per cent.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{Dataset, Network};

/// Arrivals this close to each other, relative to s, are a tie.
const TIE: f64 = 1e-12;

/// How far below 0 rounding puts the margin of a balanced start, whose margin is 0.
const BALANCED: f64 = 1e-12;

/// Between which sizes labels and inputs lie, so that no square of their products or quotients leaves the range of numbers.
const SIZES: std::ops::RangeInclusive<f64> = 1e-70..=1e70;

/// One jump.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Jump {
    /// When, in units of n log(1/λ).
    pub s: f64,
    /// The neuron that starts, from 0.
    pub neuron: usize,
    /// The examples it fits, from 0.
    pub fitted: Vec<usize>,
    /// L after it.
    pub loss: f64,
    /// (1/p) Σ_j (‖w_j‖² + a_j²) after it.
    pub norm: f64,
}

/// How far the hypotheses are from failing; activity and order should be well above 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct JumpMargins {
    /// min_j (|a_j| − ‖w_j‖)/|a_j| over neurons that are not 0. 0 on a balanced start, up to rounding; a start below that is
    /// refused, for Assumption 1 fails and an output weight may change its sign.
    pub domination: f64,
    /// min |⟨w_j, x_i⟩| / (‖w_j‖ ‖x_i‖): who is active is decided by it.
    pub activity: f64,
    /// min over the jumps of how much later, relative to s, the next neuron would have come that competes for an example; infinite without one.
    pub order: f64,
}

/// The jump process of a problem, from start to end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JumpProcess {
    /// The jumps, in order.
    pub events: Vec<Jump>,
    /// L on the first plateau, (1/2n) Σ y_i².
    pub initial_loss: f64,
    /// L at the end.
    pub loss: f64,
    /// (1/p) Σ_j (‖w_j‖² + a_j²) at the end.
    pub norm: f64,
    /// Examples with y_i ≠ 0 that nobody ever fits: no neuron was correctly active on them.
    pub lost: Vec<usize>,
    /// Neurons that never start.
    pub idle: Vec<usize>,
    /// Jumps at which another neuron that competes for an example arrived at the same instant; the one with the smaller number went first.
    pub ties: usize,
    /// Margins of the hypotheses.
    pub margins: JumpMargins,
}

impl JumpProcess {
    /// The process of a network on orthogonal inputs, in O(np) a jump and at most p jumps. Only directions and signs of the weights
    /// matter, not their size.
    ///
    /// # Errors
    /// When the inputs are not orthogonal, data and network do not fit, |a_j| < ‖w_j‖ for a neuron, so that the process is not the limit, or
    /// a label or an input is not 0 and its size not between 1e-70 and 1e70.
    pub fn new(data: &Dataset, network: &Network) -> Result<Self> {
        if data.dimension() != network.dimension() {
            return Err(Error::Shape {
                array: "hidden weights",
                expected: (network.neurons(), data.dimension()),
                found: (network.neurons(), network.dimension()),
            });
        }
        check_sizes("labels of a jump process", data.labels())?;
        // The largest entry stands for the norm, whose squares may leave the range of numbers.
        let sizes: Vec<f64> = (data.inputs().rows().into_iter())
            .map(|x| x.iter().fold(0.0, |most: f64, x| most.max(x.abs())))
            .collect();
        check_sizes("inputs of a jump process", &sizes)?;
        if !data.is_orthogonal() {
            return Err(Error::out_of_range(
                "inputs of a jump process",
                "orthogonal inputs",
                "inputs that are not",
            ));
        }
        let starts = Starts::new(data, network);
        if starts.domination < -BALANCED {
            return Err(Error::out_of_range(
                "network of a jump process",
                "|a_j| ≥ ‖w_j‖ for every neuron, or output weights may change sign",
                format!("(|a_j| − ‖w_j‖)/|a_j| = {:.1e}", starts.domination),
            ));
        }
        Ok(starts.run(data, network.neurons()))
    }

    /// L at s: constant between jumps, the lower value at one.
    pub fn loss_at(&self, s: f64) -> f64 {
        let passed = self.events.iter().take_while(|jump| jump.s <= s).last();
        passed.map_or(self.initial_loss, |jump| jump.loss)
    }
}

fn check_sizes<'a>(quantity: &'static str, sizes: impl IntoIterator<Item = &'a f64>) -> Result<()> {
    let outside = |size: &&f64| **size != 0.0 && !SIZES.contains(&size.abs());
    match sizes.into_iter().find(outside) {
        Some(size) => Err(Error::out_of_range(
            quantity,
            "sizes between 1e-70 and 1e70, or 0",
            format!("{size:.1e}"),
        )),
        None => Ok(()),
    }
}

/// The rows, each times the power of 2 that brings its largest entry near 1: signs and directions are as before, and no product with an
/// input is too small for a number.
fn near_one(hidden: &ArrayView2<'_, f64>) -> Array2<f64> {
    let mut near = hidden.to_owned();
    for mut row in near.rows_mut() {
        let largest = row.iter().fold(0.0f64, |most, w| most.max(w.abs()));
        if largest > 0.0 {
            let factor = (-largest.log2().floor().clamp(-1000.0, 1000.0)).exp2();
            row.mapv_inplace(|w| w * factor);
        }
    }
    near
}

/// Who could fit what: a bit for every neuron and example.
struct Starts {
    /// Words of a neuron's row.
    words: usize,
    /// S_j ∩ U, p rows.
    covered: Vec<u64>,
    domination: f64,
    activity: f64,
}

impl Starts {
    fn new(data: &Dataset, network: &Network) -> Self {
        let n = data.examples();
        let words = n.div_ceil(64);
        let norms = data.input_norms();
        let (hidden, output) = (network.hidden_weights(), network.output_weights());
        let mut covered = vec![0; words * network.neurons()];
        let (mut domination, mut activity) = (f64::INFINITY, f64::INFINITY);
        let labels = data.labels();
        let near = near_one(&hidden);
        let table = data.preactivations(near.view());
        for (j, (w, a)) in hidden.rows().into_iter().zip(output).enumerate() {
            let largest = w.iter().fold(0.0f64, |most, w| most.max(w.abs()));
            let size = if largest > 0.0 {
                largest * w.iter().map(|w| (w / largest).powi(2)).sum::<f64>().sqrt()
            } else {
                0.0
            };
            if *a != 0.0 || size > 0.0 {
                domination = domination.min((a.abs() - size) / a.abs().max(f64::MIN_POSITIVE));
            }
            let near_size = near.row(j).iter().map(|w| w * w).sum::<f64>().sqrt();
            let row = &mut covered[j * words..(j + 1) * words];
            for (i, (u, norm)) in table.row(j).iter().zip(&norms).enumerate() {
                if size > 0.0 && *norm > 0.0 {
                    activity = activity.min((u / norm / near_size).abs());
                }
                if *u > 0.0 && labels[i] != 0.0 && *a != 0.0 && (*a > 0.0) == (labels[i] > 0.0) {
                    row[i / 64] |= 1 << (i % 64);
                }
            }
        }
        Self {
            words,
            covered,
            domination,
            activity,
        }
    }

    fn row(&self, j: usize) -> &[u64] {
        &self.covered[j * self.words..(j + 1) * self.words]
    }

    fn examples(&self, j: usize) -> impl Iterator<Item = usize> + '_ {
        let bits = |(word, bits): (usize, &u64)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let next = (bits != 0).then(|| 64 * word + bits.trailing_zeros() as usize);
                bits &= bits.wrapping_sub(1);
                next
            })
        };
        self.row(j).iter().enumerate().flat_map(bits)
    }

    fn meets(&self, j: usize, k: usize) -> bool {
        self.row(j).iter().zip(self.row(k)).any(|(a, b)| a & b != 0)
    }

    fn run(mut self, data: &Dataset, p: usize) -> JumpProcess {
        let (labels, norms) = (data.labels(), data.input_norms());
        let scale = 0.5 / data.examples() as f64;
        let mut unfitted: Vec<bool> = labels.iter().map(|y| *y != 0.0).collect();
        let loss = |unfitted: &[bool]| {
            let left = labels.iter().zip(unfitted).filter(|(_, left)| **left);
            // The sum of nothing is −0.
            scale * left.map(|(y, _)| y * y).sum::<f64>() + 0.0
        };
        let speed = |starts: &Self, j: usize| {
            let terms = starts.examples(j).map(|i| (labels[i] * norms[i]).powi(2));
            terms.sum::<f64>().sqrt()
        };
        // −ℓ_j, and ‖D_j‖.
        let mut left = vec![1.0; p];
        let mut speeds: Vec<f64> = (0..p).map(|j| speed(&self, j)).collect();
        let initial_loss = loss(&unfitted);
        let (mut s, mut norm, mut ties, mut order) = (0.0, 0.0, 0, f64::INFINITY);
        let mut events: Vec<Jump> = Vec::new();
        let mut idle = vec![true; p];
        loop {
            let wait = |j: usize| {
                if speeds[j] > 0.0 {
                    left[j] / speeds[j]
                } else {
                    f64::INFINITY
                }
            };
            let soonest = (0..p).map(wait).fold(f64::INFINITY, f64::min);
            if soonest.is_infinite() {
                break;
            }
            // Of those that arrive together the smallest number goes first.
            let together = TIE * (s + soonest);
            let Some(first) = (0..p).find(|j| wait(*j) <= soonest + together) else {
                break;
            };
            let rivals = (0..p).filter(|j| *j != first && wait(*j).is_finite() && self.meets(first, *j));
            let next = rivals.map(wait).fold(f64::INFINITY, f64::min);
            ties += usize::from(next <= soonest + together);
            order = order.min((next - soonest).max(0.0) / (s + soonest));
            for (left, speed) in left.iter_mut().zip(&speeds) {
                *left = (*left - speed * soonest).max(0.0);
            }
            s += soonest;
            let fitted: Vec<usize> = self.examples(first).collect();
            let square: f64 = fitted.iter().map(|i| (labels[*i] / norms[*i]).powi(2)).sum();
            norm += 2.0 * square.sqrt();
            fitted.iter().for_each(|i| unfitted[*i] = false);
            idle[first] = false;
            let done = self.row(first).to_vec();
            for (j, entry) in speeds.iter_mut().enumerate() {
                let row = &mut self.covered[j * self.words..(j + 1) * self.words];
                let mut changed = 0;
                for (bits, done) in row.iter_mut().zip(&done) {
                    changed |= *bits & done;
                    *bits &= !done;
                }
                if changed != 0 {
                    *entry = speed(&self, j);
                }
            }
            events.push(Jump {
                s,
                neuron: first,
                fitted,
                loss: loss(&unfitted),
                norm,
            });
        }
        let those = |flags: &[bool]| (0..flags.len()).filter(|i| flags[*i]).collect();
        JumpProcess {
            loss: events.last().map_or(initial_loss, |jump| jump.loss),
            events,
            initial_loss,
            norm,
            lost: those(&unfitted),
            idle: those(&idle),
            ties,
            margins: JumpMargins {
                domination: self.domination,
                activity: self.activity,
                order,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::data::{LabelLaw, Magnitude, Orthogonal};
    use crate::flow::{Exact, Stops};
    use crate::initialisation::Balanced;
    use crate::random::Purpose;
    use crate::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed};

    fn three_neurons(labels: Array1<f64>) -> (Dataset, Network) {
        let hidden = Array2::from_shape_fn((3, 4), |(j, i)| {
            let sets: [&[usize]; 3] = [&[0, 1, 2], &[2, 3], &[1, 2]];
            if sets[j].contains(&i) { 0.5 } else { -0.5 }
        });
        let data = Dataset::new(Array2::eye(4), labels).unwrap();
        (data, Network::new(hidden, Array1::ones(3)).unwrap())
    }

    #[test]
    fn the_case_of_three_neurons() {
        // S = {1, 2, 3}, {3, 4}, {2, 3}: 1/√3; then −1 + √2/√3 is left to grow at speed 1: s = 1/√3 + 1 − √2/√3.
        let (data, network) = three_neurons(Array1::ones(4));
        let process = JumpProcess::new(&data, &network).unwrap();
        let jumps: Vec<(usize, &[usize])> =
            process.events.iter().map(|e| (e.neuron, &e.fitted[..])).collect();
        assert_eq!(jumps, [(0, &[0, 1, 2][..]), (1, &[3][..])]);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        close(process.events[0].s, 1.0 / 3f64.sqrt());
        close(process.events[1].s, 1.0 / 3f64.sqrt() + 1.0 - (2f64 / 3.0).sqrt());
        close(process.initial_loss, 0.5);
        close(process.events[0].loss, 0.125);
        close(process.loss, 0.0);
        close(process.norm, 2.0 * 3f64.sqrt() + 2.0);
        close(process.loss_at(0.6), 0.125);
        assert_eq!((process.idle, process.ties), (vec![2], 0));
        assert!(process.lost.is_empty());
        // The published digits.
        assert!(
            (process.events[0].s - 0.577350).abs() < 1e-6 && (process.events[1].s - 0.760854).abs() < 1e-6
        );
    }

    #[test]
    fn signs_that_nobody_has_are_lost_and_ties_are_counted() {
        let (data, network) = three_neurons(Array1::from_vec(vec![1.0, -1.0, 0.0, 1.0]));
        let process = JumpProcess::new(&data, &network).unwrap();
        assert_eq!(process.lost, [1]);
        assert_eq!((process.ties, process.events.len(), process.loss), (0, 2, 0.125));
        let (data, network) = three_neurons(Array1::ones(4));
        let twice = |j: usize| if j < 3 { j } else { 0 };
        let hidden = Array2::from_shape_fn((4, 4), |(j, i)| network.hidden_weights()[(twice(j), i)]);
        let process = JumpProcess::new(&data, &Network::new(hidden, Array1::ones(4)).unwrap()).unwrap();
        assert_eq!((process.ties, process.margins.order), (1, 0.0));
        assert_eq!((process.events[0].neuron, process.idle), (0, vec![2, 3]));
    }

    #[test]
    fn what_is_no_jump_process_is_refused() {
        let refused = |data: &Dataset, w: [f64; 2], a: f64| {
            let network = Network::new(ndarray::array![w], ndarray::array![a]).unwrap();
            JumpProcess::new(data, &network).unwrap_err().to_string()
        };
        let data = Dataset::new(Array2::ones((2, 2)), Array1::ones(2)).unwrap();
        let said = refused(&data, [1.0, 1.0], 2.0);
        assert!(said.contains("orthogonal"), "{said}");
        // 1 − √5/0.01 = −222.6; here the output weight does change its sign.
        let data = Dataset::new(Array2::eye(2), ndarray::array![1.0, -1.5]).unwrap();
        let said = refused(&data, [1.0, 2.0], 0.01);
        assert!(
            said.contains("|a_j| ≥ ‖w_j‖") && said.contains("-2.2e2"),
            "{said}"
        );
        for (x, y) in [(1e-200, 1.0), (1e200, 1.0), (1.0, 1e-200), (1.0, 1e200)] {
            let data = Dataset::new(Array2::eye(2) * x, ndarray::array![y, y]).unwrap();
            let said = refused(&data, [1.0, 2.0], 3.0);
            assert!(
                said.contains("between 1e-70 and 1e70"),
                "x = {x}, y = {y}: {said}"
            );
        }
    }

    /// With x → c x, y → e y the growth rates are c e times as large, losses e², norms e/c; the size of the start does not matter.
    #[test]
    fn units_and_the_size_of_the_start_do_not_matter() {
        let (data, network) = three_neurons(ndarray::array![1.0, -0.5, 2.0, 1.5]);
        let plain = JumpProcess::new(&data, &network).unwrap();
        for (c, e) in [(1e-69, 1e69), (1e69, 1e-69), (1e-69, 1e-69), (1e69, 1e69)] {
            for size in [1e-300, 1e300] {
                let data = Dataset::new(Array2::eye(4) * c, data.labels().to_owned() * e).unwrap();
                let (w, a) = (network.hidden_weights(), network.output_weights());
                let start = Network::new(w.to_owned() * size, a.to_owned() * size).unwrap();
                let process = JumpProcess::new(&data, &start).unwrap();
                let close = |found: f64, expected: f64| {
                    assert!((found / expected - 1.0).abs() < 1e-12, "{found}, {expected}");
                };
                assert_eq!(process.events.len(), plain.events.len());
                assert_eq!((&process.lost, &process.idle), (&plain.lost, &plain.idle));
                close(process.margins.activity, plain.margins.activity);
                close(process.norm, plain.norm * (e / c));
                close(process.loss, plain.loss * e * e);
                for (found, expected) in process.events.iter().zip(&plain.events) {
                    assert_eq!((found.neuron, &found.fitted), (expected.neuron, &expected.fitted));
                    close(found.s, expected.s / (c * e));
                }
                let end = process.network(&data, &start, process.events.len());
                assert!(
                    end.hidden_weights()
                        .iter()
                        .chain(end.output_weights())
                        .all(|v| v.is_finite())
                );
            }
        }
    }

    /// The exact flow at λ: s of every jump where L is half way down it and who had grown most by then; and the norm at the end.
    fn by_the_flow(data: &Dataset, start: &Network, process: &JumpProcess, size: f64) -> Vec<(f64, usize)> {
        let network = Network::new(
            start.hidden_weights().mapv(|w| w * size),
            start.output_weights().mapv(|a| a * size),
        )
        .unwrap();
        let clock = data.examples() as f64 * (1.0 / size).ln();
        let mut grown = vec![false; network.neurons()];
        let mut before = process.initial_loss;
        let jumps = process.events.iter().map(|jump| {
            let mut problem = Problem::new(data, &network, Method::Exact(Exact::default()));
            problem.stops = Stops {
                loss: Some(0.5 * (before + jump.loss)),
                time: Some(50.0 * clock),
                ..Stops::default()
            };
            before = jump.loss;
            let solution = problem.solve().unwrap();
            let output = solution.network.output_weights();
            let newest = (0..grown.len())
                .filter(|j| !grown[*j])
                .max_by(|i, j| output[*i].abs().total_cmp(&output[*j].abs()))
                .unwrap();
            grown[newest] = true;
            (solution.end.time / clock, newest)
        });
        jumps.collect()
    }

    #[test]
    fn the_exact_flow_tends_to_the_process() {
        let mut compared = 0;
        for draw in 0..24 {
            let seed = TrialSeed {
                root: 22,
                n: 6,
                d: 6,
                p: 5,
                draw,
            };
            let law = Orthogonal {
                norms: Magnitude::PAPER,
                labels: LabelLaw::default(),
                ..Orthogonal::default()
            };
            let data = DataLaw::Orthogonal(law)
                .sample(6, 6, &mut seed.generator(Purpose::Data))
                .unwrap();
            let start = InitialisationLaw::Balanced(Balanced::default())
                .sample(5, &data, &mut seed.generator(Purpose::Initialisation))
                .unwrap();
            let process = JumpProcess::new(&data, &start).unwrap();
            // At finite λ the logarithms of the starts matter: those that come within 5 % of each other may change places.
            if process.events.is_empty() || process.margins.order < 0.05 {
                continue;
            }
            compared += 1;
            let errors = [1e-8, 1e-30, 1e-140].map(|size| {
                let found = by_the_flow(&data, &start, &process, size);
                if size == 1e-140 {
                    let order: Vec<usize> = found.iter().map(|jump| jump.1).collect();
                    let expected: Vec<usize> = process.events.iter().map(|jump| jump.neuron).collect();
                    assert_eq!(order, expected, "draw {draw}");
                }
                let pairs = found.iter().zip(&process.events);
                pairs
                    .map(|(found, jump)| (found.0 - jump.s).abs())
                    .fold(0.0, f64::max)
            });
            // The error falls like 1/log(1/λ): log is 18, 69, 322.
            assert!(
                errors[2] < 0.05 && errors[2] < 0.3 * errors[0],
                "draw {draw}: {errors:?}"
            );
        }
        assert!(compared >= 6, "{compared}");
    }
}
