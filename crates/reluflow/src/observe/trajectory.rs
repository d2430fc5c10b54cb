//! Holds the rows written along a flow, as columns.

use super::column::Unit;
use super::gauges::{GAUGED, columns};

/// One row; a quantity that was not asked for is NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The time.
    pub time: f64,
    /// Accepted steps so far.
    pub step: u64,
    /// Evaluations so far.
    pub evaluations: u64,
    /// L.
    pub loss: f64,
    /// μ = ‖dθ/dt‖²/(pL).
    pub mu: f64,
    /// ⟨μ⟩ = log(L(0)/L)/t.
    pub mu_avg: f64,
    /// Lemma 6's lower bound on μ.
    pub mu_low: f64,
    /// Lemma 6's upper bound on μ.
    pub mu_upp: f64,
    /// max_j |Δ(a_j² − ‖w_j‖²)|.
    pub balance_drift: f64,
    /// Number of active pairs (j, i).
    pub active: f64,
    /// Number of correctly active pairs (j, i).
    pub correct: f64,
    /// Number of examples without a correctly active neuron.
    pub lost: f64,
    /// Number of examples without a correctly active neuron at the start.
    pub uncovered: f64,
    /// Number of examples without a correctly active neuron that had one at the start.
    pub newly_lost: f64,
    /// λ_min(M).
    pub lambda_min: f64,
    /// λ_max(M).
    pub lambda_max: f64,
    /// min_i M_ii.
    pub diagonal_min: f64,
    /// The example with that entry.
    pub slowest: f64,
    /// What the start predicts of `diagonal_min` at the end.
    pub predicted_min: f64,
    /// What the start predicts of `slowest` at the end.
    pub predicted_slowest: f64,
    /// min_i y_i h(x_i) / ((1/p) Σ_j (‖w_j‖² + a_j²)).
    pub margin: f64,
    /// min_i y_i h(x_i) / √((1/p) Σ_j ‖w_j‖²).
    pub margin_hidden: f64,
    /// log(1/(nL)) over the norm of the layers that move.
    pub smoothed_margin: f64,
    /// cos(θ, dθ/dt).
    pub alignment: f64,
    /// L with the penalty of weight decay.
    pub objective: f64,
    /// The part of the fall of the loss since the row before that dissipation does not explain.
    pub energy_defect: f64,
    /// τ = ∫ L dt.
    pub tau: f64,
    /// What gauges read, in the order of [`columns`]; see [`Row::value`].
    pub(crate) gauged: [f64; GAUGED],
}

impl Default for Row {
    /// A row at time 0 that was asked for nothing.
    fn default() -> Self {
        Self {
            time: 0.0,
            step: 0,
            evaluations: 0,
            loss: f64::NAN,
            mu: f64::NAN,
            mu_avg: f64::NAN,
            mu_low: f64::NAN,
            mu_upp: f64::NAN,
            balance_drift: f64::NAN,
            active: f64::NAN,
            correct: f64::NAN,
            lost: f64::NAN,
            uncovered: f64::NAN,
            newly_lost: f64::NAN,
            lambda_min: f64::NAN,
            lambda_max: f64::NAN,
            diagonal_min: f64::NAN,
            slowest: f64::NAN,
            predicted_min: f64::NAN,
            predicted_slowest: f64::NAN,
            margin: f64::NAN,
            margin_hidden: f64::NAN,
            smoothed_margin: f64::NAN,
            alignment: f64::NAN,
            objective: f64::NAN,
            energy_defect: f64::NAN,
            tau: f64::NAN,
            gauged: [f64::NAN; GAUGED],
        }
    }
}

/// How a column that has a field is read off a row and written.
type Field = (fn(&Row) -> f64, fn(&mut Row, f64));

