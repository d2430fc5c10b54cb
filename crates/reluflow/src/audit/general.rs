//! Audits what is said of any data: Assumptions 1 and 2, Lemmas 1, 2 and 6, Theorem 1, appendix C.2.

use ndarray::{Axis, concatenate};

use super::flow::{self, CONVERGED};
use super::row::{Relation::*, Row};
use crate::error::Result;
use crate::theory::lemma_6::{Chain, ROUNDING};
use crate::theory::{Hypothesis, Snapshot, antipodal, assumption_1, lemma_1, lemma_2};
use crate::theory::{assumption_2::WeakInteraction, theorem_1::Guarantee};
use crate::{Dataset, Network, Solution, Verdict};

/// At how many instants of a trajectory the spectrum of M is computed.
const INSTANTS: usize = 8;

/// Relative rounding of sums of up to 10³ products.
const EXACT: f64 = 1e-11;
/// Share of log(L(0)/L) by which ∫μ may be off where neurons slide along kinks: there μ is measured on one side
/// of the kink, while the flow goes between. An allowance, not a bound.
const SLIDING: f64 = 0.01;

/// The lines of this file for one problem and its flow.
pub(super) fn rows(dataset: &Dataset, network: &Network, solution: &Solution) -> Result<Vec<Row>> {
    let mut rows = assumptions(dataset, network);
    rows.extend(identities(dataset, network, solution));
    rows.extend(curvature(dataset, network, solution)?);
    rows.extend(convergence(dataset, network, solution));
    rows.push(doubled(dataset, network)?);
    Ok(rows)
}

fn assumptions(dataset: &Dataset, network: &Network) -> Vec<Row> {
    let plain = WeakInteraction::new(dataset, network);
    let masked = WeakInteraction::masked(dataset, network);
    vec![
        Row::assumption(
            "Assumption 1",
            "min_j |a_j| − ‖w_j‖",
            &[assumption_1::hypothesis(network)],
        ),
        Row::assumption(
            "Assumption 2",
            "1 − δ‖r(0)‖/(C_y C_x²) and 1 − 2δ/C_x²",
            &plain.hypotheses(),
        ),
        Row::assumption(
            "Assumption 2 (C.2)",
            "the same with opposite inputs masked",
            &masked.hypotheses(),
        ),
    ]
}

fn identities(dataset: &Dataset, network: &Network, solution: &Solution) -> [Row; 3] {
    let scale = lemma_1::scale(network).max(lemma_1::scale(&solution.network));
    let rows = solution.trajectory.rows();
    let defect = lemma_1::defect(dataset, network).max(lemma_1::defect(dataset, &solution.network));
    let law = Row::judge(
        "Lemma 1",
        "|a_j ȧ_j − ⟨w_j, ẇ_j⟩| at both ends, relative, against rounding",
        &[],
        defect,
        AtMost,
        EXACT,
    );
    let balance = Row::judge(
        "Lemma 1",
        "drift of a_j² − ‖w_j‖², restored every step, against rounding",
        &[],
        rows.iter().map(|row| row.balance_drift).fold(0.0, f64::max),
        AtMost,
        EXACT * scale,
    );
    let comparison = lemma_2::Comparison::new(solution.trajectory.rows());
    let slides = if dataset.is_orthogonal() {
        0.0
    } else {
        SLIDING * comparison.fall.abs()
    };
    let average = Row::judge(
        "Lemma 2",
        "|∫μ − log(L(0)/L)| against the quadrature's error and sliding",
        &[],
        comparison.gap(),
        AtMost,
        comparison.uncertainty + slides,
    )
    .remark(format!("log(L(0)/L) = {:.4}", comparison.fall));
    [law, balance, average]
}

fn curvature(dataset: &Dataset, network: &Network, solution: &Solution) -> Result<Vec<Row>> {
    let steps = solution.trajectory.rows();
    let times: Vec<f64> = (0..INSTANTS)
        .map(|k| steps[k * (steps.len() - 1) / (INSTANTS - 1)].time)
        .collect();
    let delta = antipodal::interaction(dataset);
    let mut worst = [f64::INFINITY; 4];
    for network in flow::networks_at(dataset, network, &times)? {
        let margins = Chain::with_interaction(dataset, &network, delta).margins();
        for (worst, margin) in worst.iter_mut().zip(margins) {
            *worst = worst.min(margin);
        }
    }
    // A network that drifted by ε below |a_j| = ‖w_j‖ can exceed the last bound by (2/n)((C_x^+)² + δ)ε.
    let largest = dataset.input_norm_bounds().1;
    let unit = 2.0 / dataset.examples() as f64 * (largest * largest + delta);
    let lowest = steps.iter().map(|row| row.mu_upp).fold(f64::INFINITY, f64::min);
    let drift = unit
        * solution
            .end
            .balance_drift
            .max(lemma_1::drift(network, &solution.network))
        / lowest;
    let asymmetric = [assumption_1::hypothesis(network)];
    let none: [Hypothesis; 0] = [];
    let names = [
        "(2/n)((C_x^−)² − δ) min e_i ≤ (2/n) λ_min(M), margin over the scale",
        "(2/n) λ_min(M) ≤ μ, margin over the scale",
        "μ ≤ (2/n) λ_max(M), margin over the scale",
        "(2/n) λ_max(M) ≤ (4/n)((C_x^+)² + δ) max e_i, margin over the scale",
    ];
    let mut rows: Vec<Row> = names
        .into_iter()
        .zip(worst)
        .enumerate()
        .map(|(k, (name, margin))| {
            let (hypotheses, slack) = if k == 3 {
                (&asymmetric[..], drift)
            } else {
                (&none[..], 0.0)
            };
            Row::judge("Lemma 6", name, hypotheses, margin, AtLeast, -ROUNDING - slack)
        })
        .collect();
    let inside = |side: fn(&crate::observe::Row) -> f64| steps.iter().map(side).fold(f64::INFINITY, f64::min);
    rows.push(Row::judge(
        "Lemma 6",
        "least (μ − μ_low)/μ over all steps",
        &none,
        inside(|row| (row.mu - row.mu_low) / row.mu),
        AtLeast,
        -ROUNDING,
    ));
    rows.push(Row::judge(
        "Lemma 6",
        "least (μ_upp − μ)/μ_upp over all steps",
        &asymmetric,
        inside(|row| (row.mu_upp - row.mu) / row.mu_upp),
        AtLeast,
        -ROUNDING - drift,
    ));
    Ok(rows)
}

