//! Checks runs from small starts: what is at rest, and whose verdicts need the exact flow.

use ndarray::{Array1, Array2, array};
use reluflow::data::target::Linear;
use reluflow::data::{Altered, Gaussian, Isotropic, Target};
use reluflow::flow::{Accuracy, DecidedBy, Exact, Flow, Stops, neurons_may_gather};
use reluflow::initialisation::Balanced;
use reluflow::model::{Activation, Train};
use reluflow::{
    DataLaw, Dataset, InitialisationLaw, Method, Model, Network, Problem, Setting, Solution, Success, Verdict,
};

use super::common;

fn balanced(scale: f64) -> InitialisationLaw {
    InitialisationLaw::Balanced(Balanced {
        scale,
        ..Balanced::default()
    })
}

/// A linear teacher with noise and a start of 10⁻³: neurons align, and slide along kinks until the end.
fn noisy_teacher(n: usize, p: usize, draw: u64) -> (Dataset, Network) {
    let mut law = Altered::unaltered(DataLaw::Gaussian(Gaussian {
        scale: 5f64.sqrt(),
        ..Gaussian::default()
    }));
    law.target = Some(Target::Linear(Linear::default()));
    law.noise = 0.5;
    let setting = Setting {
        n,
        d: 5,
        p,
        data: DataLaw::Altered(law),
        initialisation: balanced(1e-3),
    };
    setting.draw(31, draw).unwrap()
}

fn solve(data: &Dataset, network: &Network, method: Method) -> Solution {
    let stops = Stops {
        trap: true,
        success: Success::RelativeLoss(1e-3),
        transitions: Some(100.0),
        ..Stops::default()
    };
    common::solve(data, network, method, stops)
}

fn checked() -> Method {
    Method::Flow(Flow {
        accuracy: Accuracy::Checked,
        ..Flow::default()
    })
}

/// Two accuracies agree and are wrong in most of these draws; the energy defect tells, and the exact flow decides.
#[test]
fn checked_asks_the_exact_flow_where_neurons_slide() {
    let mut mended = 0;
    for draw in 0..6 {
        let (data, network) = noisy_teacher(40, 20, draw);
        let standard = solve(&data, &network, Method::default());
        let exact = solve(&data, &network, Method::Exact(Exact::default()));
        let checked = solve(&data, &network, checked());
        assert!(
            standard.end.slides(),
            "draw {draw}: {:?}",
            standard.end.energy_defect
        );
        assert_eq!(
            checked.verdict.converged(),
            exact.verdict.converged(),
            "draw {draw}"
        );
        mended += u32::from(standard.verdict.converged() != exact.verdict.converged());
    }
    assert!(
        mended > 0,
        "the default flow was right in all draws: this test says nothing"
    );
}

/// A wave with noise on some points of a line, with a bias, and fifty neurons of size 10⁻¹⁰.
fn noisy_line(n: usize, draw: u64) -> (Dataset, Network) {
    let share = |i: usize, step: f64| 2.0 * (0.1 * draw as f64 + i as f64 * step).fract() - 1.0;
    let points: Vec<f64> = (0..n).map(|i| share(i, 0.618_033_988_749_895)).collect();
    let noise = |i: usize| 0.6 * share(i, 0.414_213_562_373_095);
    let inputs = Array2::from_shape_fn((n, 2), |(i, k)| if k == 0 { points[i] } else { 1.0 });
    let labels = Array1::from_shape_fn(n, |i| (5.0 * points[i]).sin() + noise(i));
    let setting = Setting {
        n,
        d: 2,
        p: 50,
        data: DataLaw::Isotropic(Isotropic::default()),
        initialisation: balanced(1e-10),
    };
    let (_, network) = setting.draw(37, draw).unwrap();
    (Dataset::new(inputs, labels).unwrap(), network)
}

