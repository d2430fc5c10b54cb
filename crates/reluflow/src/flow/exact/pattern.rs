//! Keeps on which side of every kink a neuron is, and on which kinks it slides: the authority, not the sign of u.

use pulp::Arch;

use super::kinks::Kinks;
use crate::linear::{add_scaled, dot, norm};
use crate::vectors::in_vectors;

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
/// Rows that are worked on together, and numbers of each.
const ROWS: usize = 6;
const LANES: usize = 8;

/// The kinks one neuron slides on, with an orthonormal basis of their normals: x_{S_i} = Σ_l R_li q_l.
///
/// A normal that depends on those before it (points on a line, with a bias coordinate) adds nothing: its q and R_ii are 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Sliding {
    /// S.
    pub(super) kinks: Vec<usize>,
    /// Rows q_l, |S| × d.
    basis: Vec<f64>,
    /// R_li for l ≤ i, one i after the other.
    triangle: Vec<f64>,
}

impl Sliding {
    /// The basis of some kinks' normals by Gram–Schmidt, twice; O(|S|² d).
    pub(super) fn new(kinks: &Kinks, set: Vec<usize>) -> Self {
        Self::default().extended(kinks, set)
    }

    /// This with other kinks: the rows of those both begin with are kept, so that one more kink at the end costs O(|S| d).
    pub(super) fn extended(&self, kinks: &Kinks, set: Vec<usize>) -> Self {
        let d = kinks.dimension;
        let kept = self.kinks.iter().zip(&set).take_while(|(a, b)| a == b).count();
        let mut basis = Vec::with_capacity(set.len() * d);
        basis.extend_from_slice(&self.basis[..kept * d]);
        let mut triangle = self.triangle[..triangular(kept)].to_vec();
        for &k in &set[kept..] {
            let mut rest = kinks.normal(k).to_vec();
            triangle.extend(take_off(&basis, &mut rest));
            let length = norm(&rest);
            if length > DEPENDENT * kinks.norms[k] {
                rest.iter_mut().for_each(|v| *v /= length);
                triangle.push(length);
            } else {
                rest.fill(0.0);
                triangle.push(0.0);
            }
            basis.extend(rest);
        }
        Self {
            kinks: set,
            basis,
            triangle,
        }
    }

    /// The dimension of what the normals span.
    pub(super) fn rank(&self) -> usize {
        (1..=self.kinks.len())
            .filter(|i| self.triangle[triangular(*i) - 1] > 0.0)
            .count()
    }

    /// Whether a kink's normal is a combination of these.
    pub(super) fn spans(&self, kinks: &Kinks, k: usize) -> bool {
        let mut rest = kinks.normal(k).to_vec();
        self.project(&mut rest);
        norm(&rest) <= DEPENDENT * kinks.norms[k]
    }

    /// Takes out of v its part along the normals, to a rounding of what is left.
    pub(super) fn project(&self, v: &mut [f64]) {
        take_off(&self.basis, v);
    }

    /// Takes out of g its part along the normals, to a rounding of g, and writes what the kinks add for it: the m with
    /// Σ_i m_i x_{S_i} = −Σ_l c_l q_l for its coordinates c.
    ///
    /// g is known to a rounding itself, and the state is put back on the kinks after every step.
    #[inline(always)]
    pub(super) fn hold(&self, g: &mut [f64], m: &mut Vec<f64>) {
        m.resize(self.kinks.len(), 0.0);
        take_off_once(m, &self.basis, g);
        for i in (0..m.len()).rev() {
            let column = &self.triangle[triangular(i)..=triangular(i) + i];
            let (above, own) = m.split_at_mut(i);
            own[0] = if column[i] > 0.0 { -own[0] / column[i] } else { 0.0 };
            add_scaled(above, own[0], &column[..i]);
        }
    }
}

/// 0 + 1 + … + i, with which column i of a triangle begins.
fn triangular(i: usize) -> usize {
    i * (i + 1) / 2
}

