//! Gathers the hyperplanes across which the field jumps: inputs on one line through 0 share one.

use crate::Dataset;
use crate::field::Factor;
use crate::model::{Loss, Model, Rates};

/// Coordinates of two directions that differ by less are the same: rounding of a division and a norm.
const PARALLEL: f64 = 1e-14;

/// The kinks ⟨w, x⟩ = 0 of a dataset, one for each line {s·x_i}.
///
/// A kink's normal is the first of its inputs; the others are multiples c_i of it. On its plus side
/// (⟨w, normal⟩ > 0) the examples with c_i > 0 are active, on its minus side those with c_i < 0: a duplicate
/// is a further example on the same side, an antipode one on the other.
#[derive(Debug, Clone)]
pub(super) struct Kinks {
    /// Dimension d.
    pub(super) dimension: usize,
    /// Row k is the normal of kink k; count × d.
    pub(super) normals: Vec<f64>,
    /// Multiplies rows of d, neurons' weights, by the transposed normals: ⟨w_j, normal k⟩.
    pub(super) across: Factor,
    /// Multiplies rows of count by the normals: Σ_k g_jk normal k.
    pub(super) along: Factor,
    /// ‖normal‖.
    pub(super) norms: Vec<f64>,
    /// The example whose input is the normal.
    pub(super) example: Vec<usize>,
    /// Σ c_i y_i and Σ c_i² over the examples of the plus side, then of the minus side.
    pub(super) plus: Vec<Sums>,
    /// The same on the minus side.
    pub(super) minus: Vec<Sums>,
    /// Whether any kink has examples on its minus side.
    pub(super) two_sided: bool,
    /// The part of Σ_i r_i² no network can change: examples on one line that contradict each other, and x_i = 0. With a
    /// classification loss the part of Σ_i ℓ_i: x_i = 0 alone.
    pub(super) irreducible: f64,
    /// Kink of every example and whether c_i > 0; none when x_i = 0.
    pub(super) of_example: Vec<Option<(usize, bool)>>,
    /// The examples with x_i ≠ 0.
    pub(super) multiples: Vec<Multiple>,
    /// γ: what passes on the other side of a kink.
    pub(super) slope: f64,
    /// ℓ.
    pub(super) loss: Loss,
    /// (η_w, η_a).
    pub(super) rates: Rates,
}

/// An example as a multiple of its kink's normal: x_i = c_i · normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Multiple {
    /// Its kink.
    pub(super) kink: usize,
    /// c_i.
    pub(super) multiple: f64,
    /// y_i.
    pub(super) label: f64,
}

impl Multiple {
    /// 0 on the plus side of its kink, 1 on the minus side.
    pub(super) fn side(self) -> usize {
        usize::from(self.multiple < 0.0)
    }
}

/// What the examples on one side of a kink add up to: their residuals sum to `labels` − `squares`·(output).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sums {
    /// Σ c_i y_i.
    pub(super) labels: f64,
    /// Σ c_i².
    pub(super) squares: f64,
}

impl Sums {
    /// Σ_i r_i² = ρ²/Σc_i² + a part that never changes, for a summed residual ρ; this is the part that does.
    pub(super) fn square(self, rho: f64) -> f64 {
        if self.squares > 0.0 {
            rho * rho / self.squares
        } else {
            0.0
        }
    }
}

