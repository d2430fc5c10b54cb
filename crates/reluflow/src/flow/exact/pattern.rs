//! Keeps on which side of every kink a neuron is, and on which kinks it slides: the authority, not the sign of u.

use super::kinks::Kinks;
use crate::linear::{add_scaled, dot, norm};

/// Where a neuron is with respect to a kink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// ⟨w, normal⟩ < 0, or at 0 and leaving to there.
    Minus,
    /// On the kink and staying there.
    Slide,
    /// ⟨w, normal⟩ > 0, or at 0 and leaving to there.
    Plus,
}

/// A normal whose part off the others is below this share of it depends on them.
const DEPENDENT: f64 = 1e-6;

/// The kinks one neuron slides on, with an orthonormal basis of their normals: x_{S_i} = Σ_l R_li q_l.
///
/// A normal that depends on those before it (points on a line, with a bias coordinate) adds nothing: its q and R_ii are 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Sliding {
    /// S.
    pub(super) kinks: Vec<usize>,
    /// Rows q_l, |S| × d.
    basis: Vec<Vec<f64>>,
    /// Row i holds R_li for l ≤ i.
    triangle: Vec<Vec<f64>>,
}

impl Sliding {
    /// The basis of some kinks' normals by Gram–Schmidt, twice; O(|S|² d).
    pub(super) fn new(kinks: &Kinks, set: Vec<usize>) -> Self {
        let mut basis: Vec<Vec<f64>> = Vec::with_capacity(set.len());
        let mut triangle = Vec::with_capacity(set.len());
        for &k in &set {
            let mut rest = kinks.normal(k).to_vec();
            let mut row = vec![0.0; basis.len()];
            for _ in 0..2 {
                for (entry, q) in row.iter_mut().zip(&basis) {
                    let along = dot(&rest, q);
                    *entry += along;
                    add_scaled(&mut rest, -along, q);
                }
            }
            let length = norm(&rest);
            if length > DEPENDENT * kinks.norms[k] {
                rest.iter_mut().for_each(|v| *v /= length);
                row.push(length);
            } else {
                rest.fill(0.0);
                row.push(0.0);
            }
            triangle.push(row);
            basis.push(rest);
        }
        Self {
            kinks: set,
            basis,
            triangle,
        }
    }

    /// The dimension of what the normals span.
    pub(super) fn rank(&self) -> usize {
        self.triangle
            .iter()
            .enumerate()
            .filter(|(i, row)| row[*i] > 0.0)
            .count()
    }

    /// Whether a kink's normal is a combination of these.
    pub(super) fn spans(&self, kinks: &Kinks, k: usize) -> bool {
        let mut rest = kinks.normal(k).to_vec();
        self.project(&mut rest);
        norm(&rest) <= DEPENDENT * kinks.norms[k]
    }

    /// Takes out of v its part along the normals, twice, and returns that part's coordinates in the basis.
    pub(super) fn project(&self, v: &mut [f64]) -> Vec<f64> {
        let mut coordinates = vec![0.0; self.basis.len()];
        for _ in 0..2 {
            for (coordinate, q) in coordinates.iter_mut().zip(&self.basis) {
                let along = dot(v, q);
                *coordinate += along;
                add_scaled(v, -along, q);
            }
        }
        coordinates
    }

    /// The m with Σ_i m_i x_{S_i} = −Σ_l c_l q_l: what the kinks add to hold the neuron.
    pub(super) fn holding(&self, coordinates: &[f64]) -> Vec<f64> {
        let size = self.kinks.len();
        let mut m: Vec<f64> = coordinates.iter().map(|c| -c).collect();
        for l in (0..size).rev() {
            let sum: f64 = (l + 1..size).map(|i| self.triangle[i][l] * m[i]).sum();
            m[l] = if self.triangle[l][l] > 0.0 {
                (m[l] - sum) / self.triangle[l][l]
            } else {
                0.0
            };
        }
        m
    }
}

/// The sides of all neurons with respect to all kinks, p × count.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    count: usize,
    sides: Vec<Side>,
    /// σ' at a plus side's examples, p × count: 1 where they are active; 0 where the neuron slides, since u = 0.
    pub(super) plus: Vec<f64>,
    /// σ' at a minus side's examples, p × count.
    pub(super) minus: Vec<f64>,
    /// What each neuron slides on.
    pub(super) sliding: Vec<Sliding>,
    /// Kinks each neuron is held on without sliding: their normals depend on those it slides on.
    pub(super) held: Vec<Vec<usize>>,
    /// Neurons that rest at w = 0.
    pub(super) resting: Vec<bool>,
    /// How often each neuron's sides changed: who shows them need not look at all of them.
    pub(super) changes: Vec<u64>,
}

impl Pattern {
    /// Every neuron on the minus side of every kink.
    pub(super) fn new(neurons: usize, kinks: &Kinks) -> Self {
        let count = kinks.count();
        let mut pattern = Self {
            count,
            sides: vec![Side::Minus; neurons * count],
            plus: vec![0.0; neurons * count],
            minus: vec![0.0; neurons * count],
            sliding: vec![Sliding::default(); neurons],
            held: vec![Vec::new(); neurons],
            resting: vec![false; neurons],
            changes: vec![0; neurons],
        };
        for j in 0..neurons {
            for k in 0..count {
                pattern.set(kinks, j, k, Side::Minus);
            }
        }
        pattern
    }

    /// The side of neuron j with respect to kink k.
    pub(super) fn side(&self, j: usize, k: usize) -> Side {
        self.sides[j * self.count + k]
    }

    /// Puts neuron j on a side of kink k; [`Pattern::gather`] must follow when it slid or slides.
    pub(super) fn set(&mut self, kinks: &Kinks, j: usize, k: usize, side: Side) {
        let at = j * self.count + k;
        self.changes[j] += 1;
        self.sides[at] = side;
        let (plus, minus) = match side {
            Side::Plus => (1.0, kinks.slope),
            Side::Minus => (kinks.slope, 1.0),
            Side::Slide => (0.0, 0.0),
        };
        self.plus[at] = plus;
        self.minus[at] = if kinks.minus[k].squares > 0.0 { minus } else { 0.0 };
    }

    /// Gathers what neuron j slides on after its sides changed.
    pub(super) fn gather(&mut self, kinks: &Kinks, j: usize) {
        let set = (0..self.count)
            .filter(|k| self.side(j, *k) == Side::Slide)
            .collect();
        self.sliding[j] = Sliding::new(kinks, set);
    }

    /// Lets neuron j rest at w = 0 for ever.
    pub(super) fn rest(&mut self, j: usize) {
        self.resting[j] = true;
        self.changes[j] += 1;
        self.sliding[j] = Sliding::default();
        self.held[j].clear();
        let row = j * self.count..(j + 1) * self.count;
        self.sides[row.clone()].fill(Side::Minus);
        self.plus[row.clone()].fill(0.0);
        self.minus[row].fill(0.0);
    }

    /// Whether neuron j is neither active nor sliding anywhere, so that it never moves again.
    pub(super) fn is_dead(&self, j: usize) -> bool {
        let row = j * self.count..(j + 1) * self.count;
        self.sliding[j].kinks.is_empty()
            && self.plus[row.clone()].iter().all(|v| *v == 0.0)
            && self.minus[row].iter().all(|v| *v == 0.0)
    }
}
