//! Runs plain loops compiled for the machine's vectors.

use pulp::{Simd, WithSimd};

/// Work for [`pulp::Arch::dispatch`]; made by [`in_vectors`].
pub(crate) struct InVectors<F>(pub(crate) F);

impl<R, F: FnMut() -> R> WithSimd for InVectors<F> {
    type Output = R;
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) -> R {
        (self.0)()
    }
}

/// Computes an expression in a function that is compiled for the machine's instruction set.
///
/// What is to profit must be inlined into that function, all of it: what it calls carries `#[inline(always)]`. A closure given to
/// `dispatch` itself is not enough: `pulp` calls it as a `FnOnce`, through a shim which the compiler may leave outside, compiled for
/// the oldest processor. Called as a `FnMut` it has none.
macro_rules! in_vectors {
    ($arch:expr, $work:expr $(,)?) => {
        $arch.dispatch($crate::vectors::InVectors(
            #[inline(always)]
            || $work,
        ))
    };
}

pub(crate) use in_vectors;
