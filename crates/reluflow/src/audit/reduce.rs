//! Writes a problem in fewer dimensions: n coordinates in the span of the inputs, and one for all the rest.
//!
//! The part of w_j outside the span of the inputs never moves and enters through its norm alone. So a problem
//! in dimension d > n + 1 and its image in dimension n + 1, with x_i ↦ (Qᵀx_i, 0) and
//! w_j ↦ (Qᵀw_j, ‖w_j − QQᵀw_j‖), have the same flow: all inner products and norms agree.

use faer::Mat;
use ndarray::{Array2, s};

use crate::error::Result;
use crate::theory::antipodal;
use crate::{Dataset, Network};

/// The problem in n + 1 dimensions, in O(nd(n + p)); as it is when that is no gain, when inputs are orthogonal
/// (their field needs no d) or when some have their exact opposites (which rounding would blur).
pub(super) fn reduce(dataset: &Dataset, network: &Network) -> Result<(Dataset, Network)> {
    let (n, d, p) = (dataset.examples(), dataset.dimension(), network.neurons());
    let plain = antipodal::half(dataset).len() == n && !dataset.is_orthogonal();
    if d <= n + 1 || !plain {
        return Ok((dataset.clone(), network.clone()));
    }
    let qr = Mat::from_fn(d, n, |k, i| dataset.inputs()[(i, k)]).qr();
    let (q, r) = (qr.compute_thin_Q(), qr.thin_R());
    let inputs = Array2::from_shape_fn((n, n + 1), |(i, k)| if k <= i { r[(k, i)] } else { 0.0 });
    let basis = Array2::from_shape_fn((d, n), |(k, i)| q[(k, i)]);
    let along = network.hidden_weights().dot(&basis);
    let mut hidden = Array2::zeros((p, n + 1));
    hidden.slice_mut(s![.., ..n]).assign(&along);
    for (j, w) in network.hidden_weights().rows().into_iter().enumerate() {
        let within = along.row(j).dot(&along.row(j));
        hidden[(j, n)] = (w.dot(&w) - within).max(0.0).sqrt();
    }
    Ok((
        Dataset::new(inputs, dataset.labels().to_owned())?,
        Network::new(hidden, network.output_weights().to_owned())?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Plan, method};
    use crate::theory::Snapshot;
    use crate::{Problem, Stops};

    /// Residuals, masses and curvature agree at time 0 to rounding, and after time 2 of the flow to the
    /// method's error.
    #[test]
    fn the_flow_does_not_notice() {
        let mut plan = Plan::weakly_interacting();
        (plan.setting.n, plan.setting.d) = (5, 40);
        let (data, network) = plan.problem(1).unwrap();
        let (small_data, small_network) = reduce(&data, &network).unwrap();
        assert_eq!(small_data.dimension(), 6);
        assert!((data.interaction() - small_data.interaction()).abs() < 1e-12);
        let agree = |a: &Snapshot, b: &Snapshot, tolerance: f64| {
            let pairs = a
                .residuals
                .iter()
                .zip(&b.residuals)
                .chain(a.mass.iter().zip(&b.mass));
            let close = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * a.abs().max(1.0);
            assert!(pairs.into_iter().all(close) && close((&a.curvature, &b.curvature)));
        };
        let before = Snapshot::new(&data, &network);
        agree(&before, &Snapshot::new(&small_data, &small_network), 1e-12);
        let later = |data: &Dataset, network: &Network| {
            let mut problem = Problem::new(data, network, method(data));
            problem.stops = Stops {
                time: Some(2.0),
                ..Stops::default()
            };
            Snapshot::new(data, &problem.solve().unwrap().network)
        };
        agree(&later(&data, &network), &later(&small_data, &small_network), 1e-2);
    }
}
