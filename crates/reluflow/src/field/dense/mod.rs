//! Evaluates the flow for any data in one pass over blocks of examples.

mod chunk;
mod cover;
mod dots;
mod factor;
mod inputs;
mod pack;
mod span;
mod sweeps;
mod tile;

use pulp::{Arch, Simd, WithSimd};

use super::activity::count_activity;
use super::idle::share_out;
use super::sums::{LANES, total_of};
use super::{Activity, Cover, IdleThreads, Real, VectorField, add_decay, split_state, split_state_mut};
use crate::model::{Loss, Model};
use crate::{Dataset, Network};
use chunk::{Chunk, Weights, Workspace};
pub(crate) use factor::Factor;
pub(crate) use inputs::Cut;
use inputs::Inputs;
use span::Span;

/// The field on any data, 4nmp flops an evaluation, or half of that for triangular inputs.
///
/// Block by block of examples: U_b = W X_bᵀ, residuals, gates G_b, dW += G_b X_b, while the block is in the
/// cache. X is packed once, in the two orders in which the products read it. Chunks of blocks can be shared between
/// threads; they are cut by the shape of the problem alone and added up in their order, so the bits of an evaluation
/// are the same on any number of threads.
#[derive(Debug)]
pub struct Dense<T> {
    neurons: usize,
    model: Model,
    labels: Vec<T>,
    inputs: Inputs<T>,
    /// X row by row (n × m), for products with single examples.
    rows: Vec<T>,
    /// Where coordinates are not the weights' own.
    span: Option<Span>,
    chunks: Vec<Chunk<T>>,
    workspaces: Vec<Workspace<T>>,
    idle: IdleThreads,
    /// f_i, for the square loss the residuals.
    residuals: Vec<T>,
    /// (dw, da) when M is applied, p(m + 1).
    tangent: Vec<T>,
}

impl<T: Real> Dense<T> {
    /// The field of p neurons on a dataset, in the weights' own coordinates, m = d.
    pub fn new(dataset: &Dataset, neurons: usize) -> Self {
        let cut = Cut::of(dataset.examples(), dataset.dimension(), neurons);
        let (inputs, labels) = (cast(dataset.inputs_flat()), labels_of(dataset));
        Self::from_parts(
            &inputs,
            labels,
            neurons,
            dataset.dimension(),
            false,
            cut,
            Arch::new(),
        )
    }

    /// The field for networks that start at `start`, in coordinates chosen for the data.
    ///
    /// Where n < 2d these are m = min(n, d) orthonormal coordinates v_j of w_j in a space that holds every input and in
    /// which X is lower triangular (Xᵀ = Q Lᵀ, v_j = Qᵀ w_j). Half of both products are zeros that are left out: 2n²p
    /// flops for n ≤ d and 4ndp − 2d²p beyond, after one QR decomposition. The part of w_j outside that space
    /// never moves; it is kept aside and put back by [`VectorField::read_network`]. Elsewhere they are the weights' own.
    pub fn starting_at(dataset: &Dataset, start: &Network) -> Self {
        let (n, d, p) = (dataset.examples(), dataset.dimension(), start.neurons());
        if n >= 2 * d {
            return Self::new(dataset, p);
        }
        let (span, lower) = Span::new(dataset, start);
        let m = n.min(d);
        let cut = Cut::of(n, m, p);
        let mut field = Self::from_parts(&cast(&lower), labels_of(dataset), p, m, true, cut, Arch::new());
        field.span = Some(span);
        field
    }

    /// The field of another model than the paper's. With decay, its coordinates must be the weights' own
    /// ([`Dense::new`]).
    pub fn with_model(mut self, model: &Model) -> Self {
        self.model = *model;
        self
    }

    /// Shares evaluations with threads that stand idle.
    pub fn with_idle_threads(mut self, idle: &IdleThreads) -> Self {
        self.idle = idle.clone();
        self
    }

    /// The field from inputs row by row (n × m) and labels (n); n, m and p may be zero. Of `triangular` inputs, x_ik = 0
    /// for k > i, the zeros are left out.
    pub(crate) fn from_parts(
        inputs: &[T],
        labels: Vec<T>,
        neurons: usize,
        coordinates: usize,
        triangular: bool,
        cut: Cut,
        arch: Arch,
    ) -> Self {
        let n = labels.len();
        let rows = inputs.to_vec();
        let inputs = Inputs::new(inputs, (n, coordinates), triangular, cut, arch);
        Self {
            neurons,
            model: Model::PAPER,
            span: None,
            chunks: Chunk::all(&inputs, neurons),
            workspaces: vec![Workspace::new(&inputs, neurons)],
            idle: IdleThreads::default(),
            residuals: vec![T::ZERO; n],
            tangent: vec![T::ZERO; neurons * (coordinates + 1)],
            labels,
            inputs,
            rows,
        }
    }

