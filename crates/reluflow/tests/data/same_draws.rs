//! Checks that laws draw the bits they have always drawn: a seed in a paper is worth something only then.
//!
//! The digests were made with the version before targets, noise and biases came, through its Python package: FNV-1a over the bytes
//! of the arrays, inputs before labels and hidden weights before output weights. Rotated frames and log-normal norms are left
//! out: the last bits of a QR decomposition and of an exponential are the machine's.

use reluflow::data::{Antipodal, Gaussian, Groups, Isotropic, Orthogonal, Teacher};
use reluflow::initialisation::{Asymmetric, Balanced, Normal, PyTorch};
use reluflow::{DataLaw, InitialisationLaw, Setting};

fn digest(numbers: impl IntoIterator<Item = f64>) -> u64 {
    let bytes = numbers.into_iter().flat_map(f64::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Digests of the data and of the network of draw 2 with seed 3, n = 6, d = 9, p = 8.
fn draw(data: DataLaw, initialisation: InitialisationLaw) -> (u64, u64) {
    let setting = Setting {
        n: 6,
        d: 9,
        p: 8,
        data,
        initialisation,
    };
    let (data, network) = setting.draw(3, 2).unwrap();
    (
        digest(data.inputs().iter().chain(data.labels()).copied()),
        digest(
            network
                .hidden_weights()
                .iter()
                .chain(network.output_weights())
                .copied(),
        ),
    )
}

#[test]
fn data_laws_draw_the_bits_they_drew() {
    let teacher = |band, shuffled, label_scale, width| Teacher {
        width,
        label_scale,
        band,
        shuffled,
        ..Teacher::default()
    };
    for (law, expected) in [
        (DataLaw::Isotropic(Isotropic::default()), 0xf48d_0a63_3d1a_c563),
        (
            DataLaw::Gaussian(Gaussian {
                scale: 2.0,
                ..Gaussian::default()
            }),
            0xe750_2f81_dfe5_5818,
        ),
        (DataLaw::Orthogonal(Orthogonal::default()), 0xf69f_f11c_6575_4eaa),
        (DataLaw::Antipodal(Antipodal::default()), 0x1eb0_3d12_d809_3d71),
        (DataLaw::Groups(Groups::default()), 0x1df8_6975_7756_cb6f),
        (
            DataLaw::Teacher(teacher(None, false, 1.5, 3)),
            0xf288_f0cf_cb0b_6729,
        ),
        (
            DataLaw::Teacher(teacher(Some((1.0, 2.0)), true, 1.0, 3)),
            0xc397_3d80_c0f7_880b,
        ),
        (
            DataLaw::Antipodal(Antipodal {
                base: Box::new(DataLaw::Teacher(Teacher::default())),
                ..Antipodal::default()
            }),
            0x3ce7_5064_2a2f_b4d9,
        ),
    ] {
        let (found, _) = draw(law.clone(), InitialisationLaw::Balanced(Balanced::default()));
        assert_eq!(found, expected, "{law:?}: {found:#x}");
    }
}

#[test]
fn initialisations_draw_the_bits_they_drew() {
    let asymmetric = |covered| {
        InitialisationLaw::Asymmetric(Asymmetric {
            covered,
            ..Asymmetric::default()
        })
    };
    for (law, expected) in [
        (asymmetric(false), 0x0397_8de0_b4bc_80e3),
        (asymmetric(true), 0x86db_91b7_e617_6c8d),
        (
            InitialisationLaw::Balanced(Balanced {
                scale: 0.1,
                ..Balanced::default()
            }),
            0x4722_9056_f840_9077,
        ),
        (
            InitialisationLaw::Normal(Normal {
                hidden: 1.0,
                output: Some(0.5),
            }),
            0xbda2_ad30_73b8_033e,
        ),
        (
            InitialisationLaw::Normal(Normal::default()),
            0x4fd8_1edc_2fe2_c621,
        ),
        (InitialisationLaw::PyTorch(PyTorch {}), 0x543b_6293_df57_27a4),
    ] {
        let (_, found) = draw(DataLaw::Isotropic(Isotropic::default()), law.clone());
        assert_eq!(found, expected, "{law:?}: {found:#x}");
    }
}
