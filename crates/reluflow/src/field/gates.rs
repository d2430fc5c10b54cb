//! Adds to the vectors of both scalar types what the sweeps need: gates, and rows that end amid a vector.

use pulp::Simd;

use super::lanes::Lanes;

/// A scalar type whose vectors can be gated by the signs of others.
pub trait Gates: Lanes {
    /// Numbers of a vector.
    fn lanes<S: Simd>() -> usize;
    /// σ(u) = max(u, 0).
    fn positive<S: Simd>(simd: S, u: Self::Vector<S>) -> Self::Vector<S>;
    /// max(a, b).
    fn larger<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// `on` where u > 0, `off` elsewhere.
    fn choose<S: Simd>(
        simd: S,
        u: Self::Vector<S>,
        on: Self::Vector<S>,
        off: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// f 1\[u > 0\], of the bits of u: one that is not a number counts as its sign says, and stays none.
    fn gate<S: Simd>(simd: S, u: Self::Vector<S>, f: Self::Vector<S>) -> Self::Vector<S>;
    /// c + a b 1\[u > 0\], with the gate as above; the sign of a zero is not the same on every instruction set.
    fn multiply_add_where<S: Simd>(
        simd: S,
        u: Self::Vector<S>,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
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
    ($scalar:ty, $vector:ident, $lanes:ident, $splat:ident, $max:ident, $bits:ident, $splat_bits:ident,
     $greater:ident, $select:ident, $cut:ident, $cut_mut:ident, $load:ident, $store:ident) => {
        impl Gates for $scalar {
            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }
            #[inline(always)]
            fn positive<S: Simd>(simd: S, u: S::$vector) -> S::$vector {
                simd.$max(u, simd.$splat(0.0))
            }
            #[inline(always)]
            fn larger<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$max(a, b)
            }
            #[inline(always)]
            fn choose<S: Simd>(simd: S, u: S::$vector, on: S::$vector, off: S::$vector) -> S::$vector {
                let positive = simd.$greater(simd.$bits(u), simd.$splat_bits(0));
                simd.$select(positive, on, off)
            }
            #[inline(always)]
            fn gate<S: Simd>(simd: S, u: S::$vector, f: S::$vector) -> S::$vector {
                // Positive numbers are positive integers in their bits, and integers compare where products do not run.
                let on = simd.$greater(simd.$bits(u), simd.$splat_bits(0));
                simd.$select(on, f, simd.$splat(0.0))
            }
            #[inline(always)]
            fn multiply_add_where<S: Simd>(
                simd: S,
                u: S::$vector,
                a: S::$vector,
                b: S::$vector,
                c: S::$vector,
            ) -> S::$vector {
                if S::REGISTER_COUNT >= 32 {
                    // Where operations take masks this is one of them; elsewhere it would be a slow choice.
                    let on = simd.$greater(simd.$bits(u), simd.$splat_bits(0));
                    simd.$select(on, <$scalar as Lanes>::multiply_add(simd, a, b, c), c)
                } else {
                    <$scalar as Lanes>::multiply_add(simd, a, <$scalar as Gates>::gate(simd, u, b), c)
                }
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