fn convergence(dataset: &Dataset, network: &Network, solution: &Solution) -> Vec<Row> {
    const NAME: &str = "Theorem 1";
    let guarantee = Guarantee::new(dataset, network);
    let hypotheses = &guarantee.hypotheses;
    // L → 0 can be judged once the flow has converged or come to rest, not when it was broken off.
    let mut followed = guarantee.hypotheses.clone();
    let broken_off = matches!(
        solution.verdict,
        Verdict::OutOfBudget { .. } | Verdict::Interrupted { .. }
    ) || (solution.verdict.converged()
        && solution.end.loss > CONVERGED * dataset.trap_level());
    followed.push(Hypothesis::fact(
        "the flow was followed until it converged or came to rest",
        !broken_off,
    ));
    let steps = solution.trajectory.rows();
    let least =
        |values: &dyn Fn(&crate::observe::Row) -> f64| steps.iter().map(values).fold(f64::INFINITY, f64::min);
    let lost = steps.iter().map(|row| row.lost).fold(0.0, f64::max);
    let end = Snapshot::new(dataset, &solution.network);
    let last = guarantee.rate_from_residuals(dataset, &end.residuals);
    // The bound on log L at a step costs a bisection: every tenth step will do, and the last.
    let averages = steps.iter().rev().step_by(10).filter(|row| row.time > 0.0);
    let average = averages
        .map(|row| row.mu_avg / guarantee.average_rate(row.time))
        .fold(f64::INFINITY, f64::min);
    vec![
        Row::judge(
            NAME,
            "examples ever without a correctly active neuron",
            hypotheses,
            lost,
            AtMost,
            0.5,
        ),
        Row::judge(
            NAME,
            "L at the end over the trap",
            &followed,
            solution.end.loss / dataset.trap_level(),
            AtMost,
            CONVERGED,
        ),
        Row::judge(
            NAME,
            "least μ(t) over its guaranteed rate",
            hypotheses,
            least(&|row| row.mu / guarantee.rate(row.time)),
            AtLeast,
            1.0,
        ),
        Row::judge(
            NAME,
            "least ⟨μ⟩(t) over its time-dependent bound",
            hypotheses,
            average,
            AtLeast,
            1.0,
        ),
        Row::judge(
            NAME,
            "μ at the end over its asymptotic bound",
            hypotheses,
            end.curvature / last,
            AtLeast,
            1.0,
        )
        .remark(format!(
            "C = {:.4}, C/n = {:.3e}",
            guarantee.constant(),
            guarantee.asymptotic_rate()
        )),
    ]
}

/// C.2 on the data and their opposites: the bound of the half on the kernel of the whole.
fn doubled(dataset: &Dataset, network: &Network) -> Result<Row> {
    let kept = antipodal::half(dataset);
    let half = dataset.inputs().select(Axis(0), &kept);
    let labels = dataset.labels().select(Axis(0), &kept);
    let (opposite, other) = (-&half, -&labels);
    let shapes = "rows of equal length are stacked";
    let stack = |a: &ndarray::Array2<f64>, b: &ndarray::Array2<f64>| {
        concatenate(Axis(0), &[a.view(), b.view()])
            .map_err(|error| crate::Error::out_of_range("opposite inputs", shapes, error))
    };
    let inputs = stack(&half, &opposite)?;
    let labels = labels.iter().chain(&other).copied().collect();
    let whole = Dataset::new(inputs, labels)?;
    let chain = Chain::new(&whole, network);
    let margins = chain.margins();
    Ok(Row::judge(
        "Appendix C.2",
        "least margin of Lemma 6 for the data with all opposites, δ of the half",
        &[assumption_1::hypothesis(network)],
        margins.into_iter().fold(f64::INFINITY, f64::min),
        AtLeast,
        -ROUNDING,
    )
    .remark(format!(
        "δ = {:.3e}, of the half {:.3e}",
        whole.interaction(),
        antipodal::interaction(&whole)
    )))
}
