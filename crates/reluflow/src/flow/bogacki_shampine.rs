//! Bogacki–Shampine 3(2): the cheap pair for smooth problems and loose tolerances.
//!
//! | family | order | embedded order | stages | first-same-as-last | source |
//! | --- | --- | --- | --- | --- | --- |
//! | explicit Runge–Kutta pair | 3 | 2 | 4 | yes, 3 evaluations a step | Bogacki, Shampine 1989 |

use super::explicit_pair::Tableau;

/// The coefficients.
pub(crate) static BOGACKI_SHAMPINE: Tableau = Tableau {
    embedded_order: 2,
    rows: &[
        &[1.0 / 2.0],
        &[0.0, 3.0 / 4.0],
        &[2.0 / 9.0, 1.0 / 3.0, 4.0 / 9.0],
    ],
    error: &[-5.0 / 72.0, 1.0 / 12.0, 1.0 / 9.0, -1.0 / 8.0],
    interval: 2.5,
};

#[cfg(test)]
mod tests {
    #[test]
    fn tableau_has_its_orders() {
        super::super::explicit_pair::tests::check_tableau(&super::BOGACKI_SHAMPINE, 3);
    }
}
