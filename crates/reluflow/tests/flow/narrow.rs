//! Networks so narrow that one neuron alone decides: where it crosses its kink, is held at w = 0, or changes the sign of its output weight.

use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reluflow::flow::{Accuracy, Exact, Flow, Integrator};
use reluflow::model::{Activation, Loss, Train};
use reluflow::observe::{Record, When};
use reluflow::{Dataset, Method, Model, Network, Problem, Solution, Stops, Verdict};

use super::common::{accuracy, isotropic, until};

fn solve(model: Model, data: &Dataset, network: &Network, method: Method, stops: Stops) -> Solution {
    Problem {
        model,
        stops,
        ..Problem::new(data, network, method)
    }
    .solve()
    .unwrap()
}

fn leaky(slope: f64) -> Model {
    Model {
        activation: Activation::Leaky(slope),
        ..Model::PAPER
    }
}

/// Its margin is 0 on the way, and so is every other: no reason to stop there.
#[test]
fn a_neuron_that_crosses_its_kink_alone_does_not_rest() {
    let one = Dataset::new(array![[1.0]], array![-1.0]).unwrap();
    let below = Network::new(array![[-0.2]], array![-1.5]).unwrap();
    let three = Dataset::new(array![[1.0], [-1.0], [0.5]], array![-1.0, 0.5, -0.3]).unwrap();
    let above = Network::new(array![[0.5]], array![1.5]).unwrap();
    let cases = [
        (leaky(0.1), &one, &below),
        (leaky(0.95), &one, &below),
        (
            Model {
                loss: Loss::Logistic,
                ..leaky(0.1)
            },
            &one,
            &below,
        ),
        (Model::PAPER, &three, &above),
    ];
    for (model, data, network) in cases {
        let exact = solve(
            model,
            data,
            network,
            Method::Exact(Exact::default()),
            until(100.0),
        );
        for which in [Accuracy::Standard, Accuracy::Careful, Accuracy::Checked] {
            let found = solve(model, data, network, accuracy(which), until(100.0));
            let (loss, truth) = (found.end.loss, exact.end.loss);
            assert!(
                (loss - truth).abs() < 0.1 * truth + 1e-12,
                "{model}, {which:?}: {loss:e} and {truth:e}, {}",
                found.verdict
            );
        }
    }
}

/// Of narrow leaky networks on three random examples a twentieth used to end so.
#[test]
fn narrow_networks_are_stationary_where_the_exact_flow_is() {
    let (mut compared, mut interpolating) = (0, 0);
    for draw in 0..150 {
        let (data, network) = isotropic((3, 3, 3), 4000 + draw);
        let model = leaky([0.1, 0.5, -0.3][draw as usize % 3]);
        let stops = Stops {
            trap: true,
            ..until(300.0)
        };
        let exact = solve(model, &data, &network, Method::Exact(Exact::default()), stops);
        for which in [Accuracy::Standard, Accuracy::Careful] {
            let found = solve(model, &data, &network, accuracy(which), stops);
            if exact.verdict.converged() {
                interpolating += 1;
                let is_stationary = matches!(found.verdict, Verdict::Stationary { .. });
                assert!(
                    !is_stationary,
                    "draw {draw}, {model}, {which:?}: {}",
                    found.verdict
                );
            }
            compared += 1;
        }
    }
    assert!(
        compared == 300 && interpolating > 200,
        "{interpolating} of {compared}"
    );
}

/// |u| has a rest at w = 0, to which careful steps came ever nearer without an end.
#[test]
fn careful_steps_go_on_where_a_neuron_comes_to_zero() {
    let three = Dataset::new(array![[1.0], [-1.0], [0.5]], array![-1.0, 0.5, -0.3]).unwrap();
    let stops = Stops {
        evaluations: Some(200_000),
        ..until(100.0)
    };
    let above = Network::new(array![[0.5]], array![1.5]).unwrap();
    let found = solve(leaky(-1.0), &three, &above, accuracy(Accuracy::Careful), stops);
    assert!(found.counts.evaluations < 20_000, "{}", found.counts.evaluations);
    let mut random = ChaCha8Rng::seed_from_u64(20);
    for draw in 0..60 {
        let n = random.random_range(1..4);
        let inputs = Array2::from_shape_simple_fn((n, 1), || random.random_range(-1.0..1.0f64));
        let labels = Array1::from_shape_simple_fn(n, || random.random_range(-1.0..0.5f64));
        let data = Dataset::new(inputs, labels).unwrap();
        let network = Network::new(
            array![[random.random_range(0.2..1.0)]],
            array![random.random_range(1.0..2.0)],
        )
        .unwrap();
        let model = leaky([-1.0, -0.9, -0.3][draw % 3]);
        let [standard, careful] = [Accuracy::Standard, Accuracy::Careful].map(|which| {
            let found = solve(model, &data, &network, accuracy(which), stops);
            found.counts.evaluations
        });
        assert!(
            careful < 10 * standard + 20_000,
            "draw {draw}, {model}: {careful} evaluations, {standard} by default"
        );
    }
}

