//! Gives both scalar types the vector operations of the sweeps, over `pulp`'s instruction sets.

use pulp::Simd;

/// A scalar type whose vectors can be gated by the signs of others.
pub trait Gates: Copy {
    /// As many numbers as a register of the instruction set holds.
    type Vector<S: Simd>: Copy;
    /// How many that is.
    fn lanes<S: Simd>() -> usize;
    /// The number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;
    /// a b.
    fn multiply<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// a b + c, rounded once where the instruction set has fused operations (all but the plain one).
    fn multiply_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// σ(u) = max(u, 0).
    fn positive<S: Simd>(simd: S, u: Self::Vector<S>) -> Self::Vector<S>;
    /// f 1\[u > 0\].
    fn gate<S: Simd>(simd: S, u: Self::Vector<S>, f: Self::Vector<S>) -> Self::Vector<S>;
    /// A slice as vectors, and what is left over at its end.
    fn cut<S: Simd>(values: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    /// A slice as vectors to be written, and what is left over at its end.
    fn cut_mut<S: Simd>(values: &mut [Self]) -> (&mut [Self::Vector<S>], &mut [Self]);
    /// Less than a vector, filled up with zeros.
    fn load<S: Simd>(simd: S, rest: &[Self]) -> Self::Vector<S>;
    /// Writes the first lanes over less than a vector.
    fn store<S: Simd>(simd: S, rest: &mut [Self], value: Self::Vector<S>);
}

macro_rules! gates {
    ($scalar:ty, $vector:ident, $lanes:ident, $splat:ident, $multiply:ident, $fused:ident, $add:ident, $max:ident,
     $bits:ident, $splat_bits:ident, $greater:ident, $select:ident, $cut:ident, $cut_mut:ident, $load:ident, $store:ident) => {
        impl Gates for $scalar {
            type Vector<S: Simd> = S::$vector;
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }
            #[inline(always)]
            fn multiply<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$multiply(a, b)
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
            fn positive<S: Simd>(simd: S, u: S::$vector) -> S::$vector {
                simd.$max(u, simd.$splat(0.0))
            }
            #[inline(always)]
            fn gate<S: Simd>(simd: S, u: S::$vector, f: S::$vector) -> S::$vector {
                // A positive number is a positive integer in its bits, and integers compare on the ports that
                // products leave free.
                let on = simd.$greater(simd.$bits(u), simd.$splat_bits(0));
                simd.$select(on, f, simd.$splat(0.0))
            }
            #[inline(always)]
            fn cut<S: Simd>(values: &[Self]) -> (&[S::$vector], &[Self]) {
                S::$cut(values)
            }
            #[inline(always)]
            fn cut_mut<S: Simd>(values: &mut [Self]) -> (&mut [S::$vector], &mut [Self]) {
                S::$cut_mut(values)
            }
            #[inline(always)]
            fn load<S: Simd>(simd: S, rest: &[Self]) -> S::$vector {
                simd.$load(rest)
            }
            #[inline(always)]
            fn store<S: Simd>(simd: S, rest: &mut [Self], value: S::$vector) {
                simd.$store(rest, value);
            }
        }
    };
}

gates!(
    f32,
    f32s,
    F32_LANES,
    splat_f32s,
    mul_f32s,
    mul_add_f32s,
    add_f32s,
    max_f32s,
    transmute_i32s_f32s,
    splat_i32s,
    greater_than_i32s,
    select_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    partial_load_f32s,
    partial_store_f32s
);
gates!(
    f64,
    f64s,
    F64_LANES,
    splat_f64s,
    mul_f64s,
    mul_add_f64s,
    add_f64s,
    max_f64s,
    transmute_i64s_f64s,
    splat_i64s,
    greater_than_i64s,
    select_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    partial_load_f64s,
    partial_store_f64s
);