    /// Adds up what the chunks found at `state`: the velocity, the forces, and the objective.
    fn collect(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let n = self.labels.len();
        if n == 0 {
            velocity.fill(T::ZERO);
            add_decay(&self.model, state, velocity, self.neurons);
            return self.penalty(state);
        }
        let mut losses = 0.0;
        for chunk in &self.chunks {
            losses += chunk.losses;
            self.residuals[chunk.first..][..chunk.values.len()].copy_from_slice(&chunk.values);
        }
        let (hidden, output) = split_state_mut(velocity, self.neurons);
        self.inputs.arch().dispatch(Collect {
            chunks: &self.chunks,
            stride: self.inputs.sum_stride(),
            scales: self.scales(n),
            hidden,
            output,
        });
        add_decay(&self.model, state, velocity, self.neurons);
        self.model.loss.mean(losses, n) + self.penalty(state)
    }

    /// Copies the cover that the chunks found.
    fn collect_cover(&self, cover: &mut Cover<T>) {
        for chunk in &self.chunks {
            let examples = chunk.first..chunk.first + chunk.values.len();
            cover.sum[examples.clone()].copy_from_slice(&chunk.cover.sum);
            cover.best[examples.clone()].copy_from_slice(&chunk.cover.best);
            cover.neuron[examples].copy_from_slice(&chunk.cover.neuron);
        }
    }

    /// Does `work` on every chunk.
    fn on_chunks(
        &mut self,
        work: impl Fn(&Model, &Inputs<T>, &[T], &mut Chunk<T>, &mut Workspace<T>) + Sync,
    ) {
        let (model, inputs, labels) = (&self.model, &self.inputs, &self.labels);
        share_out(
            &self.idle,
            &mut self.chunks,
            &mut self.workspaces,
            || Workspace::new(inputs, self.neurons),
            |chunk, workspace| work(model, inputs, labels, chunk, workspace),
        );
    }

    /// η_w/n and η_a/n.
    fn scales(&self, n: usize) -> [T; 2] {
        let (rates, inverse) = (self.model.rates(), 1.0 / n as f64);
        [rates.hidden * inverse, rates.output * inverse].map(T::from_f64)
    }
}

fn cast<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|v| T::from_f64(*v)).collect()
}

fn labels_of<T: Real>(dataset: &Dataset) -> Vec<T> {
    dataset.labels().iter().map(|v| T::from_f64(*v)).collect()
}

/// Adds up the sums of all chunks, in their order, into p rows of hidden coordinates and p slopes, times a scale each.
struct Collect<'a, T> {
    chunks: &'a [Chunk<T>],
    /// Length of a chunk's row of sums.
    stride: usize,
    scales: [T; 2],
    hidden: &'a mut [T],
    output: &'a mut [T],
}

impl<T: Real> WithSimd for Collect<'_, T> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        self.hidden();
        match const { LANES * size_of::<T>() / size_of::<T::Vector<S>>() } {
            1 => self.output::<S, 1>(simd),
            2 => self.output::<S, 2>(simd),
            4 => self.output::<S, 4>(simd),
            8 => self.output::<S, 8>(simd),
            _ => self.output::<S, 16>(simd),
        }
    }
}

impl<T: Real> Collect<'_, T> {
    #[inline(always)]
    fn hidden(&mut self) {
        let scale = self.scales[0];
        if scale == T::ZERO {
            return self.hidden.fill(T::ZERO); // what a frozen layer would move by was not summed up
        }
        let m = self.hidden.len() / self.output.len().max(1);
        for (j, row) in self.hidden.chunks_exact_mut(m.max(1)).enumerate() {
            if let [chunk] = self.chunks
                && chunk.reach == m
            {
                for (value, sum) in row.iter_mut().zip(&chunk.sums[j * self.stride..][..m]) {
                    *value = scale * *sum;
                }
            } else {
                row.fill(T::ZERO);
                for chunk in self.chunks {
                    add(row, &chunk.sums[j * self.stride..][..chunk.reach]);
                }
                for value in row {
                    *value *= scale;
                }
            }
        }
    }

    /// V vectors hold the lanes of a slope.
    #[inline(always)]
    fn output<S: Simd, const V: usize>(&mut self, simd: S) {
        for (j, slope) in self.output.iter_mut().enumerate() {
            let mut lanes = [T::splat(simd, T::ZERO); V];
            for chunk in self.chunks {
                let terms = T::vectors::<S>(&chunk.slopes[j * LANES..][..LANES]);
                for (lane, term) in lanes.iter_mut().zip(terms) {
                    *lane = T::sum(simd, *lane, *term);
                }
            }
            *slope = self.scales[1] * total_of::<T, S, V>(simd, lanes);
        }
    }
}

#[inline(always)]
fn add<T: Real>(sums: &mut [T], terms: &[T]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += *term;
    }
}

impl<T: Real> VectorField<T> for Dense<T> {
    fn examples(&self) -> usize {
        self.labels.len()
    }
    fn neurons(&self) -> usize {
        self.neurons
    }
    fn hidden_coordinates(&self) -> usize {
        self.inputs.coordinates()
    }
    fn labels(&self) -> &[T] {
        &self.labels
    }
    fn write_state(&self, network: &Network, state: &mut [T]) {
        match &self.span {
            None => write_weights(network, state),
            Some(span) => span.write(network, state),
        }
    }
    fn read_network(&self, state: &[T]) -> Network {
        match &self.span {
            None => read_weights(state, self.neurons),
            Some(span) => span.read(state),
        }
    }

