//! Runs one trial for `benchmarks/peers`: times gradient descent, and exports the problem and its losses.
//!
//! `cargo run --release -p reluflow --example peer -- isotropic 1650 100 37 1022 0 f32 [FOLDER]`
//!
//! Prints `{"seconds": …, "processor_seconds": …, "steps": …, "loss": …}`; with a FOLDER also writes inputs, labels, hidden, output and
//! losses there, as little-endian f64.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use reluflow::data::{Isotropic, Orthogonal};
use reluflow::flow::{GradientDescent, Precision};
use reluflow::initialisation::Asymmetric;
use reluflow::observe::When;
use reluflow::random::Purpose;
use reluflow::{DataLaw, InitialisationLaw, Method, Problem, Record, Stops, TrialSeed};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [law, n, d, p, steps, draw, precision, folder @ ..] = arguments.as_slice() else {
        return Err("expected LAW N D P STEPS DRAW PRECISION [FOLDER]".into());
    };
    let (n, d, p): (usize, usize, usize) = (n.parse()?, d.parse()?, p.parse()?);
    let (data_law, hidden_scale) = match law.as_str() {
        "isotropic" => (DataLaw::Isotropic(Isotropic::default()), 1.0),
        "orthogonal" => (DataLaw::Orthogonal(Orthogonal::default()), 0.01),
        _ => return Err(format!("expected isotropic or orthogonal, found {law}").into()),
    };
    let init_law = InitialisationLaw::Asymmetric(Asymmetric {
        hidden_scale,
        ..Asymmetric::default()
    });
    let seed = TrialSeed {
        root: 0,
        n: n as u64,
        d: d as u64,
        p: p as u64,
        draw: draw.parse()?,
    };
    let data = data_law.sample(n, d, &mut seed.generator(Purpose::Data))?;
    let network = init_law.sample(p, &data, &mut seed.generator(Purpose::Initialisation))?;
    let method = Method::GradientDescent(GradientDescent {
        learning_rate: 1.0,
        precision: match precision.as_str() {
            "f32" => Precision::F32,
            "f64" => Precision::F64,
            _ => return Err(format!("expected f32 or f64, found {precision}").into()),
        },
    });
    let mut problem = Problem::new(&data, &network, method);
    problem.stops = Stops {
        steps: Some(steps.parse()?),
        ..Stops::default()
    };
    if !folder.is_empty() {
        problem.record = Record {
            when: When::Every(1),
            ..Record::default()
        };
    }
    let (start, processor_start) = (Instant::now(), processor_seconds());
    let solution = problem.solve()?;
    let seconds = start.elapsed().as_secs_f64();
    // On a busy machine the processor's time says more; where it is not known the clock's stands in.
    let processor = processor_seconds()
        .zip(processor_start)
        .map_or(seconds, |(end, start)| end - start);
    println!(
        "{{\"seconds\": {seconds:e}, \"processor_seconds\": {processor:e}, \"steps\": {}, \"loss\": {:e}}}",
        solution.counts.steps, solution.end.loss
    );
    if let [folder] = folder {
        let losses: Vec<f64> = solution.trajectory.rows().iter().map(|row| row.loss).collect();
        let arrays: [(&str, Vec<f64>); 5] = [
            ("inputs", data.inputs().iter().copied().collect()),
            ("labels", data.labels().to_vec()),
            ("hidden", network.hidden_weights().iter().copied().collect()),
            ("output", network.output_weights().to_vec()),
            ("losses", losses),
        ];
        for (name, values) in arrays {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            std::fs::write(Path::new(folder).join(name), bytes)?;
        }
    }
    Ok(())
}

/// Seconds this thread has spent on a processor, where Linux tells.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}
