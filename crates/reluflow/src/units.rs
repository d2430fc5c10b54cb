//! Carries a whole problem and its solution between a neighbouring paper's units and ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, as_written};
use crate::observe::stationary::Stationarity;
use crate::observe::{Timing, Unit, When};
use crate::{LossScaling, Method, Model, Network, Record, Scaling, Solution, Stops, Success, Verdict};

/// How weights, losses and times are written: this crate's way unless said.
///
/// With f = [`LossScaling::factor`], their loss is f·L, their time t/f, their rates (μ, its average and its bounds) f·μ;
/// unscaled weights are ours over √p, and a² − ‖w‖² ours over p. The flow is the same.
///
/// ```
/// use reluflow::{LossScaling, Scaling, Units};
/// let units = Units { scaling: Scaling::Unscaled, loss: LossScaling::Mean };
/// let stops = reluflow::Stops { time: Some(600.0), loss: Some(0.03), ..Default::default() };
/// let ours = units.stops(&stops, 5, 10);
/// assert_eq!((ours.time, ours.loss), (Some(1200.0), Some(0.015)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Units {
    /// How the sum over neurons is scaled.
    pub scaling: Scaling,
    /// Which loss flows; time goes with it.
    pub loss: LossScaling,
}

impl Units {
    /// A network written in these units, in ours.
    pub fn network(self, network: &Network) -> Network {
        self.scaling.to_mean_field(network)
    }

    /// A model written in these units, in ours: their λ belongs to their loss, f times ours.
    pub fn model(self, model: &Model, examples: usize) -> Model {
        Model {
            weight_decay: model.weight_decay / self.loss.factor(examples),
            ..*model
        }
    }

    /// Refuses a model whose loss is not written in these units.
    ///
    /// # Errors
    /// For a classification loss, which is a mean and has no half, and any `loss` but the default.
    pub fn needs(self, model: &Model) -> Result<()> {
        if model.loss.is_classification() && self.loss != LossScaling::default() {
            let expected = "none with a classification loss, which is the mean over the examples";
            return Err(Error::out_of_range("units.loss", expected, as_written(self.loss)));
        }
        Ok(())
    }

    /// Stops written in these units, in ours. The trap and `transitions` are the same in all.
    pub fn stops(self, stops: &Stops, examples: usize, neurons: usize) -> Stops {
        let factor = self.loss.factor(examples);
        // ∂/∂(θ/√p) = √p ∂/∂θ.
        let gradient = match self.scaling {
            Scaling::MeanField => factor,
            Scaling::Unscaled => factor * (neurons as f64).sqrt(),
        };
        Stops {
            time: stops.time.map(|time| factor * time),
            loss: stops.loss.map(|loss| loss / factor),
            gradient_norm: stops.gradient_norm.map(|norm| norm / gradient),
            success: match stops.success {
                Success::Loss(level) => Success::Loss(level / factor),
                other => other,
            },
            ..*stops
        }
    }

    /// Times to record written in these units, in ours.
    pub fn record(self, record: &Record, examples: usize) -> Record {
        let factor = self.loss.factor(examples);
        let mut record = record.clone();
        // τ = ∫ L dt is the same in all units.
        if let (When::Times(times), Timing::Time) = (&mut record.when, record.clock) {
            times.iter_mut().for_each(|time| *time *= factor);
        }
        record
    }

    /// A method whose steps are written in these units, in ours: a learning rate is a step of their time.
    pub fn method(self, method: &Method, examples: usize) -> Method {
        let factor = self.loss.factor(examples);
        let mut method = *method;
        match &mut method {
            Method::GradientDescent(descent) => descent.learning_rate *= factor,
            Method::Flow(flow) => flow.largest_step = flow.largest_step.map(|step| factor * step),
            Method::Exact(_) | Method::Jump(_) => {}
        }
        method
    }

    /// Our report on a point in these units: a subgradient and a rate are ∂L/∂θ, a direction is of length 1 in all.
    pub fn stationarity(self, mut report: Stationarity, neurons: usize, examples: usize) -> Stationarity {
        let weights = match self.scaling {
            Scaling::MeanField => 1.0,
            // ∂/∂(θ/√p) = √p ∂/∂θ.
            Scaling::Unscaled => (neurons as f64).sqrt(),
        };
        let factor = self.loss.factor(examples) * weights;
        report.gradient_norm *= factor;
        report.plain_gradient_norm *= factor;
        for escape in &mut report.escapes {
            escape.rate *= factor;
        }
        report
    }

