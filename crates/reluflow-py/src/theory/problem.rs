//! Statements about one dataset and one network, as dictionaries of numbers; `reluflow.theory` names them.
//!
//! That data and network share their dimension was checked in Python.

use ndarray::Array2;
use numpy::{PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use reluflow::field::{Dense, split_state};
use reluflow::theory::Snapshot;
use reluflow::theory::assumption_2::WeakInteraction;
use reluflow::theory::lemma_4::{self, Moments};
use reluflow::theory::lemma_6::Chain;
use reluflow::theory::lemma_7::Extinction;
use reluflow::theory::proposition_1::CurvatureCeiling;
use reluflow::theory::proposition_2::GroupProblem;
use reluflow::{EventE, VectorField};

use super::hypotheses;
use super::over_time::Group;
use crate::dataset::Dataset;
use crate::network::Network;

/// Velocities of the hidden and of the output weights.
type Velocity<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);

/// Loss, curvature, residuals, masses and preactivations at one θ.
#[pyfunction]
pub(crate) fn snapshot<'py>(
    py: Python<'py>,
    data: &Dataset,
    network: &Network,
) -> PyResult<Bound<'py, PyDict>> {
    let snapshot = py.detach(|| Snapshot::new(&data.0, &network.0));
    let parts = PyDict::new(py);
    parts.set_item("loss", snapshot.loss)?;
    parts.set_item("curvature", snapshot.curvature)?;
    parts.set_item("residuals", PyArray1::from_vec(py, snapshot.residuals))?;
    parts.set_item("mass", PyArray1::from_vec(py, snapshot.mass))?;
    parts.set_item(
        "preactivations",
        PyArray2::from_owned_array(py, snapshot.preactivations),
    )?;
    Ok(parts)
}

/// dθ/dt as (p × d, p), by the field that the flow runs on dense inputs.
#[pyfunction]
pub(crate) fn velocity<'py>(py: Python<'py>, data: &Dataset, network: &Network) -> Velocity<'py> {
    let (p, d) = (network.0.neurons(), network.0.dimension());
    let (hidden, output) = py.detach(|| {
        let mut field = Dense::<f64>::new(&data.0, p);
        let mut state = vec![0.0; field.state_length()];
        field.write_state(&network.0, &mut state);
        let mut velocity = vec![0.0; state.len()];
        field.velocity(&state, &mut velocity);
        let (hidden, output) = split_state(&velocity, p);
        let hidden = Array2::from_shape_fn((p, d), |(j, k)| hidden[j * d + k]);
        (hidden, output.to_vec())
    });
    (
        PyArray2::from_owned_array(py, hidden),
        PyArray1::from_vec(py, output),
    )
}

/// Assumption 2 in both forms: with δ, or with pairs that no neuron can activate together left out.
#[pyfunction]
pub(crate) fn assumption_2<'py>(
    py: Python<'py>,
    data: &Dataset,
    network: &Network,
    masked: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let found = py.detach(|| {
        if masked {
            WeakInteraction::masked(&data.0, &network.0)
        } else {
            WeakInteraction::new(&data.0, &network.0)
        }
    });
    let parts = PyDict::new(py);
    parts.set_item("hypotheses", hypotheses(py, &found.hypotheses())?)?;
    parts.set_item("interaction", found.interaction)?;
    parts.set_item("residual_norm", found.residual_norm)?;
    parts.set_item("ratio", found.ratio())?;
    Ok(parts)
}

/// The number of correctly active neurons of every example.
#[pyfunction]
pub(crate) fn coverage<'py>(py: Python<'py>, data: &Dataset, network: &Network) -> Bound<'py, PyArray1<i64>> {
    let coverage = py.detach(|| EventE::new(&data.0, &network.0));
    PyArray1::from_iter(py, coverage.correct.into_iter().map(i64::from))
}

/// The five quantities of Lemma 6, in order.
#[pyfunction]
pub(crate) fn lemma_6(py: Python<'_>, data: &Dataset, network: &Network) -> [f64; 5] {
    let chain = py.detach(|| Chain::new(&data.0, &network.0));
    [
        chain.mass_low,
        chain.kernel_low,
        chain.curvature,
        chain.kernel_high,
        chain.mass_high,
    ]
}

/// The limit of μ(0) as p → ∞, for E\[a²\] and s² = E‖w‖²/d.
#[pyfunction]
pub(crate) fn lemma_4_limit(py: Python<'_>, data: &Dataset, output: f64, hidden: f64) -> f64 {
    py.detach(|| lemma_4::limit(&data.0, Moments { output, hidden }))
}

/// Lemma 7 for a problem at time 0.
#[pyfunction]
pub(crate) fn extinction<'py>(
    py: Python<'py>,
    data: &Dataset,
    network: &Network,
) -> PyResult<Bound<'py, PyDict>> {
    let found = py.detach(|| Extinction::new(&data.0, &network.0));
    let parts = PyDict::new(py);
    parts.set_item("hypotheses", hypotheses(py, &found.hypotheses)?)?;
    parts.set_item("time", found.time)?;
    parts.set_item("wrong", found.wrong)?;
    parts.set_item("movement", PyArray1::from_vec(py, found.movement))?;
    Ok(parts)
}

/// Proposition 1's bound on μ past the extinction time, and its constant.
#[pyfunction]
pub(crate) fn curvature_ceiling(py: Python<'_>, data: &Dataset, network: &Network) -> (f64, f64) {
    let ceiling = py.detach(|| CurvatureCeiling::new(&data.0, &network.0));
    (ceiling.bound(), ceiling.constant())
}

/// The groups of a problem, none when a hypothesis of Proposition 2 fails.
#[pyfunction]
pub(crate) fn group_problem<'py>(
    py: Python<'py>,
    data: &Dataset,
    network: &Network,
) -> PyResult<(Bound<'py, PyAny>, Vec<Group>)> {
    let problem = py.detach(|| GroupProblem::new(&data.0, &network.0));
    let groups = problem.groups.into_iter().map(Group).collect();
    Ok((hypotheses(py, &problem.hypotheses)?, groups))
}
