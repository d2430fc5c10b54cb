//! Follows one neuron over its kinks, under forces that change along a line.
//!
//! In small steps, between which u_i goes along a line in ∫ a dt and ∫ a t dt. Where a pair (neuron, example) is on the wrong side of its kink
//! after a small step its gate σ' changes, for all of the small step or from the time of the crossing on, and with it one column of K in every
//! u and in its rates: n numbers. A pair that both sides push towards the kink gets the gate between both that ends the small step
//! on the kink, on its lower side by more than roundings: it slides, and is let go where that gate leaves [γ, 1]. At u = 0 a rounding would
//! say whether one that was let go to the lower side, where its gate may be 0 for ever, is active when other steps take over.

use pulp::{Simd, WithSimd};

use super::growth::Growth;

/// Pairs that are looked at together.
const BLOCK: usize = 16;
/// The gate of a pair that slides is left as it is unless it is off by so much.
const CLOSE: f64 = 0.02;

/// One neuron on its way; vectors of length n.
#[derive(Debug)]
pub(super) struct Neuron {
    pub(super) u: Vec<f64>,
    /// Before the last small step.
    before: Vec<f64>,
    /// σ'(u_i), or the gate with which it slides.
    pub(super) gates: Vec<f64>,
    /// Σ_k K_ik σ'(u_k) f_k and the same of f'.
    pub(super) along: Vec<f64>,
    pub(super) turning: Vec<f64>,
    /// ∫ a σ'(u_i) f_i dt.
    pub(super) pull: Vec<f64>,
    /// How many gates changed on the way.
    pub(super) changes: u64,
    /// max_i |u_i|/√K_ii at the start.
    size: f64,
}

impl Neuron {
    pub(super) fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Self {
            u: zeros(),
            before: zeros(),
            gates: zeros(),
            along: zeros(),
            turning: zeros(),
            pull: zeros(),
            changes: 0,
            size: 0.0,
        }
    }
}

/// What all neurons of a sweep have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct March<'a> {
    /// Number and length of the small steps.
    pub(super) steps: usize,
    pub(super) small: f64,
    /// The slope of σ at u ≤ 0.
    pub(super) gamma: f64,
    /// η_a/n.
    pub(super) output_rate: f64,
    /// 1/p.
    pub(super) share: f64,
    pub(super) force: &'a [f64],
    pub(super) slope: &'a [f64],
    pub(super) kernel: &'a [f64],
    /// How far below its kink a pair is held, relative to ‖w‖ ‖x_i‖.
    pub(super) below: f64,
}

/// ∫ a dt and ∫ a t dt.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    first: f64,
    second: f64,
}

impl Way {
    #[inline(always)]
    fn and(self, part: f64, more: Self) -> Self {
        Self {
            first: self.first + part * more.first,
            second: self.second + part * more.second,
        }
    }

    /// ∫ a f dt for f(t) = force + t slope.
    #[inline(always)]
    fn of(self, force: f64, slope: f64) -> f64 {
        self.first * force + self.second * slope
    }
}

/// The way of one neuron from an output weight; returns that at the end of the step.
pub(super) struct Going<'a> {
    pub(super) march: March<'a>,
    pub(super) neuron: &'a mut Neuron,
    pub(super) output: f64,
    /// To which Σ_k c_k t_k a σ(u)/p is added.
    pub(super) moment: &'a mut [f64],
}

impl WithSimd for Going<'_> {
    type Output = f64;
    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> f64 {
        self.march.go(self.neuron, self.output, self.moment)
    }
}