/// The fields of a row in the order of [`columns`], which begin with theirs.
const FIELDS: [Field; 27] = [
    (|row| row.time, |row, value| row.time = value),
    (|row| row.step as f64, |_, _| {}),
    (|row| row.evaluations as f64, |_, _| {}),
    (|row| row.loss, |row, value| row.loss = value),
    (|row| row.mu, |row, value| row.mu = value),
    (|row| row.mu_avg, |row, value| row.mu_avg = value),
    (|row| row.mu_low, |row, value| row.mu_low = value),
    (|row| row.mu_upp, |row, value| row.mu_upp = value),
    (|row| row.balance_drift, |row, value| row.balance_drift = value),
    (|row| row.active, |row, value| row.active = value),
    (|row| row.correct, |row, value| row.correct = value),
    (|row| row.lost, |row, value| row.lost = value),
    (|row| row.uncovered, |row, value| row.uncovered = value),
    (|row| row.newly_lost, |row, value| row.newly_lost = value),
    (|row| row.lambda_min, |row, value| row.lambda_min = value),
    (|row| row.lambda_max, |row, value| row.lambda_max = value),
    (|row| row.diagonal_min, |row, value| row.diagonal_min = value),
    (|row| row.slowest, |row, value| row.slowest = value),
    (|row| row.predicted_min, |row, value| row.predicted_min = value),
    (
        |row| row.predicted_slowest,
        |row, value| row.predicted_slowest = value,
    ),
    (|row| row.margin, |row, value| row.margin = value),
    (|row| row.margin_hidden, |row, value| row.margin_hidden = value),
    (
        |row| row.smoothed_margin,
        |row, value| row.smoothed_margin = value,
    ),
    (|row| row.alignment, |row, value| row.alignment = value),
    (|row| row.objective, |row, value| row.objective = value),
    (|row| row.energy_defect, |row, value| row.energy_defect = value),
    (|row| row.tau, |row, value| row.tau = value),
];

/// The rows written along a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trajectory {
    rows: Vec<Row>,
}

impl FromIterator<Row> for Trajectory {
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        Self {
            rows: rows.into_iter().collect(),
        }
    }
}

impl Row {
    /// A row that holds a time and a loss.
    pub fn at(time: f64, loss: f64) -> Self {
        Self {
            time,
            loss,
            ..Self::default()
        }
    }

    /// Name and value of every column, in the order of tables; NaN where it was not asked for.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        let fields = FIELDS.iter().map(|(read, _)| read(self));
        let values = fields.chain(self.gauged.iter().copied());
        columns().map(|column| column.name).zip(values)
    }

    /// The value of a column; NaN where it was not asked for, none where there is no such column.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.columns()
            .find(|(column, _)| *column == name)
            .map(|(_, value)| value)
    }

    /// Replaces every value by a function of its unit and itself; counts stay.
    pub(crate) fn convert(&mut self, convert: impl Fn(Unit, f64) -> f64) {
        let mut columns = columns();
        for ((read, write), column) in FIELDS.iter().zip(columns.by_ref()) {
            write(self, convert(column.unit, read(self)));
        }
        for (value, column) in self.gauged.iter_mut().zip(columns) {
            *value = convert(column.unit, *value);
        }
    }
}

impl Trajectory {
    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows, to be put into other units.
    pub(crate) fn rows_mut(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Name and values of every column that was asked for (one that is NaN throughout was not).
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, Vec<f64>)> + '_ {
        columns().enumerate().filter_map(|(k, column)| {
            let read = |row: &Row| match FIELDS.get(k) {
                Some((read, _)) => read(row),
                None => row.gauged[k - FIELDS.len()],
            };
            let values: Vec<f64> = self.rows.iter().map(read).collect();
            let asked = values.iter().any(|value| !value.is_nan());
            asked.then_some((column.name, values))
        })
    }

    /// One column by name.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        self.columns()
            .find(|(column, _)| *column == name)
            .map(|(_, values)| values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::{Kind, column};

    #[test]
    fn every_column_has_a_name_of_its_own_and_the_field_of_that_name() {
        let names: Vec<&str> = columns().map(|column| column.name).collect();
        assert_eq!(names.len(), FIELDS.len() + GAUGED);
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        // Each field written through its column is the one that Debug shows under the column's name.
        for (k, (_, write)) in FIELDS.iter().enumerate().filter(|(k, _)| ![1, 2].contains(k)) {
            let mut row = Row::default();
            write(&mut row, 7.25);
            assert!(
                format!("{row:?}").contains(&format!("{}: 7.25", names[k])),
                "{}",
                names[k]
            );
            assert_eq!(row.value(names[k]), Some(7.25));
        }
        assert_eq!(column("slowest").unwrap().kind, Kind::Index);
        assert!(column("step").unwrap().is_whole() && column("none").is_none());
    }
}
