//! Chooses the snapshots that a film shows.

use super::Path;

/// The largest change of a neuron, relative to its size, before which nothing is seen to move.
const STILL: f64 = 1e-2;

/// The path with at most so many snapshots: the first, those from where a neuron first moves by a hundredth of itself
/// on, evenly in log time, and the last.
pub fn thinned(mut path: Path, most: usize) -> Path {
    let still = still(&path);
    let all = std::mem::take(&mut path.snapshots);
    let last = all.len().saturating_sub(1);
    // The snapshot before the first that has moved shows the start.
    let begin = still.saturating_sub(1).max(1);
    let room = most.max(3) - 1;
    let count = last.saturating_sub(begin) + 1;
    let mut keep = vec![0];
    if count <= room {
        keep.extend(begin..=last);
    } else {
        let times: Vec<f64> = all
            .iter()
            .map(|one| one.time.max(f64::MIN_POSITIVE).ln())
            .collect();
        let (from, to) = (times[begin], times[last]);
        for k in 0..room {
            let wanted = from + (to - from) * k as f64 / (room - 1) as f64;
            let next = times.partition_point(|time| *time < wanted).min(last);
            let nearest = if next > begin && wanted - times[next - 1] < times[next] - wanted {
                next - 1
            } else {
                next
            };
            keep.push(nearest.max(begin));
        }
    }
    keep.dedup();
    let mut keep = keep.into_iter().peekable();
    path.snapshots = all
        .into_iter()
        .enumerate()
        .filter(|(k, _)| keep.next_if_eq(k).is_some())
        .map(|(_, one)| one)
        .collect();
    path
}

/// The first snapshot in which a neuron has moved.
fn still(path: &Path) -> usize {
    let Some(first) = path.snapshots.first() else {
        return 0;
    };
    let (w0, a0) = (first.network.hidden_weights(), first.network.output_weights());
    let moved = |k: &usize| {
        let network = &path.snapshots[*k].network;
        let (w, a) = (network.hidden_weights(), network.output_weights());
        (0..w.nrows()).any(|j| {
            let move_of = |(now, then): (&f64, &f64)| (now - then).powi(2);
            let moved: f64 =
                w.row(j).iter().zip(w0.row(j)).map(move_of).sum::<f64>() + move_of((&a[j], &a0[j]));
            let size: f64 = w0.row(j).iter().map(|w| w * w).sum::<f64>() + a0[j] * a0[j];
            moved > STILL * STILL * size
        })
    };
    (0..path.snapshots.len()).find(moved).unwrap_or(0)
}
