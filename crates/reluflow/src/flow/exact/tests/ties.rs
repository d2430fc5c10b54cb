//! Exact ties, branch points, and inputs on one line.

use ndarray::{Array2, array};

use super::published::five_points;
use super::*;

#[test]
fn a_repelling_tie_starts_inactive_and_is_counted() {
    // x = (1, 0), (−0.6, 0.8), y = (1.5, 2), w = (0, 1), a = 1.2: the inactive side pulls to ⟨w, x_1⟩ < 0, the active
    // one to > 0. With σ'(0) = 0 only the second example is fitted: L = 1.5²/4 = 0.5625; a push the other way fits both.
    let data = Dataset::new(array![[1.0, 0.0], [-0.6, 0.8]], array![1.5, 2.0]).unwrap();
    let tie = Network::new(array![[0.0, 1.0]], array![1.2]).unwrap();
    let solution = exact(&data, &tie, until(400.0));
    assert!((solution.end.loss - 0.5625).abs() < 1e-9, "{}", solution.end.loss);
    assert_eq!(solution.events.count(EventKind::Branch(Branch::Start)), 1);
    let pushed = Network::new(array![[1e-9, 1.0]], array![1.2]).unwrap();
    assert!(exact(&data, &pushed, until(400.0)).end.loss < 1e-6);
}

#[test]
fn the_hidden_weights_may_pass_through_zero_in_two_dimensions() {
    // A neuron that slides at d = 2 moves on a line, and reaches 0 if |a| > ‖w‖.
    let mut passed = 0;
    for index in 0..30 {
        let (data, network) = draw(10, 2, 5, index);
        let solution = exact(&data, &network, until(20.0));
        assert_checks(&solution);
        passed += solution.events.count(EventKind::Branch(Branch::HiddenWeights));
        assert_eq!(
            solution.counts.branches as usize,
            solution.events.branches().count()
        );
    }
    // The prototype saw them in 46 of 100 draws.
    assert!(passed > 0);
}

/// One neuron on the kink of x_1 = (0, 1) with a y_1 < 0: it slides on the axis, driven to 0 by x_2 and beyond by x_3.
fn on_an_axis(third_label: f64) -> (Dataset, Network) {
    let data = Dataset::new(
        array![[0.0, 1.0], [1.0, -0.5], [-1.0, 0.5]],
        array![-2.0, -1.0, third_label],
    );
    // w = (0.3, 0): the inactive side pushes up with a y_2 (−0.5) > 0, the active one down with a y_1, twice as hard at least.
    (
        data.unwrap(),
        Network::new(array![[0.3, 0.0]], array![1.0]).unwrap(),
    )
}

#[test]
fn the_hidden_weights_go_straight_on_through_zero_if_they_can() {
    let (data, network) = on_an_axis(1.5);
    let solution = exact(&data, &network, until(200.0));
    assert_checks(&solution);
    assert_eq!(solution.events.count(EventKind::Branch(Branch::HiddenWeights)), 1);
    // Beyond 0 it slides on, active on x_3 alone, until a |w| = 1.5; a² − w² = 0.91 throughout. Only x_1 and x_2 are left.
    let squared = 0.5 * (-0.91 + (0.91f64 * 0.91 + 9.0).sqrt());
    let (w, a) = (
        solution.network.hidden_weights(),
        solution.network.output_weights(),
    );
    assert!(
        (w[(0, 0)] + squared.sqrt()).abs() < 1e-9 && w[(0, 1)] == 0.0,
        "{w}"
    );
    assert!((a[0] - (0.91 + squared).sqrt()).abs() < 1e-9, "{a}");
    assert!(
        (solution.end.loss - 5.0 / 6.0).abs() < 1e-12,
        "{}",
        solution.end.loss
    );
}

#[test]
fn the_hidden_weights_rest_at_zero_where_both_ways_lead_back() {
    let (data, network) = on_an_axis(-1.5);
    let solution = exact(&data, &network, until(200.0));
    assert_eq!(solution.events.count(EventKind::Branch(Branch::HiddenWeights)), 1);
    assert_eq!(solution.events.count(EventKind::Died), 1);
    assert!(solution.network.hidden_weights().iter().all(|w| *w == 0.0));
    assert!(
        (solution.end.loss - 7.25 / 6.0).abs() < 1e-12,
        "{}",
        solution.end.loss
    );
}