/// Takes out of v its part along some orthonormal rows, twice; returns that part's coordinates.
fn take_off(basis: &[f64], v: &mut [f64]) -> Vec<f64> {
    let size = basis.len() / v.len();
    let mut coordinates = vec![0.0; 2 * size];
    let (first, second) = coordinates.split_at_mut(size);
    in_vectors!(Arch::new(), {
        take_off_once(first, basis, v);
        take_off_once(second, basis, v);
        add_scaled(first, 1.0, second);
    });
    coordinates.truncate(size);
    coordinates
}

/// c_l = ⟨q_l, v⟩ and v −= c_l q_l, [`ROWS`] rows at a time: those that follow see what is left.
#[inline(always)]
fn take_off_once(c: &mut [f64], basis: &[f64], v: &mut [f64]) {
    let d = v.len();
    let (blocks, rest) = c.as_chunks_mut::<ROWS>();
    let (rows, rest_rows) = basis.split_at(blocks.len() * ROWS * d);
    for (c, rows) in blocks.iter_mut().zip(rows.chunks_exact(ROWS * d)) {
        let rows: [&[f64]; ROWS] = std::array::from_fn(|r| &rows[r * d..(r + 1) * d]);
        *c = products_of_rows(rows, v);
        for (at, v) in v.iter_mut().enumerate() {
            let mut part = 0.0;
            for r in 0..ROWS {
                part += c[r] * rows[r][at];
            }
            *v -= part;
        }
    }
    for (c, row) in rest.iter_mut().zip(rest_rows.chunks_exact(d)) {
        *c = dot(row, v);
        add_scaled(v, -*c, row);
    }
}

/// The products of some rows with a vector as long as they are.
#[inline(always)]
fn products_of_rows(rows: [&[f64]; ROWS], v: &[f64]) -> [f64; ROWS] {
    let mut lanes = [[0.0; LANES]; ROWS];
    let (blocks, rest) = v.as_chunks::<LANES>();
    let whole = v.len() - rest.len();
    let in_blocks = rows.map(|row| row.as_chunks::<LANES>().0);
    for (at, v) in blocks.iter().enumerate() {
        for r in 0..ROWS {
            let row = &in_blocks[r][at];
            for lane in 0..LANES {
                lanes[r][lane] += row[lane] * v[lane];
            }
        }
    }
    let mut products = [0.0; ROWS];
    for ((product, lanes), row) in products.iter_mut().zip(&lanes).zip(rows) {
        for (a, b) in row[whole..].iter().zip(rest) {
            *product += a * b;
        }
        for lane in 0..LANES / 2 {
            *product += lanes[lane] + lanes[lane + LANES / 2];
        }
    }
    products
}

/// The sides of all neurons with respect to all kinks, p × count.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    count: usize,
    sides: Vec<Side>,
    /// The side as a sign, p × count: 1, −1, or 0 where the neuron slides.
    pub(super) signs: Vec<f64>,
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
            signs: vec![-1.0; neurons * count],
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
        let (sign, plus, minus) = match side {
            Side::Plus => (1.0, 1.0, kinks.slope),
            Side::Minus => (-1.0, kinks.slope, 1.0),
            Side::Slide => (0.0, 0.0, 0.0),
        };
        self.signs[at] = sign;
        self.plus[at] = plus;
        self.minus[at] = if kinks.minus[k].squares > 0.0 { minus } else { 0.0 };
    }

    /// Gathers what neuron j slides on after its sides changed: first what it slid on before, so that its basis is kept.
    pub(super) fn gather(&mut self, kinks: &Kinks, j: usize) {
        let before = &self.sliding[j].kinks;
        let slides = |k: &usize| self.side(j, *k) == Side::Slide;
        let kept = before.iter().copied().filter(slides);
        let new = (0..self.count).filter(|k| slides(k) && !before.contains(k));
        let set = kept.chain(new).collect();
        self.sliding[j] = self.sliding[j].extended(kinks, set);
    }

    /// Lets neuron j rest at w = 0 for ever.
    pub(super) fn rest(&mut self, j: usize) {
        self.resting[j] = true;
        self.changes[j] += 1;
        self.sliding[j] = Sliding::default();
        self.held[j].clear();
        let row = j * self.count..(j + 1) * self.count;
        self.sides[row.clone()].fill(Side::Minus);
        self.signs[row.clone()].fill(-1.0);
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
