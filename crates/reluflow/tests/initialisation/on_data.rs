//! Checks initialisations that look at the data: covered networks, which realise event E, and one neuron for each group.

use ndarray::{Array2, array, s};
use reluflow::EventE;
use reluflow::data::Groups;
use reluflow::initialisation::GroupInitialisation;
use reluflow::random::Purpose;
use reluflow::{DataLaw, Dataset, InitialisationLaw, Network};

use super::common::{covered, generator, isotropic, sample, try_sample};

#[test]
fn covered_networks_realise_event_e() {
    let data = isotropic(30, 40);
    let covers = |network: &Network| EventE::new(&data, network).holds();
    let draw = |asked, draw| sample(&covered(asked), 8, &data, draw);
    assert!((0..40).all(|k| covers(&draw(true, k))));
    // Unasked, 8 neurons cover 30 examples with a probability near (1 − (3/4)⁸)³⁰ = 0.04.
    let by_chance: Vec<u64> = (0..400).filter(|k| covers(&draw(false, *k))).collect();
    assert!((1..100).contains(&by_chance.len()), "{}", by_chance.len());
    // A network that covers at once is kept.
    assert_eq!(draw(false, by_chance[0]), draw(true, by_chance[0]));
}

#[test]
fn coverage_that_cannot_be_had_is_an_error() {
    // One neuron is never correctly active on labels of both signs.
    let data = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, -1.0]).unwrap();
    assert_eq!(
        try_sample(&covered(true), 1, &data, 0).unwrap_err().to_string(),
        "covered: expected a width p with which some of 10000 draws covers every example, \
         found none with p = 1, n = 2"
    );
}

#[test]
fn the_margin_of_event_e_counts_correctly_active_neurons() {
    let data = Dataset::new(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, -1.0]).unwrap();
    // Neuron 0 is active on both with a > 0, neuron 1 on the second with a < 0, neuron 2 on neither: its
    // preactivation on the first is exactly 0.
    let network = Network::new(
        array![[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]],
        array![1.0, -1.0, 1.0],
    );
    let coverage = EventE::new(&data, &network.unwrap());
    assert_eq!(coverage.correct, [1, 1]);
    assert_eq!((coverage.margin(), coverage.holds()), (1, true));
    let alone = Network::new(array![[1.0, 1.0]], array![1.0]).unwrap();
    let coverage = EventE::new(&data, &alone);
    assert_eq!(coverage.correct, [1, 0]);
    assert_eq!((coverage.margin(), coverage.holds()), (0, false));
}

#[test]
fn a_group_initialisation_is_active_on_its_group_alone() {
    let (n, p) = (12, 3);
    let law = DataLaw::Groups(Groups {
        groups: p,
        ..Groups::default()
    });
    let data = law.sample(n, 20, &mut generator(0, Purpose::Data)).unwrap();
    for aligned in [true, false] {
        let law = GroupInitialisation {
            squared_norm: 0.5,
            aligned,
        };
        let network = sample(&InitialisationLaw::Group(law), p, &data, 0);
        let preactivations = network.hidden_weights().dot(&data.inputs().t());
        for ((j, i), u) in preactivations.indexed_iter() {
            assert_eq!(*u > 0.0, i / 4 == j, "neuron {j} on example {i}: {u}");
            if i / 4 == j && aligned {
                // c_0 = 1: w_j = √q_0 s_j D_j/‖D_j‖ with D_j = Σ y_i x_i.
                let labels = data.labels();
                let group = labels.slice(s![4 * j..4 * j + 4]);
                let expected = 0.5f64.sqrt() * labels[i].abs() / group.dot(&group).sqrt();
                assert!((u - expected).abs() < 10.0 * f64::EPSILON);
            }
        }
        for (j, a) in network.output_weights().iter().enumerate() {
            assert_eq!(a.signum(), data.labels()[4 * j].signum());
            assert!((a * a - 0.5).abs() < 4.0 * f64::EPSILON);
        }
        let balances = network.balances();
        assert!(balances.iter().all(|balance| balance.abs() < 10.0 * f64::EPSILON));
        assert_eq!(EventE::new(&data, &network).correct, [1; 12]);
    }
}

#[test]
fn a_group_initialisation_refuses_other_data() {
    let law = InitialisationLaw::Group(GroupInitialisation::default());
    let refusal = |p, data: &Dataset| try_sample(&law, p, data, 0).unwrap_err().to_string();
    assert_eq!(
        refusal(2, &isotropic(4, 6)),
        "inputs of a group initialisation: expected orthogonal ones, found others"
    );
    let axes = |labels| Dataset::new(Array2::eye(4), labels).unwrap();
    assert_eq!(
        refusal(3, &axes(array![1.0, 1.0, 1.0, 1.0])),
        "number of groups p: expected a divisor of n = 4, found 3"
    );
    assert_eq!(
        refusal(2, &axes(array![1.0, -1.0, 1.0, 1.0])),
        "labels of a group: expected one sign, found both, in examples 0..2"
    );
}
