//! Draws how flows on n Gaussian examples tend to the flow on the population, for docs/population.md, and prints the table:
//!
//! `cargo run --release -p reluflow-report --example population_samples -- docs/figures`
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::Path;

use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};
use reluflow::flow::GradientDescent;
use reluflow::initialisation::Xavier;
use reluflow::model::Train;
use reluflow::population::{Output, PopulationProblem, TeacherLaw};
use reluflow::random::Purpose;
use reluflow::{Dataset, LossScaling, Method, Model, Problem, Scaling, Stops, TrialSeed, Units};
use reluflow_plot::{Axis, COLUMN, Chart, Dash, Entry, Ink, Layer, Marker, Panel};
use reluflow_statistics::Estimate;

/// Dimension; student and teacher have two neurons.
const D: usize = 10;
const TIMES: [f64; 3] = [1.0, 5.0, 20.0];
const EXAMPLES: [usize; 7] = [100, 316, 1000, 3162, 10_000, 31_623, 100_000];
const DRAWS: u64 = 9;
const RATE: f64 = 0.02;

fn seed(n: usize, draw: u64) -> TrialSeed {
    TrialSeed {
        root: 0,
        n: n as u64,
        d: D as u64,
        p: 2,
        draw,
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let law = TeacherLaw::Orthonormal {
        width: 2,
        output: Output::Same(1.0),
    };
    let teacher = law.sample(D, &mut seed(0, 0).generator(Purpose::Data)).unwrap();
    let units = Units {
        scaling: Scaling::Unscaled,
        loss: LossScaling::HalfMean,
    };
    let start = Xavier::default().sample(2, D, &mut seed(0, 0).generator(Purpose::Initialisation));
    let start = units.network(&start.unwrap());
    let model = Model {
        train: Some(Train::Hidden),
        ..Model::PAPER
    };
    // Descent on both sides: what differs is the sample, not the step.
    let method = Method::GradientDescent(GradientDescent {
        learning_rate: RATE,
        ..GradientDescent::default()
    });
    let limits: Vec<Array2<f64>> = TIMES
        .iter()
        .map(|time| {
            let mut problem = PopulationProblem::new(&teacher, &start);
            (problem.model, problem.method) = (model, method);
            problem.stops.time = Some(time - 0.5 * RATE);
            problem.solve().unwrap().network.hidden_weights().to_owned()
        })
        .collect();
    let mut panel = Panel {
        x: Axis::log("examples *n*"),
        y: Axis::log("‖*W*_n(*t*) − *W*(*t*)‖_F / √*p*"),
        ..Panel::default()
    };
    println!(
        "| n | t = {} |",
        TIMES.map(|time| format!("{time}")).join(" | t = ")
    );
    println!("| --: |{}", " --- |".repeat(TIMES.len()));
    let mut series: Vec<Vec<(f64, Estimate)>> = vec![Vec::new(); TIMES.len()];
    for n in EXAMPLES {
        let mut gaps: Vec<Vec<f64>> = vec![Vec::new(); TIMES.len()];
        for draw in 0..DRAWS {
            let mut random = seed(n, draw).generator(Purpose::Data);
            let inputs = Array2::from_shape_simple_fn((n, D), || StandardNormal.sample(&mut random));
            let preactivations = inputs.dot(&teacher.hidden_weights().t());
            let labels: Array1<f64> = preactivations
                .mapv(|u: f64| u.max(0.0))
                .sum_axis(ndarray::Axis(1));
            let data = Dataset::new(inputs, labels).unwrap();
            for (k, time) in TIMES.iter().enumerate() {
                let mut problem = Problem::new(&data, &start, method);
                problem.model = model;
                problem.stops = Stops {
                    time: Some(time - 0.5 * RATE),
                    ..Stops::default()
                };
                let gap = problem.solve().unwrap().network.hidden_weights().to_owned() - &limits[k];
                gaps[k].push((gap.iter().map(|gap| gap * gap).sum::<f64>() / 2.0).sqrt());
            }
        }
        let mut fields = Vec::new();
        for (k, gaps) in gaps.iter_mut().enumerate() {
            gaps.sort_by(f64::total_cmp);
            let (value, low, high) = (gaps[gaps.len() / 2], gaps[0], gaps[gaps.len() - 1]);
            fields.push(format!("{value:.4} ({low:.4}, {high:.4})"));
            series[k].push((n as f64, Estimate { value, low, high }));
        }
        println!("| {n} | {} |", fields.join(" | "));
    }
    for (k, points) in series.into_iter().enumerate() {
        let (ink, marker) = (Ink::Series(k), Marker::nth(k));
        let last = points[points.len() - 1].1.value * (EXAMPLES[EXAMPLES.len() - 1] as f64).sqrt();
        panel.layers.push(Layer::Line {
            points: EXAMPLES
                .iter()
                .map(|n| (*n as f64, last / (*n as f64).sqrt()))
                .collect(),
            ink: Ink::Muted,
            dash: Dash::Dotted,
        });
        panel.layers.push(Layer::Points { points, ink, marker });
        let name = format!("*t* = {}", TIMES[k]);
        panel.legend.push(Entry::new(&name, ink, Some(marker), None));
    }
    panel
        .legend
        .push(Entry::new("*n*^{−1/2}", Ink::Muted, None, Some(Dash::Dotted)));
    let chart = Chart {
        description: "Distance of flows on n Gaussian examples from the flow on the population, against n"
            .to_owned(),
        panels: vec![panel],
        columns: 1,
        width: COLUMN,
        panel_height: 140.0,
        ..Chart::default()
    };
    std::fs::write(
        Path::new(&arguments[0]).join("population-samples.svg"),
        chart.draw().svg(),
    )
    .unwrap();
    if let Some(png) = arguments.get(1) {
        std::fs::write(
            Path::new(png).join("population-samples.png"),
            chart.draw().png(3.0),
        )
        .unwrap();
    }
}
