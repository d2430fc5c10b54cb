//! Runs the five-point example with the exact flow: `cargo run --release -p reluflow --example five_points -- seeds...`
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use ndarray::{Array1, Array2, array};
use rand_distr::{Distribution, StandardNormal};
use reluflow::flow::{EventKind, Exact};
use reluflow::observe::{Observable, Record, When};
use reluflow::random::Purpose;
use reluflow::{Dataset, Method, Network, Problem, Stops, TrialSeed};

fn main() {
    let s = [-1.0, -0.6, -0.1, 0.3, 0.7];
    let data = Dataset::new(
        Array2::from_shape_fn((5, 2), |(i, c)| if c == 0 { s[i] } else { 1.0 }),
        array![0.28, -0.1, 0.03, 0.23, -0.22],
    )
    .unwrap();
    let p = 50;
    for seed in std::env::args().skip(1).map(|a| a.parse::<u64>().unwrap()) {
        let mut random = TrialSeed {
            root: seed,
            n: 5,
            d: 2,
            p: 50,
            draw: 0,
        }
        .generator(Purpose::Initialisation);
        // All weights N(0, (50^-3)^2) unscaled; in the mean-field scaling times sqrt p, and time is doubled.
        let scale = 50f64.powi(-3) * (p as f64).sqrt();
        let hidden = Array2::from_shape_simple_fn((p, 2), || {
            let v: f64 = StandardNormal.sample(&mut random);
            scale * v
        });
        let output = Array1::from_shape_simple_fn(p, || {
            let v: f64 = StandardNormal.sample(&mut random);
            scale * v
        });
        let net = Network::new(hidden, output).unwrap();
        for (order, tolerance) in [(8, 1e-10), (12, 1e-12), (12, 1e-13), (18, 1e-14)] {
            let exact = Exact {
                order,
                tolerance,
                ..Exact::default()
            };
            let mut problem = Problem::new(&data, &net, Method::Exact(exact));
            problem.stops = Stops {
                time: Some(1200.0),
                ..Stops::default()
            };
            let times = vec![60.0, 120.0, 180.0, 200.0, 240.0, 300.0, 1000.0];
            problem.record = Record {
                observables: vec![Observable::Curvature, Observable::Balance],
                when: When::Times(times),
                ..Record::default()
            };
            let clock = std::time::Instant::now();
            let solution = problem.solve().unwrap();
            let seconds = clock.elapsed().as_secs_f64();
            println!(
                "seed {seed} order {order} tol {tolerance:e}: {:.3} s {:?}",
                seconds, solution.counts
            );
            println!(
                "   {} mean r2 = {:.12}",
                solution.verdict,
                2.0 * solution.end.loss
            );
            println!(
                "   {:?} balance {:.1e}",
                solution.events.checks, solution.end.balance_drift
            );
            for row in solution.trajectory.rows() {
                print!("   t {:.0}: {:.8}", row.time / 2.0, 2.0 * row.loss);
            }
            println!(
                "\n   slid {} left {} crossed {} died {} branches {}",
                solution.events.count(EventKind::BeganToSlide),
                solution.events.count(EventKind::Left),
                solution.events.count(EventKind::Crossed),
                solution.events.count(EventKind::Died),
                solution.counts.branches
            );
        }
    }
}
