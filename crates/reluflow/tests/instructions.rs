//! Counts the instructions of an evaluation, by valgrind where there is one: the kernels' loops stay as lean as they are.
//!
//! Processors shared by virtual machines hide their own counters; valgrind's needs none, and is the same on every run.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::process::Command;

use ndarray::{Array1, Array2};
use reluflow::field::{Dense, Orthogonal, Real, VectorField};
use reluflow::flow::{GradientDescent, Precision, Stops};
use reluflow::model::{Activation, Loss, Train};
use reluflow::{Dataset, Method, Model, Network, Problem};

/// What the process under valgrind is asked to do: a case, a scalar type, how often.
const ASKED: &str = "RELUFLOW_COUNT_INSTRUCTIONS";

/// Fixed entries in (−1, 1): the golden-ratio sequence.
fn entry(k: usize) -> f64 {
    2.0 * ((k as f64 + 0.5) * 0.618_033_988_749_895).fract() - 1.0
}

fn network(p: usize, d: usize) -> Network {
    let hidden = Array2::from_shape_fn((p, d), |(j, k)| 0.3 * entry(1000 + j * d + k));
    Network::new(hidden, Array1::from_shape_fn(p, |j| entry(j).signum())).unwrap()
}

fn evaluate<T: Real>(case: &str, times: usize) {
    match case {
        "dense" | "narrow" | "leaky" | "logistic" | "exponential" | "hidden" | "paper" => {
            let (n, d, p) = match case {
                "dense" => DENSE,
                "narrow" => NARROW,
                _ => PAPER,
            };
            let model = Model {
                activation: match case {
                    "leaky" => Activation::Leaky(0.1),
                    _ => Activation::Relu,
                },
                loss: match case {
                    "logistic" => Loss::Logistic,
                    "exponential" => Loss::Exponential,
                    _ => Loss::Square,
                },
                train: (case == "hidden").then_some(Train::Hidden),
                ..Model::default()
            };
            let inputs = Array2::from_shape_fn((n, d), |(i, k)| entry(7 + i * d + k));
            let label = |i| {
                if model.loss == Loss::Square {
                    2.0 + entry(i)
                } else {
                    entry(i).signum()
                }
            };
            let data = Dataset::new(inputs, Array1::from_shape_fn(n, label)).unwrap();
            let mut field = Dense::<T>::new(&data, p).with_model(&model);
            let mut state = vec![T::ZERO; field.state_length()];
            field.write_state(&network(p, d), &mut state);
            let mut velocity = state.clone();
            (0..times).for_each(|_| {
                field.velocity(&state, &mut velocity);
            });
        }
        "orthogonal" => {
            let (n, p) = ORTHOGONAL;
            let data = Dataset::new(Array2::eye(n), Array1::from_shape_fn(n, |i| 2.0 + entry(i))).unwrap();
            let start = network(p, n);
            let mut field = Orthogonal::<T>::new(&data, &start);
            let mut state = vec![T::ZERO; field.state_length()];
            field.write_state(&start, &mut state);
            let mut velocity = state.clone();
            field.velocity(&state, &mut velocity);
            (0..times).for_each(|_| {
                field.descend(&mut state, &mut [], T::from_f64(1e-6));
            });
        }
        // Steps of a whole run: also its times, stops and verdict.
        "run" => {
            let (n, p) = ORTHOGONAL;
            let data = Dataset::new(Array2::eye(n), Array1::from_shape_fn(n, |i| 2.0 + entry(i))).unwrap();
            let start = network(p, n);
            let method = Method::GradientDescent(GradientDescent {
                learning_rate: 1e-6,
                precision: if size_of::<T>() == 4 {
                    Precision::F32
                } else {
                    Precision::F64
                },
            });
            let stops = Stops {
                steps: Some(times as u64),
                trap: true,
                ..Stops::default()
            };
            let problem = Problem {
                stops,
                ..Problem::new(&data, &start, method)
            };
            assert_eq!(problem.solve().unwrap().counts.steps, times as u64);
        }
        other => unreachable!("no case {other}"),
    }
}

const DENSE: (usize, usize, usize) = (256, 48, 36);
/// Few coordinates, whose second product is one of rows by rows.
const NARROW: (usize, usize, usize) = (256, 12, 32);
const ORTHOGONAL: (usize, usize) = (512, 16);
/// The paper's Figure 2, where other models are held against its own.
const PAPER: (usize, usize, usize) = (1650, 100, 37);

