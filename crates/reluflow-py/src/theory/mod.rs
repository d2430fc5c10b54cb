//! The paper's statements: functions of numbers here, of one problem in `problem`, of time in `over_time`.

mod over_time;
mod problem;

use pyo3::prelude::*;

/// The module `reluflow._native.theory`.
#[pymodule]
pub(crate) mod theory {
    use pyo3::prelude::*;
    use reluflow::theory::{self, lemma_4, lemma_5, theorem_2};

    #[pymodule_export]
    use super::over_time::{Group, Guarantee, plateaus, transition};
    #[pymodule_export]
    use super::problem::{
        assumption_2, coverage, curvature_ceiling, extinction, group_problem, lemma_4_limit, lemma_6,
        snapshot, velocity,
    };

    /// Every statement as (name, what it says, scope, file).
    #[pyfunction]
    fn statements() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
        let scope = |statement: theory::Statement| match statement.scope() {
            theory::Scope::Problem => "problem",
            theory::Scope::Law => "law",
        };
        let row = |statement: theory::Statement| {
            (
                statement.name(),
                statement.says(),
                scope(statement),
                statement.file(),
            )
        };
        theory::Statement::ALL.into_iter().map(row).collect()
    }

    #[pyfunction]
    fn transition_time(n: usize, p: usize) -> f64 {
        theory::transition_time(n, p)
    }

    #[pyfunction]
    fn width(n: usize, eps: f64) -> usize {
        lemma_5::width(n, eps)
    }

    #[pyfunction]
    fn probability(positive: f64, negative: f64, p: usize) -> f64 {
        lemma_5::probability(positive, negative, p)
    }

    #[pyfunction]
    fn probability_at_least(n: f64, p: f64) -> f64 {
        lemma_5::probability_at_least(n, p)
    }

    #[pyfunction]
    fn probability_at_most(positive: f64, negative: f64, p: f64) -> f64 {
        lemma_5::probability_at_most(positive, negative, p)
    }

    #[pyfunction]
    fn necessary_width(positive: f64, negative: f64, eps: f64) -> f64 {
        lemma_5::necessary_width(positive, negative, eps)
    }

    #[pyfunction]
    fn kappa_0(theta: f64) -> f64 {
        lemma_4::kappa_0(theta)
    }

    #[pyfunction]
    fn kappa_1(theta: f64) -> f64 {
        lemma_4::kappa_1(theta)
    }

    #[pyfunction]
    fn limiting_width(epsilon: f64) -> f64 {
        theorem_2::limiting_width(epsilon)
    }
}

/// Hypotheses as a list of dictionaries.
fn hypotheses<'py>(
    py: Python<'py>,
    hypotheses: &[reluflow::theory::Hypothesis],
) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize::pythonize(py, hypotheses)?)
}
