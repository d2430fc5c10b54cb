//! Draws inputs around centres: ±μ, the four centres of XOR, k directions, a grid, or given ones.

use ndarray::{Array1, Array2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::orthogonal::random_frame;
use crate::Dataset;
use crate::error::{Error, Result};
use crate::initialisation::HiddenLaw;

/// Where the centres lie; r is the `radius`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Centres {
    /// r e_1 and −r e_1.
    #[default]
    Opposite,
    /// r e_1, −r e_1, r e_2, −r e_2: labels are those of XOR.
    Xor,
    /// r e_1, …, r e_k.
    Axes(usize),
    /// k of them, uniform on the sphere of radius r.
    Random(usize),
    /// k² points of a square grid in the plane of e_1 and e_2, with coordinates from −r to r.
    Grid(usize),
    /// These, whatever the radius; k lists of d numbers.
    Given(Vec<Vec<f64>>),
}

/// The label of each centre, which all inputs around it bear.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CentreLabels {
    /// +1 and −1: in turn, with centres ±μ and one after the other; by the pair in XOR; as on a chessboard in a grid.
    #[default]
    InTurn,
    /// +1 or −1 with probability 1/2 each, drawn once for each centre.
    Random,
    /// These, one for each centre.
    Given(Vec<f64>),
}

/// x_i = c_k + s ξ_i with y_i = the label of c_k, where k is uniform among the centres and ξ_i ~ N(0, I_d/d): √(E‖x_i − c_k‖²) = s.
///
/// With `perpendicular`, ξ_i ~ N(0, P/tr P) with P the projection on what is orthogonal to all centres.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Clusters {
    /// Where the centres lie.
    pub centres: Centres,
    /// The norm r of the centres.
    pub radius: f64,
    /// The root mean square s of the distance to the centre.
    pub spread: f64,
    /// Whether inputs differ from their centre only in directions orthogonal to all centres.
    pub perpendicular: bool,
    /// e_1, e_2, … uniform among orthonormal frames; otherwise the coordinate axes.
    pub rotated: bool,
    /// Example i belongs to centre i modulo k; otherwise each centre has the probability 1/k, example by example.
    pub even: bool,
    /// The labels of the centres.
    pub labels: CentreLabels,
}

impl Default for Clusters {
    fn default() -> Self {
        Self {
            centres: Centres::default(),
            radius: 1.0,
            spread: 0.5,
            perpendicular: false,
            rotated: false,
            even: false,
            labels: CentreLabels::default(),
        }
    }
}

impl Centres {
    /// Number of centres k.
    fn count(&self) -> usize {
        match self {
            Self::Opposite => 2,
            Self::Xor => 4,
            Self::Axes(k) | Self::Random(k) => *k,
            Self::Grid(k) => k.saturating_mul(*k),
            Self::Given(rows) => rows.len(),
        }
    }

    /// Directions e_1, e_2, … that they need.
    fn directions(&self) -> usize {
        match self {
            Self::Opposite => 1,
            Self::Xor | Self::Grid(_) => 2,
            Self::Axes(k) => *k,
            Self::Random(_) | Self::Given(_) => 0,
        }
    }

    /// Dimensions that they span in general.
    fn span(&self, d: usize) -> usize {
        match self {
            Self::Random(k) => (*k).min(d),
            Self::Given(rows) => basis_of(&array(rows, d)).len(),
            _ => self.directions(),
        }
    }

    fn check(&self, d: usize) -> Result<()> {
        if self.count() == 0 {
            return Err(Error::out_of_range("number of centres", "at least 1", 0));
        }
        if self.directions() > d {
            let expected = format!("centres in at most d = {d} directions");
            return Err(Error::out_of_range("centres", expected, self.directions()));
        }
        let Self::Given(rows) = self else { return Ok(()) };
        for row in rows {
            if row.len() != d || row.iter().any(|value| !value.is_finite()) {
                let expected = format!("lists of d = {d} finite numbers, without the bias");
                return Err(Error::out_of_range("centres", expected, format!("{row:?}")));
            }
        }
        Ok(())
    }

