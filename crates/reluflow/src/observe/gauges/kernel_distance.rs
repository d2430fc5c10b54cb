//! `kernel_distance`: 1 − ⟨M, M(0)⟩/(‖M‖ ‖M(0)‖), how far the kernel has turned since the start.
//!
//! M_ik = (1/p) Σ_j [η_w a_j² σ'(u_ji) σ'(u_jk) ⟨x_i, x_k⟩ + η_a σ(u_ji) σ(u_jk)], with the Frobenius product. O(n²(d + p)) a row and
//! O(n²) numbers kept.

use ndarray::Array2;

use crate::model::Model;
use crate::observe::{Column, Gauge, Look, Scene, Unit};
use crate::{Dataset, Network};

pub(super) const COLUMNS: [Column; 1] = [Column::real("kernel_distance", "kernel distance", Unit::Number)];

#[derive(Debug)]
struct KernelDistance {
    dataset: Dataset,
    model: Model,
    /// X Xᵀ, n × n.
    gram: Array2<f64>,
    start: Array2<f64>,
}

impl KernelDistance {
    fn kernel(&self, network: &Network, preactivations: &Array2<f64>) -> Array2<f64> {
        let (rates, activation) = (self.model.rates(), self.model.activation);
        let outputs = preactivations.mapv(|u| activation.value(u));
        let mut slopes = preactivations.mapv(|u| activation.derivative(u));
        for (mut row, a) in slopes.rows_mut().into_iter().zip(network.output_weights()) {
            row *= *a;
        }
        let hidden = slopes.t().dot(&slopes) * &self.gram;
        hidden * rates.hidden + outputs.t().dot(&outputs) * rates.output
    }
}

pub(super) fn gauge(scene: &Scene<'_>) -> Box<dyn Gauge> {
    Box::new(KernelDistance {
        dataset: scene.dataset.clone(),
        model: *scene.model,
        gram: Array2::default((0, 0)),
        start: Array2::default((0, 0)),
    })
}

impl Gauge for KernelDistance {
    fn start(&mut self, at: &Look<'_>) {
        let inputs = self.dataset.inputs();
        self.gram = inputs.dot(&inputs.t());
        self.start = self.kernel(at.network, at.preactivations());
    }

    fn read(&mut self, at: &Look<'_>, out: &mut [f64]) {
        let now = self.kernel(at.network, at.preactivations());
        // Divided by the largest entry each: kernels of tiny networks are tinier still.
        let scaled = |kernel: &Array2<f64>| {
            let largest = kernel.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
            kernel.mapv(|value| value / largest)
        };
        let (now, start) = (scaled(&now), scaled(&self.start));
        let inner = |a: &Array2<f64>, b: &Array2<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        out[0] = 1.0 - inner(&now, &start) / (inner(&now, &now) * inner(&start, &start)).sqrt();
    }
}
