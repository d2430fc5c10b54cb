//! Lists the columns of a trial: name, kind, label, meaning, and how each is read off what was solved.
//!
//! This is the one list. Trials, the tables of a run's folder, their reading and settling, `reluflow help columns` and Python's tables are loops
//! over it: a new number of a trial is a new entry, best at the end of its kind.

use std::sync::LazyLock;

use reluflow::Solution;
use reluflow::observe;
use reluflow::population::{PopulationEnd, PopulationSolution};

/// What the numbers of a column are, which is also where it stands in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole; 0 where there is none.
    Whole,
    /// Every trial has one; NaN where it does not exist.
    Number,
    /// Some trials have none. A column without a reader is the last value of the trajectory's column of its name.
    Optional,
    /// The last value of a column of the trajectory, or what a reader finds; no column where no trial has one.
    Recorded,
    /// Of trials on a population; no column where there are none.
    Population,
}

/// A column of a trial.
#[derive(Debug, Clone, Copy)]
pub struct TrialColumn {
    /// Its name in tables and files.
    pub name: &'static str,
    /// Its name in folders of earlier versions, if it had another.
    pub formerly: Option<&'static str>,
    /// What its numbers are.
    pub kind: Kind,
    /// Its label in plots.
    pub label: &'static str,
    /// What it says, in a line.
    pub meaning: &'static str,
    examples: fn(&Solution) -> Option<f64>,
    population: fn(&PopulationSolution) -> Option<f64>,
}

impl TrialColumn {
    const fn new(kind: Kind, name: &'static str, label: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            formerly: None,
            kind,
            label,
            meaning,
            examples: |_| None,
            population: |_| None,
        }
    }

    /// How it is read of a run on examples.
    const fn of(mut self, read: fn(&Solution) -> Option<f64>) -> Self {
        self.examples = read;
        self
    }

    /// How it is read of a run on a population.
    const fn of_population(mut self, read: fn(&PopulationSolution) -> Option<f64>) -> Self {
        self.population = read;
        self
    }

    const fn formerly(mut self, name: &'static str) -> Self {
        self.formerly = Some(name);
        self
    }

    /// What stands in the column where a trial has no number; none where nothing does.
    pub(crate) fn blank(&self) -> Option<f64> {
        match self.kind {
            Kind::Whole => Some(0.0),
            Kind::Number => Some(f64::NAN),
            Kind::Optional | Kind::Recorded | Kind::Population => None,
        }
    }

    /// The number of a run on examples.
    pub(super) fn read(&self, solution: &Solution) -> Option<f64> {
        let found = match self.kind {
            Kind::Optional | Kind::Recorded => {
                (self.examples)(solution).or_else(|| solution.trajectory.last(self.name))
            }
            _ => (self.examples)(solution),
        };
        found.or(self.blank())
    }

    /// The number of a run on a population.
    pub(crate) fn read_population(&self, solution: &PopulationSolution) -> Option<f64> {
        (self.population)(solution).or(self.blank())
    }
}

/// What a trial has besides numbers: name, kind and meaning. Sizes and axes come first in a table, the failure last.
pub const WORDS: [(&str, &str, &str); 9] = [
    ("d", "whole number", "Dimension of the inputs."),
    ("n", "whole number", "Number of examples."),
    (
        "p",
        "whole number",
        "Number of neurons; then come the other axes of the sweep.",
    ),
    ("draw", "whole number", "Which draw of the cell, from 0."),
    (
        "verdict",
        "word",
        "How it ended; `failed` where the trial failed.",
    ),
    (
        "converged",
        "yes or no",
        "Whether it met its criterion of success.",
    ),
    (
        "criterion",
        "word",
        "What counts as success of this trial; empty in folders of earlier versions.",
    ),
    (
        "decided_by",
        "word",
        "With `accuracy = \"checked\"`, whose verdict it is: `agreement` of the default and the careful run, `strict-run` or `exact-flow`; no column where no trial was checked.",
    ),
    (
        "failure",
        "words",
        "What went wrong; empty for a trial that ended.",
    ),
];

const fn whole(name: &'static str, label: &'static str, meaning: &'static str) -> TrialColumn {
    TrialColumn::new(Kind::Whole, name, label, meaning)
}

const fn number(name: &'static str, label: &'static str, meaning: &'static str) -> TrialColumn {
    TrialColumn::new(Kind::Number, name, label, meaning)
}

const fn optional(name: &'static str, label: &'static str, meaning: &'static str) -> TrialColumn {
    TrialColumn::new(Kind::Optional, name, label, meaning)
}

const fn of_population(name: &'static str, label: &'static str, meaning: &'static str) -> TrialColumn {
    TrialColumn::new(Kind::Population, name, label, meaning)
}

/// An example's or a neuron's number, or a count, as a float.
fn float(count: Option<usize>) -> Option<f64> {
    count.map(|count| count as f64)
}

/// ⟨μ⟩ on a population.
fn mean_curvature(end: &PopulationEnd) -> f64 {
    (end.initial_loss / end.loss).ln() / end.time
}