    fn velocity(&mut self, state: &[T], velocity: &mut [T]) -> f64 {
        let (hidden, output) = split_state(state, self.neurons);
        self.on_chunks(|model, inputs, labels, chunk, workspace| {
            chunk.velocity(model, inputs, labels, Weights { hidden, output }, workspace);
        });
        self.collect(state, velocity)
    }

    fn velocity_and_cover(&mut self, state: &[T], velocity: &mut [T], cover: &mut Cover<T>) -> f64 {
        let (hidden, output) = split_state(state, self.neurons);
        self.on_chunks(|model, inputs, labels, chunk, workspace| {
            chunk.velocity_and_cover(model, inputs, labels, Weights { hidden, output }, workspace);
        });
        self.collect_cover(cover);
        self.collect(state, velocity)
    }

    fn cover(&mut self, state: &[T], cover: &mut Cover<T>) {
        let (hidden, output) = split_state(state, self.neurons);
        self.on_chunks(|_, inputs, labels, chunk, workspace| {
            chunk.cover(inputs, labels, Weights { hidden, output }, workspace);
        });
        self.collect_cover(cover);
    }

    fn input_product(&self, row: &[f64], example: usize) -> f64 {
        let x = &self.rows[example * row.len()..][..row.len()];
        row.iter().zip(x).map(|(w, x)| w * x.to_f64()).sum()
    }

    fn input_rows(&self) -> Option<Vec<f64>> {
        Some(self.rows.iter().map(|x| x.to_f64()).collect())
    }
    fn residuals(&self) -> &[T] {
        &self.residuals
    }

    fn model(&self) -> &Model {
        &self.model
    }
    fn set_loss(&mut self, loss: Loss) {
        self.model.loss = loss;
    }

    fn activity(&mut self, state: &[T], activity: &mut Activity) {
        activity.clear();
        let (hidden, output) = split_state(state, self.neurons);
        for chunk in &self.chunks {
            let weights = Weights { hidden, output };
            chunk.activity(
                &self.inputs,
                &self.labels,
                weights,
                &mut self.workspaces[0],
                activity,
            );
        }
    }

    fn preactivations(&mut self, state: &[T], table: &mut [f64]) -> bool {
        if size_of::<T>() < size_of::<f64>() {
            return false;
        }
        let (hidden, output) = split_state(state, self.neurons);
        for chunk in &self.chunks {
            let weights = Weights { hidden, output };
            chunk.preactivations(&self.inputs, weights, &mut self.workspaces[0], table);
        }
        true
    }

    fn activity_of(&mut self, state: &[T], preactivations: &[f64], activity: &mut Activity) {
        let (_, output) = split_state(state, self.neurons);
        count_activity(preactivations, output, &self.labels, activity);
    }

    fn apply_kernel(&mut self, state: &[T], v: &[T], out: &mut [T]) {
        let p = self.neurons;
        let (hidden, output) = split_state(state, p);
        self.on_chunks(|model, inputs, _, chunk, workspace| {
            chunk.pull_back(model, inputs, v, Weights { hidden, output }, workspace);
        });
        let mut tangent = std::mem::take(&mut self.tangent);
        let (moved, slopes) = split_state_mut(&mut tangent, p);
        self.inputs.arch().dispatch(Collect {
            chunks: &self.chunks,
            stride: self.inputs.sum_stride(),
            scales: self.scales(1),
            hidden: moved,
            output: slopes,
        });
        let (hidden, slopes) = split_state(&tangent, p);
        self.on_chunks(|model, inputs, _, chunk, workspace| {
            let along = Weights {
                hidden,
                output: slopes,
            };
            chunk.push_forward(model.activation, inputs, along, output, workspace);
        });
        self.tangent = tangent;
        let inverse = T::from_f64(1.0 / p.max(1) as f64);
        for chunk in &self.chunks {
            for (out, value) in out[chunk.first..].iter_mut().zip(&chunk.values) {
                *out = *value * inverse;
            }
        }
    }

    fn is_orthogonal(&self) -> bool {
        false
    }
}

/// Writes the weights row by row, then the output weights.
pub(super) fn write_weights<T: Real>(network: &Network, state: &mut [T]) {
    let hidden_weights = network.hidden_weights();
    let values = hidden_weights.iter().chain(network.output_weights());
    for (slot, value) in state.iter_mut().zip(values) {
        *slot = T::from_f64(*value);
    }
}

/// Reads what [`write_weights`] wrote.
pub(super) fn read_weights<T: Real>(state: &[T], neurons: usize) -> Network {
    let (hidden, output) = split_state(state, neurons);
    let d = hidden.len() / neurons.max(1);
    let hidden = ndarray::Array2::from_shape_fn((neurons, d), |(j, k)| hidden[j * d + k].to_f64());
    Network::trusted(hidden, output.iter().map(|a| a.to_f64()).collect())
}
