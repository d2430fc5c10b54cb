//! Counts allocations: a run of many steps allocates no more than a run of few.
#![allow(clippy::unwrap_used, unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ndarray::{Array1, Array2};
use reluflow::flow::{Flow, GradientDescent, Integrator, Precision};
use reluflow::{Dataset, Method, Network, Problem, Stops};

struct Counting;

thread_local! {
    /// Of this thread: the test runner has one of its own.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A fixed problem without randomness: entries of the golden-ratio sequence in (−1, 1).
fn problem(n: usize, d: usize, p: usize) -> (Dataset, Network) {
    let entry = |k: usize| 2.0 * ((k as f64 + 0.5) * 0.618_033_988_749_895).fract() - 1.0;
    let inputs = Array2::from_shape_fn((n, d), |(i, k)| entry(7 + i * d + k));
    let labels = Array1::from_shape_fn(n, |i| entry(3 * i + 1) + 2.0 * entry(3 * i + 1).signum());
    let hidden = Array2::from_shape_fn((p, d), |(j, k)| 0.3 * entry(1000 + j * d + k));
    let output = Array1::from_shape_fn(p, |j| if j % 2 == 0 { 2.0 } else { -2.0 });
    (
        Dataset::new(inputs, labels).unwrap(),
        Network::new(hidden, output).unwrap(),
    )
}

/// One for each field: dense in the weights' own coordinates, dense and triangular, orthogonal.
fn problems() -> [(&'static str, Dataset, Network); 3] {
    let (dense, of_dense) = problem(40, 15, 12);
    let (few, of_few) = problem(15, 40, 12);
    let (_, of_axes) = problem(20, 20, 12);
    let labels = Array1::from_shape_fn(20, |i| if i % 2 == 0 { 1.5 } else { -1.0 });
    let axes = Dataset::new(Array2::eye(20), labels).unwrap();
    [
        ("dense", dense, of_dense),
        ("triangular", few, of_few),
        ("orthogonal", axes, of_axes),
    ]
}

#[test]
fn the_hot_loop_allocates_nothing() {
    let flow = |integrator| {
        Method::Flow(Flow {
            integrator,
            largest_step: Some(0.05),
            ..Flow::default()
        })
    };
    let descent = Method::GradientDescent(GradientDescent {
        learning_rate: 0.1,
        ..Default::default()
    });
    let single = Method::Flow(Flow {
        precision: Precision::F32,
        largest_step: Some(0.05),
        ..Flow::default()
    });
    let methods = Integrator::ALL.map(flow).into_iter().chain([descent, single]);
    let problems = problems();
    let pairs = methods.flat_map(|method| problems.iter().map(move |problem| (method, problem)));
    for (method, (field, data, network)) in pairs {
        let count = |steps| {
            let stops = Stops {
                steps: Some(steps),
                ..Stops::default()
            };
            let problem = Problem {
                stops,
                ..Problem::new(data, network, method)
            };
            let before = ALLOCATIONS.get();
            let solution = problem.solve().unwrap();
            assert_eq!(solution.counts.steps, steps);
            ALLOCATIONS.get() - before
        };
        count(30); // the matrix products' own one-time buffers
        // A look for rest keeps a state, and the end of a run that lost examples a table of preactivations: once.
        let (few, some, many) = (count(30), count(400), count(500));
        assert!(
            many <= few + 4 && many <= some,
            "{method:?} on {field} inputs: {few} allocations in 30 steps, {many} in 500"
        );
    }
}
