//! Reads the recorded quantities that need more than an accepted point: activity, coverage, the kernel.

use ndarray::Array2;

use super::{Counts, Problem};
use crate::Dataset;
use crate::field::{Activity, Real, VectorField, mass_bounds, split_state};
use crate::observe::predicted::{Predicted, smallest};
use crate::observe::{
    Gauge, Look, Margins, Observable, OrthogonalKernel, Record, Row, Scene, curvature, kernel,
};

/// What of a record needs more than an accepted point, and what of the start it refers to.
#[derive(Debug)]
pub(super) struct Gauges {
    record: Record,
    bounds: Option<curvature::Bounds>,
    /// ‖x_i‖, where the kernel is asked for and the inputs are orthogonal.
    norms: Option<Vec<f64>>,
    /// What the start predicts, where the diagonal is asked for and the inputs are orthogonal.
    predicted: Option<Predicted>,
    activity: Activity,
    /// Examples without a correctly active neuron at the start, where coverage is asked for.
    uncovered: Option<Vec<usize>>,
    /// The examples, where margins or gauges are asked for.
    examples: Option<Dataset>,
    /// Room for the preactivations of a row.
    room: Option<Array2<f64>>,
    /// The gauges with a file of their own that were asked for, each with the place of its first number in a row.
    gauges: Vec<Placed>,
}

/// A gauge with the places of its first number in a row and of the one after its last.
pub(super) type Placed = (usize, usize, Box<dyn Gauge>);

/// Makes the gauges with a file of their own that a record asks for.
pub(super) fn make(problem: &Problem<'_>) -> Vec<Placed> {
    let scene = Scene {
        dataset: problem.dataset,
        model: &problem.model,
        directions: &problem.record.directions,
        test: problem.test,
        teacher: problem.teacher,
    };
    let (mut gauges, mut first) = (Vec::new(), 0);
    for observable in Observable::ALL {
        let Some(make) = observable.gauge() else { continue };
        let end = first + observable.columns().len();
        if problem.record.wants(*observable) {
            gauges.push((first, end, make(&scene)));
        }
        first = end;
    }
    gauges
}