#[test]
fn a_neuron_whose_output_weight_passes_zero_while_it_slides_leaves_to_inactive() {
    // On the kink of x_2 = (0, 1): x_1 pushes up with λ = |r_1|/2 < 1, and lets a fall through 0. Then both sides push
    // away: inactive, x_1 is fitted alone and L = y_2²/4; active, both would be.
    let data = Dataset::new(array![[1.0, -0.5], [0.0, 1.0]], array![-1.0, -1.0]).unwrap();
    let network = Network::new(array![[1.0, 0.0]], array![0.3]).unwrap();
    let solution = exact(&data, &network, until(200.0));
    assert_checks(&solution);
    let branches: Vec<EventKind> = solution.events.branches().map(|event| event.kind).collect();
    assert_eq!(branches, [EventKind::Branch(Branch::OutputWeight)]);
    assert!(solution.network.output_weights()[0] < 0.0);
    assert!(solution.network.hidden_weights()[(0, 1)] < 0.0);
    assert!((solution.end.loss - 0.25).abs() < 1e-12, "{}", solution.end.loss);
}

#[test]
fn an_antipodal_pair_is_slid_on_or_crossed_as_one_kink() {
    // x_1 = (1, 0), x_2 = −x_1, x_3 = (0, 1): w_1 falls to 0. Beyond, x_2 sends it back if y_2 < 0, and on if y_2 > 0.
    let end = |second_label: f64| {
        let data = Dataset::new(
            array![[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]],
            array![-1.0, second_label, 2.0],
        );
        let network = Network::new(array![[0.5, 1.0]], array![1.3]).unwrap();
        let solution = exact(&data.unwrap(), &network, until(400.0));
        assert_checks(&solution);
        assert_eq!(solution.counts.branches, 0);
        let kinds: Vec<EventKind> = solution.events.rows().iter().map(|event| event.kind).collect();
        (
            kinds,
            solution.network.hidden_weights()[(0, 0)],
            solution.end.loss,
        )
    };
    let (kinds, w, loss) = end(-1.0);
    assert_eq!((kinds, w), (vec![EventKind::BeganToSlide], 0.0));
    assert!((loss - 2.0 / 6.0).abs() < 1e-12, "{loss}");
    let (kinds, w, loss) = end(1.0);
    assert!(kinds == [EventKind::Crossed] && w < 0.0, "{kinds:?} {w}");
    assert!((loss - 1.0 / 6.0).abs() < 1e-12, "{loss}");
}

#[test]
fn a_neuron_that_comes_to_rest_at_the_bound_of_its_multiplier_stays() {
    let (data, network) = five_points(3);
    let solution = exact(&data, &network, until(1200.0));
    let sliding = |solution: &Solution| -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for event in solution.events.rows() {
            let pair = (event.neuron, event.example);
            match event.kind {
                EventKind::BeganToSlide => pairs.push(pair),
                EventKind::Left => pairs.retain(|other| *other != pair),
                _ => {}
            }
        }
        pairs.sort_unstable();
        pairs
    };
    // Σ r_i x_i = 0 at the least-squares fit of the other four: λ = 1 to rounding for all that slide on x_5.
    let late = sliding(&solution);
    assert!(
        late.len() > 5 && late.iter().all(|(_, example)| *example == 4),
        "{late:?}"
    );
    let longer = exact(&data, &network, until(12_000.0));
    assert_eq!(longer.counts.events, solution.counts.events);
    assert_eq!(sliding(&longer), late);
}

#[test]
fn an_output_weight_through_zero_is_counted() {
    // Without Assumption 1 a sliding neuron's output weight may change sign: seeds 1 to 7 of the five points hold some.
    let count = |root| {
        let (data, network) = five_points(root);
        let solution = exact(&data, &network, until(1200.0));
        solution.events.count(EventKind::Branch(Branch::OutputWeight))
    };
    assert!((1..=7).map(count).sum::<usize>() > 0);
}

#[test]
fn duplicates_and_antipodes_agree_with_euler() {
    let (base, network) = draw(6, 5, 6, 3);
    // Six inputs, the first twice (other label), the second's antipode, the third's at twice the length.
    let mut inputs = Array2::zeros((9, 5));
    for (row, (of, factor)) in [
        (0, 1.0),
        (1, 1.0),
        (2, 1.0),
        (3, 1.0),
        (4, 1.0),
        (5, 1.0),
        (0, 1.0),
        (1, -1.0),
        (2, -2.0),
    ]
    .into_iter()
    .enumerate()
    {
        inputs.row_mut(row).assign(&(&base.inputs().row(of) * factor));
    }
    let labels = array![1.0, -1.2, 1.5, -1.1, 1.3, 1.9, 1.6, -1.4, -1.0];
    let data = Dataset::new(inputs, labels).unwrap();
    let solution = exact(&data, &network, until(12.0));
    assert_checks(&solution);
    assert_eq!(solution.counts.branches, 0);
    let error = |rate| {
        distance(
            &run(&data, &network, descent(rate), until(12.0)).network,
            &solution.network,
        )
    };
    let (coarse, fine) = (error(2e-3), error(2e-4));
    assert!(
        (5.0..20.0).contains(&(coarse / fine)) && fine < 1e-3,
        "{coarse} {fine}"
    );
}

