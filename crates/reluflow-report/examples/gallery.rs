//! Draws every kind of figure from made-up numbers: `cargo run -p reluflow-report --example gallery -- DIR`.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use reluflow::flow::GradientDescent;
use reluflow::observe::{Observable, When};
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, TrialSeed, data, initialisation};
use reluflow_plot::Chart;
use reluflow_report::figures;
use reluflow_statistics::{Cell, DrawsAt, Estimate, LawFit, Slope, Threshold, ThresholdCurve};

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    std::fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, chart: Chart| {
        let drawing = chart.draw();
        std::fs::write(folder.join(format!("{name}.svg")), drawing.svg()).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), drawing.png(4.0)).unwrap();
        std::fs::write(folder.join(format!("{name}.pdf")), drawing.pdf()).unwrap();
    };
    save("probabilities", probabilities());
    save("thresholds", thresholds());
    save("curvatures", curvatures());
    save("map", map());
    save("trajectory", trajectory());
}

/// Counts of a logistic curve, without noise.
fn counts(threshold: f64, slope: f64, at: f64, trials: u64) -> Cell {
    let share = 1.0 / (1.0 + (slope * (at - threshold)).exp());
    Cell {
        at,
        successes: (share * trials as f64).round() as u64,
        trials,
    }
}

fn probabilities() -> Chart {
    let series = |name: &str, threshold: f64| {
        let cells: Vec<Cell> = (0..17)
            .map(|k| counts(threshold, 0.02, 1300.0 + 50.0 * f64::from(k), 25))
            .collect();
        let point = |cell: &Cell| {
            let value = 0.01 * (1.0 - cell.successes as f64 / 25.0);
            figures::CellPoint {
                at: cell.at,
                converged: cell.successes,
                trials: cell.trials,
                remaining: Estimate {
                    value,
                    low: 0.8 * value,
                    high: 1.2 * value,
                },
            }
        };
        figures::ProbabilitySeries {
            name: name.to_owned(),
            cells: cells.iter().map(point).collect(),
            threshold: Some(Threshold::fit(&cells, 0.95)),
        }
    };
    let all = [
        series("descent", 1650.0),
        series("flow", 1880.0),
        series("flow, long", 2800.0),
    ];
    figures::probabilities(&all, "number of examples *n*", Some(1650.0))
}

fn thresholds() -> Chart {
    let series = |name: &str, factor: f64| {
        let curve = |k: u32| {
            let (at, d) = (10.0 * f64::from(k), 10.0 * f64::from(k));
            let n0 = factor * d.powf(1.2);
            let cells =
                (0..9).map(|k| counts(n0, 15.0 / n0, (n0 * (0.6 + 0.1 * f64::from(k))).min(400.0), 20));
            ThresholdCurve {
                at,
                cells: cells.collect(),
            }
        };
        let curves: Vec<ThresholdCurve> = (1..=10).map(curve).collect();
        let fit = |curve: &ThresholdCurve| (curve.at, Threshold::fit(&curve.cells, 0.95).estimate);
        figures::ThresholdSeries {
            name: name.to_owned(),
            points: curves.iter().map(fit).collect(),
            law: LawFit::compare(&curves, 0.95).into_iter().next(),
        }
    };
    let cited = [figures::Cited {
        at: 20.0,
        threshold: 80.0,
    }];
    figures::thresholds(
        &[series("descent", 1.0), series("flow", 1.9)],
        "d",
        "dimension *d*",
        &cited,
    )
}

fn curvatures() -> Chart {
    let series = |symbol: &str, factor: f64, exponent: f64| {
        let cell = |k: u32| {
            let at = 1000.0 + 100.0 * f64::from(k);
            let value = |draw: u32| {
                factor * at.powf(exponent) * (1.0 + 0.1 * (f64::from(draw * (k + 3)) * 2.4).sin())
            };
            DrawsAt {
                at,
                values: (0..12).map(value).collect(),
            }
        };
        let cells: Vec<DrawsAt> = (0..=10).map(cell).collect();
        figures::CurvatureSeries {
            symbol: symbol.to_owned(),
            slope: Slope::fit(&cells, 0.95, 2000, 1).unwrap(),
            published: Some(exponent),
        }
    };
    figures::curvatures(&[
        series("*μ*(*t*_∞)", 3.0, -0.81),
        series("⟨*μ*_∞⟩", 2.28, -0.73),
        series("*μ*_{low}", 0.89, -0.73),
        series("*μ*_{upp}", 17.9, -0.5),
    ])
}

fn map() -> Chart {
    let cell = |x: u32, y: u32| figures::MapCell {
        x: 40.0 * f64::from(x),
        y: 0.01 * 10f64.powf(0.5 * f64::from(y)),
        converged: counts(240.0 - 30.0 * f64::from(y), 0.03, 40.0 * f64::from(x), 20).successes,
        trials: 20,
    };
    let cells: Vec<_> = (1..=9)
        .flat_map(|x| (0..5).map(move |y| (x, y)))
        .filter(|at| *at != (5, 2))
        .collect();
    let cells: Vec<_> = cells.into_iter().map(|(x, y)| cell(x, y)).collect();
    figures::probability_map(&cells, "number of examples *n*", "hidden scale")
}

fn trajectory() -> Chart {
    let seed = TrialSeed {
        root: 0,
        n: 60,
        d: 20,
        p: 30,
        draw: 0,
    };
    let data = DataLaw::Orthogonal(data::Orthogonal::default())
        .sample(60, 80, &mut seed.generator(Purpose::Data))
        .unwrap();
    let network = InitialisationLaw::Asymmetric(initialisation::Asymmetric::default())
        .sample(30, &data, &mut seed.generator(Purpose::Initialisation))
        .unwrap();
    let method = Method::GradientDescent(GradientDescent {
        learning_rate: 0.02,
        ..GradientDescent::default()
    });
    let mut problem = Problem::new(&data, &network, method);
    problem.stops = reluflow::Stops {
        trap_times: Some(1e-6),
        time: Some(2000.0),
        ..Default::default()
    };
    problem.record.observables = vec![
        Observable::Curvature,
        Observable::CurvatureBounds,
        Observable::Activity,
        Observable::Lost,
    ];
    problem.record.when = When::PerDecade(40);
    let solution = problem.solve().unwrap();
    figures::trajectory(&solution.trajectory)
}
