//! Draws what one evaluation costs against the operations it should need, n, d and p varied one by one:
//!
//! `cargo run --release -p reluflow-report --example cost_picture -- PICTURE.svg [PICTURE.png]`
//!
//! Dense fields need 4ndp operations, orthogonal ones visit np entries. Processor time of one thread, the fastest of many
//! evaluations. The straight lines have slope 1 and go through the middle point; the fitted slopes are printed.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use reluflow::data::{Isotropic, Orthogonal as OrthogonalLaw};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::initialisation::Asymmetric;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network, TrialSeed};
use reluflow_plot::{Axis, Chart, Dash, Entry, Ink, Layer, Marker, PAGE, Panel};
use reluflow_statistics::Estimate;
use rustix::time::{ClockId, clock_gettime};

/// (n, d, p) from which one size is varied at a time.
const DENSE: (usize, usize, usize) = (1000, 50, 40);
/// (n, p) from which one size is varied at a time.
const ORTHOGONAL: (usize, usize) = (4000, 40);
/// What a size is multiplied with: three decades and a half.
const FACTORS: [f64; 8] = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];
/// Processor time spent on a size at most, in seconds.
const PATIENCE: f64 = 0.3;

/// What was varied, and its points: (work, microseconds).
type Series = (&'static str, Vec<(f64, f64)>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut panels = Vec::new();
    for (single, word) in [(true, "single"), (false, "double")] {
        let (dense, orthogonal) = if single {
            (dense::<f32>(), orthogonal::<f32>())
        } else {
            (dense::<f64>(), orthogonal::<f64>())
        };
        panels.push(panel(&format!("dense, {word} precision"), "4*ndp*", dense));
        panels.push(panel(
            &format!("orthogonal, {word} precision"),
            "*np*",
            orthogonal,
        ));
    }
    let legend = ["*n* varied", "*d* varied", "*p* varied"].into_iter().enumerate();
    let chart = Chart {
        description: "Processor time of one evaluation against the operations it should need".to_owned(),
        panels,
        legend: legend
            .map(|(k, name)| Entry::new(name, Ink::Series(k), Some(Marker::nth(k)), None::<Dash>))
            .collect(),
        columns: 2,
        width: PAGE,
        panel_height: 120.0,
    };
    std::fs::write(&arguments[0], chart.draw().svg()).unwrap();
    if let Some(png) = arguments.get(1) {
        std::fs::write(png, chart.draw().png(3.0)).unwrap();
    }
    println!("written: {}", arguments[0]);
}

/// A panel with the points of every series and a line of slope 1.
fn panel(title: &str, work: &str, series: Vec<Series>) -> Panel {
    let mut panel = Panel {
        title: title.to_owned(),
        x: Axis::log(work),
        y: Axis::log("microseconds an evaluation"),
        ..Panel::default()
    };
    let mut all: Vec<(f64, f64)> = series.iter().flat_map(|(_, points)| points.clone()).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, middle, last) = (all[0], all[all.len() / 2], all[all.len() - 1]);
    let line = |x: f64| (x, middle.1 * x / middle.0);
    panel.layers.push(Layer::Line {
        points: vec![line(first.0), line(last.0)],
        ink: Ink::Muted,
        dash: Dash::Solid,
    });
    for (name, points) in series {
        let k = ["n", "d", "p"].iter().position(|which| *which == name).unwrap();
        println!(
            "{title}, {name} varied: slope {:.3} over {:.1} decades",
            slope(&points),
            (points[points.len() - 1].0 / points[0].0).log10()
        );
        panel.layers.push(Layer::Points {
            points: points
                .iter()
                .map(|(x, y)| {
                    let (value, low, high) = (*y, *y, *y);
                    (*x, Estimate { value, low, high })
                })
                .collect(),
            ink: Ink::Series(k),
            marker: Marker::nth(k),
        });
    }
    panel
}

/// The slope of log y against log x by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let products: f64 = logs.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    products / logs.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

fn dense<T: Real>() -> Vec<Series> {
    let scaled = |size: usize, factor: f64| (size as f64 * factor).round().max(1.0) as usize;
    ["n", "d", "p"]
        .into_iter()
        .map(|which| {
            let points = FACTORS.iter().map(|factor| {
                let (mut n, mut d, mut p) = DENSE;
                match which {
                    "n" => n = scaled(n, *factor),
                    "d" => d = scaled(d, *factor),
                    _ => p = scaled(p, *factor),
                }
                let (data, network) = draw(&DataLaw::Isotropic(Isotropic::default()), n, d, p);
                let cost = time(&mut Dense::<T>::new(&data, p), &network);
                (4.0 * (n * d * p) as f64, cost)
            });
            (which, points.collect())
        })
        .collect()
}

fn orthogonal<T: Real>() -> Vec<Series> {
    let scaled = |size: usize, factor: f64| (size as f64 * factor).round().max(1.0) as usize;
    ["n", "p"]
        .into_iter()
        .map(|which| {
            let points = FACTORS.iter().map(|factor| {
                let (mut n, mut p) = ORTHOGONAL;
                match which {
                    "n" => n = scaled(n, *factor),
                    _ => p = scaled(p, *factor),
                }
                let (data, network) = draw(&DataLaw::Orthogonal(OrthogonalLaw::default()), n, n, p);
                let cost = time(&mut Orthogonal::<T>::new(&data, &network), &network);
                ((n * p) as f64, cost)
            });
            (which, points.collect())
        })
        .collect()
}

/// A draw of a law with the paper's initialisation.
fn draw(law: &DataLaw, n: usize, d: usize, p: usize) -> (Dataset, Network) {
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: 0,
    };
    let data = law.sample(n, d, &mut seed.generator(Purpose::Data)).unwrap();
    let network = InitialisationLaw::Asymmetric(Asymmetric::default())
        .sample(p, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    (data, network)
}

/// The fastest evaluation within [`PATIENCE`], in microseconds of processor time.
fn time<T: Real>(field: &mut dyn VectorField<T>, network: &Network) -> f64 {
    let mut state = vec![T::ZERO; field.state_length()];
    field.write_state(network, &mut state);
    let mut velocity = state.clone();
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    };
    let start = now();
    let mut repeats = 1;
    let mut best = f64::INFINITY;
    while now() - start < PATIENCE {
        let begun = now();
        for _ in 0..repeats {
            field.velocity(&state, &mut velocity);
        }
        let spent = now() - begun;
        best = best.min(spent / f64::from(repeats));
        if spent < 1e-4 {
            repeats *= 2;
        }
    }
    best * 1e6
}
