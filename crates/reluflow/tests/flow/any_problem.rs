//! What must hold of every run on any problem: random shapes, scales, kinds of data and of starts.

use ndarray::{Array1, Array2};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1, StandardNormal};
use reluflow::flow::{Accuracy, Exact, Flow, Integrator, Precision};
use reluflow::observe::When;
use reluflow::random::Purpose;
use reluflow::{Dataset, Method, Network, Problem, Record, Solution, Stops, TrialSeed, Verdict};

const KINDS: [&str; 12] = [
    "balanced",
    "unbalanced",
    "no output weights",
    "some hidden weights 0",
    "duplicates and multiples",
    "antipodes",
    "labels 0",
    "one sign",
    "one example",
    "one neuron",
    "asymmetric",
    "on one line",
];

fn normal(random: &mut impl Rng) -> f64 {
    StandardNormal.sample(random)
}

/// Problem `index`: its kind, data and start; scales of inputs, labels and weights between 1e-3 and 1e3, 1e-6 and 10.
fn problem(index: u64) -> (&'static str, Dataset, Network) {
    let seed = TrialSeed {
        root: 77,
        n: 0,
        d: 0,
        p: 0,
        draw: index,
    };
    let random = &mut seed.generator(Purpose::Data);
    let kind = KINDS[index as usize % KINDS.len()];
    let small = random.random_bool(0.7);
    let mut up_to =
        |small_limit: usize, limit: usize| random.random_range(1..=if small { small_limit } else { limit });
    let (d, mut n, mut p) = (up_to(5, 40), up_to(8, 60), up_to(12, 50));
    if kind == "one example" {
        n = 1;
    }
    if kind == "one neuron" {
        p = 1;
    }
    let mut power = |low: f64, high: f64| 10f64.powf(random.random_range(low..high));
    let (of_inputs, of_labels, of_weights) = (power(-3.0, 3.0), power(-3.0, 3.0), power(-6.0, 1.0));
    let mut x = Array2::from_shape_simple_fn((n, d), || normal(random) * of_inputs / (d as f64).sqrt());
    let mut y = Array1::from_shape_simple_fn(n, || normal(random) * of_labels);
    let half = n / 2;
    match kind {
        "duplicates and multiples" => {
            for i in 0..half {
                let factor = [1.0, 2.0, 0.5][random.random_range(0..3)];
                let copy = x.row(i).mapv(|v| factor * v);
                x.row_mut(half + i).assign(&copy);
            }
        }
        "antipodes" => {
            for i in 0..half {
                let copy = x.row(i).mapv(|v| -v);
                x.row_mut(half + i).assign(&copy);
            }
        }
        "labels 0" => y.mapv_inplace(|v| if random.random_bool(0.4) { 0.0 } else { v }),
        "one sign" => y.mapv_inplace(f64::abs),
        "on one line" => {
            let direction = x.row(0).to_owned();
            for mut row in x.rows_mut() {
                row.assign(&(&direction * normal(random)));
            }
        }
        _ => {}
    }
    let size = (of_labels / of_inputs).sqrt() * of_weights;
    let mut hidden = Array2::from_shape_simple_fn((p, d), || normal(random) * size / (d as f64).sqrt());
    if kind == "some hidden weights 0" {
        for j in 0..p.div_ceil(2) {
            hidden.row_mut(j).fill(0.0);
        }
    }
    let output = Array1::from_iter(hidden.rows().into_iter().map(|w| {
        let norm = w.dot(&w).sqrt();
        let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
        match kind {
            "unbalanced" => normal(random) * size * 10f64.powf(random.random_range(-2.0..2.0)),
            "no output weights" => 0.0,
            "some hidden weights 0" => sign * size,
            "asymmetric" => {
                let margin: f64 = Exp1.sample(random);
                sign * (norm + size * margin)
            }
            _ => sign * norm,
        }
    }));
    let data = Dataset::new(x, y).unwrap();
    (kind, data, Network::new(hidden, output).unwrap())
}

/// The natural time of a problem, n/‖Xᵀy‖; 1 where there is none.
fn natural_time(data: &Dataset) -> f64 {
    let pull = data.inputs().t().dot(&data.labels());
    let time = data.examples() as f64 / pull.dot(&pull).sqrt();
    if time.is_finite() { time } else { 1.0 }
}

fn run(data: &Dataset, network: &Network, method: Method, budget: u64) -> Solution {
    let mut problem = Problem::new(data, network, method);
    problem.stops = Stops {
        trap: true,
        time: Some(3000.0 * natural_time(data)),
        evaluations: Some(budget),
        ..Stops::default()
    };
    problem.record = Record {
        observables: Vec::new(),
        when: When::PerDecade(8),
        ..Record::default()
    };
    problem.solve().unwrap()
}

