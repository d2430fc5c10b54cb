//! The paper's statements, as far as they are functions of numbers or of one problem.

use pyo3::prelude::*;

/// The module `reluflow._native.theory`.
#[pymodule]
pub(crate) mod theory {
    use pyo3::prelude::*;
    use reluflow::theory;

    #[pyfunction]
    fn transition_time(n: usize, p: usize) -> f64 {
        theory::transition_time(n, p)
    }
}
