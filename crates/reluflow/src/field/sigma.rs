//! The activations that sweeps are compiled for.

use pulp::{Arch, Simd, WithSimd};

use super::Real;
use crate::model::Activation;

/// An activation on vectors. A sweep asks for what it does with σ and σ' together, so that an activation with
/// σ(u) = σ'(u) u takes one gate for both; a smooth one would say otherwise.
pub(super) trait Sigma<T: Real>: Copy {
    /// σ(u).
    fn value<S: Simd>(self, simd: S, u: T::Vector<S>) -> T::Vector<S>;

    /// σ'(u) f.
    fn gate<S: Simd>(self, simd: S, u: T::Vector<S>, f: T::Vector<S>) -> T::Vector<S>;

    /// σ'(u)² f.
    #[inline(always)]
    fn gate_twice<S: Simd>(self, simd: S, u: T::Vector<S>, f: T::Vector<S>) -> T::Vector<S> {
        self.gate(simd, u, self.gate(simd, u, f))
    }

    /// c + a σ'(u) b.
    #[inline(always)]
    fn multiply_add_where<S: Simd>(
        self,
        simd: S,
        u: T::Vector<S>,
        a: T::Vector<S>,
        b: T::Vector<S>,
        c: T::Vector<S>,
    ) -> T::Vector<S> {
        T::multiply_add(simd, a, self.gate(simd, u, b), c)
    }

    /// σ'(u) f, and sum + σ(u) f; as given here where σ(u) = σ'(u) u.
    #[inline(always)]
    fn gate_and_sum<S: Simd>(
        self,
        simd: S,
        u: T::Vector<S>,
        f: T::Vector<S>,
        sum: T::Vector<S>,
    ) -> (T::Vector<S>, T::Vector<S>) {
        let on = self.gate(simd, u, f);
        (on, T::multiply_add(simd, on, u, sum))
    }

    /// σ'(u) a du + σ(u) da, what a σ(u) changes by along (du, da); as given here where σ(u) = σ'(u) u.
    #[inline(always)]
    fn tangent<S: Simd>(
        self,
        simd: S,
        u: T::Vector<S>,
        a: T::Vector<S>,
        [along_u, along_a]: [T::Vector<S>; 2],
    ) -> T::Vector<S> {
        let along = T::multiply_add(simd, a, along_u, T::multiply(simd, along_a, u));
        self.gate(simd, u, along)
    }
}

/// max(u, 0).
#[derive(Debug, Clone, Copy)]
pub(super) struct Relu;

impl<T: Real> Sigma<T> for Relu {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, u: T::Vector<S>) -> T::Vector<S> {
        T::positive(simd, u)
    }
    #[inline(always)]
    fn gate<S: Simd>(self, simd: S, u: T::Vector<S>, f: T::Vector<S>) -> T::Vector<S> {
        T::gate(simd, u, f)
    }
    #[inline(always)]
    fn gate_twice<S: Simd>(self, simd: S, u: T::Vector<S>, f: T::Vector<S>) -> T::Vector<S> {
        T::gate(simd, u, f)
    }
    #[inline(always)]
    fn multiply_add_where<S: Simd>(
        self,
        simd: S,
        u: T::Vector<S>,
        a: T::Vector<S>,
        b: T::Vector<S>,
        c: T::Vector<S>,
    ) -> T::Vector<S> {
        T::multiply_add_where(simd, u, a, b, c)
    }
}

/// max(u, γu), γ ≤ 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaky<T> {
    slope: T,
}

impl<T: Real> Sigma<T> for Leaky<T> {
    #[inline(always)]
    fn value<S: Simd>(self, simd: S, u: T::Vector<S>) -> T::Vector<S> {
        T::larger(simd, u, T::multiply(simd, T::splat(simd, self.slope), u))
    }
    #[inline(always)]
    fn gate<S: Simd>(self, simd: S, u: T::Vector<S>, f: T::Vector<S>) -> T::Vector<S> {
        let off = T::multiply(simd, T::splat(simd, self.slope), f);
        T::choose(simd, u, f, off)
    }
}

/// A sweep that can be compiled for an activation.
pub(super) trait WithSigma<T: Real> {
    /// What it returns.
    type Output;
    /// The sweep.
    fn with_sigma<A: Sigma<T>, S: Simd>(self, sigma: A, simd: S) -> Self::Output;
}

/// Runs a sweep as compiled for an activation and this processor.
pub(super) fn dispatch<T: Real, W: WithSigma<T>>(arch: Arch, activation: Activation, sweep: W) -> W::Output {
    if activation.is_relu() {
        arch.dispatch(Bound(sweep, Relu, std::marker::PhantomData))
    } else {
        let slope = T::from_f64(activation.slope());
        arch.dispatch(Bound(sweep, Leaky { slope }, std::marker::PhantomData))
    }
}

struct Bound<W, A, T>(W, A, std::marker::PhantomData<T>);

impl<T: Real, A: Sigma<T>, W: WithSigma<T>> WithSimd for Bound<W, A, T> {
    type Output = W::Output;
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> W::Output {
        self.0.with_sigma(self.1, simd)
    }
}
