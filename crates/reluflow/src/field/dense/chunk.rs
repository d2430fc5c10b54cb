//! Passes over some blocks of examples: what one thread does of an evaluation.

use std::ops::Range;

use super::super::activity::add_activity;
use super::super::sums::{LANES, Scales, close_forces};
use super::super::{Activity, Cover, Real};
use super::cover::add_cover;
use super::inputs::Inputs;
use super::sweeps::{gate, tangent_of_output, weigh};
use crate::aligned::Aligned;
use crate::model::{Activation, Model};

/// Whole blocks of examples and their sums. Which examples make a chunk depends on the shape of the problem alone, and
/// chunks are added up in their order, so the bits of an evaluation do not depend on who did which.
#[derive(Debug)]
pub(super) struct Chunk<T> {
    blocks: Range<usize>,
    /// First example.
    pub(super) first: usize,
    /// One number an example: forces, or a product with M.
    pub(super) values: Vec<T>,
    /// Σ_i r_i² or Σ_i ℓ_i.
    pub(super) losses: f64,
    /// Σ_i g_ji x_i, p rows of [`Inputs::sum_stride`].
    pub(super) sums: Aligned<T>,
    /// How many numbers of such a row there are: the others were never written.
    pub(super) reach: usize,
    /// Σ_i f_i σ(u_ji), p sums in [`LANES`] lanes each.
    pub(super) slopes: Aligned<T>,
    /// How the examples are covered, where that was asked for.
    pub(super) cover: Cover<T>,
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

    /// Room for a block, its forces zero.
    fn block(&mut self, inputs: &Inputs<T>, number: usize, neurons: usize) -> Block<'_, T> {
        let examples = inputs.examples_of(number);
        let stride = stride(examples.len());
        let forces = &mut self.forces[..stride];
        forces.fill(T::ZERO);
        Block {
            number,
            stride,
            table: &mut self.table[..neurons * stride],
            forces,
            examples,
        }
    }
}