/// A step of two roundings of the time was refused for ever: shortened, it ended at the same time.
#[test]
fn steps_of_a_rounding_end_a_run() {
    let inputs = array![
        [0.5240591024073077, 0.9809246346954361],
        [-1.5606211926805522, -0.7914700964003191],
        [-0.3898082424274099, -1.8471793291316203],
        [1.0852516188787498, 0.6001101655227377],
        [1.6770762324278132, -1.057632082139889],
        [-0.03910366132989037, -1.4311108245511104],
        [-1.83784359187206, 0.03891736296677064],
        [0.34548733746212157, 1.279029831570459],
        [-1.1667480386077425, 1.3097430143929223],
        [1.1427787667374365, -0.12508571744889818],
        [-1.0587264626763961, -0.6707338021261736]
    ];
    let labels = array![
        1.0215188392800025,
        1.8283564688119238,
        1.2432982231264225,
        1.792288983532988,
        1.986366213320759,
        -1.7264726558510899,
        -1.939242163362167,
        1.381413992205088,
        1.7479519681994882,
        -1.8518079477334692,
        1.6817239055219104
    ];
    let data = Dataset::new(inputs, labels).unwrap();
    let network = Network::new(
        array![[0.6334049796797393, -0.22443988146086224]],
        array![-2.5758455953606623],
    )
    .unwrap();
    for integrator in Integrator::ALL {
        let flow = Flow {
            integrator,
            ..Flow::default()
        };
        let found = solve(Model::PAPER, &data, &network, Method::Flow(flow), until(4.0));
        let evaluations = found.counts.evaluations;
        assert!(evaluations < 100_000, "{integrator:?}: {evaluations}");
    }
}

/// An output weight smaller than its neuron may change its sign: the example comes back at t = 0.1.
#[test]
fn an_example_that_comes_back_is_not_called_lost() {
    let data = Dataset::new(array![[1.0]], array![1.0]).unwrap();
    let small = Network::new(array![[1.0]], array![-0.1]).unwrap();
    let large = Network::new(array![[1.0]], array![-1.1]).unwrap();
    for method in [Method::default(), Method::Exact(Exact::default())] {
        let at =
            |network: &Network, time: f64| solve(Model::PAPER, &data, network, method, until(time)).verdict;
        let early = at(&small, 0.05);
        assert!(!matches!(early, Verdict::LostExamples { .. }), "{early}");
        assert!(at(&small, 50.0).converged());
        let late = at(&large, 50.0);
        assert!(matches!(late, Verdict::LostExamples { .. }), "{late}");
    }
}

/// L is far below the penalty: their sum less the penalty would be a rounding of either sign.
#[test]
fn the_loss_beside_a_large_penalty_has_its_digits() {
    let data = Dataset::new(array![[1.0]], array![1e-6]).unwrap();
    for output in [10.0, 100.0, 1000.0] {
        let network = Network::new(array![[0.01]], array![output]).unwrap();
        let problem = Problem {
            model: Model {
                weight_decay: 0.3,
                train: Some(Train::Hidden),
                ..Model::PAPER
            },
            stops: until(50.0),
            record: Record {
                when: When::PerDecade(4),
                ..Record::default()
            },
            ..Problem::new(&data, &network, Method::default())
        };
        let solution = problem.solve().unwrap();
        let residual = solution.network.output(&[1.0]) - 1e-6;
        let truth = 0.5 * residual * residual;
        let loss = solution.end.loss;
        assert!((loss - truth).abs() <= 1e-6 * truth, "{loss:e} and {truth:e}");
        assert!(solution.trajectory.rows().iter().all(|row| row.loss >= 0.0));
    }
}