impl March<'_> {
    /// Σ_k c_k t_k and Σ_k c_k t_k² over the ends of the small steps, with the coefficients of the trapezoidal rule.
    pub(super) fn sums_of_times(self) -> (f64, f64) {
        let times = (1..=self.steps).map(|k| self.small * k as f64);
        let terms = times.zip((1..=self.steps).map(|k| self.coefficient(k)));
        (
            terms.clone().map(|(t, c)| c * t).sum(),
            terms.map(|(t, c)| c * t * t).sum(),
        )
    }

    /// c_k.
    #[inline(always)]
    fn coefficient(self, k: usize) -> f64 {
        if k == self.steps { 0.5 } else { 1.0 }
    }

    /// Follows a neuron to the end of the step and adds Σ_k c_k t_k a σ(u)/p to `moment`; returns a there.
    #[inline(always)]
    fn go(self, neuron: &mut Neuron, output: f64, moment: &mut [f64]) -> f64 {
        neuron.pull.fill(0.0);
        neuron.changes = 0;
        neuron.size = self.size(&neuron.u);
        let mut a = output;
        let mut rate = self.output_rate * self.pulled(0.0, &neuron.u);
        let growth = Growth::of(self.small * self.small * self.square_of_rate(neuron));
        let mut gone = Way::default();
        for k in 0..self.steps {
            let weight = self.small * (growth.level * a + growth.slope * self.small * rate);
            let way = Way {
                first: weight,
                second: weight * self.small * (k as f64 + 0.5),
            };
            move_along(neuron, way);
            self.put_right(neuron, gone, way);
            gone = gone.and(1.0, way);
            let time = self.small * (k + 1) as f64;
            let end = self.output_rate * self.pulled(time, &neuron.u);
            a += growth.both * self.small * (rate + end);
            rate = end;
            let share = self.coefficient(k + 1) * time * a * self.share;
            for (z, u) in moment.iter_mut().zip(&neuron.u) {
                *z += share * activate(*u, self.gamma);
            }
        }
        let forces = self.force.iter().zip(self.slope);
        for ((pull, gate), (f, slope)) in neuron.pull.iter_mut().zip(&neuron.gates).zip(forces) {
            *pull += gate * gone.of(*f, *slope);
        }
        a
    }

    /// γ² = (η_a/n) Σ_ik f_i g_i K_ik g_k f_k at the start, with which a'' = γ² a while forces and gates stay as they are.
    #[inline(always)]
    fn square_of_rate(self, neuron: &Neuron) -> f64 {
        let forces = self.force.iter().zip(&neuron.gates);
        let pushed = forces
            .zip(&neuron.along)
            .map(|((f, gate), along)| f * gate * along);
        self.output_rate * pushed.sum::<f64>()
    }

    /// max_i |u_i|/√K_ii.
    #[inline(always)]
    fn size(self, u: &[f64]) -> f64 {
        let diagonal = self.kernel.iter().step_by(u.len() + 1);
        u.iter()
            .zip(diagonal)
            .map(|(u, k)| u * u / k)
            .fold(0.0, f64::max)
            .sqrt()
    }

    /// Σ_i f_i(t) σ(u_i).
    #[inline(always)]
    fn pulled(self, time: f64, u: &[f64]) -> f64 {
        const LANES: usize = 8;
        let mut lanes = [0.0; LANES];
        let (force, slope) = (self.force.chunks(LANES), self.slope.chunks(LANES));
        for ((u, force), slope) in u.chunks(LANES).zip(force).zip(slope) {
            for (((lane, u), f), slope) in lanes.iter_mut().zip(u).zip(force).zip(slope) {
                *lane += (f + time * slope) * activate(*u, self.gamma);
            }
        }
        lanes.iter().sum()
    }

    /// Changes the gates of the pairs on the wrong side of their kinks.
    #[inline(always)]
    fn put_right(self, neuron: &mut Neuron, gone: Way, way: Way) {
        let is_wrong = |u: f64, gate: f64| (u > 0.0) & (gate < 1.0) | (u < 0.0) & (gate > self.gamma);
        let n = neuron.u.len();
        for first in (0..n).step_by(BLOCK) {
            let block = first..(first + BLOCK).min(n);
            let pairs = neuron.u[block.clone()].iter().zip(&neuron.gates[block.clone()]);
            // Without a way out of the loop: all at once.
            if pairs.fold(false, |any, (u, gate)| any | is_wrong(*u, *gate)) {
                for i in block {
                    if is_wrong(neuron.u[i], neuron.gates[i]) {
                        self.change(neuron, i, gone, way);
                    }
                }
            }
        }
    }

    /// Changes the gate of pair i, on the wrong side at the end of a small step over `way`.
    #[inline(always)]
    fn change(self, neuron: &mut Neuron, i: usize, gone: Way, way: Way) {
        let (u, before, gate) = (neuron.u[i], neuron.before[i], neuron.gates[i]);
        let row = &self.kernel[i * neuron.u.len()..][..neuron.u.len()];
        // Above where it is to be held; of one that is held, that says where it goes.
        let above = u + self.below * neuron.size * row[i].sqrt();
        let is_held = gate != self.gamma && gate != 1.0;
        let side = if is_held { above } else { u };
        let mut right = if side < 0.0 { self.gamma } else { 1.0 };
        // By which change of the gate the small step ends there.
        let push = row[i] * way.of(self.force[i], self.slope[i]);
        let hold = -above / push;
        let towards = hold * (right - gate) > 0.0;
        let change = if towards && hold.abs() < (right - gate).abs() {
            if hold.abs() < CLOSE && is_held {
                return;
            }
            neuron.gates[i] = gate + hold;
            hold
        } else {
            // One that is held goes up only if it does so without its own push: or one that died would come back when its force turns.
            if is_held && u + (self.gamma - gate) * push <= 0.0 {
                right = self.gamma;
            }
            neuron.gates[i] = right;
            right - gate
        };
        neuron.changes += 1;
        // One that goes through changes where it crosses.
        let part = if neuron.gates[i] == right && before * u < 0.0 {
            before / (before - u)
        } else {
            0.0
        };
        let (f, slope) = (change * self.force[i], change * self.slope[i]);
        neuron.pull[i] -= gone.and(part, way).of(f, slope);
        let back = (1.0 - part) * way.of(f, slope);
        let rates = neuron.along.iter_mut().zip(&mut neuron.turning);
        for ((u, (along, turning)), k) in neuron.u.iter_mut().zip(rates).zip(row) {
            *along += f * k;
            *turning += slope * k;
            *u += back * k;
        }
    }
}

