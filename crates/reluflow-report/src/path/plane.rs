//! Projects hidden weights on a plane: two given directions, or the two in which the neurons end.

use faer::Mat;
use ndarray::ArrayView1;
use reluflow_lab::Result;
use reluflow_lab::experiment::{BadInput, Place};

use super::Path;

/// A direction of the inputs' space.
#[derive(Debug, Clone, PartialEq)]
pub enum Direction {
    /// The k-th axis, from 0: `e0`.
    Axis(usize),
    /// The i-th input, from 0: `x0`.
    Input(usize),
    /// γ = (1/n) Σ_i y_i x_i: `gamma`.
    Gamma,
    /// Any.
    Vector(Vec<f64>),
}

/// On which directions to project.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Along {
    /// The plane itself for d = 2; else the first two right singular vectors of the matrix with rows |a_j| w_j at the end.
    #[default]
    Leading,
    /// Two directions; the second is made orthogonal to the first.
    Given(Direction, Direction),
}

/// Two orthonormal directions, with labels in the markup of figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// The directions, each of length d.
    pub directions: [Vec<f64>; 2],
    /// What stands at the axes, in the markup of figures.
    pub labels: [String; 2],
    /// The same in plain words.
    pub words: [String; 2],
    /// Whether nothing is lost: d = 2.
    pub whole: bool,
}

impl std::str::FromStr for Direction {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let number = |text: &str| text.parse::<usize>().ok();
        let direction = match text.trim() {
            "gamma" => Some(Self::Gamma),
            text => match text.split_at_checked(1) {
                Some(("e", k)) => number(k).map(Self::Axis),
                Some(("x", i)) => number(i).map(Self::Input),
                _ => None,
            },
        };
        direction.ok_or_else(|| {
            format!("expected an axis such as e0, an input such as x0, or gamma, each counted from 0; found {text}")
        })
    }
}

impl std::str::FromStr for Along {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once(',') {
            Some((first, second)) => Ok(Self::Given(first.parse()?, second.parse()?)),
            None => Err(format!(
                "expected two directions such as e0,e1 or gamma,x2; found {text}"
            )),
        }
    }
}

impl Direction {
    fn vector(&self, path: &Path) -> Result<Vec<f64>> {
        let (n, d) = (path.dataset.examples(), path.dataset.dimension());
        let beyond = |what: &str, count: usize, found: usize| {
            let expected = format!("{what} from 0 to {}", count - 1);
            BadInput::new(Place::Flag("along".into()), "no such direction", expected, found)
        };
        match self {
            Self::Axis(k) if *k >= d => Err(beyond("an axis", d, *k).into()),
            Self::Axis(k) => Ok((0..d).map(|c| f64::from(u8::from(c == *k))).collect()),
            Self::Input(i) if *i >= n => Err(beyond("an input", n, *i).into()),
            Self::Input(i) => Ok(path.dataset.inputs().row(*i).to_vec()),
            Self::Gamma => Ok(path.gamma()),
            Self::Vector(vector) if vector.len() != d => {
                let place = Place::Flag("along".into());
                let found = format!("{} numbers", vector.len());
                Err(BadInput::new(
                    place,
                    "a direction of another space",
                    format!("{d} numbers"),
                    found,
                )
                .into())
            }
            Self::Vector(vector) => Ok(vector.clone()),
        }
    }

    /// Its name in the markup of figures, and in plain words.
    fn names(&self) -> (String, String) {
        match self {
            Self::Axis(k) => (format!("*e*_{{{k}}}"), format!("e{k}")),
            Self::Input(i) => (format!("*x*_{{{i}}}"), format!("x{i}")),
            Self::Gamma => ("*γ*".to_owned(), "γ".to_owned()),
            Self::Vector(_) => ("the given direction".to_owned(), "the given direction".to_owned()),
        }
    }
}

impl Path {
    /// γ = (1/n) Σ_i y_i x_i, the first force on a small neuron that is active on all examples.
    pub fn gamma(&self) -> Vec<f64> {
        let (inputs, labels) = (self.dataset.inputs(), self.dataset.labels());
        let sum = inputs.t().dot(&labels);
        sum.iter().map(|value| value / labels.len() as f64).collect()
    }

