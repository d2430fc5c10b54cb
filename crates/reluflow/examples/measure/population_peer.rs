//! Runs students of an orthonormal teacher to their minima for `benchmarks/peers/population.py`, and prints the processor's time.
//!
//! `cargo run --release -p reluflow --example population_peer -- 10 100 hidden [FOLDER]`
//!
//! K DRAWS LAYERS: student and teacher of K neurons in dimension K, output weights 1 at the start, frozen (`hidden`) or trained (`both`), ½ E r² unscaled, stops at ‖∇L‖ < 10⁻⁹. With a
//! FOLDER also writes `starts` (DRAWS × K × K) and `losses` (DRAWS) there, as little-endian f64.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;

use reluflow::initialisation::Xavier;
use reluflow::model::Train;
use reluflow::population::{Output, PopulationProblem, TeacherLaw};
use reluflow::random::Purpose;
use reluflow::{LossScaling, Network, Scaling, TrialSeed, Units};
use rustix::time::{ClockId, clock_gettime};

fn seconds() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + 1e-9 * now.tv_nsec as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [k, draws, layers, folder @ ..] = arguments.as_slice() else {
        return Err("expected K DRAWS LAYERS [FOLDER]".into());
    };
    let (k, draws): (usize, u64) = (k.parse()?, draws.parse()?);
    let train = match layers.as_str() {
        "hidden" => Train::Hidden,
        "both" => Train::Both,
        other => return Err(format!("expected hidden or both, found {other}").into()),
    };
    let units = Units {
        scaling: Scaling::Unscaled,
        loss: LossScaling::HalfMean,
    };
    let seed = |draw| TrialSeed {
        root: 0,
        n: 0,
        d: k as u64,
        p: k as u64,
        draw,
    };
    let law = TeacherLaw::Orthonormal {
        width: k,
        output: Output::Same(1.0),
    };
    let teacher = law.sample(k, &mut seed(0).generator(Purpose::Data))?;
    let starts: Vec<Network> = (0..draws)
        .map(|draw| Xavier::default().sample(k, k, &mut seed(draw).generator(Purpose::Initialisation)))
        .collect::<Result<_, _>>()?;
    let mut losses = Vec::new();
    let (mut evaluations, mut newton, mut spurious) = (0, 0, 0);
    let begun = seconds();
    for start in &starts {
        let network = units.network(start);
        let mut problem = PopulationProblem::new(&teacher, &network);
        problem.model.train = Some(train);
        // Ends by the gradient alone, as the peer does.
        problem.stops.loss = 0.0;
        problem.stops = units.population_stops(&problem.stops, k);
        let solution = units.population_solution(problem.solve()?);
        evaluations += solution.counts.evaluations;
        newton += u64::from(solution.end.finish.is_some());
        spurious += u64::from(solution.end.loss > 1e-3);
        losses.push(solution.end.loss);
    }
    let spent = seconds() - begun;
    println!(
        "{{\"k\": {k}, \"draws\": {draws}, \"seconds\": {spent}, \"evaluations\": {evaluations}, \"ended_by_newton\": {newton}, \
         \"spurious\": {spurious}}}"
    );
    if let [folder] = folder {
        let bytes =
            |values: &mut dyn Iterator<Item = f64>| values.flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
        let hidden = starts.iter().flat_map(|start| start.hidden_weights().to_owned());
        std::fs::write(Path::new(folder).join("starts"), bytes(&mut hidden.into_iter()))?;
        std::fs::write(Path::new(folder).join("losses"), bytes(&mut losses.into_iter()))?;
    }
    Ok(())
}
