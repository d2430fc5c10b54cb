//! Problems and runs that several tests of flows share: draws of the paper's laws, small starts, stops.

use reluflow::flow::{Accuracy, Flow};
use reluflow::initialisation::Balanced;
use reluflow::random::Purpose;
use reluflow::{Dataset, InitialisationLaw, Method, Network, Problem, Setting, Solution, Stops, TrialSeed};

pub(crate) fn isotropic((n, d, p): (usize, usize, usize), draw: u64) -> (Dataset, Network) {
    let setting = Setting::paper(n, d, p);
    setting.draw(31, draw).unwrap()
}

pub(crate) fn balanced(data: &Dataset, p: usize, scale: f64, draw: u64) -> Network {
    let seed = TrialSeed {
        root: 32,
        n: data.examples() as u64,
        d: data.dimension() as u64,
        p: p as u64,
        draw,
    };
    let law = InitialisationLaw::Balanced(Balanced {
        scale,
        ..Balanced::default()
    });
    law.sample(p, data, &mut seed.generator(Purpose::Initialisation))
        .unwrap()
}

pub(crate) fn solve(data: &Dataset, network: &Network, method: Method, stops: Stops) -> Solution {
    Problem {
        stops,
        ..Problem::new(data, network, method)
    }
    .solve()
    .unwrap()
}

pub(crate) fn until(time: f64) -> Stops {
    Stops {
        time: Some(time),
        evaluations: Some(200_000),
        ..Stops::default()
    }
}

pub(crate) fn accuracy(accuracy: Accuracy) -> Method {
    Method::Flow(Flow {
        accuracy,
        ..Flow::default()
    })
}

/// The least-squares slope of log error against log step.
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let logs: Vec<(f64, f64)> = points.iter().map(|(h, e)| (h.ln(), e.ln())).collect();
    let (mx, my) = logs
        .iter()
        .fold((0.0, 0.0), |s, (x, y)| (s.0 + x / n, s.1 + y / n));
    let covariance: f64 = logs.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    covariance / logs.iter().map(|(x, _)| (x - mx).powi(2)).sum::<f64>()
}
