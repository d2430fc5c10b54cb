//! Converts between the scalings of network, loss and time that neighbouring papers use and ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Network;

/// How the sum over neurons is scaled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// h(x) = (1/p) Σ_j a_j σ(⟨w_j, x⟩), flow dθ/dt = −p ∇L: this crate's.
    #[default]
    MeanField,
    /// h(x) = Σ_j a_j σ(⟨w_j, x⟩), flow dθ/dt = −∇L.
    Unscaled,
}

/// Which loss flows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LossScaling {
    /// (1/2n) Σ_i r_i²: this crate's.
    #[default]
    HalfMean,
    /// (1/n) Σ_i r_i².
    Mean,
    /// (1/2) Σ_i r_i².
    HalfSum,
    /// Σ_i r_i².
    Sum,
}

impl LossScaling {
    /// Their loss over ours, which is also our time over theirs.
    ///
    /// ```
    /// // Mean r² falls twice as fast as (1/2n) Σ r²: at their t = 600 our clock shows 1200.
    /// assert_eq!(reluflow::LossScaling::Mean.factor(5), 2.0);
    /// ```
    pub fn factor(self, examples: usize) -> f64 {
        let n = examples as f64;
        match self {
            Self::HalfMean => 1.0,
            Self::Mean => 2.0,
            Self::HalfSum => n,
            Self::Sum => 2.0 * n,
        }
    }
}

impl Scaling {
    /// The mean-field network with the same values and the same flow: w̃ = √p w and ã = √p a when unscaled.
    pub fn to_mean_field(self, network: &Network) -> Network {
        self.rescaled(network, (network.neurons() as f64).sqrt())
    }

    /// The way back from [`Scaling::to_mean_field`].
    pub(crate) fn restored(self, network: &Network) -> Network {
        self.rescaled(network, 1.0 / (network.neurons() as f64).sqrt())
    }

    fn rescaled(self, network: &Network, factor: f64) -> Network {
        match self {
            Self::MeanField => network.clone(),
            Self::Unscaled => Network::trusted(
                network.hidden_weights().mapv(|w| factor * w),
                network.output_weights().mapv(|a| factor * a),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn an_unscaled_network_keeps_its_values() {
        let unscaled = Network::new(
            array![[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]],
            array![1.0, -2.0, 0.5],
        )
        .unwrap();
        let x = [0.7, 0.3];
        // Σ_j a_j σ(⟨w_j, x⟩) = 1·1.3 − 2·0.05 + 0.5·2.1
        let network = Scaling::Unscaled.to_mean_field(&unscaled);
        assert!((network.output(&x) - 2.25).abs() < 1e-14);
        let back = Scaling::Unscaled.restored(&network);
        let gap = &back.hidden_weights() - &unscaled.hidden_weights();
        assert!(gap.iter().all(|v| v.abs() < 1e-15));
        assert_eq!(Scaling::MeanField.to_mean_field(&unscaled), unscaled);
    }
}