    /// Our solution in these units: weights, times, losses, rates and balances of verdict, end, rows and events.
    pub fn solution(self, mut solution: Solution, examples: usize) -> Solution {
        let factor = self.loss.factor(examples);
        let neurons = solution.network.neurons() as f64;
        let balance = match self.scaling {
            Scaling::MeanField => 1.0,
            Scaling::Unscaled => 1.0 / neurons,
        };
        if factor == 1.0 && balance == 1.0 {
            return solution;
        }
        let end = &mut solution.end;
        end.time /= factor;
        end.success_time = end.success_time.map(|time| time / factor);
        for value in [
            &mut end.initial_loss,
            &mut end.loss,
            &mut end.mu_end,
            &mut end.mu_avg,
        ] {
            *value *= factor;
        }
        end.balance_drift *= balance;
        for row in solution.trajectory.rows_mut() {
            row.convert(|unit, value| match unit {
                Unit::Number => value,
                Unit::Time => value / factor,
                Unit::Loss => value * factor,
                Unit::Weight => value * balance.sqrt(),
                Unit::SquaredWeight => value * balance,
            });
        }
        solution.events.rescale_times(1.0 / factor);
        match &mut solution.verdict {
            Verdict::Interpolating { time, loss, .. } | Verdict::Diverged { time, loss } => {
                *time /= factor;
                *loss *= factor;
            }
            Verdict::Stationary {
                loss, gradient_norm, ..
            } => {
                *loss *= factor;
                // ∂/∂(θ/√p) = √p ∂/∂θ.
                *gradient_norm *= factor / balance.sqrt();
            }
            Verdict::LostExamples { loss, .. }
            | Verdict::OutOfBudget { loss, .. }
            | Verdict::Undecided { loss, .. } => *loss *= factor,
            Verdict::NotFinite { time } => *time /= factor,
            Verdict::Interrupted { time, loss } | Verdict::Separating { time, loss } => {
                *time /= factor;
                *loss *= factor;
            }
        }
        solution.network = self.scaling.restored(&solution.network);
        for snapshot in &mut solution.path {
            snapshot.time /= factor;
            snapshot.loss *= factor;
            snapshot.network = self.scaling.restored(&snapshot.network);
        }
        solution
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::GradientDescent;
    use crate::{Dataset, Problem};
    use ndarray::{Array1, array};

    /// Ten steps of the unscaled network's own gradient descent on mean r², written as loops, against ours by conversion.
    #[test]
    fn gradient_descent_on_their_loss_is_ours_by_conversion() {
        let x = [[0.5, 1.0], [-1.0, 1.0], [2.0, 1.0]];
        let y = [0.4, -0.3, 0.6];
        let (mut w, mut a) = (
            vec![[0.3, -0.2], [0.1, 0.5], [-0.4, 0.2], [0.2, 0.2]],
            vec![0.3, -0.6, 0.5, 0.1],
        );
        let start = Network::new(
            ndarray::Array2::from_shape_fn((4, 2), |(j, c)| w[j][c]),
            Array1::from_vec(a.clone()),
        )
        .unwrap();
        let rate = 0.05;
        let residuals = |w: &[[f64; 2]], a: &[f64]| -> Vec<f64> {
            let relu = |w: &[f64; 2], x: &[f64; 2]| (w[0] * x[0] + w[1] * x[1]).max(0.0);
            let output = |x: &[f64; 2]| w.iter().zip(a).map(|(w, a)| a * relu(w, x)).sum::<f64>();
            x.iter().zip(y).map(|(x, y)| y - output(x)).collect()
        };
        for _ in 0..10 {
            let r = residuals(&w, &a);
            let (before_w, before_a) = (w.clone(), a.clone());
            for j in 0..4 {
                for i in 0..3 {
                    let u = before_w[j][0] * x[i][0] + before_w[j][1] * x[i][1];
                    if u > 0.0 {
                        // −∂/∂θ of (1/n) Σ r² is (2/n) r ∂h/∂θ.
                        w[j][0] += rate * 2.0 / 3.0 * r[i] * before_a[j] * x[i][0];
                        w[j][1] += rate * 2.0 / 3.0 * r[i] * before_a[j] * x[i][1];
                        a[j] += rate * 2.0 / 3.0 * r[i] * u;
                    }
                }
            }
        }
        let loss = residuals(&w, &a).iter().map(|r| r * r).sum::<f64>() / 3.0;
        let units = Units {
            scaling: Scaling::Unscaled,
            loss: LossScaling::Mean,
        };
        let data = Dataset::new(
            array![[0.5, 1.0], [-1.0, 1.0], [2.0, 1.0]],
            Array1::from_vec(y.to_vec()),
        )
        .unwrap();
        let method = Method::GradientDescent(GradientDescent {
            learning_rate: rate,
            ..GradientDescent::default()
        });
        let network = units.network(&start);
        let mut problem = Problem::new(&data, &network, units.method(&method, 3));
        problem.stops = units.stops(
            &Stops {
                time: Some(10.0 * rate - 1e-9),
                ..Stops::default()
            },
            3,
            network.neurons(),
        );
        let solution = units.solution(problem.solve().unwrap(), 3);
        // Ten steps of a dozen operations.
        assert!(
            (solution.end.loss / loss - 1.0).abs() < 1e-13,
            "{} {loss}",
            solution.end.loss
        );
        assert!((solution.end.time - 10.0 * rate).abs() < 1e-14);
        for (found, expected) in solution.network.output_weights().iter().zip(&a) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
        for (found, expected) in solution.network.hidden_weights().iter().zip(w.as_flattened()) {
            assert!((found - expected).abs() < 1e-14, "{found} {expected}");
        }
    }
}