    /// Coordinates along e_1, e_2, …, k × directions, in units of the radius.
    fn coordinates(&self) -> Array2<f64> {
        match self {
            Self::Opposite => ndarray::array![[1.0], [-1.0]],
            Self::Xor => ndarray::array![[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
            Self::Axes(k) => Array2::eye(*k),
            Self::Grid(1) => Array2::zeros((1, 2)),
            Self::Grid(k) => Array2::from_shape_fn((k * k, 2), |(c, axis)| {
                let place = if axis == 0 { c % k } else { c / k };
                2.0 * place as f64 / (k - 1) as f64 - 1.0
            }),
            Self::Random(_) | Self::Given(_) => Array2::zeros((self.count(), 0)),
        }
    }

    /// Labels ±1 of the centres.
    fn own_labels(&self) -> Vec<f64> {
        let positive = |c: usize| match self {
            Self::Xor => c < 2,
            Self::Grid(k) => (c % k + c / k).is_multiple_of(2),
            _ => c.is_multiple_of(2),
        };
        (0..self.count())
            .map(|c| if positive(c) { 1.0 } else { -1.0 })
            .collect()
    }
}

impl Clusters {
    /// Checks the parameters.
    ///
    /// # Errors
    /// Unless radius and spread are finite and not negative, the centres fit into dimension d, and there is a finite label
    /// for each; when centres leave no direction for a perpendicular spread, or given centres are to be rotated.
    pub fn check(&self, _n: usize, d: usize) -> Result<()> {
        for (name, value) in [("radius", self.radius), ("spread", self.spread)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::out_of_range(name, "a number from 0", value));
            }
        }
        self.centres.check(d)?;
        if self.rotated && self.centres.directions() == 0 {
            let expected = "false where centres are random or given";
            return Err(Error::out_of_range("rotated", expected, true));
        }
        if self.perpendicular && self.centres.span(d) >= d {
            let expected =
                format!("centres that span fewer than d = {d} dimensions with perpendicular = true");
            return Err(Error::out_of_range("centres", expected, self.centres.span(d)));
        }
        if let CentreLabels::Given(labels) = &self.labels
            && (labels.len() != self.centres.count() || labels.iter().any(|label| !label.is_finite()))
        {
            let expected = format!("{} finite numbers, one for each centre", self.centres.count());
            return Err(Error::out_of_range("labels", expected, format!("{labels:?}")));
        }
        Ok(())
    }

    /// Draws n examples in dimension d, in O(nd), or O(nkd) with a perpendicular spread.
    ///
    /// # Errors
    /// As [`Dataset::new`].
    pub fn sample(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<Dataset> {
        Ok(self.draw(n, d, random)?.0)
    }

    /// The examples, and the law with the centres and labels that were drawn.
    pub(super) fn draw(&self, n: usize, d: usize, random: &mut ChaCha8Rng) -> Result<(Dataset, Self)> {
        let (centres, labels) = (self.draw_centres(d, random), self.draw_labels(random));
        let (k, basis) = (centres.nrows(), self.perpendicular.then(|| basis_of(&centres)));
        let free = d - basis.as_ref().map_or(0, |basis| basis.len());
        let width = self.spread / (free as f64).sqrt();
        let mut inputs = Array2::zeros((n, d));
        let mut chosen = Array1::zeros(n);
        for (i, mut x) in inputs.rows_mut().into_iter().enumerate() {
            let c = if self.even {
                i % k
            } else {
                random.random_range(0..k)
            };
            x.mapv_inplace(|_: f64| {
                let value: f64 = StandardNormal.sample(random);
                width * value
            });
            for direction in basis.iter().flatten() {
                let along = x.dot(direction);
                x.scaled_add(-along, direction);
            }
            x += &centres.row(c);
            chosen[i] = labels[c];
        }
        let law = Self {
            centres: Centres::Given(centres.rows().into_iter().map(|row| row.to_vec()).collect()),
            labels: CentreLabels::Given(labels),
            rotated: false,
            ..self.clone()
        };
        Ok((Dataset::new(inputs, chosen)?, law))
    }

    /// The centres, k × d, where they are given.
    pub(super) fn given_centres(&self, d: usize) -> Option<Array2<f64>> {
        match &self.centres {
            Centres::Given(rows) => Some(array(rows, d)),
            _ => None,
        }
    }

    fn draw_centres(&self, d: usize, random: &mut ChaCha8Rng) -> Array2<f64> {
        match &self.centres {
            Centres::Given(rows) => array(rows, d),
            Centres::Random(k) => HiddenLaw::Sphere.sample(*k, d, random) * self.radius,
            centres => {
                let frame = match self.rotated {
                    true => random_frame(centres.directions(), d, random),
                    false => {
                        Array2::from_shape_fn((centres.directions(), d), |(i, k)| f64::from(u8::from(i == k)))
                    }
                };
                centres.coordinates().dot(&frame) * self.radius
            }
        }
    }

    fn draw_labels(&self, random: &mut ChaCha8Rng) -> Vec<f64> {
        match &self.labels {
            CentreLabels::InTurn => self.centres.own_labels(),
            CentreLabels::Given(labels) => labels.clone(),
            CentreLabels::Random => (0..self.centres.count())
                .map(|_| if random.random::<bool>() { 1.0 } else { -1.0 })
                .collect(),
        }
    }
}

/// The array of k lists of d numbers.
fn array(rows: &[Vec<f64>], d: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), d), |(c, k)| rows[c][k])
}

/// An orthonormal basis of the span of some rows, by Gram and Schmidt, twice over.
fn basis_of(rows: &Array2<f64>) -> Vec<Array1<f64>> {
    /// Part of a row's norm below which the row lies in the span of the others, a thousand roundings.
    const DEPENDENT: f64 = 1e-12;
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for row in rows.rows() {
        let (mut rest, whole) = (row.to_owned(), row.dot(&row).sqrt());
        for _ in 0..2 {
            for direction in &basis {
                let along = rest.dot(direction);
                rest.scaled_add(-along, direction);
            }
        }
        let norm = rest.dot(&rest).sqrt();
        if norm > DEPENDENT * whole {
            basis.push(rest / norm);
        }
    }
    basis
}
