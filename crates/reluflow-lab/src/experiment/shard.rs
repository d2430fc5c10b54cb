//! Orders the trials of an experiment and shares them out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Cell, Experiment};

/// One part of a run in `count` parts, which together make the whole and share no trial.
///
/// ```
/// use reluflow_lab::Shard;
/// let shard: Shard = "3/8".parse().unwrap();
/// assert_eq!(shard.to_string(), "3/8");
/// assert!("9/8".parse::<Shard>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// Which one, from 1.
    index: u32,
    /// Of how many.
    count: u32,
}

/// Most parts of a run: more than any scheduler starts.
const MOST: u32 = 1_000_000;

impl Shard {
    /// All trials.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// Part `index` of `count`; none unless 1 ≤ index ≤ count ≤ 10⁶.
    pub fn new(index: u32, count: u32) -> Option<Self> {
        let right = (1..=count).contains(&index) && count <= MOST;
        right.then_some(Self { index, count })
    }

    /// Which part, from 1.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Of how many.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether another part of the same run has trials of this one.
    pub fn overlaps(self, other: Self) -> bool {
        self.count != other.count || self.index == other.index
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/');
        let parsed = numbers.and_then(|(index, count)| Self::new(index.parse().ok()?, count.parse().ok()?));
        parsed.ok_or_else(|| "expected I/N with 1 ≤ I ≤ N ≤ 1000000, such as 3/8".to_owned())
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

/// Shards with little work among which lots are drawn.
const LOTS: usize = 4;

/// All trials in the order they are started: draw by draw, so that every cell fills up, and within a draw the
/// longest first, so that no thread is left with a long one at the end.
pub(crate) fn order(experiment: &Experiment) -> Vec<(usize, u64)> {
    let mut cells: Vec<usize> = (0..experiment.cells.len()).collect();
    cells.sort_by_cached_key(|index| Reverse(cost(&experiment.cells[*index])));
    (0..experiment.draws)
        .flat_map(|draw| cells.iter().map(move |cell| (*cell, draw)))
        .collect()
}

/// The shard, from 1, of each trial of [`order`]: each trial goes to one of those with the least work so far.
///
/// It depends on the experiment and `count` alone: shards may start at any time on any machine. Costs are whole
/// numbers for that reason. Among shards that lie within one trial of each other a fixed rule draws lots, so
/// that what the estimate does not see (a slower method on an axis) spreads over the shards too instead of
/// falling to the same one in every draw; their work differs by two trials at most. More draws leave the shards
/// of the earlier ones as they are.
pub(crate) fn shards(experiment: &Experiment, order: &[(usize, u64)], count: u32) -> Vec<u32> {
    if count == 1 {
        return vec![1; order.len()];
    }
    let costs: Vec<u64> = experiment.cells.iter().map(cost).collect();
    let mut loads: BinaryHeap<Reverse<(u128, u32)>> = (1..=count).map(|shard| Reverse((0, shard))).collect();
    let mut shards = Vec::with_capacity(order.len());
    let mut near = Vec::with_capacity(LOTS);
    for (cell, draw) in order {
        let cost = u128::from(costs[*cell]);
        while near.len() < LOTS
            && let Some(Reverse((load, shard))) = loads.peek().copied()
            && near.first().is_none_or(|(least, _)| load <= least + cost)
        {
            near.push((load, shard));
            loads.pop();
        }
        let lot = scramble(*cell as u64, *draw) % near.len().max(1) as u64;
        for (k, (load, shard)) in near.drain(..).enumerate() {
            if k as u64 == lot {
                shards.push(shard);
                loads.push(Reverse((load + cost, shard)));
            } else {
                loads.push(Reverse((load, shard)));
            }
        }
    }
    shards
}

/// The trials of one shard, in the order they are started.
pub(crate) fn share(experiment: &Experiment, shard: Shard) -> Vec<(usize, u64)> {
    let order = order(experiment);
    if shard.count == 1 {
        return order;
    }
    let shards = shards(experiment, &order, shard.count);
    let both = order.into_iter().zip(shards);
    both.filter(|(_, owner)| *owner == shard.index)
        .map(|(trial, _)| trial)
        .collect()
}

/// A whole number that grows as the time of a trial does: ndp an evaluation, √(np) log(np) of them.
pub(crate) fn cost(cell: &Cell) -> u64 {
    let np = cell.n.saturating_mul(cell.p).max(1);
    np.saturating_mul(cell.d)
        .saturating_mul(np.isqrt())
        .saturating_mul(u64::from(np.ilog2()) + 1)
}

/// Mixes two numbers into one that looks random (the finaliser of SplitMix64).
fn scramble(cell: u64, draw: u64) -> u64 {
    let mut z = cell.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ draw.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn experiment(sweep: &str) -> Experiment {
        let text = format!("[sweep]\n{sweep}");
        Experiment::from_text("test", "test", &text, &[], Path::new("")).unwrap()
    }

    #[test]
    fn shards_share_out_every_trial_once_and_evenly() {
        let uneven = experiment("d = [10, 400]\nn = [20, 300, 1000]\np = 30\ndraws = 50");
        for count in [1, 2, 3, 7, 64] {
            let shares: Vec<_> = (1..=count)
                .map(|index| share(&uneven, Shard::new(index, count).unwrap()))
                .collect();
            let mut all: Vec<_> = shares.concat();
            all.sort_unstable();
            let mut expected = order(&uneven);
            expected.sort_unstable();
            assert_eq!(all, expected, "{count} shards");
            let work = |share: &Vec<(usize, u64)>| -> u64 {
                share.iter().map(|(cell, _)| cost(&uneven.cells[*cell])).sum()
            };
            let works: Vec<u64> = shares.iter().map(work).collect();
            let longest = uneven.cells.iter().map(cost).max().unwrap();
            let (least, most) = (works.iter().min().unwrap(), works.iter().max().unwrap());
            assert!(most - least <= 2 * longest, "{count}: {least} {most}");
        }
    }

    #[test]
    fn what_the_cost_does_not_see_is_spread_too() {
        let two = experiment("d = 10\nn = 20\np = 5\n\"flow.precision\" = [\"f32\", \"f64\"]\ndraws = 400");
        let share = share(&two, Shard::new(1, 2).unwrap());
        let first = share.iter().filter(|(cell, _)| *cell == 0).count();
        // 400 draws of which about half: five standard deviations of a fair coin are 50.
        assert!(first.abs_diff(200) <= 50, "{first} of 400");
    }

    #[test]
    fn more_draws_leave_the_shards_of_the_earlier_ones() {
        let sweep = "d = [10, 40]\nn = [20, 300]\np = 30\n";
        let few = share(
            &experiment(&format!("{sweep}draws = 5")),
            Shard::new(2, 3).unwrap(),
        );
        let many = share(
            &experiment(&format!("{sweep}draws = 9")),
            Shard::new(2, 3).unwrap(),
        );
        assert_eq!(many[..few.len()], few);
    }

    #[test]
    fn only_parts_of_a_whole_are_shards() {
        for text in ["0/3", "4/3", "1", "1/0", "-1/3", "1/3/5", "a/b", "1/1000001", ""] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        let shard = |text: &str| text.parse::<Shard>().unwrap();
        assert!(!shard("1/3").overlaps(shard("2/3")));
        assert!(shard("1/3").overlaps(shard("1/3")) && shard("1/3").overlaps(shard("2/4")));
    }
}