/// σ(u).
#[inline(always)]
pub(super) fn activate(u: f64, gamma: f64) -> f64 {
    if u > 0.0 { u } else { gamma * u }
}

/// u over a small step with the gates as they are.
#[inline(always)]
fn move_along(neuron: &mut Neuron, way: Way) {
    neuron.before.copy_from_slice(&neuron.u);
    let rates = neuron.along.iter().zip(&neuron.turning);
    for (u, (along, turning)) in neuron.u.iter_mut().zip(rates) {
        *u += way.of(*along, *turning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a neuron ends under forces f_i + t f'_i, by many small steps of explicit Euler.
    struct Twin {
        u: Vec<f64>,
        a: f64,
    }

    fn twin(kernel: &[f64], start: &[f64], output: f64, [force, slope]: [&[f64]; 2], gamma: f64) -> Twin {
        const STEPS: u32 = 20_000;
        let (n, h) = (start.len(), 1.0 / f64::from(STEPS));
        let (mut u, mut a) = (start.to_vec(), output);
        for k in 0..STEPS {
            let time = h * (f64::from(k) + 0.5);
            let forces: Vec<f64> = (0..n).map(|i| force[i] + time * slope[i]).collect();
            let gated: Vec<f64> = (0..n)
                .map(|i| if u[i] > 0.0 { forces[i] } else { gamma * forces[i] })
                .collect();
            let rate: f64 = (0..n).map(|i| gated[i] * u[i]).sum::<f64>() / n as f64;
            for i in 0..n {
                u[i] += h * a * (0..n).map(|k| kernel[i * n + k] * gated[k]).sum::<f64>();
            }
            a += h * rate;
        }
        Twin { u, a }
    }

    fn go(
        steps: usize,
        kernel: &[f64],
        start: &[f64],
        output: f64,
        [force, slope]: [&[f64]; 2],
        gamma: f64,
    ) -> (Neuron, f64) {
        let n = start.len();
        let mut neuron = Neuron::new(n);
        neuron.u.copy_from_slice(start);
        for i in 0..n {
            for k in 0..n {
                let gate = if start[k] > 0.0 { 1.0 } else { gamma };
                neuron.along[i] += kernel[i * n + k] * gate * force[k];
                neuron.turning[i] += kernel[i * n + k] * gate * slope[k];
                neuron.gates[k] = gate;
            }
        }
        let march = March {
            steps,
            small: 1.0 / steps as f64,
            gamma,
            output_rate: 1.0 / n as f64,
            share: 1.0,
            force,
            slope,
            kernel,
            below: 1e-12,
        };
        let a = march.go(&mut neuron, output, &mut vec![0.0; n]);
        (neuron, a)
    }

    /// x_1 and x_2 at 120°, both pushed away from: the neuron is driven to the kink of the first and slides there.
    #[test]
    fn a_neuron_slides_on_a_kink_that_both_sides_push_to() {
        let kernel = [1.0, -0.5, -0.5, 1.0];
        let (force, slope) = ([-1.0, -0.8], [0.0, 0.0]);
        let (neuron, _) = go(16, &kernel, &[0.1, 2.0], 1.0, [&force, &slope], 0.0);
        assert!(neuron.u[0].abs() < 0.01, "{:?}", neuron.u);
        // 0 = K_11 g f_1 + K_12 f_2 where it slides.
        assert!((neuron.gates[0] - 0.4).abs() < 0.02, "{:?}", neuron.gates);
        let twin = twin(&kernel, &[0.1, 2.0], 1.0, [&force, &slope], 0.0);
        assert!(
            (neuron.u[1] - twin.u[1]).abs() < 0.02,
            "{:?} {:?}",
            neuron.u,
            twin.u
        );
    }

    /// A neuron that its only example has pushed to the kink stays there when the force turns: on the lower side nothing moves it.
    #[test]
    fn a_neuron_that_died_does_not_come_back() {
        for u in [0.02, 0.05, 0.11, 0.18] {
            let (neuron, _) = go(16, &[1.0], &[u], 1.0, [&[-1.0], &[2.2]], 0.0);
            assert!(
                neuron.u[0] < 0.0 && neuron.u[0] > -1e-10 && neuron.gates[0] == 0.0,
                "from {u}: {:e}, gate {:e}",
                neuron.u[0],
                neuron.gates[0]
            );
        }
    }

    /// One example, f = 1: u' = a, a' = u, so both grow as e^t from equal starts of any size.
    #[test]
    fn growth_is_exact_however_few_the_small_steps() {
        for size in [1.0, 1e-100] {
            let (neuron, a) = go(2, &[1.0], &[size], size, [&[1.0], &[0.0]], 0.0);
            let expected = size * 1f64.exp();
            assert!((neuron.u[0] / expected - 1.0).abs() < 2e-5, "{:e}", neuron.u[0]);
            assert!((a / expected - 1.0).abs() < 2e-5, "{a:e}");
        }
    }

    #[test]
    fn random_neurons_go_where_many_small_steps_go() {
        let n = 7;
        let noise = |k: usize| (1e3 * (k as f64 + 0.7).sin()).sin();
        let (mut worst, mut moved, mut crossed) = ([0.0f64; 2], f64::INFINITY, 0);
        for draw in 0..60 {
            let inputs: Vec<f64> = (0..3 * n).map(|k| noise(97 * draw + k)).collect();
            let mut kernel = vec![0.0; n * n];
            for i in 0..n {
                for k in 0..n {
                    kernel[i * n + k] =
                        (0..3).map(|c| inputs[3 * i + c] * inputs[3 * k + c]).sum::<f64>() / 3.0;
                }
            }
            let weights = [noise(draw + 5), noise(2 * draw + 6), noise(3 * draw + 7)];
            let start: Vec<f64> = (0..n)
                .map(|i| (0..3).map(|c| inputs[3 * i + c] * weights[c]).sum())
                .collect();
            let force: Vec<f64> = (0..n).map(|i| 2.0 * noise(31 * draw + i)).collect();
            let slope: Vec<f64> = (0..n).map(|i| noise(53 * draw + i)).collect();
            let gamma = [0.0, 0.3, -0.5][draw % 3];
            let output = noise(draw + 11);
            let twin = twin(&kernel, &start, output, [&force, &slope], gamma);
            let far = |x: &[f64], y: &[f64]| {
                x.iter()
                    .zip(y)
                    .map(|(x, y)| (x - y) * (x - y))
                    .sum::<f64>()
                    .sqrt()
            };
            for (steps, worst) in [16, 256].into_iter().zip(&mut worst) {
                let (found, a) = go(steps, &kernel, &start, output, [&force, &slope], gamma);
                *worst = worst.max(far(&found.u, &twin.u)).max((a - twin.a).abs());
                // What the weights move by, ∫ a σ' f dt through the inputs, is what u moves by.
                let by_pull: Vec<f64> = (0..n)
                    .map(|i| start[i] + (0..n).map(|k| kernel[i * n + k] * found.pull[k]).sum::<f64>())
                    .collect();
                assert!(far(&by_pull, &found.u) < 1e-12, "{by_pull:?} {:?}", found.u);
            }
            moved = moved.min(far(&start, &twin.u));
            crossed += (0..n).filter(|i| start[*i] * twin.u[*i] < 0.0).count();
        }
        println!("{worst:?} from the twin, of {moved:.1e} and more; {crossed} crossings");
        assert!(worst[0] < 0.1 && worst[1] < 0.2 * worst[0], "{worst:?}");
        assert!(crossed > 20, "{crossed}");
    }
}
