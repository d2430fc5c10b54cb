//! Units in which a run goes on far beyond the range of doubles: the loss of a separated classification falls for ever.
//!
//! With L' = 2^k L and t' = 2^(−k) t the flow is that of L', along the same path and in the same τ = ∫ L dt. Powers of two change
//! no bit. A run in τ changes k whenever L' leaves a comfortable range; in t, or where weights decay, k stays 0.

/// k.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unit(pub(super) i32);

impl Unit {
    /// L from what is computed: 0 where it is below the range of doubles.
    pub(super) fn loss(self, loss: f64) -> f64 {
        shift(loss, -self.0)
    }

    /// A rate of change from what is computed.
    pub(super) fn rate(self, rate: f64) -> f64 {
        shift(rate, -self.0)
    }

    /// t from what is computed, and the largest double where it is beyond that.
    pub(super) fn time(self, time: f64) -> f64 {
        shift(time, self.0).min(f64::MAX)
    }

    /// log L from what is computed.
    pub(super) fn log(self, loss: f64) -> f64 {
        loss.ln() - f64::from(self.0) * std::f64::consts::LN_2
    }
}

/// 2^k v, without the detour over an infinite 2^k.
pub(super) fn shift(value: f64, k: i32) -> f64 {
    if k == 0 {
        return value;
    }
    let half = k / 2;
    value * 2f64.powi(half) * 2f64.powi(k - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_change_no_bit_and_end_in_the_range_of_doubles() {
        let unit = Unit(1500);
        assert_eq!(Unit(40).loss(3.0 * 2f64.powi(40)), 3.0);
        assert_eq!(unit.loss(1.0), 0.0);
        assert_eq!(unit.time(1.0), f64::MAX);
        assert_eq!(unit.time(0.0), 0.0);
        assert_eq!(unit.log(1.0), -1500.0 * std::f64::consts::LN_2);
        assert_eq!(shift(shift(0.7, -1000), 1000), 0.7);
    }
}
