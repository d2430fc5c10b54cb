//! Tsitouras 5(4): the accurate pair for smooth problems.
//!
//! | family | order | embedded order | stages | first-same-as-last | source |
//! | --- | --- | --- | --- | --- | --- |
//! | explicit Runge–Kutta pair | 5 | 4 | 7 | yes, 6 evaluations a step | Tsitouras 2011 |

use super::explicit_pair::Tableau;

/// The coefficients.
pub(crate) static TSITOURAS: Tableau = Tableau {
    embedded_order: 4,
    rows: &[
        &[0.161],
        &[-0.008_480_655_492_356_989, 0.335_480_655_492_357],
        &[
            2.897_153_057_105_493_5,
            -6.359_448_489_975_075,
            4.362_295_432_869_581_5,
        ],
        &[
            5.325_864_828_439_257,
            -11.748_883_564_062_828,
            7.495_539_342_889_836_5,
            -0.092_495_066_361_755_25,
        ],
        &[
            5.861_455_442_946_42,
            -12.920_969_317_847_11,
            8.159_367_898_576_159,
            -0.071_584_973_281_401,
            -0.028_269_050_394_068_383,
        ],
        &[
            0.096_460_766_818_065_23,
            0.01,
            0.479_889_650_414_499_6,
            1.379_008_574_103_742,
            -3.290_069_515_436_081,
            2.324_710_524_099_774,
        ],
    ],
    error: &[
        0.001_780_011_052_225_777,
        0.000_816_434_459_656_746_9,
        -0.007_880_878_010_261_995,
        0.144_711_007_173_262_9,
        -0.582_357_165_452_555_2,
        0.458_082_105_929_186_97,
        -1.0 / 66.0,
    ],
    interval: 3.3,
};

#[cfg(test)]
mod tests {
    #[test]
    fn tableau_has_its_orders() {
        super::super::explicit_pair::tests::check_tableau(&super::TSITOURAS, 5);
    }
}