/// A block at work.
struct Block<'a, T> {
    number: usize,
    examples: Range<usize>,
    /// Length of a row of the table.
    stride: usize,
    /// u_ji, then g_ji, p rows.
    table: &'a mut [T],
    /// f_i; zero beyond the examples.
    forces: &'a mut [T],
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
                reach: inputs.reach(blocks.end - 1),
                blocks,
                first,
                values: vec![T::ZERO; examples],
                losses: 0.0,
                sums: Aligned::zeros(neurons * inputs.sum_stride()),
                slopes: Aligned::zeros(neurons * LANES),
                cover: Cover::new(examples),
                table: Vec::new(),
            }
        };
        inputs.chunks().map(chunk).collect()
    }

    /// Forces f_i, losses, Σ_i a_j f_i σ'(u_ji) x_i and Σ_i f_i σ(u_ji).
    pub(super) fn velocity(
        &mut self,
        model: &Model,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        self.evaluate(model, inputs, labels, weights, work, false);
    }

    /// [`Chunk::velocity`] and [`Chunk::cover`] in one pass.
    pub(super) fn velocity_and_cover(
        &mut self,
        model: &Model,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        self.cover.clear();
        self.evaluate(model, inputs, labels, weights, work, true);
    }

    /// How well the correct neurons cover the chunk's examples.
    pub(super) fn cover(
        &mut self,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        self.cover.clear();
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, weights.output.len());
            inputs.preactivate(number, weights.hidden, block.table, block.stride);
            let labels = &labels[block.examples.clone()];
            let first = block.examples.start - self.first;
            add_cover(
                inputs.arch(),
                block.table,
                block.stride,
                weights.output,
                labels,
                first,
                &mut self.cover,
            );
        }
    }

    fn evaluate(
        &mut self,
        model: &Model,
        inputs: &Inputs<T>,
        labels: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
        with_cover: bool,
    ) {
        let p = weights.output.len();
        let share = T::from_f64(1.0 / p.max(1) as f64);
        self.slopes.fill(T::ZERO);
        self.losses = 0.0;
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, p);
            inputs.preactivate(number, weights.hidden, block.table, block.stride);
            weigh(
                inputs.arch(),
                model.activation,
                block.table,
                weights.output,
                block.forces,
            );
            let forces = &mut block.forces[..block.examples.len()];
            let labels = &labels[block.examples.clone()];
            if with_cover {
                let first = block.examples.start - self.first;
                add_cover(
                    inputs.arch(),
                    block.table,
                    block.stride,
                    weights.output,
                    labels,
                    first,
                    &mut self.cover,
                );
            }
            self.losses += close_forces(inputs.arch(), model.loss, forces, labels, Scales::Same(share));
            self.values[block.examples.start - self.first..][..forces.len()].copy_from_slice(forces);
            self.gather(model, inputs, weights.output, block);
        }
    }

    /// Jᵀv: Σ_i a_j v_i σ'(u_ji) x_i and Σ_i v_i σ(u_ji).
    pub(super) fn pull_back(
        &mut self,
        model: &Model,
        inputs: &Inputs<T>,
        v: &[T],
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
    ) {
        let p = weights.output.len();
        self.slopes.fill(T::ZERO);
        self.table.resize(p * stride(self.values.len()), T::ZERO);
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, p);
            inputs.preactivate(number, weights.hidden, block.table, block.stride);
            self.table[p * (block.examples.start - self.first)..][..block.table.len()]
                .copy_from_slice(block.table);
            block.forces[..block.examples.len()].copy_from_slice(&v[block.examples.clone()]);
            self.gather(model, inputs, weights.output, block);
        }
    }

    /// Adds a block's Σ_i a_j f_i σ'(u_ji) x_i and Σ_i f_i σ(u_ji) from its u_ji and f_i; the first only where hidden
    /// weights move.
    fn gather(&mut self, model: &Model, inputs: &Inputs<T>, output: &[T], block: Block<'_, T>) {
        let first = block.number == self.blocks.start;
        let (arch, activation) = (inputs.arch(), model.activation);
        gate(
            arch,
            activation,
            block.table,
            output,
            block.forces,
            &mut self.slopes,
        );
        if model.rates().hidden == 0.0 {
            return;
        }
        inputs.combine(block.number, block.table, block.stride, &mut self.sums, first);
    }

    /// J(dw, da), p times: Σ_j (a_j σ'(u_ji) ⟨x_i, dw_j⟩ + σ(u_ji) da_j), at the state of the last [`Chunk::pull_back`].
    pub(super) fn push_forward(
        &mut self,
        activation: Activation,
        inputs: &Inputs<T>,
        tangent: Weights<'_, T>,
        output: &[T],
        work: &mut Workspace<T>,
    ) {
        let p = output.len();
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, p);
            inputs.preactivate(number, tangent.hidden, block.table, block.stride);
            let first = block.examples.start - self.first;
            let table = &self.table[p * first..][..block.table.len()];
            tangent_of_output(
                inputs.arch(),
                activation,
                table,
                block.table,
                output,
                tangent.output,
                block.forces,
            );
            let count = block.examples.len();
            self.values[first..][..count].copy_from_slice(&block.forces[..count]);
        }
    }

    /// Writes u_ji of the chunk's examples into a table of p rows, one number an example.
    pub(super) fn preactivations(
        &self,
        inputs: &Inputs<T>,
        weights: Weights<'_, T>,
        work: &mut Workspace<T>,
        table: &mut [f64],
    ) {
        let p = weights.output.len();
        let examples = table.len() / p.max(1);
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, p);
            inputs.preactivate(number, weights.hidden, block.table, block.stride);
            let rows = block.table.chunks_exact(block.stride);
            for (row, out) in rows.zip(table.chunks_exact_mut(examples)) {
                for (out, u) in out[block.examples.clone()].iter_mut().zip(row) {
                    *out = u.to_f64();
                }
            }
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
        for number in self.blocks.clone() {
            let block = work.block(inputs, number, weights.output.len());
            inputs.preactivate(number, weights.hidden, block.table, block.stride);
            add_activity(
                block.table.chunks_exact(block.stride),
                weights.output,
                labels,
                block.examples,
                activity,
            );
        }
    }
}
