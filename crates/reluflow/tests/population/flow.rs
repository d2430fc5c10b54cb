//! Tests the flow of the population loss: where it ends against published numbers, its units and records, finite samples.

use std::f64::consts::PI;

use ndarray::{Array1, Array2, array};
use reluflow::flow::{Flow, GradientDescent};
use reluflow::model::Train;
use reluflow::observe::When;
use reluflow::population::{
    Output, PopulationProblem, PopulationSolution, PopulationStops, PopulationVerdict, Teacher, TeacherLaw,
    minima,
};
use reluflow::{Dataset, LossScaling, Method, Model, Network, Problem, Record, Scaling, Stops, Units};

use super::common::{generator, normal};

const UNSCALED: Units = Units {
    scaling: Scaling::Unscaled,
    loss: LossScaling::HalfMean,
};

fn orthonormal(width: usize, d: usize) -> Teacher {
    let law = TeacherLaw::Orthonormal {
        width,
        output: Output::Same(1.0),
    };
    law.sample(d, &mut generator(0)).unwrap()
}

fn solve_unscaled(
    teacher: &Teacher,
    start: &Network,
    train: Train,
    change: impl FnOnce(&mut PopulationProblem<'_>),
) -> PopulationSolution {
    let network = UNSCALED.network(start);
    let mut problem = PopulationProblem::new(teacher, &network);
    problem.model.train = Some(train);
    change(&mut problem);
    problem.stops = UNSCALED.population_stops(&problem.stops, start.neurons());
    UNSCALED.population_solution(problem.solve().unwrap())
}

/// The published minimum with one neuron flipped (an independent program's digits), and L at W = 0: k/4 + k(k−1)/4π.
#[test]
fn one_flipped_neuron_is_a_spurious_minimum() {
    for (k, expected) in [(6, 0.025080581002), (7, 0.023202714914)] {
        let teacher = orthonormal(k, k);
        let mut hidden = Array2::eye(k);
        hidden[(0, 0)] = -1.0;
        let start = Network::new(hidden, Array1::ones(k)).unwrap();
        let solution = solve_unscaled(&teacher, &start, Train::Hidden, |problem| {
            problem.stops.gradient_norm = 1e-12
        });
        let PopulationVerdict::Spurious { loss, curvature, .. } = solution.verdict else {
            panic!("{}", solution.sentence());
        };
        assert!((loss - expected).abs() < 1e-12, "{loss}");
        assert!(curvature.margin() > 10.0 && solution.end.gradient_norm < 1e-12);
        assert!(solution.end.finish.is_some(), "{}", solution.sentence());
        let still = Network::new(Array2::from_elem((k, k), 1e-200), Array1::ones(k)).unwrap();
        let solution = solve_unscaled(&teacher, &still, Train::Hidden, |problem| {
            problem.stops.steps = Some(0)
        });
        let k = k as f64;
        let expected = k / 4.0 + k * (k - 1.0) / (4.0 * PI);
        assert!((solution.end.initial_loss - expected).abs() < 1e-12);
    }
}

fn xavier(p: usize, d: usize, draw: u64) -> Network {
    Network::new(
        normal(p, d, 1.0 / (d as f64).sqrt(), &mut generator(draw)),
        Array1::ones(p),
    )
    .unwrap()
}

/// A dozen starts, with Newton's method and without: the same ends, to what ‖∇L‖ < 10⁻⁹ leaves open over the least eigenvalue.
#[test]
fn newtons_end_is_the_flows_own() {
    let teacher = orthonormal(6, 6);
    for train in [Train::Hidden, Train::Both] {
        let mut ended = 0;
        for draw in 10..16 {
            let start = xavier(6, 6, draw);
            let run = |newton| {
                solve_unscaled(&teacher, &start, train, |problem| {
                    problem.stops.newton = Some(newton);
                    problem.stops.loss = 0.0;
                    problem.method = Method::Flow(Flow {
                        tolerance: Some(1e-9),
                        ..Flow::default()
                    });
                })
            };
            let (with, without) = (run(true), run(false));
            assert!(without.end.finish.is_none());
            assert_eq!(with.verdict.kind(), without.verdict.kind());
            ended += u32::from(with.end.finish.is_some());
            let least = with.end.curvature.unwrap().least;
            let gaps = [
                with.network.hidden_weights().to_owned() - without.network.hidden_weights(),
                (with.network.output_weights().to_owned() - without.network.output_weights())
                    .insert_axis(ndarray::Axis(1)),
            ];
            for gap in gaps {
                let most = gap.iter().fold(0.0, |most: f64, gap| most.max(gap.abs()));
                // The flow conserves balances to its tolerance a step only, here 10⁻⁹.
                let slack = if train == Train::Both { 1e-5 } else { 0.0 };
                assert!(most < 2e-9 / least + slack, "{draw} {train:?}: {most} {least}");
            }
        }
        assert!(ended >= 5, "Newton's method ended {ended} of 6 runs");
    }
}

/// Two equal students of a teacher of two stay equal: a saddle, down across the diagonal.
#[test]
fn equal_students_end_in_a_saddle() {
    let start = Network::new(array![[0.4, 0.3], [0.4, 0.3]], array![1.0, 1.0]).unwrap();
    let solution = solve_unscaled(&orthonormal(2, 2), &start, Train::Hidden, |_| {});
    let PopulationVerdict::Saddle { curvature, .. } = solution.verdict else {
        panic!("{}", solution.sentence());
    };
    assert!(curvature.margin() < -10.0);
    let hidden = solution.network.hidden_weights().to_owned();
    assert_eq!(hidden.row(0), hidden.row(1));
}

/// A problem in 4 dimensions and the same rotated into 40, where 6 coordinates are used: verdict, losses and eigenvalues.
#[test]
fn the_span_is_enough() {
    let (k, p, d) = (2, 3, 40);
    let mut random = generator(30);
    let small = Teacher::new(normal(k, d, 0.3, &mut random), array![1.0, -0.5]).unwrap();
    let start = Network::new(normal(p, d, 0.2, &mut random), array![0.4, -0.3, 0.6]).unwrap();
    let solve = |teacher: &Teacher, start: &Network| {
        let mut problem = PopulationProblem::new(teacher, start);
        problem.stops.time = Some(20.0);
        problem.record.when = When::Times(vec![1.0, 10.0]);
        problem.solve().unwrap()
    };
    let reduced = solve(&small, &start);
    // With as many teachers of weight 0 as there are dimensions, all of the space is used.
    let mut hidden = Array2::eye(d);
    hidden
        .slice_mut(ndarray::s![..k, ..])
        .assign(&small.hidden_weights());
    let mut output = Array1::zeros(d);
    output.slice_mut(ndarray::s![..k]).assign(&small.output_weights());
    let whole = solve(&Teacher::new(hidden, output).unwrap(), &start);
    assert_eq!(reduced.rows.len(), 3);
    for (a, b) in reduced.rows.iter().zip(&whole.rows) {
        assert!((a.loss - b.loss).abs() < 1e-10 && (a.gradient_norm - b.gradient_norm).abs() < 1e-10);
        assert!(
            (&a.overlaps.students - &b.overlaps.students)
                .iter()
                .all(|gap| gap.abs() < 1e-9)
        );
    }
    let gap = reduced.network.hidden_weights().to_owned() - whole.network.hidden_weights();
    assert!(gap.iter().all(|gap| gap.abs() < 1e-9));
}

/// Rows, however many, change no bit of a run; the rows are on the path.
#[test]
fn no_record_changes_the_path() {
    let teacher = orthonormal(3, 5);
    let start = xavier(3, 5, 40);
    let run = |when: When| {
        solve_unscaled(&teacher, &start, Train::Both, |problem| {
            problem.record = Record {
                when,
                ..Record::default()
            }
        })
    };
    let bare = run(When::End);
    assert_eq!(bare.rows.len(), 1);
    for when in [
        When::PerDecade(8),
        When::Every(3),
        When::Times(vec![0.0, 0.5, 2.0]),
    ] {
        let full = run(when);
        assert_eq!(full.network, bare.network);
        assert_eq!(
            full.counts.evaluations - full.counts.observations,
            bare.counts.evaluations
        );
        assert!(
            full.rows
                .windows(2)
                .all(|pair| pair[1].loss <= pair[0].loss && pair[1].time >= pair[0].time)
        );
        assert!(full.rows.len() >= 4);
    }
}

/// Descent with a step of 10⁻³ stays within some of these of the flow.
#[test]
fn descent_with_a_small_step_is_the_flow() {
    let teacher = orthonormal(3, 4);
    let start = xavier(3, 4, 41);
    let at = |method: Method| {
        solve_unscaled(&teacher, &start, Train::Hidden, |problem| {
            problem.method = method;
            problem.stops.time = Some(2.0);
        })
    };
    let flow = at(Method::Flow(Flow::default()));
    let steps = |rate: f64| {
        at(Method::GradientDescent(GradientDescent {
            learning_rate: rate,
            ..GradientDescent::default()
        }))
    };
    let gap = |rate: f64| (steps(rate).end.loss - flow.end.loss).abs();
    let (coarse, fine) = (gap(2e-3), gap(1e-3));
    assert!(
        fine < 1e-3 && (coarse / fine - 2.0).abs() < 0.1,
        "{coarse} {fine}"
    );
}

/// The loss E r² runs twice as fast; unscaled weights are ours over √p.
#[test]
fn units_change_the_clock_and_nothing_else() {
    let teacher = orthonormal(2, 3);
    let start = xavier(2, 3, 42);
    let ours = solve_unscaled(&teacher, &start, Train::Both, |problem| {
        problem.stops.time = Some(3.0)
    });
    let units = Units {
        scaling: Scaling::MeanField,
        loss: LossScaling::Mean,
    };
    let network = UNSCALED.network(&start);
    let mut problem = PopulationProblem::new(&teacher, &network);
    let stops = PopulationStops {
        time: Some(1.5),
        loss: 2e-10,
        // ‖∇‖ of E r² by √p w is 2/√p of that of ½ E r² by w.
        gradient_norm: 2e-9 / 2f64.sqrt(),
        ..PopulationStops::default()
    };
    problem.stops = units.population_stops(&stops, 2);
    let theirs = units.population_solution(problem.solve().unwrap());
    assert!((theirs.end.time - 0.5 * ours.end.time).abs() < 1e-12);
    assert!((theirs.end.loss - 2.0 * ours.end.loss).abs() < 1e-14);
    assert!((theirs.end.gradient_norm - 2f64.sqrt() * ours.end.gradient_norm).abs() < 1e-14);
    let gap = &theirs.overlaps.students - &(2.0 * &ours.overlaps.students);
    assert!(gap.iter().all(|gap| gap.abs() < 1e-12));
    assert!(
        Units {
            loss: LossScaling::Sum,
            ..units
        }
        .needs_no_examples()
        .is_err()
    );
}

/// The flipped minimum from two flipped neurons is one class; the global one another.
#[test]
fn minima_are_told_apart_up_to_permutations() {
    let k = 6;
    let teacher = orthonormal(k, k);
    let ends: Vec<_> = [Some((0, 0)), Some((3, 3)), None, Some((2, 5))]
        .into_iter()
        .map(|flipped| {
            let mut hidden = Array2::eye(k);
            if let Some((j, c)) = flipped {
                hidden.swap((j, j), (j, c));
                hidden.swap((c, c), (c, j));
                hidden[(j, c)] = -1.0;
            }
            hidden[(1, 1)] += 1e-3;
            let start = Network::new(hidden, Array1::ones(k)).unwrap();
            let solution = solve_unscaled(&teacher, &start, Train::Hidden, |_| {});
            (minima::Fingerprint::new(&solution, &teacher), solution.end.loss)
        })
        .collect();
    let classes = minima::classes(&ends, 1e-6);
    let members: Vec<_> = classes.iter().map(|class| class.members.clone()).collect();
    assert_eq!(members, [vec![2], vec![0, 1, 3]]);
    assert!((classes[1].loss - 0.025080581002).abs() < 1e-11);
}

#[test]
fn what_has_no_closed_form_is_refused() {
    let teacher = orthonormal(1, 2);
    let start = xavier(2, 2, 50);
    let refuse = |change: &dyn Fn(&mut PopulationProblem<'_>)| {
        let mut problem = PopulationProblem::new(&teacher, &start);
        change(&mut problem);
        problem.solve().unwrap_err().to_string()
    };
    let logistic = refuse(&|problem| problem.model.loss = reluflow::model::Loss::Logistic);
    assert!(logistic.starts_with("model.loss: expected square"), "{logistic}");
    let decay = refuse(&|problem| problem.model.weight_decay = 0.1);
    assert!(decay.starts_with("model.weight_decay: expected 0"), "{decay}");
    let exact = refuse(&|problem| problem.method = Method::Exact(Default::default()));
    assert!(
        exact.starts_with("flow.method: expected flow or gradient-descent"),
        "{exact}"
    );
    let narrow = Network::new(array![[1.0]], array![1.0]).unwrap();
    let shape = PopulationProblem::new(&teacher, &narrow).solve().unwrap_err();
    assert_eq!(
        shape.to_string(),
        "hidden weights: expected shape (1, 2), found (1, 1)"
    );
    let wide = TeacherLaw::Orthonormal {
        width: 3,
        output: Output::Same(1.0),
    }
    .check(2)
    .unwrap_err();
    assert_eq!(
        wide.to_string(),
        "teacher.width: expected at most d = 2, for orthonormal neurons, found 3"
    );
}

/// The same student on n Gaussian draws: at t = 5 its distance from the population's falls like 1/√n.
#[test]
fn finite_samples_tend_to_the_population() {
    let d = 3;
    let teacher = orthonormal(2, d);
    let start = UNSCALED.network(&xavier(2, d, 60));
    let model = Model {
        train: Some(Train::Hidden),
        ..Model::PAPER
    };
    let time = 5.0;
    let mut problem = PopulationProblem::new(&teacher, &start);
    problem.model = model;
    problem.stops.time = Some(time);
    problem.stops.newton = Some(false);
    let limit = problem.solve().unwrap();
    let distance = |n: usize, draw: u64| {
        let inputs = normal(n, d, 1.0, &mut generator(draw));
        let label = |x: ndarray::ArrayView1<'_, f64>| {
            teacher.hidden_weights().dot(&x).mapv(|u: f64| u.max(0.0)).sum()
        };
        let labels: Array1<f64> = inputs.rows().into_iter().map(label).collect();
        let data = Dataset::new(inputs, labels).unwrap();
        let method = Method::GradientDescent(GradientDescent {
            learning_rate: 0.01,
            ..Default::default()
        });
        let mut finite = Problem::new(&data, &start, method);
        finite.model = model;
        finite.stops = Stops {
            time: Some(time),
            ..Stops::default()
        };
        let end = finite.solve().unwrap().network;
        let gap = end.hidden_weights().to_owned() - limit.network.hidden_weights();
        (gap.iter().map(|gap| gap * gap).sum::<f64>()).sqrt()
    };
    let mean = |n: usize| (0..8).map(|draw| distance(n, 70 + draw)).sum::<f64>() / 8.0;
    let found: Vec<f64> = [100, 1000, 10_000].iter().map(|n| mean(*n)).collect();
    // Each tenfold n divides the distance by √10, to the spread of a mean of eight: a factor of 2.
    for pair in found.windows(2) {
        let ratio = pair[0] / pair[1];
        assert!(
            (0.5 * 10f64.sqrt()..2.0 * 10f64.sqrt()).contains(&ratio),
            "{found:?}"
        );
    }
}
