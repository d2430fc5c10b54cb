//! Expands the forces f_i = −∂ℓ/∂h of the classification losses in Taylor series, example by example.
//!
//! With the margin m_i = y_i h(x_i) both losses have a force f_i = y_i s_i whose series follows from that of m_i:
//!
//! ```text
//! exponential   s = e^(−m)            s' = −m' s
//! logistic      s = 1/(1 + e^m)       s' = −m' s (1 − s)
//! ```
//!
//! so k s_k = −Σ_{l = 1..k} l m_l q_{k−l} with q = s or s − s². The force of the square loss is linear in h and needs none of this.

use super::kinks::Kinks;
use crate::model::Loss;

/// An example whose s is smaller says nothing about the length of a step: its digits are lost.
const LEAST: f64 = 1e-290;

/// Series of every example with x_i ≠ 0; index k is the coefficient of τ^k.
#[derive(Debug, Clone, Default)]
pub(super) struct Forces {
    /// Of m_i.
    margins: Vec<Vec<f64>>,
    /// Of s_i.
    shares: Vec<Vec<f64>>,
    /// Of s_i − s_i²; for the logistic loss.
    slopes: Vec<Vec<f64>>,
    /// |c_i| s_i (1 + |m_i|), summed over the plus and the minus side of every kink: what forces are known relative to.
    pub(super) gross: [Vec<f64>; 2],
}

impl Forces {
    /// Room for series of this order.
    pub(super) fn new(kinks: &Kinks, order: usize) -> Self {
        if kinks.loss == Loss::Square {
            return Self::default();
        }
        let room = vec![vec![0.0; kinks.multiples.len()]; order + 1];
        Self {
            margins: room.clone(),
            shares: room.clone(),
            slopes: if kinks.loss == Loss::Logistic {
                room
            } else {
                Vec::new()
            },
            gross: [vec![0.0; kinks.count()], vec![0.0; kinks.count()]],
        }
    }

    /// Puts coefficient k of h on both sides of every kink in, and coefficient k of the summed forces out.
    pub(super) fn extend(&mut self, kinks: &Kinks, k: usize, sides: [&mut [f64]; 2]) {
        for (i, example) in kinks.multiples.iter().enumerate() {
            let factor = example.label * example.multiple;
            self.margins[k][i] = factor * sides[example.side()][example.kink];
        }
        let [plus, minus] = sides;
        plus.fill(0.0);
        minus.fill(0.0);
        let sides = [plus, minus];
        if k == 0 {
            self.gross.iter_mut().for_each(|side| side.fill(0.0));
        }
        for (i, example) in kinks.multiples.iter().enumerate() {
            let share = self.share(kinks.loss, k, i);
            sides[example.side()][example.kink] += example.label * example.multiple * share;
            if k == 0 {
                let gross = example.multiple.abs() * share * (1.0 + self.margins[0][i].abs());
                self.gross[example.side()][example.kink] += gross;
            }
        }
    }

    /// Computes coefficient k of s_i.
    fn share(&mut self, loss: Loss, k: usize, i: usize) -> f64 {
        let logistic = loss == Loss::Logistic;
        let share = if k == 0 {
            loss.force(self.margins[0][i], 1.0)
        } else {
            let q = if logistic { &self.slopes } else { &self.shares };
            let terms = (1..=k).map(|l| l as f64 * self.margins[l][i] * q[k - l][i]);
            -terms.sum::<f64>() / k as f64
        };
        self.shares[k][i] = share;
        if logistic {
            let square: f64 = (0..=k).map(|l| self.shares[l][i] * self.shares[k - l][i]).sum();
            self.slopes[k][i] = share - square;
        }
        share
    }

    /// The largest |coefficient k| of a share in units of it.
    pub(super) fn largest(&self, k: usize) -> f64 {
        let pairs = self.shares[k].iter().zip(&self.shares[0]);
        pairs
            .filter(|(_, share)| **share > LEAST)
            .map(|(c, share)| (c / share).abs())
            .fold(0.0, f64::max)
    }

    /// The largest |m_i|.
    pub(super) fn largest_margin(&self) -> f64 {
        let margins = self.margins.first();
        let margins = margins.into_iter().flatten();
        margins.fold(0.0, |most: f64, m| most.max(m.abs()))
    }
}
