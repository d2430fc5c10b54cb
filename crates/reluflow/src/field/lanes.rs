//! Gives both scalar types one set of vector operations, over `pulp`'s instruction sets.

use pulp::Simd;

/// A scalar type whose vectors `pulp` knows; every number of a vector is a lane.
pub trait Lanes: Copy {
    /// As many numbers as a register of the instruction set holds.
    type Vector<S: Simd>: Copy;
    /// The number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// a b + c, rounded once where the instruction set has fused operations (all but the plain one).
    fn multiply_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// a b.
    fn multiply<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a + b.
    fn sum<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// The sum of a vector's numbers, halves first.
    fn total<S: Simd>(simd: S, a: Self::Vector<S>) -> Self;
    /// A slice as vectors; what is left over at its end is not looked at.
    fn vectors<S: Simd>(values: &[Self]) -> &[Self::Vector<S>];
    /// A slice as vectors to be written.
    fn vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [Self::Vector<S>];
}

macro_rules! lanes {
    ($scalar:ty, $vector:ident, $splat:ident, $fused:ident, $add:ident, $multiply:ident,
     $total:ident, $as:ident, $as_mut:ident) => {
        impl Lanes for $scalar {
            type Vector<S: Simd> = S::$vector;
            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }
            #[inline(always)]
            fn multiply_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                if S::IS_SCALAR {
                    simd.$add(simd.$multiply(a, b), c) // a fused operation would be a call
                } else {
                    simd.$fused(a, b, c)
                }
            }
            #[inline(always)]
            fn multiply<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$multiply(a, b)
            }
            #[inline(always)]
            fn sum<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn total<S: Simd>(simd: S, a: S::$vector) -> $scalar {
                simd.$total(a)
            }
            #[inline(always)]
            fn vectors<S: Simd>(values: &[Self]) -> &[S::$vector] {
                S::$as(values).0
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(values: &mut [Self]) -> &mut [S::$vector] {
                S::$as_mut(values).0
            }
        }
    };
}

lanes!(
    f32,
    f32s,
    splat_f32s,
    mul_add_f32s,
    add_f32s,
    mul_f32s,
    reduce_sum_f32s,
    as_simd_f32s,
    as_mut_simd_f32s
);
lanes!(
    f64,
    f64s,
    splat_f64s,
    mul_add_f64s,
    add_f64s,
    mul_f64s,
    reduce_sum_f64s,
    as_simd_f64s,
    as_mut_simd_f64s
);
