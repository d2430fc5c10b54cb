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
    /// What the start foretells of `diagonal_min` at the end.
    pub foretold_min: f64,
    /// What the start foretells of `slowest` at the end.
    pub foretold_slowest: f64,
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
    /// τ = ∫ L dt.
    pub tau: f64,
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
            foretold_min: f64::NAN,
            foretold_slowest: f64::NAN,
            margin: f64::NAN,
            margin_hidden: f64::NAN,
            smoothed_margin: f64::NAN,
            alignment: f64::NAN,
            objective: f64::NAN,
            tau: f64::NAN,
        }
    }
}

/// A column's name and how to read it off a row.
type Column = (&'static str, fn(&Row) -> f64);

/// Every column a trajectory can have, in order.
const COLUMNS: [Column; 26] = [
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
    ("uncovered", |row| row.uncovered),
    ("newly_lost", |row| row.newly_lost),
    ("lambda_min", |row| row.lambda_min),
    ("lambda_max", |row| row.lambda_max),
    ("diagonal_min", |row| row.diagonal_min),
    ("slowest", |row| row.slowest),
    ("foretold_min", |row| row.foretold_min),
    ("foretold_slowest", |row| row.foretold_slowest),
    ("margin", |row| row.margin),
    ("margin_hidden", |row| row.margin_hidden),
    ("smoothed_margin", |row| row.smoothed_margin),
    ("alignment", |row| row.alignment),
    ("objective", |row| row.objective),
    ("tau", |row| row.tau),
];

/// The rows written along a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trajectory {
    rows: Vec<Row>,
}

impl Row {
    /// The columns that count, or that number examples: whole, and below 2^53.
    pub const WHOLE: [&str; 9] = [
        "step",
        "evaluations",
        "active",
        "correct",
        "lost",
        "uncovered",
        "newly_lost",
        "slowest",
        "foretold_slowest",
    ];

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
