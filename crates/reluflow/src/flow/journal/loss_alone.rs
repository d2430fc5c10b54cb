//! L at a point whose objective is known: without the penalty of weight decay.

use crate::field::{Real, VectorField, split_state};
use crate::flow::point::Point;

/// Where L is a smaller part of the objective than this, their difference has lost digits.
const CANCELLED: f64 = 1e-3;

/// L, the objective less the penalty. Where that difference has lost digits L is found anew, from the outputs, in O(n p d).
pub(super) fn loss_alone<T: Real>(field: &dyn VectorField<T>, point: Point<'_, T>) -> f64 {
    if field.model().decay().is_none() {
        return point.loss;
    }
    let difference = point.loss - field.penalty(point.state);
    if difference > CANCELLED * point.loss || !point.loss.is_finite() {
        return difference;
    }
    let (n, p, m) = (field.examples(), field.neurons(), field.hidden_coordinates());
    let (hidden, output) = split_state(point.state, p);
    let mut outputs = vec![0.0; n];
    let mut row = vec![0.0; m];
    for (j, a) in output.iter().enumerate() {
        for (wide, w) in row.iter_mut().zip(&hidden[j * m..]) {
            *wide = w.to_f64();
        }
        for (i, h) in outputs.iter_mut().enumerate() {
            *h += a.to_f64() / p as f64 * field.model().activation.value(field.input_product(&row, i));
        }
    }
    let loss = field.model().loss;
    let losses = outputs.iter().zip(field.labels());
    losses.map(|(h, y)| loss.value(*h, y.to_f64())).sum::<f64>() / n as f64
}
