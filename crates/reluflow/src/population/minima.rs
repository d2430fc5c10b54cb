//! Tells minima apart up to permutations of the student's neurons and of the teacher's.
//!
//! Two ends count as the same minimum when their losses, and the sorted entries of a_j a_l Q_jl on and off the diagonal and of a_j b_k M_jk
//! agree: numbers that no permutation changes, no rotation of the inputs, and no rescaling of a neuron. Ends that are the same have
//! them in common; that ends with them in common are the same is not proven.

use super::solution::PopulationSolution;
use super::teacher::Teacher;

/// The numbers by which an end is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprint {
    numbers: Vec<f64>,
}

/// Ends that are the same minimum.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// The loss of the first of them.
    pub loss: f64,
    /// Which of the ends, in their order.
    pub members: Vec<usize>,
}

impl Fingerprint {
    /// The fingerprint of an end. O(p² log p + pk log pk).
    pub fn new(solution: &PopulationSolution, teacher: &Teacher) -> Self {
        let a = solution.network.output_weights();
        let b = teacher.output_weights();
        let (students, teachers) = (&solution.overlaps.students, &solution.overlaps.teachers);
        let (mut own, mut others, mut shared) = (Vec::new(), Vec::new(), Vec::new());
        for ((j, l), q) in students.indexed_iter() {
            match j.cmp(&l) {
                std::cmp::Ordering::Equal => own.push(a[j] * a[j] * q),
                std::cmp::Ordering::Less => others.push(a[j] * a[l] * q),
                std::cmp::Ordering::Greater => {}
            }
        }
        for ((j, k), m) in teachers.indexed_iter() {
            shared.push(a[j] * b[k] * m);
        }
        for part in [&mut own, &mut others, &mut shared] {
            part.sort_by(f64::total_cmp);
        }
        let numbers = [vec![solution.end.loss], own, others, shared].concat();
        Self { numbers }
    }

    /// The largest difference of two fingerprints; infinite where networks differ in size.
    pub fn distance(&self, other: &Self) -> f64 {
        if self.numbers.len() != other.numbers.len() {
            return f64::INFINITY;
        }
        let gaps = self
            .numbers
            .iter()
            .zip(&other.numbers)
            .map(|(a, b)| (a - b).abs());
        // A NaN is far from everything.
        gaps.fold(0.0, |most, gap| {
            if gap.is_nan() {
                f64::INFINITY
            } else {
                gap.max(most)
            }
        })
    }
}

/// Groups ends whose fingerprints differ by at most `tolerance` from the first of their class; classes by loss.
pub fn classes(ends: &[(Fingerprint, f64)], tolerance: f64) -> Vec<Class> {
    let mut found: Vec<(usize, Class)> = Vec::new();
    for (index, (fingerprint, loss)) in ends.iter().enumerate() {
        let same = found
            .iter_mut()
            .find(|(first, _)| ends[*first].0.distance(fingerprint) <= tolerance);
        match same {
            Some((_, class)) => class.members.push(index),
            None => found.push((
                index,
                Class {
                    loss: *loss,
                    members: vec![index],
                },
            )),
        }
    }
    found.sort_by(|(_, a), (_, b)| a.loss.total_cmp(&b.loss));
    found.into_iter().map(|(_, class)| class).collect()
}