/// In two coordinates small neurons gather in a few directions and slide there: accuracies agree on an end that is not the flow's.
#[test]
fn checked_asks_the_exact_flow_where_neurons_gather() {
    let (mut agreed_and_wrong, stops) = (0, |time| Stops {
        trap: true,
        success: Success::RelativeLoss(0.3),
        time: Some(time),
        ..Stops::default()
    });
    for draw in 0..10 {
        let (data, network) = noisy_line(30, draw);
        assert!(neurons_may_gather(Activation::Relu, &network));
        assert!(!neurons_may_gather(Activation::Linear, &network));
        let solve = |method| common::solve(&data, &network, method, stops(6000.0));
        let exact = solve(Method::Exact(Exact::default()));
        let of_checked = solve(checked());
        assert_eq!(
            of_checked.end.decided_by,
            Some(DecidedBy::ExactFlow),
            "draw {draw}"
        );
        assert_eq!(
            of_checked.verdict.converged(),
            exact.verdict.converged(),
            "draw {draw}"
        );
        let careful = solve(Method::Flow(Flow {
            accuracy: Accuracy::Careful,
            ..Flow::default()
        }));
        let standard = solve(Method::default());
        let agree = careful.verdict.converged() == standard.verdict.converged();
        agreed_and_wrong += u32::from(agree && careful.verdict.converged() != exact.verdict.converged());
    }
    assert!(
        agreed_and_wrong > 0,
        "both were right in all draws: this test says nothing"
    );
}

/// Where the exact flow is too expensive the verdict is that there is none.
#[test]
fn checked_is_undecided_where_neurons_slide_and_the_exact_flow_is_too_expensive() {
    let (data, network) = noisy_teacher(130, 40, 0);
    let solution = solve(&data, &network, checked());
    assert!(solution.end.slides());
    assert!(
        matches!(solution.verdict, Verdict::Undecided { .. }),
        "{}",
        solution.verdict
    );
}

/// In two coordinates agreement of the accuracies says nothing: beyond the exact flow's reach there is no verdict.
#[test]
fn checked_is_undecided_where_neurons_gather_and_the_exact_flow_is_too_expensive() {
    let (data, network) = noisy_line(102, 0);
    let stops = Stops {
        success: Success::RelativeLoss(0.9),
        time: Some(6000.0),
        ..Stops::default()
    };
    let solution = common::solve(&data, &network, checked(), stops);
    let Verdict::Undecided {
        standard, careful, ..
    } = &solution.verdict
    else {
        panic!("{}", solution.verdict);
    };
    assert_eq!(standard, careful);
}

/// Hidden weights far below the output weights' rounding move, whether output weights are trained or not.
#[test]
fn tiny_hidden_weights_under_large_output_weights_are_not_at_rest() {
    for train in [Train::Hidden, Train::Both] {
        for draw in 0..6 {
            let setting = Setting {
                n: 30,
                d: 6,
                p: 12,
                data: DataLaw::Isotropic(Isotropic::default()),
                initialisation: balanced(1e-16),
            };
            let (data, small) = setting.draw(900, draw).unwrap();
            let signs = small.output_weights().mapv(f64::signum);
            let network = Network::new(small.hidden_weights().to_owned(), signs).unwrap();
            let solution = Problem {
                model: Model {
                    train: Some(train),
                    ..Model::PAPER
                },
                stops: Stops {
                    trap: true,
                    transitions: Some(2.0),
                    ..Stops::default()
                },
                ..Problem::new(&data, &network, Method::default())
            }
            .solve()
            .unwrap();
            assert!(
                solution.end.loss < 0.9 * solution.end.initial_loss,
                "{train:?}, draw {draw}: {}",
                solution.verdict
            );
        }
    }
}

/// Three unit inputs in the plane from 10⁻⁶: two plateaus, along which small neurons slide and grow. Where steps are as long as chatter lets them be the
/// default comes 3 % late.
#[test]
fn plateaus_end_on_time() {
    let angles = array![0.3f64, 1.6, 2.9];
    let inputs = ndarray::stack![ndarray::Axis(1), angles.mapv(f64::cos), angles.mapv(f64::sin)];
    let data = Dataset::new(inputs, array![1.0, -0.7, 0.5]).unwrap();
    let mut late = [Vec::new(), Vec::new()];
    for draw in 0..9 {
        let network = common::balanced(&data, 50, 1e-6, draw);
        let stops = Stops {
            trap: true,
            transitions: Some(15.0),
            ..Stops::default()
        };
        let time = |method| {
            let solution = common::solve(&data, &network, method, stops);
            solution.end.success_time.unwrap()
        };
        let exact = time(Method::Exact(Exact::default()));
        for (late, accuracy) in late.iter_mut().zip([Accuracy::Standard, Accuracy::Careful]) {
            late.push(time(common::accuracy(accuracy)) / exact - 1.0);
        }
    }
    for (late, most) in late.iter_mut().zip([0.01, 0.003]) {
        late.sort_by(f64::total_cmp);
        println!("{late:.4?}");
        assert!(late[4].abs() < most, "{late:?}");
    }
}
