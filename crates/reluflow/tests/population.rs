//! Tests the population loss: its closed forms against draws, differences and loops, its flow against published numbers.
#![allow(clippy::unwrap_used)] // in the helpers of tests

use std::f64::consts::PI;

use ndarray::{Array1, Array2, array};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use reluflow::flow::{Flow, GradientDescent};
use reluflow::model::{Activation, Rates, Train};
use reluflow::observe::When;
use reluflow::population::{
    Output, PopulationField, PopulationProblem, PopulationSolution, PopulationStops, PopulationVerdict,
    Teacher, TeacherLaw, minima,
};
use reluflow::random::{Purpose, TrialSeed};
use reluflow::{Dataset, LossScaling, Method, Model, Network, Problem, Record, Scaling, Stops, Units};

const UNSCALED: Units = Units {
    scaling: Scaling::Unscaled,
    loss: LossScaling::HalfMean,
};

fn generator(draw: u64) -> ChaCha8Rng {
    let seed = TrialSeed {
        root: 23,
        n: 0,
        d: 0,
        p: 0,
        draw,
    };
    seed.generator(Purpose::Analysis)
}

fn normal(rows: usize, columns: usize, scale: f64, random: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || {
        let value: f64 = StandardNormal.sample(random);
        scale * value
    })
}

fn orthonormal(width: usize, d: usize) -> Teacher {
    let law = TeacherLaw::Orthonormal {
        width,
        output: Output::Same(1.0),
    };
    law.sample(d, &mut generator(0)).unwrap()
}

/// A field, a state, and the parts they are made of.
struct Case {
    field: PopulationField,
    state: Vec<f64>,
    student: (Array2<f64>, Array1<f64>),
    teacher: (Array2<f64>, Array1<f64>),
    activation: Activation,
}

fn case(slope: f64, rates: Rates, [p, k, m]: [usize; 3], draw: u64) -> Case {
    let mut random = generator(draw);
    let hidden = normal(p, m, 0.8, &mut random);
    let output = normal(p, 1, 1.0, &mut random).column(0).to_owned();
    let teacher = normal(k, m, 0.7, &mut random);
    let teacher_output = normal(k, 1, 1.0, &mut random).column(0).to_owned();
    let activation = Activation::Leaky(slope);
    let state = hidden.iter().chain(&output).copied().collect();
    let flat = teacher.iter().copied().collect();
    Case {
        field: PopulationField::new((activation, rates), p, m, flat, teacher_output.to_vec()),
        state,
        student: (hidden, output),
        teacher: (teacher, teacher_output),
        activation,
    }
}

/// L by loops over all neurons of h − h*, each pair by the formula with acos.
fn loss_by_loops(case: &Case) -> f64 {
    let p = case.student.1.len() as f64;
    let students = case
        .student
        .0
        .rows()
        .into_iter()
        .zip(case.student.1.iter().map(|a| a / p));
    let teachers = case
        .teacher
        .0
        .rows()
        .into_iter()
        .zip(case.teacher.1.iter().map(|b| -b));
    let all: Vec<_> = students.chain(teachers).collect();
    let slope = case.activation.slope();
    let mut loss = 0.0;
    for (w, a) in &all {
        for (v, b) in &all {
            let (size, product) = ((w.dot(w) * v.dot(v)).sqrt(), w.dot(v));
            let angle = (product / size).clamp(-1.0, 1.0).acos();
            let relu = size * (angle.sin() + (PI - angle) * angle.cos()) / (2.0 * PI);
            loss += 0.5 * a * b * (slope * product + (1.0 - slope).powi(2) * relu);
        }
    }
    loss
}

const SLOPES: [f64; 5] = [0.0, 0.1, 0.5, 1.0, -1.0];

#[test]
fn loss_is_that_of_loops() {
    for slope in SLOPES {
        for sizes in [[3, 2, 4], [1, 1, 1], [5, 3, 2], [2, 0, 3], [0, 2, 3], [0, 0, 2]] {
            let mut case = case(slope, Rates::BOTH, sizes, 1);
            let mut velocity = vec![0.0; case.state.len()];
            let loss = case.field.velocity(&case.state.clone(), &mut velocity);
            let expected = loss_by_loops(&case);
            // Some 30 terms of order 1.
            assert!(
                (loss - expected).abs() < 1e-13,
                "{slope} {sizes:?}: {loss} {expected}"
            );
            assert!(velocity.iter().all(|v| v.is_finite()));
        }
    }
}

