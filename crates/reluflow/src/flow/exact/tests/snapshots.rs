//! Twenty fixed draws: how many events and evaluations each takes. A change of either is a change of the method, to be explained.

use super::*;

/// Events and evaluations of draws 0 to 4 up to t = 40.
type Draws = [(u64, u64); 5];
/// (n, d, p), and what its draws take.
const SNAPSHOTS: [((usize, usize, usize), Draws); 4] = [
    (
        (10, 5, 8),
        [(50, 1536), (56, 1767), (75, 1811), (75, 1913), (48, 1535)],
    ),
    (
        (16, 8, 8),
        [(149, 2993), (83, 1646), (119, 2488), (93, 1875), (121, 2906)],
    ),
    (
        (20, 5, 10),
        [(128, 1598), (145, 2869), (175, 2945), (212, 3565), (137, 2553)],
    ),
    (
        (24, 12, 16),
        [(355, 3667), (313, 3278), (387, 3647), (328, 3723), (312, 3212)],
    ),
];
/// Another machine's roundings may end a step elsewhere: by this share evaluations may differ. Events do not.
const ROUNDING: f64 = 0.01;

#[test]
fn events_and_evaluations_of_twenty_draws() {
    let mut changed = Vec::new();
    for ((n, d, p), expected) in SNAPSHOTS {
        let found: Vec<(u64, u64)> = (0..5)
            .map(|index| {
                let (data, network) = draw(n, d, p, index);
                let counts = exact(&data, &network, until(40.0)).counts;
                (counts.events, counts.evaluations)
            })
            .collect();
        let same = expected.iter().zip(&found).all(|(expected, found)| {
            expected.0 == found.0
                && (found.1 as f64 - expected.1 as f64).abs() <= ROUNDING * expected.1 as f64
        });
        if !same {
            changed.push(format!("({n}, {d}, {p}): expected {expected:?}, found {found:?}"));
        }
    }
    assert!(changed.is_empty(), "{changed:#?}");
}
