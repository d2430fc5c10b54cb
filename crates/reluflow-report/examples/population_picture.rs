//! Draws the pictures of docs/population.md from a run of experiments/field/spurious.toml, and prints its table:
//!
//! `cargo run --release -p reluflow-report --example population_picture -- runs/spurious docs/figures`
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::Path;

use reluflow::flow::Interrupt;
use reluflow_lab::experiment::AxisValue;
use reluflow_lab::population::follow;
use reluflow_lab::summary::Share;
use reluflow_lab::{RunFolder, summarize};
use reluflow_plot::Chart;
use reluflow_report::figures::{ShareSeries, overlaps, share_estimate, shares, spurious_series};
use reluflow_statistics::wilson;

/// Safran and Shamir's spurious ends of 1000 starts for k = 6 … 12, as their published results hold them.
const PUBLISHED: [u64; 7] = [3, 55, 126, 218, 346, 455, 585];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, experiment) = RunFolder::open(Path::new(&arguments[0])).unwrap();
    let out = Path::new(&arguments[1]);
    std::fs::create_dir_all(out).unwrap();
    let trials = folder.read(&experiment).unwrap().trials;
    let save = |name: &str, chart: Chart| {
        std::fs::write(out.join(format!("{name}.svg")), chart.draw().svg()).unwrap();
        if let Some(png) = arguments.get(2) {
            std::fs::write(Path::new(png).join(format!("{name}.png")), chart.draw().png(3.0)).unwrap();
        }
    };
    println!("| trained | k | spurious | global | other | share, 95 % | minima: loss (ends) |");
    println!("| --- | --: | --: | --: | --: | --- | --- |");
    for cell in summarize(&experiment, &trials) {
        let found = cell.population.unwrap();
        let (_, AxisValue::Text(trained)) =
            &cell.axes.iter().find(|(name, _)| name == "model.train").unwrap()
        else {
            panic!("model.train is no word");
        };
        let share = |kind: &str| {
            found
                .shares
                .iter()
                .find(|(name, _)| name == kind)
                .map(|(_, share)| *share)
        };
        let spurious = share("spurious").unwrap();
        let global = share("global").unwrap().count;
        let minima: Vec<String> = found
            .minima
            .iter()
            .map(|minimum| format!("{:.6} ({})", minimum.loss, minimum.share.count))
            .collect();
        println!(
            "| {trained} | {} | {} | {global} | {} | {:.3} ({:.3}, {:.3}) | {} |",
            cell.p,
            spurious.count,
            cell.draws - spurious.count - global,
            spurious.count as f64 / cell.draws as f64,
            spurious.interval.0,
            spurious.interval.1,
            minima.join(", ")
        );
    }
    let mut series = spurious_series(&experiment, &trials);
    for one in &mut series {
        one.name = match one.name.as_str() {
            "hidden" => "output layer frozen",
            _ => "both layers trained",
        }
        .to_owned();
    }
    let cited = (6..).zip(PUBLISHED).map(|(k, count)| {
        let share = Share {
            count,
            trials: 1000,
            interval: wilson(count, 1000, 0.95),
        };
        (f64::from(k), share_estimate(share))
    });
    series.push(ShareSeries {
        name: "Safran and Shamir 2018, frozen".to_owned(),
        points: cited.collect(),
        cited: true,
    });
    save("spurious", shares(&series));
    // The first spurious end of eight neurons with a frozen output layer.
    let of_interest = |trial: &&reluflow_lab::Trial| {
        let cell = &experiment.cells[trial.cell];
        cell.p == 8
            && trial.verdict == "spurious"
            && cell.axes.contains(&AxisValue::Text("hidden".to_owned()))
    };
    let trial = trials
        .iter()
        .filter(of_interest)
        .min_by_key(|trial| trial.draw)
        .unwrap();
    let solution = follow(
        &experiment,
        &experiment.cells[trial.cell],
        trial.draw,
        &Interrupt::default(),
    )
    .unwrap();
    println!("overlaps: k = 8, draw {}: {}", trial.draw, solution.sentence());
    save("overlaps", overlaps(&solution));
}
