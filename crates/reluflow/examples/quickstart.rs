//! Draws data and a network, follows the gradient flow, and prints how it ended and the loss over time.
#![allow(clippy::print_stdout)]

use reluflow::observe::{Record, When};
use reluflow::{Method, Problem, Result, Setting};

fn main() -> Result<()> {
    // 160 examples in dimension 20 and 30 neurons, by the paper's laws; `Dataset::new` and `Network::new` take your own arrays.
    let setting = Setting::paper(160, 20, 30);
    // Draw 3 of the root seed 0: the same numbers on every machine.
    let (data, network) = setting.draw(0, 3)?;

    // The flow with adaptive steps, until the network interpolates for sure or 1.5 transition times are over.
    let mut problem = Problem::new(&data, &network, Method::default());
    problem.record = Record {
        when: When::PerDecade(4),
        ..Record::default()
    };
    let solution = problem.solve()?;

    println!("{}", solution.verdict);
    for row in solution.trajectory.rows() {
        println!("t = {:8.3}   L = {:.3e}", row.time, row.loss);
    }
    Ok(())
}
