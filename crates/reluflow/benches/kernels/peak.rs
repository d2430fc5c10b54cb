//! Measures what this processor can do at most: fused multiply–adds, and updates in place.

use std::cell::RefCell;
use std::hint::black_box;

use faer::traits::ComplexField;
use pulp::{Arch, Simd, WithSimd};
use reluflow::field::Real;

use crate::share::{Limit, thread_seconds};

/// Independent chains of multiply–adds: more than latency times throughput of any processor we know.
const CHAINS: usize = 12;
/// Links of each chain in a burst.
const LINKS: usize = 100_000;
/// The most a scalar type allows on this processor, one thread.
pub(crate) trait Peak: Real + ComplexField {
    /// `f32` or `f64`.
    const NAME: &'static str;
    /// Runs [`LINKS`] multiply–adds in each chain, and returns how many operations that were.
    fn burst() -> u64;

    /// Operations a second, a multiply–add being two.
    fn multiply_adds() -> Limit {
        Limit::new("Gflop/s", || {
            let start = thread_seconds();
            let operations = Self::burst();
            operations as f64 / (thread_seconds() - start)
        })
    }

    /// Bytes read and written a second when every number of so many is raised in place.
    fn update_in_place(length: usize) -> Limit {
        let room = RefCell::new(vec![Self::ONE; length + 64]);
        let sweeps = 1 + 400_000 / length;
        Limit::new("GB/s", move || {
            let mut room = room.borrow_mut();
            // From the start of a cache line on, as our states: a vector that straddles two costs twice.
            let first = room.as_ptr().align_offset(64);
            let numbers = &mut room[first..][..length];
            let mut sweep = || {
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for number in numbers.iter_mut() {
                            *number += Self::ONE;
                        }
                    },
                );
                black_box(&mut *numbers);
            };
            sweep(); // what was measured before has the caches
            let start = thread_seconds();
            (0..sweeps).for_each(|_| sweep());
            (2 * sweeps * length * size_of::<Self>()) as f64 / (thread_seconds() - start)
        })
    }
}

struct Burst<T>(std::marker::PhantomData<T>);

macro_rules! peak {
    ($scalar:ident, $lanes:ident, $splat:ident, $mul_add:ident) => {
        impl WithSimd for Burst<$scalar> {
            type Output = u64;

            #[inline(always)]
            fn with_simd<S: Simd>(self, simd: S) -> u64 {
                let (factor, term) = (simd.$splat(black_box(0.5)), simd.$splat(black_box(1.0)));
                let mut chains = [term; CHAINS];
                for _ in 0..LINKS {
                    for link in &mut chains {
                        *link = simd.$mul_add(*link, factor, term);
                    }
                }
                black_box(chains);
                (2 * CHAINS * LINKS * S::$lanes) as u64
            }
        }

        impl Peak for $scalar {
            const NAME: &'static str = stringify!($scalar);

            fn burst() -> u64 {
                Arch::new().dispatch(Burst::<$scalar>(std::marker::PhantomData))
            }
        }
    };
}

peak!(f32, F32_LANES, splat_f32s, mul_add_f32s);
peak!(f64, F64_LANES, splat_f64s, mul_add_f64s);
