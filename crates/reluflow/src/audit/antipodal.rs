//! Judges appendix C.2 on the data with all their opposites.

use ndarray::{Axis, concatenate};

use super::Followed;
use super::extremes::lowest;
use super::row::{Relation::*, Row};
use crate::Dataset;
use crate::error::Result;
use crate::theory::lemma_6::{Chain, ROUNDING};
use crate::theory::{Statement::AppendixC2, antipodal, assumption_1};

/// C.2 on the data and their opposites: the bound of the half on the kernel of the whole.
pub(super) fn judge(followed: &Followed<'_>) -> Result<Vec<Row>> {
    let (dataset, network) = (followed.dataset, followed.network);
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
    Ok(vec![
        Row::judge(
            AppendixC2,
            "least margin of Lemma 6 for the data with all opposites, δ of the half",
            &[assumption_1::hypothesis(network)],
            margins.into_iter().fold(f64::INFINITY, lowest),
            AtLeast,
            -ROUNDING,
        )
        .remark(format!(
            "δ = {:.3e}, of the half {:.3e}",
            whole.interaction(),
            antipodal::interaction(&whole)
        )),
    ])
}