#[test]
fn neurons_held_by_points_on_a_line_leave_as_euler_does() {
    // Four points on a line and three off it, with a bias coordinate: a neuron that slides on two of the four has all four at 0.
    let data = |labels: [f64; 7]| {
        let inputs = array![
            [-1.0, 0.0, 1.0],
            [-0.3, 0.0, 1.0],
            [0.4, 0.0, 1.0],
            [1.1, 0.0, 1.0],
            [0.5, 0.9, 1.0],
            [-0.6, 1.2, 1.0],
            [0.3, -1.1, 1.0]
        ];
        Dataset::new(inputs, Array1::from_vec(labels.to_vec())).unwrap()
    };
    // One of the four turns concave while it is held: staying and leaving are both solutions, and Euler leaves. The rule does too.
    let mut left = 0;
    for index in 0..12 {
        let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
        let data = data([-1.0, -1.3, -1.1, -0.8, 1.5, 1.2 * sign, 1.4]);
        let network = InitialisationLaw::Asymmetric(Asymmetric::default())
            .sample(
                6,
                &data,
                &mut seed(7, 3, 6, index).generator(Purpose::Initialisation),
            )
            .unwrap();
        let solution = exact(&data, &network, until(12.0));
        assert_checks(&solution);
        assert_eq!(solution.events.exhausted(), None);
        let dependent = solution.events.count(EventKind::Branch(Branch::DependentKinks));
        left += usize::from(dependent > 0);
        if solution.events.branch_points() > dependent {
            continue;
        }
        let error = |rate| {
            let euler = run(&data, &network, descent(rate), until(12.0));
            distance(&euler.network, &solution.network)
        };
        let (coarse, fine) = (error(2e-3), error(2e-4));
        assert!(
            (4.0..25.0).contains(&(coarse / fine)) && fine < 1e-3,
            "draw {index}: {coarse} {fine}"
        );
    }
    assert!(left > 4, "{left}");
}

/// Numbers so small that a step ends at t = ∞: the rows until then are finitely many.
#[test]
fn rows_end_where_time_does() {
    let data = Dataset::new(array![[1e-117]], array![-4e15]).unwrap();
    let network = Network::new(array![[-4e15], [4e15]], array![0.0, -1e-116]).unwrap();
    let method = Method::Exact(Exact {
        events: 100,
        ..Exact::default()
    });
    let mut problem = Problem::new(&data, &network, method);
    problem.stops = Stops {
        steps: Some(20),
        ..Stops::default()
    };
    problem.record.when = crate::observe::When::PerDecade(10);
    let solution = problem.solve().unwrap();
    assert!(solution.trajectory.rows().len() < 10 * 312);
}

#[test]
fn a_tie_that_nothing_pushes_off_is_counted_as_a_branch() {
    // w on the kink of x_2, orthogonal to x_1, a y_2 > 0: resting there and leaving to the active side are both solutions,
    // and descent takes the second as soon as a rounding of ⟨w, x_2⟩ is positive.
    let data = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, 1.0]).unwrap();
    let tie = Network::new(array![[0.5, 0.0]], array![1.0]).unwrap();
    let solution = exact(&data, &tie, until(100.0));
    assert_eq!(solution.events.count(EventKind::Branch(Branch::Start)), 1);
    assert!((solution.end.loss - 0.25).abs() < 1e-12, "{}", solution.end.loss);
    let pushed = Network::new(array![[0.5, 1e-9]], array![1.0]).unwrap();
    assert!(exact(&data, &pushed, until(100.0)).end.loss < 0.01);
}

#[test]
fn a_neuron_at_zero_is_a_branch_unless_all_kinks_hold_it() {
    // Σ_i r_i σ(⟨δw, x_i⟩) is negative for every δw when both labels are: nothing lets the neuron leave.
    let branches = |labels: [f64; 2], inputs: [[f64; 2]; 2]| {
        let data = Dataset::new(ndarray::arr2(&inputs), Array1::from_vec(labels.to_vec())).unwrap();
        let network = Network::new(array![[0.0, 0.0]], array![1.0]).unwrap();
        exact(&data, &network, until(10.0)).counts.branches
    };
    let apart = [[1.0, 0.0], [0.6, 0.8]];
    assert_eq!(branches([-1.0, -2.0], apart), 0);
    assert_eq!(branches([-1.0, 2.0], apart), 1);
    // Of an antipodal pair one is active on either side: with opposite labels the pull is the same on both, and moves it.
    assert_eq!(branches([1.0, -1.0], [[1.0, 0.0], [-1.0, 0.0]]), 1);
}
