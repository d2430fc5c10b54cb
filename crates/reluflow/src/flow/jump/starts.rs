//! Who could fit what, and who starts next.

use ndarray::{Array2, ArrayView2};

use super::{Jump, JumpMargins, JumpProcess};
use crate::{Dataset, Network};

/// Arrivals this close to each other, relative to s, are a tie.
const TIE: f64 = 1e-12;

/// Who could fit what: a bit for every neuron and example.
pub(super) struct Starts {
    /// Words of a neuron's row.
    words: usize,
    /// S_j ∩ U, p rows.
    covered: Vec<u64>,
    /// min_j (|a_j| − ‖w_j‖)/|a_j|.
    pub(super) domination: f64,
    /// min |⟨w_j, x_i⟩| / (‖w_j‖ ‖x_i‖).
    activity: f64,
}

impl Starts {
    /// Who is correctly active on what at the start.
    pub(super) fn new(data: &Dataset, network: &Network) -> Self {
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

    /// Lets one neuron after the other start, until nobody left is correctly active on anything left.
    pub(super) fn run(mut self, data: &Dataset, p: usize) -> JumpProcess {
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
