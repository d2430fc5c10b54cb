//! Passes over some blocks of examples: what one thread does of an evaluation.

use std::ops::Range;

use super::super::activity::add_activity;
use super::super::{Activity, Real};
use super::aligned::Aligned;
use super::inputs::Inputs;
use super::sweeps::{LANES, close_residuals, gate, tangent_of_output, weigh};

/// Whole blocks of examples and their sums. Which examples make a chunk depends on the shape of the problem alone, and
/// chunks are added up in their order, so the bits of an evaluation do not depend on who did which.
#[derive(Debug)]
pub(super) struct Chunk<T> {
    blocks: Range<usize>,
    /// First example.
    pub(super) first: usize,
    /// One number an example: residuals, or a product with M.
    pub(super) values: Vec<T>,
    /// Σ_i r_i².
    pub(super) squares: f64,
    /// Σ_i g_ji x_i, p rows of [`Inputs::sum_stride`].
    pub(super) sums: Aligned<T>,
    /// Σ_i f_i σ(u_ji), p sums in [`LANES`] lanes each.
    pub(super) slopes: Aligned<T>,
    /// u_ji block by block, kept between the passes of a product with M; empty until the first.
    table: Vec<T>,
}

/// What a thread writes on while it works on a block.
#[derive(Debug)]
pub(super) struct Workspace<T> {
    /// u_ji of a block and what is made of them, p rows.
    table: Aligned<T>,
    /// One number an example.
    forces: Aligned<T>,
}

impl<T: Real> Workspace<T> {
    pub(super) fn new(inputs: &Inputs<T>, neurons: usize) -> Self {
        let stride = stride(inputs.block());
        Self {
            table: Aligned::zeros(neurons * stride),
            forces: Aligned::zeros(stride),
        }
    }
}

/// Length of a row of a block's table: its examples, rounded up to the lanes of the sweeps.
fn stride(examples: usize) -> usize {
    examples.next_multiple_of(LANES)
}

/// The weights of the neurons.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<'a, T> {
    /// W, p × m.
    pub(super) hidden: &'a [T],
    /// a, p.
    pub(super) output: &'a [T],
}

impl<T: Real> Chunk<T> {
    /// All chunks of some inputs.
    pub(super) fn all(inputs: &Inputs<T>, neurons: usize) -> Vec<Self> {
        let chunk = |blocks: Range<usize>| {
            let first = inputs.examples_of(blocks.start).start;
            let examples = inputs.examples_of(blocks.end - 1).end - first;
            Self {
                blocks,
                first,
                values: vec![T::ZERO; examples],
                squares: 0.0,
                sums: Aligned::zeros(neurons * inputs.sum_stride()),
                slopes: Aligned::zeros(neurons * LANES),
                table: Vec::new(),
            }
        };
        inputs.chunks().map(chunk).collect()
    }

    /// Residuals, Σ r², Σ_i a_j r_i 1_ji x_i and Σ_i r_i σ(u_ji).
    pub(super) fn velocity(
        &mut self,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        let p = weights.output.len();
        self.slopes.fill(T::ZERO);
        self.squares = 0.0;
        for block in self.blocks.clone() {
            let examples = inputs.examples_of(block);
            let places = examples.start - self.first..examples.end - self.first;
            let stride = stride(examples.len());
            let (table, forces) = (&mut work.table[..p * stride], &mut work.forces[..stride]);
            inputs.preactivate(block, weights.hidden, p, table, stride);
            weigh(inputs.arch(), table, weights.output, forces);
            let (residuals, beyond) = forces.split_at_mut(examples.len());
            self.squares += close_residuals(residuals, &labels[examples], p);
            self.values[places].copy_from_slice(residuals);
            beyond.fill(T::ZERO);
            gate(inputs.arch(), table, weights.output, forces, &mut self.slopes);
            let first = block == self.blocks.start;
            inputs.combine(block, table, stride, p, &mut self.sums, first);
        }
    }

    /// Jᵀv: Σ_i a_j v_i 1_ji x_i and Σ_i v_i σ(u_ji).
    pub(super) fn pull_back(
        &mut self,
        inputs: &Inputs<T>,
        v: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        let p = weights.output.len();
        self.slopes.fill(T::ZERO);
        self.table.resize(p * stride(self.values.len()), T::ZERO);
        for block in self.blocks.clone() {
            let examples = inputs.examples_of(block);
            let places = examples.start - self.first..examples.end - self.first;
            let stride = stride(examples.len());
            let (table, forces) = (&mut work.table[..p * stride], &mut work.forces[..stride]);
            inputs.preactivate(block, weights.hidden, p, table, stride);
            self.table[p * places.start..][..p * stride].copy_from_slice(table);
            let (v_of_block, beyond) = forces.split_at_mut(examples.len());
            v_of_block.copy_from_slice(&v[examples]);
            beyond.fill(T::ZERO);
            gate(inputs.arch(), table, weights.output, forces, &mut self.slopes);
            let first = block == self.blocks.start;
            inputs.combine(block, table, stride, p, &mut self.sums, first);
        }
    }

    /// J(dw, da), p times: Σ_j 1_ji (a_j ⟨x_i, dw_j⟩ + u_ji da_j), at the state of the last [`Chunk::pull_back`].
    pub(super) fn push_forward(
        &mut self,
        inputs: &Inputs<T>,
        tangent: Weights<'_, T>,
        output: &[T],
        work: &mut Workspace<T>,
    ) {
        let p = output.len();
        for block in self.blocks.clone() {
            let examples = inputs.examples_of(block);
            let places = examples.start - self.first..examples.end - self.first;
            let stride = stride(examples.len());
            let (moved, sums) = (&mut work.table[..p * stride], &mut work.forces[..stride]);
            let table = &self.table[p * places.start..][..p * stride];
            inputs.preactivate(block, tangent.hidden, p, moved, stride);
            tangent_of_output(inputs.arch(), table, moved, output, tangent.output, sums);
            self.values[places].copy_from_slice(&sums[..examples.len()]);
        }
    }

    /// Adds who is active on the chunk's examples.
    pub(super) fn activity(
        &self,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
        activity: &mut Activity,
    ) {
        let p = weights.output.len();
        for block in self.blocks.clone() {
            let examples = inputs.examples_of(block);
            let stride = stride(examples.len());
            let table = &mut work.table[..p * stride];
            inputs.preactivate(block, weights.hidden, p, table, stride);
            add_activity(
                table.chunks_exact(stride),
                weights.output,
                labels,
                examples,
                activity,
            );
        }
    }
}