impl Kinks {
    /// The kinks of a dataset for a model, in O(n²) comparisons.
    pub(super) fn new(dataset: &Dataset, model: &Model) -> Self {
        let d = dataset.dimension();
        let mut kinks = Self {
            dimension: d,
            normals: Vec::new(),
            across: Factor::from_columns(&[], (d, 0)),
            along: Factor::from_columns(&[], (0, d)),
            norms: Vec::new(),
            example: Vec::new(),
            plus: Vec::new(),
            minus: Vec::new(),
            two_sided: false,
            irreducible: 0.0,
            of_example: Vec::with_capacity(dataset.examples()),
            multiples: Vec::new(),
            slope: model.activation.slope(),
            loss: model.loss,
            rates: model.rates(),
        };
        let mut directions: Vec<Vec<f64>> = Vec::new();
        let inputs = dataset.inputs();
        for (i, (x, y)) in inputs.rows().into_iter().zip(dataset.labels()).enumerate() {
            let norm = x.dot(&x).sqrt();
            if norm == 0.0 {
                kinks.irreducible += match kinks.loss {
                    Loss::Square => y * y,
                    loss => loss.value(0.0, *y),
                };
                kinks.of_example.push(None);
                continue;
            }
            let direction: Vec<f64> = x.iter().map(|v| v / norm).collect();
            let known = directions.iter().enumerate().find_map(|(k, other)| {
                let differs_by = |sign: f64| {
                    direction
                        .iter()
                        .zip(other)
                        .all(|(u, v)| (u - sign * v).abs() <= PARALLEL)
                };
                [1.0, -1.0]
                    .into_iter()
                    .find(|sign| differs_by(*sign))
                    .map(|sign| (k, sign))
            });
            let (k, multiple) = match known {
                Some((k, sign)) => (k, sign * norm / kinks.norms[k]),
                None => {
                    kinks.normals.extend(x.iter());
                    kinks.norms.push(norm);
                    kinks.example.push(i);
                    kinks.plus.push(Sums::default());
                    kinks.minus.push(Sums::default());
                    directions.push(direction);
                    (kinks.norms.len() - 1, 1.0)
                }
            };
            let side = if multiple > 0.0 {
                &mut kinks.plus[k]
            } else {
                &mut kinks.minus[k]
            };
            side.labels += multiple * y;
            side.squares += multiple * multiple;
            kinks.multiples.push(Multiple {
                kink: k,
                multiple,
                label: *y,
            });
            kinks.two_sided |= multiple < 0.0;
            kinks.of_example.push(Some((k, multiple > 0.0)));
        }
        let squares = if kinks.loss == Loss::Square {
            &kinks.multiples[..]
        } else {
            &[]
        };
        for example in squares {
            let sums = [&kinks.plus, &kinks.minus][example.side()][example.kink];
            // Residuals, not a difference of squares: they vanish to rounding where labels are in proportion.
            kinks.irreducible += (example.label - example.multiple * (sums.labels / sums.squares)).powi(2);
        }
        let count = kinks.count();
        let transposed: Vec<f64> = (0..d * count)
            .map(|at| kinks.normals[at % count * d + at / count])
            .collect();
        kinks.across = Factor::from_columns(&kinks.normals, (d, count));
        kinks.along = Factor::from_columns(&transposed, (count, d));
        kinks
    }

    /// Number of kinks.
    pub(super) fn count(&self) -> usize {
        self.norms.len()
    }

    /// The normal of kink k.
    pub(super) fn normal(&self, k: usize) -> &[f64] {
        &self.normals[k * self.dimension..(k + 1) * self.dimension]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn duplicates_and_antipodes_share_a_kink() {
        // x_1 and x_3 = 2 x_1 on the plus side, x_4 = −3 x_1 on the minus side, x_5 = 0 nowhere.
        let inputs = array![[1.0, 2.0], [0.0, 1.0], [2.0, 4.0], [-3.0, -6.0], [0.0, 0.0]];
        let dataset = Dataset::new(inputs, array![1.0, 5.0, 7.0, 11.0, 13.0]).unwrap();
        let kinks = Kinks::new(&dataset, &Model::PAPER);
        assert_eq!(kinks.count(), 2);
        assert_eq!(kinks.example, [0, 1]);
        let close = |sums: Sums, labels: f64, squares: f64| {
            assert!((sums.labels - labels).abs() < 1e-13 && (sums.squares - squares).abs() < 1e-13);
        };
        close(kinks.plus[0], 1.0 + 2.0 * 7.0, 1.0 + 4.0);
        close(kinks.minus[0], -3.0 * 11.0, 9.0);
        // y_1 = 1 and y_3 = 7 at c = 1, 2: Σ(y − c h)² is least at h = 3, where it is 4 + 1; y_5 = 13 stays.
        assert!(kinks.two_sided);
        assert!((kinks.irreducible - 174.0).abs() < 1e-12, "{}", kinks.irreducible);
    }
}