/// The rounding of a loss L computed from outputs whose terms are as large as `scale`.
fn rounding(loss: f64, scale: f64, unit: f64) -> f64 {
    let residual = 64.0 * unit * scale;
    residual * residual + residual * (2.0 * loss).sqrt()
}

/// Checks that a run ended within its budget, that its rows fall, and that the last of them is its end; whether they fall to 10⁻³.
fn check(
    label: &str,
    solution: &Solution,
    data: &Dataset,
    network: &Network,
    budget: u64,
    unit: f64,
) -> bool {
    let evaluations = solution.counts.evaluations - solution.counts.observations;
    // A step or a level may be under way when the budget runs out: at most some hundred evaluations.
    assert!(evaluations <= budget + 700, "{label}: {evaluations} evaluations");
    let rows = solution.trajectory.rows();
    let last = rows.last().unwrap();
    assert_eq!(
        (last.time, last.loss),
        (solution.end.time, solution.end.loss),
        "{label}: the last row is not the end"
    );
    let largest_input = data.input_norm_bounds().1;
    let terms = |network: &Network| -> f64 {
        let hidden = network.hidden_weights();
        let products = hidden.rows().into_iter().zip(network.output_weights());
        products.map(|(w, a)| (w.dot(&w).sqrt() * a).abs()).sum::<f64>() * largest_input
            / network.neurons() as f64
    };
    let scale = data.label_bounds().1 + terms(network) + terms(&solution.network);
    let (mut lowest, mut falls) = (f64::INFINITY, true);
    for row in rows {
        let most = |part: f64| (1.0 + part) * lowest * (1.0 + 1e-12) + rounding(lowest, scale, unit);
        assert!(
            row.loss <= most(0.003),
            "{label}: the loss rises to {} from {lowest} at t = {}",
            row.loss,
            row.time
        );
        falls &= row.loss <= most(0.001);
        lowest = lowest.min(row.loss);
    }
    falls
}

fn flow(integrator: Integrator, accuracy: Accuracy, precision: Precision) -> Method {
    Method::Flow(Flow {
        integrator,
        accuracy,
        precision,
        ..Flow::default()
    })
}

/// Two thousand problems with the default, every tenth with every method. Rows rise by more than 10⁻³ where a neuron is held at its kink and the run looks
/// whether it rests, and by less than 3·10⁻³ there.
#[test]
fn every_run_ends_within_its_budget_and_its_rows_fall() {
    const BUDGET: u64 = 2000;
    let standard = Accuracy::Standard;
    let (mut runs, mut rising) = (0, 0);
    for index in 0..2000 {
        let (kind, data, network) = problem(index);
        let mut methods = vec![(Method::default(), f64::EPSILON)];
        if index % 10 == 0 {
            methods.extend(Integrator::ALL.map(|i| (flow(i, standard, Precision::F64), f64::EPSILON)));
            methods.push((
                flow(Integrator::Automatic, Accuracy::Careful, Precision::F64),
                f64::EPSILON,
            ));
            methods.push((Method::Exact(Exact::default()), f64::EPSILON));
        }
        for (method, unit) in methods {
            let solution = run(&data, &network, method, BUDGET);
            let label = format!("problem {index} ({kind}), {method:?}: {}", solution.verdict);
            runs += 1;
            if !check(&label, &solution, &data, &network, BUDGET, unit) {
                println!("rises: {label}");
                rising += 1;
            }
        }
    }
    println!("rows rise by more than 10⁻³ in {rising} of {runs} runs");
    assert!(500 * rising <= runs, "{rising} of {runs}");
}

/// The success of a run that came to an end by itself.
fn decided(solution: &Solution) -> Option<bool> {
    match solution.verdict {
        Verdict::OutOfBudget { .. } | Verdict::Interrupted { .. } => None,
        _ => Some(solution.verdict.converged()),
    }
}

/// Against the exact flow where it has no branch point and both ended: few verdicts differ.
#[test]
fn verdicts_are_the_exact_flows_but_for_few() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for index in 0..300 {
        let (kind, data, network) = problem(index);
        let exact = run(&data, &network, Method::Exact(Exact::default()), 30_000);
        if exact.counts.branches > 0 {
            continue;
        }
        let found = run(&data, &network, Method::default(), 20_000);
        if let Some((truth, verdict)) = decided(&exact).zip(decided(&found)) {
            compared += 1;
            if truth != verdict {
                wrong.push(format!(
                    "{index} ({kind}): {}; exact {}",
                    found.verdict, exact.verdict
                ));
            }
        }
    }
    assert!(compared >= 100, "only {compared} compared");
    assert!(
        wrong.len() * 25 <= compared,
        "{} of {compared} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
