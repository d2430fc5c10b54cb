//! Follows neurons to w_j = 0 and away from it, where L has a slope in every direction but no gradient.
//!
//! ```text
//! p L(w_j = r u) = p L(0) − r φ(u) + O(r²)      φ(u) = −a_j ( (1/p) Σ_l a_l G(u,w_l) − Σ_k b_k G(u,v_k) )      ‖u‖ = 1
//! d‖w_j‖/dt = η_w φ(u)      du/dt = η_w ∇φ(u)/‖w_j‖        along the sphere, for small w_j
//! ```
//!
//! The direction climbs φ, the faster the smaller w_j is, up to a maximum of φ. Where that is above 0 the neuron leaves; where it is
//! below, w_j reaches 0 in finite time. There it continues as a short step of descent would: the step leads past 0 to −u, whence the direction climbs φ anew;
//! failing that, the neuron leaves along the steepest direction found. Where φ is above 0 nowhere, w_j = 0 is a minimum in
//! w_j, with a kink, and the neuron is *still* until others have changed φ.

use super::field::PopulationField;
use crate::linear::{add_scaled, dot, norm};

/// Most steps up φ.
const ROUNDS: usize = 300;
/// Slope of φ along the sphere that is none, as a part of what φ is at most.
const FLAT: f64 = 1e-7;
/// Shortest step up φ, in the same unit.
const SHORTEST: f64 = 1e-6;

/// A direction out of 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Way {
    /// φ: by how much p L falls a unit of length.
    pub(super) growth: f64,
    /// u.
    pub(super) direction: Vec<f64>,
}

/// φ of a neuron, as a function on the sphere.
pub(super) struct Growth<'a> {
    field: &'a PopulationField,
    /// Vectors and their factors −a_j a_l/p and a_j b_k.
    vectors: Vec<(f64, &'a [f64])>,
    /// Σ |factor| ‖vector‖, which φ does not exceed but for the slope of σ.
    scale: f64,
}

impl<'a> Growth<'a> {
    /// φ of a neuron of output weight a. Neurons no longer than `reach`, and those that are led, are as good as 0, and so is what they add.
    pub(super) fn new(field: &'a PopulationField, state: &'a [f64], a: f64, reach: f64) -> Self {
        let (p, m) = (field.neurons(), field.coordinates());
        let (hidden, output) = state.split_at(p * m);
        let share = 1.0 / p.max(1) as f64;
        let students = (0..p)
            .filter(|l| !field.is_led(*l))
            .map(|l| (-share * a * output[l], &hidden[l * m..(l + 1) * m]));
        let teachers = (0..field.width()).map(|k| (a * field.teacher_output()[k], field.teacher_row(k)));
        let vectors: Vec<_> = students
            .filter(|(_, w)| norm(w) > reach)
            .chain(teachers)
            .filter(|(factor, v)| *factor != 0.0 && norm(v) > 0.0)
            .collect();
        let scale = vectors.iter().map(|(factor, v)| factor.abs() * norm(v)).sum();
        Self {
            field,
            vectors,
            scale,
        }
    }

    /// φ(u), and its gradient over all of space into `force`.
    fn at(&self, u: &[f64], force: &mut [f64]) -> f64 {
        force.fill(0.0);
        let (mut along, mut growth) = (0.0, 0.0);
        for (factor, v) in &self.vectors {
            let pair = self.field.kernel().at(u, v);
            growth += factor * pair.value;
            along += factor * pair.w_on_w;
            add_scaled(force, factor * pair.cross, v);
        }
        add_scaled(force, along, u);
        growth
    }

