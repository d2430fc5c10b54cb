//! Holds the rows written along a flow, as columns.

use super::column::Unit;
use super::gauges::{GAUGED, columns};

/// A row from the list of its numbers: the struct, a row that was asked for nothing, and how each is read and written.
macro_rules! row {
    ($($(#[$meaning:meta])* $name:ident,)*) => {
        /// One row; a quantity that was not asked for is NaN.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Row {
            /// The time.
            pub time: f64,
            /// Accepted steps so far.
            pub step: u64,
            /// Evaluations so far.
            pub evaluations: u64,
            $($(#[$meaning])* pub $name: f64,)*
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
                    $($name: f64::NAN,)*
                    gauged: [f64::NAN; GAUGED],
                }
            }
        }

        /// The fields of a row in the order of [`columns`], which begin with theirs.
        const FIELDS: &[Field] = &[
            (|row| row.time, |row, value| row.time = value),
            (|row| row.step as f64, |_, _| {}),
            (|row| row.evaluations as f64, |_, _| {}),
            $((|row| row.$name, |row, value| row.$name = value),)*
        ];
    };
}

row! {
    /// L.
    loss,
    /// μ = ‖dθ/dt‖²/(pL).
    mu,
    /// ⟨μ⟩ = log(L(0)/L)/t.
    mu_avg,
    /// Lemma 6's lower bound on μ.
    mu_low,
    /// Lemma 6's upper bound on μ.
    mu_upp,
    /// max_j |Δ(a_j² − ‖w_j‖²)|.
    balance_drift,
    /// Number of active pairs (j, i).
    active,
    /// Number of correctly active pairs (j, i).
    correct,
    /// Number of examples without a correctly active neuron.
    lost,
    /// Number of examples without a correctly active neuron at the start.
    uncovered,
    /// Number of examples without a correctly active neuron that had one at the start.
    newly_lost,
    /// λ_min(M).
    lambda_min,
    /// λ_max(M).
    lambda_max,
    /// min_i M_ii.
    diagonal_min,
    /// The example with that entry.
    slowest,
    /// What the start predicts of `diagonal_min` at the end.
    predicted_min,
    /// What the start predicts of `slowest` at the end.
    predicted_slowest,
    /// min_i y_i h(x_i) / ((1/p) Σ_j (‖w_j‖² + a_j²)).
    margin,
    /// min_i y_i h(x_i) / √((1/p) Σ_j ‖w_j‖²).
    margin_hidden,
    /// log(1/(nL)) over the norm of the layers that move.
    smoothed_margin,
    /// cos(θ, dθ/dt); too small where neurons slide, unless the flow is the exact one.
    alignment,
    /// L with the penalty of weight decay.
    objective,
    /// The part of the fall of the loss since the row before that dissipation does not explain.
    energy_defect,
    /// τ = ∫ L dt.
    tau,
}

/// How a column that has a field is read off a row and written.
type Field = (fn(&Row) -> f64, fn(&mut Row, f64));

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

    /// A column's value in the last row; none where there is no row or no such column, or where it was not asked for.
    pub fn last(&self, name: &str) -> Option<f64> {
        let value = self.rows.last()?.value(name)?;
        (!value.is_nan()).then_some(value)
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