impl Gauges {
    /// The gauges that a problem asks for.
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        let (record, data) = (problem.record.clone(), problem.dataset);
        let kernel = record.wants(Observable::Spectrum) || record.wants(Observable::Diagonal);
        // Both are those of the paper's model; the kernel of another is read by its products.
        let kernel = kernel && problem.model.is_the_papers();
        let predicted = record.wants(Observable::Diagonal) && problem.model.is_the_papers();
        let gauges = make(problem);
        let examples = record.wants(Observable::Margin) || !gauges.is_empty();
        Self {
            bounds: record
                .wants(Observable::CurvatureBounds)
                .then(|| curvature::Bounds::of(data, &problem.model))
                .flatten(),
            norms: (kernel && data.is_orthogonal()).then(|| data.input_norms()),
            predicted: predicted.then(|| Predicted::new(data, problem.network)).flatten(),
            activity: Activity::new(data.examples()),
            uncovered: None,
            gauges,
            room: None,
            examples: examples.then(|| data.clone()),
            record,
        }
    }

    /// Notes what the start covers, if that is asked for.
    pub(super) fn start<T: Real>(
        &mut self,
        field: &mut dyn VectorField<T>,
        state: &[T],
        counts: &mut Counts,
    ) {
        if self.record.wants(Observable::Coverage) {
            counts.observations += 1;
            self.uncovered = Some(self.lost(field, state));
        }
        if let Some(data) = &self.examples {
            let network = &field.read_network(state);
            let at = Look::new((0.0, f64::NAN), network, data, field.model().activation);
            for (_, _, gauge) in &mut self.gauges {
                gauge.start(&at);
            }
        }
    }

    /// Examples without a correctly active neuron.
    pub(super) fn lost<T: Real>(&mut self, field: &mut dyn VectorField<T>, state: &[T]) -> Vec<usize> {
        field.activity(state, &mut self.activity);
        lost(&self.activity, field.labels())
    }

    /// How many were lost from the start, and how many of `lost` were not; none where coverage is not asked for.
    fn coverage(&self, lost: &[usize]) -> Option<(usize, usize)> {
        let uncovered = self.uncovered.as_ref()?;
        let newly = lost.iter().filter(|i| uncovered.binary_search(i).is_err());
        Some((uncovered.len(), newly.count()))
    }

    /// The bounds of Lemma 6 with the activity last read, at that state; where neurons slide, with the gates they move with.
    fn bounds<T: Real>(&self, field: &mut dyn VectorField<T>, state: &[T]) -> Option<(f64, f64)> {
        let bounds = self.bounds?;
        if let Some(masses) = field.gated_masses(state) {
            return Some(bounds.between(mass_bounds(&masses)));
        }
        let (_, output) = split_state(state, field.neurons());
        let whole = output.iter().map(|a| a.to_f64() * a.to_f64()).sum::<f64>() / output.len() as f64;
        Some(bounds.at_mass(&self.activity, whole))
    }

    /// Fills in a row.
    pub(super) fn read<T: Real>(
        &mut self,
        field: &mut dyn VectorField<T>,
        (state, velocity): (&[T], &[T]),
        row: &mut Row,
        counts: &mut Counts,
    ) {
        self.read_kernel(field, state, row);
        let known = self.read_gauges(field, (state, velocity), row);
        if self.counts_activity() {
            match self.room.as_ref().and_then(|table| table.as_slice()) {
                Some(table) if known => field.activity_of(state, table, &mut self.activity),
                _ => field.activity(state, &mut self.activity),
            }
            counts.observations += 1;
            self.write_activity(field, state, row);
        }
    }

    /// Lets the gauges read, and returns whether the room then holds the preactivations.
    fn read_gauges<T: Real>(
        &mut self,
        field: &mut dyn VectorField<T>,
        (state, velocity): (&[T], &[T]),
        row: &mut Row,
    ) -> bool {
        let Some(data) = &self.examples else {
            return false;
        };
        let model = *field.model();
        let network = &field.read_network(state);
        let mut write = |table: &mut [f64]| field.preactivations(state, table);
        let at = Look::new((row.time, row.loss), network, data, model.activation)
            .with_source(self.room.take(), &mut write);
        for (first, end, gauge) in &mut self.gauges {
            gauge.read(&at, &mut row.gauged[*first..*end]);
        }
        if self.record.wants(Observable::Margin) {
            write_margins(&Margins::of(&model, &at), state, velocity, row);
        }
        let known;
        (self.room, known) = at.into_room();
        known
    }

    /// Whether the record asks for what is read off the activity.
    fn counts_activity(&self) -> bool {
        let counts_activity = [
            Observable::CurvatureBounds,
            Observable::Activity,
            Observable::Lost,
            Observable::Coverage,
        ];
        counts_activity
            .iter()
            .any(|observable| self.record.wants(*observable))
    }

    /// Writes what is read off the activity at a state.
    fn write_activity<T: Real>(&self, field: &mut dyn VectorField<T>, state: &[T], row: &mut Row) {
        let lost = lost(&self.activity, field.labels());
        if let Some(bounds) = self.bounds(field, state) {
            (row.mu_low, row.mu_upp) = bounds;
        }
        let total = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        if self.record.wants(Observable::Activity) {
            row.active = total(&self.activity.active);
            row.correct = total(&self.activity.correct);
        }
        if self.record.wants(Observable::Lost) {
            row.lost = lost.len() as f64;
        }
        if let Some((uncovered, newly)) = self.coverage(&lost) {
            row.uncovered = uncovered as f64;
            row.newly_lost = newly as f64;
        }
    }

    /// Spectrum and diagonal of M.
    fn read_kernel<T: Real>(&self, field: &mut dyn VectorField<T>, state: &[T], row: &mut Row) {
        let orthogonal = match &self.norms {
            // The exact flow's states hold w_j itself, also on orthogonal inputs.
            Some(norms) if field.has_input_coordinates() => {
                Some(OrthogonalKernel::at(norms, state, field.neurons()))
            }
            _ => None,
        };
        if self.record.wants(Observable::Spectrum) {
            (row.lambda_min, row.lambda_max) = match &orthogonal {
                Some(kernel) => kernel.ends(),
                None => kernel::extreme_eigenvalues(field, state),
            };
        }
        if self.record.wants(Observable::Diagonal) {
            let least = match &orthogonal {
                Some(kernel) => smallest(kernel.diagonal()),
                None => smallest(kernel::diagonal(field, state).into_iter()),
            };
            if let Some((example, value)) = least {
                row.diagonal_min = value;
                row.slowest = example as f64;
            }
            if let Some(predicted) = self.predicted {
                row.predicted_min = predicted.diagonal;
                row.predicted_slowest = predicted.example as f64;
            }
        }
    }
}

/// Margins and alignment, cos(θ, dθ/dt).
fn write_margins<T: Real>(margins: &Margins, state: &[T], velocity: &[T], row: &mut Row) {
    row.margin = margins.both;
    row.margin_hidden = margins.hidden;
    row.smoothed_margin = margins.smoothed;
    let inner: f64 = state
        .iter()
        .zip(velocity)
        .map(|(x, v)| x.to_f64() * v.to_f64())
        .sum();
    let squared_speed: f64 = velocity.iter().map(|v| v.to_f64() * v.to_f64()).sum();
    row.alignment = inner / (margins.squared_norm * squared_speed).sqrt();
}

/// Examples without a correctly active neuron. One with label 0 needs none: an output of 0 fits it.
fn lost<T: Real>(activity: &Activity, labels: &[T]) -> Vec<usize> {
    activity.lost().filter(|i| labels[*i] != T::ZERO).collect()
}
