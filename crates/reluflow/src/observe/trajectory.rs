//! Holds the rows written along a flow, as columns.

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
    /// λ_min(M).
    pub lambda_min: f64,
    /// λ_max(M).
    pub lambda_max: f64,
}

/// A column's name and how to read it off a row.
type Column = (&'static str, fn(&Row) -> f64);

/// Every column a trajectory can have, in order.
const COLUMNS: [Column; 14] = [
    ("time", |row| row.time),
    ("step", |row| row.step as f64),
    ("evaluations", |row| row.evaluations as f64),
    ("loss", |row| row.loss),
    ("mu", |row| row.mu),
    ("mu_avg", |row| row.mu_avg),
    ("mu_low", |row| row.mu_low),
    ("mu_upp", |row| row.mu_upp),
    ("balance_drift", |row| row.balance_drift),
    ("active", |row| row.active),
    ("correct", |row| row.correct),
    ("lost", |row| row.lost),
    ("lambda_min", |row| row.lambda_min),
    ("lambda_max", |row| row.lambda_max),
];

/// The rows written along a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trajectory {
    rows: Vec<Row>,
}

impl Row {
    /// Name and value of every column, in the order of tables; NaN where it was not asked for.
    pub fn columns(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        COLUMNS.iter().map(|(name, read)| (*name, read(self)))
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
        COLUMNS.iter().filter_map(|(name, read)| {
            let values: Vec<f64> = self.rows.iter().map(read).collect();
            values
                .iter()
                .any(|value| !value.is_nan())
                .then_some((*name, values))
        })
    }

    /// One column by name.
    pub fn column(&self, name: &str) -> Option<Vec<f64>> {
        self.columns()
            .find(|(column, _)| *column == name)
            .map(|(_, values)| values)
    }
}