/// 400 000 draws of x: the mean of ½(h − h*)² and of its gradient, to five standard errors of each.
#[test]
fn loss_and_gradient_are_those_of_draws() {
    const DRAWS: usize = 400_000;
    for slope in [0.0, 0.3] {
        let [p, k, m] = [3, 2, 3];
        let mut case = case(slope, Rates::BOTH, [p, k, m], 2);
        let mut random = generator(3);
        let sigma = |u: f64| case.activation.value(u);
        let (mut sums, mut squares) = (vec![0.0; p * (m + 1) + 1], vec![0.0; p * (m + 1) + 1]);
        for _ in 0..DRAWS {
            let x: Array1<f64> = Array1::from_shape_simple_fn(m, || StandardNormal.sample(&mut random));
            let u = case.student.0.dot(&x);
            let seen = case.teacher.0.dot(&x);
            let h: f64 = (0..p).map(|j| case.student.1[j] * sigma(u[j])).sum::<f64>() / p as f64;
            let label: f64 = (0..k).map(|k| case.teacher.1[k] * sigma(seen[k])).sum();
            let force = label - h;
            let mut values = Vec::new();
            for j in 0..p {
                let factor = force * case.student.1[j] * case.activation.derivative(u[j]);
                values.extend(x.iter().map(|x| factor * x));
            }
            values.extend((0..p).map(|j| force * sigma(u[j])));
            values.push(0.5 * force * force);
            for (i, value) in values.iter().enumerate() {
                sums[i] += value;
                squares[i] += value * value;
            }
        }
        let mut found = vec![0.0; case.state.len()];
        let loss = case.field.velocity(&case.state.clone(), &mut found);
        found.push(loss);
        let n = DRAWS as f64;
        for (i, found) in found.iter().enumerate() {
            let mean = sums[i] / n;
            let error = ((squares[i] / n - mean * mean) / n).sqrt();
            assert!(
                (found - mean).abs() < 5.0 * error,
                "{i}: {found} {mean} ± {error}"
            );
        }
    }
}

/// Central differences of L with step 10⁻⁵: 10⁻¹⁰ from the step, 10⁻¹¹ from rounding.
#[test]
fn velocity_is_the_gradient_by_differences() {
    for slope in SLOPES {
        for rates in [
            Rates::BOTH,
            Train::Hidden.rates(),
            Train::Output.rates(),
            Rates {
                hidden: 2.0,
                output: 0.3,
            },
        ] {
            let mut case = case(slope, rates, [3, 2, 4], 4);
            let (p, m) = (3, 4);
            let mut velocity = vec![0.0; case.state.len()];
            let mut scratch = velocity.clone();
            case.field.velocity(&case.state.clone(), &mut velocity);
            for i in 0..case.state.len() {
                let rate = if i < p * m { rates.hidden } else { rates.output };
                let mut at = |shift: f64| {
                    let mut state = case.state.clone();
                    state[i] += shift;
                    case.field.velocity(&state, &mut scratch)
                };
                let expected = -rate * p as f64 * (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (velocity[i] - expected).abs() < 3e-9,
                    "{slope} {rates:?} {i}: {} {expected}",
                    velocity[i]
                );
            }
        }
    }
}

/// Central differences of dθ/dt with step 10⁻⁵.
#[test]
fn hessian_is_the_derivative_of_the_velocity() {
    for slope in SLOPES {
        for train in [Train::Both, Train::Hidden, Train::Output] {
            let mut case = case(slope, train.rates(), [3, 2, 4], 5);
            let hidden = 12;
            let start = if train == Train::Output { hidden } else { 0 };
            let size = case.field.moving();
            assert_eq!(size, [15, 12, 3][train as usize]);
            let hessian = case.field.hessian(&case.state);
            let (mut up, mut down) = (vec![0.0; case.state.len()], vec![0.0; case.state.len()]);
            for i in 0..size {
                let mut state = case.state.clone();
                state[start + i] += 1e-5;
                case.field.velocity(&state, &mut up);
                state[start + i] -= 2e-5;
                case.field.velocity(&state, &mut down);
                for l in 0..size {
                    let expected = -(up[start + l] - down[start + l]) / 2e-5;
                    let found = hessian[(l, i)];
                    assert!(
                        (found - expected).abs() < 5e-9,
                        "{slope} {train:?} ({l}, {i}): {found} {expected}"
                    );
                    assert_eq!(found, hessian[(i, l)]);
                }
            }
        }
    }
}

/// Parallel, opposite and zero vectors, of students and teachers: numbers, and the limit of vectors that nearly are.
#[test]
fn parallel_opposite_and_zero_vectors_give_numbers() {
    for slope in [0.0, 0.2] {
        let teacher = vec![1.0, 0.0, -2.0, 0.0, 0.0, 0.0];
        let mut field = PopulationField::new(
            (Activation::Leaky(slope), Rates::BOTH),
            4,
            2,
            teacher,
            vec![1.0, 0.5, 1.0],
        );
        let state = |tilt: f64| vec![3.0, tilt, -1.0, tilt, 0.0, 0.0, -0.5, 0.0, 1.0, -1.0, 2.0, 0.7];
        let (mut at, mut near) = (vec![0.0; 12], vec![0.0; 12]);
        let loss = field.velocity(&state(0.0), &mut at);
        let limit = field.velocity(&state(1e-9), &mut near);
        assert!(loss.is_finite() && (loss - limit).abs() < 1e-8);
        for (at, near) in at.iter().zip(&near) {
            assert!((at - near).abs() < 1e-7, "{at} {near}");
        }
        let hessian = field.hessian(&state(0.0));
        assert!((0..12).all(|i| (0..12).all(|l| hessian[(i, l)].is_finite())));
    }
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