/// The columns that are every trial's, in the order of tables.
const OWN: &[TrialColumn] = &[
    whole(
        "lost",
        "lost examples",
        "Number of examples without a correctly active neuron at the end.",
    )
    .of(|run| Some(run.end.lost as f64)),
    whole("steps", "steps", "Accepted steps.")
        .of(|run| Some(run.counts.steps as f64))
        .of_population(|run| Some(run.counts.steps as f64)),
    whole("rejected", "rejected steps", "Rejected steps.")
        .of(|run| Some(run.counts.rejected as f64))
        .of_population(|run| Some(run.counts.rejected as f64)),
    whole("evaluations", "evaluations", "Evaluations of the field.")
        .of(|run| Some(run.counts.evaluations as f64))
        .of_population(|run| Some(run.counts.evaluations as f64)),
    number("time", "time at the end", "Time at the end.")
        .of(|run| Some(run.end.time))
        .of_population(|run| Some(run.end.time)),
    number("initial_loss", "L(0)", "Loss at the start.")
        .of(|run| Some(run.end.initial_loss))
        .of_population(|run| Some(run.end.initial_loss)),
    number("loss", "loss at the end", "Loss at the end.")
        .of(|run| Some(run.end.loss))
        .of_population(|run| Some(run.end.loss)),
    number("mu_end", "μ at the end", "Curvature μ at the end.")
        .of(|run| Some(run.end.mu_end))
        .of_population(|run| Some(run.end.mu)),
    number("mu_avg", "⟨μ⟩", "Its mean over the run, log(L(0)/L)/t.")
        .of(|run| Some(run.end.mu_avg))
        .of_population(|run| Some(mean_curvature(&run.end))),
    number(
        "balance_drift",
        "max |Δ(a² − ‖w‖²)|",
        "max_j |B_j(t) − B_j(0)|, B_j = a_j² − ‖w_j‖²; with weight decay λ, from B_j(0) e^(−2λt).",
    )
    .of(|run| Some(run.end.balance_drift))
    .of_population(|_| Some(0.0)),
    optional(
        "trap_time",
        "time to success",
        "When it met its criterion; missing where it never did.",
    )
    .of(|run| run.end.success_time)
    .of_population(|run| run.verdict.is_global().then_some(run.end.time)),
    optional(
        "mu_low",
        "μ_low",
        "Lemma 6's lower bound on μ at the end, if `curvature-bounds` is recorded.",
    ),
    optional("mu_upp", "μ_upp", "Lemma 6's upper bound on it."),
    optional(
        "lambda_min",
        "λ_min(M)",
        "λ_min(M) at the end, if `spectrum` is recorded; (2/n) λ_min(M) is the limit of μ.",
    ),
    optional("lambda_max", "λ_max(M)", "λ_max(M) at the end."),
    optional(
        "diagonal_min",
        "min M_ii",
        "min_i M_ii at the end, if `diagonal` is recorded.",
    ),
    optional(
        "slowest",
        "example with min M_ii",
        "The example with that entry, from 0.",
    ),
    optional(
        "predicted_min",
        "predicted of min M_ii",
        "What the start predicted of `diagonal_min`, on orthogonal inputs.",
    )
    .formerly("foretold_min"),
    optional(
        "predicted_slowest",
        "predicted example",
        "What the start predicted of `slowest`.",
    )
    .formerly("foretold_slowest"),
    optional(
        "uncovered",
        "uncovered examples",
        "Number of examples without a correctly active neuron at the start, if `coverage` is recorded.",
    ),
    optional(
        "newly_lost",
        "lost since",
        "Number of those at the end that had one at the start.",
    ),
    optional(
        "total_defect",
        "energy defect of the run",
        "By how much dissipation misses the fall of the loss over the whole run, relative to that fall; above 4 neurons slid along kinks. Missing for gradient descent and the exact flow.",
    )
    .of(|run| run.end.energy_defect),
    TrialColumn::new(
        Kind::Recorded,
        "default_time",
        "time to success by default steps",
        "With `accuracy = \"checked\"`, when the default run met the criterion, where the careful one did too; beside `trap_time`, which is the careful run's or the \
         exact flow's, an error bar.",
    )
    .of(|run| run.end.success_times.map(|(default, _)| default)),
];

/// The columns of trials on a population.
const POPULATION: &[TrialColumn] = &[
    of_population("gradient_norm", "‖∇L‖", "‖∇L‖ at the end.")
        .of_population(|run| Some(run.end.gradient_norm)),
    of_population(
        "least_eigenvalue",
        "least eigenvalue",
        "The Hessian's least eigenvalue, where the end is stationary.",
    )
    .of_population(|run| run.end.curvature.map(|curvature| curvature.least)),
    of_population("eigenvalue_error", "its error", "What it may be off by.")
        .of_population(|run| run.end.curvature.map(|curvature| curvature.error)),
    of_population(
        "found",
        "teacher neurons found",
        "How many of the teacher's neurons were found.",
    )
    .of_population(|run| float(Some(run.end.found))),
    of_population(
        "newton_steps",
        "Newton steps",
        "Steps of Newton's method at the end; 0 where it was not used.",
    )
    .of_population(|run| Some(run.end.finish.map_or(0.0, |finish| f64::from(finish.steps)))),
];

/// Columns of a trajectory that a trial has under another name: `steps`, `mu_end`.
const RENAMED: [&str; 2] = ["step", "mu"];

static COLUMNS: LazyLock<Vec<TrialColumn>> = LazyLock::new(|| {
    let is_own = |name: &str| RENAMED.contains(&name) || OWN.iter().any(|column| column.name == name);
    let recorded = observe::columns()
        .filter(|column| !is_own(column.name))
        .map(|column| TrialColumn::new(Kind::Recorded, column.name, column.label, ""));
    let of_population = POPULATION.iter().copied();
    OWN.iter().copied().chain(recorded).chain(of_population).collect()
});

/// The columns of a trial that are numbers, in the order of tables: whole numbers, numbers, those that may be missing, the last values of what
/// was recorded, those of populations.
pub fn columns() -> &'static [TrialColumn] {
    &COLUMNS
}

/// The column of a name.
pub fn column(name: &str) -> Option<&'static TrialColumn> {
    columns().iter().find(|column| column.name == name)
}

/// The columns of one kind.
pub(crate) fn of_kind(kind: Kind) -> impl Iterator<Item = &'static TrialColumn> {
    columns().iter().filter(move |column| column.kind == kind)
}