    /// The plane to draw neurons in.
    ///
    /// # Errors
    /// When a direction does not exist, or the two are parallel.
    pub fn plane(&self, along: &Along) -> Result<Plane> {
        let d = self.dataset.dimension();
        if let Along::Given(first, second) = along {
            let names = [first.names(), second.names()];
            let mut labels = names.each_ref().map(|name| format!("|*a*| *w* along {}", name.0));
            let mut words = names.map(|name| format!("|a| w along {}", name.1));
            let (first, second) = (first.vector(self)?, second.vector(self)?);
            let parallel = || {
                let place = Place::Flag("along".into());
                BadInput::new(
                    place,
                    "no plane",
                    "two directions that are not parallel",
                    "two that are",
                )
            };
            let first = unit(&first).ok_or_else(parallel)?;
            let along = dot(&first, &second);
            let rest: Vec<f64> = second.iter().zip(&first).map(|(v, e)| v - along * e).collect();
            // What rounding leaves of a parallel direction is no direction.
            let size = dot(&second, &second).sqrt();
            if dot(&rest, &rest).sqrt() <= 1e-9 * size {
                return Err(parallel().into());
            }
            if along.abs() > 1e-9 * size {
                let rest = ", less the first";
                labels[1] += rest;
                words[1] += rest;
            }
            let directions = [first, unit(&rest).ok_or_else(parallel)?];
            return Ok(Plane {
                directions,
                labels,
                words,
                whole: d == 2,
            });
        }
        let axis = |k: usize| (0..d).map(|c| f64::from(u8::from(c == k))).collect::<Vec<f64>>();
        if d <= 2 {
            return Ok(Plane {
                directions: [axis(0), axis(1)],
                labels: ["|*a*| *w*_1".to_owned(), "|*a*| *w*_2".to_owned()],
                words: ["|a| w₁".to_owned(), "|a| w₂".to_owned()],
                whole: true,
            });
        }
        Ok(Plane {
            directions: self.leading()?,
            labels: ["first", "second"].map(|which| format!("|*a*| *w*, {which} direction")),
            words: ["first", "second"].map(|which| format!("|a| w, {which} direction")),
            whole: false,
        })
    }

    /// The first two right singular vectors of the matrix with rows |a_j| w_j at the end, each with its largest entry positive.
    fn leading(&self) -> Result<[Vec<f64>; 2]> {
        let d = self.dataset.dimension();
        let refused = |found: &str| {
            let place = Place::Flag(self.name.clone());
            BadInput::new(
                place,
                "no leading directions",
                "a network with finite weights",
                found,
            )
        };
        let network = &self.end().ok_or_else(|| refused("none"))?.network;
        let (w, a) = (network.hidden_weights(), network.output_weights());
        // Only ratios matter, and products of tiny weights may underflow.
        let largest = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let scale = largest(&mut w.iter().map(|w| w.abs())) * largest(&mut a.iter().map(|a| a.abs()));
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let rows = Mat::from_fn(w.nrows().max(2), d, |j, c| {
            if j < w.nrows() {
                a[j].abs() * w[(j, c)] / scale
            } else {
                0.0
            }
        });
        let found = rows
            .thin_svd()
            .map_err(|_| refused("one whose singular values were not found"))?;
        let vectors = found.V();
        let vector = |k: usize| {
            let mut vector: Vec<f64> = (0..d).map(|c| vectors[(c, k)]).collect();
            let largest = vector
                .iter()
                .copied()
                .fold(0.0, |m: f64, v| if v.abs() > m.abs() { v } else { m });
            if largest < 0.0 {
                vector.iter_mut().for_each(|v| *v = -*v);
            }
            vector
        };
        Ok([vector(0), vector(1)])
    }
}

impl Plane {
    /// Where a vector lies; on a line, at height 0.
    pub fn place(&self, vector: ArrayView1<'_, f64>) -> [f64; 2] {
        let along = |k: usize| vector.iter().zip(&self.directions[k]).map(|(v, e)| v * e).sum();
        [along(0), along(1)]
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(vector: &[f64]) -> Option<Vec<f64>> {
    let norm = dot(vector, vector).sqrt();
    (norm > 0.0 && norm.is_finite()).then(|| vector.iter().map(|v| v / norm).collect())
}