/// Does what the test below asks of a process of its own.
#[test]
#[ignore = "is what the other test runs under valgrind"]
fn worker() {
    let asked = std::env::var(ASKED).expect("a case");
    let [case, scalar, times] = asked.split(' ').collect::<Vec<_>>()[..] else {
        unreachable!("asked for {asked}")
    };
    let times = times.parse().unwrap();
    match scalar {
        "f32" => evaluate::<f32>(case, times),
        _ => evaluate::<f64>(case, times),
    }
}

/// Instructions of a whole process that evaluates so many times.
fn count(case: &str, scalar: &str, times: usize) -> f64 {
    let output = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--ignored", "--test-threads=1"])
        .env(ASKED, format!("{case} {scalar} {times}"))
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report
        .lines()
        .find(|line| line.contains("I   refs:") || line.contains("I refs:"));
    let digits: String = line
        .and_then(|line| line.split("refs:").nth(1))
        .unwrap_or_else(|| panic!("valgrind said {report}"))
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap()
}

/// Whether instructions can be counted here and mean what the bounds are for.
fn countable() -> bool {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: there is no valgrind here");
        return false;
    }
    #[cfg(target_arch = "x86_64")]
    if !(std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma")) {
        println!("skipped: this processor has no AVX2");
        return false;
    }
    if cfg!(not(target_arch = "x86_64")) {
        println!("skipped: the bounds are those of AVX2");
        return false;
    }
    true
}

/// A slope costs one product more a preactivation, a classification loss some exponentials an example; a frozen output layer
/// nothing.
#[test]
fn other_models_take_few_instructions_more() {
    if !countable() {
        return;
    }
    for scalar in ["f32", "f64"] {
        let once = |case: &str| (count(case, scalar, 3) - count(case, scalar, 1)) / 2.0;
        let paper = once("paper");
        for (case, bound) in [
            ("leaky", 1.05),
            ("logistic", 1.15),
            ("exponential", 1.15),
            ("hidden", 1.001),
        ] {
            let ratio = once(case) / paper;
            println!("{case}, {scalar}: {ratio:.4} times the paper's model");
            // With debug assertions every access is checked, which weighs on the sweeps.
            let bound = if cfg!(debug_assertions) { 1.2 } else { bound };
            assert!(
                ratio < bound,
                "{case}, {scalar}: {ratio:.4}, expected {bound} at most"
            );
        }
    }
}

/// What a run does at every step on top of descending costs little, even where a step costs least.
#[test]
fn a_step_of_a_run_takes_few_instructions_more_than_its_descent() {
    if !countable() {
        return;
    }
    for scalar in ["f32", "f64"] {
        let once = |case: &str| (count(case, scalar, 12) - count(case, scalar, 2)) / 10.0;
        let ratio = once("run") / once("orthogonal");
        println!("{scalar}: a step of a run takes {ratio:.4} times the instructions of its descent");
        assert!(ratio < 1.1, "{scalar}: {ratio:.4}, expected 1.1 at most");
    }
}

/// Optimised bounds are a tenth above what was counted when they were written: of 3.3 instructions a vector of dense
/// products one multiplies and adds, of 17 a vector of a step on orthogonal inputs seven calculate. With debug
/// assertions every access is checked, and counts differ by a third with how the compiler cuts its work: bounds are loose.
#[test]
fn an_evaluation_takes_few_instructions() {
    if !countable() {
        return;
    }
    let products = |(n, d, p): (usize, usize, usize)| (2 * n * d * p) as f64;
    let (examples, neurons) = ORTHOGONAL;
    let entries = (examples * neurons) as f64;
    // Case, scalar, lanes, what is done, most instructions for a vector of it, optimised and with debug assertions.
    let cases = [
        ("dense", "f32", 8.0, products(DENSE), [3.7, 9.0]),
        ("dense", "f64", 4.0, products(DENSE), [3.6, 9.0]),
        ("narrow", "f32", 8.0, products(NARROW), [4.95, 30.0]),
        ("narrow", "f64", 4.0, products(NARROW), [4.6, 30.0]),
        ("orthogonal", "f32", 8.0, entries, [18.3, 300.0]),
        ("orthogonal", "f64", 4.0, entries, [20.9, 300.0]),
    ];
    for (case, scalar, lanes, work, most) in cases {
        let most = most[usize::from(cfg!(debug_assertions))];
        let once = (count(case, scalar, 12) - count(case, scalar, 2)) / 10.0;
        let each = once / (work / lanes);
        println!("{case}, {scalar}: {once:.0} instructions, {each:.2} a vector");
        assert!(
            each < most,
            "{case}, {scalar}: {each:.2} instructions a vector, expected {most} at most"
        );
    }
}