    /// The maximum of φ that the direction climbs to from `from`.
    pub(super) fn climb(&self, from: &[f64]) -> Way {
        let unit = |mut u: Vec<f64>| {
            let length = norm(&u);
            u.iter_mut().for_each(|u| *u /= length);
            u
        };
        let mut u = unit(from.to_vec());
        let mut force = vec![0.0; u.len()];
        let mut growth = self.at(&u, &mut force);
        let mut step = 1.0 / self.scale;
        let mut next_force = force.clone();
        'rounds: for _ in 0..ROUNDS {
            let mut tangent = force.clone();
            add_scaled(&mut tangent, -growth, &u);
            let steepness = norm(&tangent);
            // Also where there is nothing to climb.
            if steepness.is_nan() || steepness <= FLAT * self.scale {
                break;
            }
            loop {
                let mut next = u.clone();
                add_scaled(&mut next, step, &tangent);
                let next = unit(next);
                let higher = self.at(&next, &mut next_force);
                if higher >= growth + 0.1 * step * steepness * steepness {
                    (u, growth) = (next, higher);
                    std::mem::swap(&mut force, &mut next_force);
                    break;
                }
                step *= 0.5;
                if step * self.scale < SHORTEST {
                    break 'rounds;
                }
            }
            step = (2.0 * step).min(4.0 / self.scale);
        }
        Way { growth, direction: u }
    }

    /// The highest maximum of φ found, from every vector and its opposite, and from the slope of what is linear in φ; none without vectors.
    pub(super) fn steepest(&self) -> Option<Way> {
        let mut straight = vec![0.0; self.field.coordinates()];
        for (factor, v) in &self.vectors {
            add_scaled(&mut straight, *factor, v);
        }
        let starts = self.vectors.iter().map(|(_, v)| *v).chain([&straight[..]]);
        starts
            .filter(|start| norm(start) > 0.0)
            .flat_map(|start| [start.to_vec(), start.iter().map(|v| -v).collect()])
            .map(|start: Vec<f64>| self.climb(&start))
            .reduce(|best, way| if way.growth > best.growth { way } else { best })
    }

    /// How a neuron that has come to 0 along `from` continues: a way of growth above `level`, or, where none was found, the growth of the steepest.
    pub(super) fn onwards(&self, from: Option<&[f64]>, level: f64) -> Result<Way, f64> {
        if let Some(from) = from {
            let arrived = self.climb(from);
            if arrived.growth > level {
                return Ok(arrived);
            }
            let past: Vec<f64> = arrived.direction.iter().map(|u| -u).collect();
            let past = self.climb(&past);
            if past.growth > level {
                return Ok(past);
            }
        }
        match self.steepest() {
            Some(way) if way.growth > level => Ok(way),
            Some(way) => Err(way.growth),
            None => Err(0.0),
        }
    }
}

/// What is known of the neurons that are still: how far θ may go before one of them may leave.
#[derive(Debug, Clone, Default)]
pub(super) struct Stillness {
    /// θ when φ was last looked at.
    asked: Vec<f64>,
    /// By how much φ/|a_j| was below the level then, the least of all.
    room: f64,
}

impl Stillness {
    pub(super) fn new(asked: &[f64], room: f64) -> Self {
        Self {
            asked: asked.to_vec(),
            room,
        }
    }

    /// Whether φ cannot have come up to the level since: |Δφ| ≤ |a_j| E|σ(⟨u,x⟩) Δh| ≤ |a_j| (1/p) Σ_l (|a_l| ‖Δw_l‖ + |Δa_l| ‖w_l‖), with σ of slope 1.
    pub(super) fn lasts(&self, field: &PopulationField, state: &[f64]) -> bool {
        if self.asked.len() != state.len() {
            return false;
        }
        let (p, m) = (field.neurons(), field.coordinates());
        let mut moved = 0.0;
        for l in 0..p {
            let (now, then) = (&state[l * m..(l + 1) * m], &self.asked[l * m..(l + 1) * m]);
            let (a, b) = (state[p * m + l], self.asked[p * m + l]);
            let gap = crate::linear::squared_distance(now, then).sqrt();
            moved += a.abs() * gap + (a - b).abs() * norm(then);
        }
        let steep = field.kernel().slope().abs().max(1.0);
        moved * steep * steep / p.max(1) as f64 <= self.room
    }
}

/// Whether the flow turns a neuron's direction so fast that its output weight stands still meanwhile, and it heads for 0.
pub(super) fn arrives(
    field: &PopulationField,
    state: &[f64],
    velocity: &[f64],
    j: usize,
    reach: f64,
) -> bool {
    let (p, m, rates) = (field.neurons(), field.coordinates(), field.rates());
    let (w, a) = (&state[j * m..(j + 1) * m], state[p * m + j]);
    let length = norm(w);
    // As θ goes along a hyperbola, a_j is that at 0 to a part of 10⁻⁴.
    let is_small = length <= reach && rates.output * length * length <= 1e-4 * rates.hidden * a * a;
    a != 0.0 && is_small && (length == 0.0 || dot(w, &velocity[j * m..(j + 1) * m]) < 0.0)
}
