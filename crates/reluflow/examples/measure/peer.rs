//! Runs one trial for `benchmarks/peers`: times gradient descent or the flow, and exports the problem and its losses.
//!
//! `cargo run --release -p reluflow --example peer -- isotropic 1650 100 37 0 descent:1 f32 steps:1022 [FOLDER]`
//!
//! LAW N D P DRAW METHOD PRECISION STOP. Laws are the paper's: `isotropic`, and `orthogonal` with its small hidden
//! weights. Methods: `descent:` and a learning rate, `flow`, `flow-careful`. Stops: `steps:` and a number; `trap:` or
//! `deep:` (10⁻⁶ of the trap) and the transition times after which the run ends all the same. Prints the solve's
//! processor seconds, counts, trap time and loss as JSON; with a FOLDER also writes inputs,
//! labels, hidden, output and the loss at every step there, as little-endian f64.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use reluflow::data::{Isotropic, Orthogonal};
use reluflow::flow::{Accuracy, Flow, GradientDescent, Precision};
use reluflow::initialisation::Asymmetric;
use reluflow::observe::When;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Method, Network, Problem, Record, Setting, Stops};
use rustix::time::{ClockId, clock_gettime};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [law, n, d, p, draw, method, precision, stop, folder @ ..] = arguments.as_slice() else {
        return Err("expected LAW N D P DRAW METHOD PRECISION STOP [FOLDER]".into());
    };
    let (data, network) = sample(law, n.parse()?, d.parse()?, p.parse()?, draw.parse()?)?;
    let mut problem = Problem {
        stops: stops(stop)?,
        ..Problem::new(&data, &network, integrator(method, precision)?)
    };
    if !folder.is_empty() {
        problem.record = Record {
            when: When::Every(1),
            ..Record::default()
        };
    }
    warm_up(&problem)?;
    // Short trials are taken again and again, as in a sweep, and their mean is told.
    let (start, mut trials) = (thread_seconds(), 0.0);
    let (solution, seconds) = loop {
        let solution = problem.solve()?;
        trials += 1.0;
        let seconds = thread_seconds() - start;
        if seconds > 0.02 {
            break (solution, seconds / trials);
        }
    };
    let (counts, end) = (solution.counts, solution.end);
    let trap_time = end
        .success_time
        .map_or("null".to_string(), |time| time.to_string());
    println!(
        "{{\"processor_seconds\": {seconds:e}, \"steps\": {}, \"rejected\": {}, \"evaluations\": {}, \"time\": {}, \"trap_time\": {trap_time}, \"loss\": {:e}}}",
        counts.steps, counts.rejected, counts.evaluations, end.time, end.loss
    );
    if let [folder] = folder {
        let losses: Vec<f64> = solution.trajectory.rows().iter().map(|row| row.loss).collect();
        export(Path::new(folder), &data, &network, &losses)?;
    }
    Ok(())
}

/// Takes the first steps of the run again and again, a fiftieth of a second long: trials before this one would have, and
/// every other contestant does, so that code and memory are at hand.
fn warm_up(problem: &Problem<'_>) -> Fallible<()> {
    let first = Problem {
        stops: Stops {
            steps: Some(50),
            ..problem.stops
        },
        ..problem.clone()
    };
    let start = thread_seconds();
    while thread_seconds() < start + 0.02 {
        first.solve()?;
    }
    Ok(())
}

/// The paper's laws, at a draw's seed.
fn sample(law: &str, n: usize, d: usize, p: usize, draw: u64) -> Fallible<(Dataset, Network)> {
    let (data_law, hidden_scale) = match law {
        "isotropic" => (DataLaw::Isotropic(Isotropic::default()), 1.0),
        "orthogonal" => (DataLaw::Orthogonal(Orthogonal::default()), 0.01),
        _ => return Err(format!("expected isotropic or orthogonal, found {law}").into()),
    };
    let init_law = InitialisationLaw::Asymmetric(Asymmetric {
        hidden_scale,
        covered: hidden_scale < 1.0,
        ..Asymmetric::default()
    });
    let setting = Setting {
        n,
        d,
        p,
        data: data_law,
        initialisation: init_law,
    };
    Ok(setting.draw(0, draw)?)
}

fn integrator(method: &str, precision: &str) -> Fallible<Method> {
    let precision = match precision {
        "f32" => Precision::F32,
        "f64" => Precision::F64,
        _ => return Err(format!("expected f32 or f64, found {precision}").into()),
    };
    let flow = |accuracy| {
        Method::Flow(Flow {
            accuracy,
            precision,
            ..Flow::default()
        })
    };
    Ok(match (method, method.split_once(':')) {
        ("flow", _) => flow(Accuracy::Standard),
        ("flow-careful", _) => flow(Accuracy::Careful),
        (_, Some(("descent", rate))) => Method::GradientDescent(GradientDescent {
            learning_rate: rate.parse()?,
            precision,
        }),
        _ => return Err(format!("expected descent:RATE, flow or flow-careful, found {method}").into()),
    })
}

fn stops(stop: &str) -> Fallible<Stops> {
    let none = Stops::default();
    Ok(match stop.split_once(':') {
        Some(("steps", steps)) => Stops {
            steps: Some(steps.parse()?),
            ..none
        },
        Some(("trap", times)) => Stops {
            trap: true,
            transitions: Some(times.parse()?),
            ..none
        },
        Some(("deep", times)) => Stops {
            trap_times: Some(1e-6),
            transitions: Some(times.parse()?),
            ..none
        },
        _ => return Err(format!("expected steps:K, trap:TIMES or deep:TIMES, found {stop}").into()),
    })
}

fn export(folder: &Path, data: &Dataset, network: &Network, losses: &[f64]) -> Fallible<()> {
    let arrays: [(&str, Vec<f64>); 5] = [
        ("inputs", data.inputs().iter().copied().collect()),
        ("labels", data.labels().to_vec()),
        ("hidden", network.hidden_weights().iter().copied().collect()),
        ("output", network.output_weights().to_vec()),
        ("losses", losses.to_vec()),
    ];
    for (name, values) in arrays {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// Seconds this thread has spent on a processor.
fn thread_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
