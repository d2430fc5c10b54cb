//! Says in words what a run's numbers mean: its answer, its criterion of success, its units, its columns.

use reluflow::model::Loss;
use reluflow::{LossScaling, Method, Scaling, Success};
use reluflow_lab::experiment::DataSource;
use reluflow_lab::threshold::four_digits;
use reluflow_lab::{CellSummary, Experiment, Trial};

use super::grid::{Along, GridThreshold, grid_thresholds};
use super::intervals::LEVEL;

/// What came out, in a sentence or two.
pub(super) fn answer(experiment: &Experiment, trials: &[Trial], summaries: &[CellSummary]) -> String {
    let done: Vec<(usize, &CellSummary)> = summaries
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.draws > 0)
        .collect();
    let total: u64 = done.iter().map(|(_, cell)| cell.draws).sum();
    let converged: u64 = done.iter().map(|(_, cell)| cell.converged).sum();
    let mut text = format!("{converged} of {total} draws succeeded");
    let by_probability = |a: &&(usize, &CellSummary), b: &&(usize, &CellSummary)| {
        a.1.probability().total_cmp(&b.1.probability())
    };
    if let (Some(least), Some(most)) = (
        done.iter().min_by(by_probability),
        done.iter().max_by(by_probability),
    ) && done.len() > 1
        && least.1.probability() < most.1.probability()
    {
        let at = |(k, cell): &(usize, &CellSummary)| {
            let place = experiment.describe(&experiment.cells[*k]);
            format!("{} of {} at {place}", cell.converged, cell.draws)
        };
        text += &format!(": from {} to {}", at(least), at(most));
    }
    text += ".";
    for axis in ["n", "p", "d"] {
        let along = Along {
            axis: axis.to_owned(),
            rises: None,
        };
        let fits = grid_thresholds(experiment, trials, &along, LEVEL).unwrap_or_default();
        if let Some(sentence) = thresholds(&fits, axis) {
            return format!("{text} {sentence}");
        }
    }
    text
}

/// Where half of the draws succeed, in a sentence; none where no column says so.
fn thresholds(fits: &[GridThreshold], axis: &str) -> Option<String> {
    let bounded = |fit: &&GridThreshold| {
        let estimate = &fit.threshold.estimate;
        estimate.value.is_finite() && estimate.low.is_finite() && estimate.high.is_finite()
    };
    let place = |fit: &GridThreshold| {
        let pairs = fit.place.iter().map(|(name, value)| format!("{name} = {value}"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    let found = |fit: &GridThreshold| {
        let estimate = &fit.threshold.estimate;
        format!(
            "{axis} = {} [{}, {}]",
            four_digits(estimate.value),
            four_digits(estimate.low),
            four_digits(estimate.high)
        )
    };
    let known: Vec<&GridThreshold> = fits.iter().filter(bounded).collect();
    let by_value = |a: &&&GridThreshold, b: &&&GridThreshold| {
        a.threshold.estimate.value.total_cmp(&b.threshold.estimate.value)
    };
    let (least, most) = (known.iter().min_by(by_value)?, known.iter().max_by(by_value)?);
    Some(match (fits.len(), known.len()) {
        (2.., 1) => format!(
            "Half of the draws succeed at {} at {}, with its 95 % interval; 1 of {} curves bounds the threshold on both sides.",
            found(least),
            place(least),
            fits.len()
        ),
        (1, _) => format!(
            "Half of the draws succeed at {}, with its 95 % interval.",
            found(least)
        ),
        (all, known) => format!(
            "Half of the draws succeed between {} at {} and {} at {}, with 95 % intervals; {known} of {all} curves bound \
             the threshold on both sides.",
            found(least),
            place(least),
            found(most),
            place(most)
        ),
    })
}

/// What *interpolates* means in a run, a sentence for every criterion that its cells have.
pub(super) fn interpolates(experiment: &Experiment) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let mut last = None;
    for cell in &experiment.cells {
        let spec = std::sync::Arc::as_ptr(&cell.spec);
        if last.replace(spec) == Some(spec) {
            continue;
        }
        if let DataSource::Population(_) = cell.spec.data {
            let sentence = match cell.spec.population_stops.loss {
                0.0 => "No loss counts as a global minimum, since stop.loss is 0.".to_owned(),
                level => format!("A draw succeeds once the loss is below {level:e}, a global minimum."),
            };
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
            continue;
        }
        let (stops, loss) = (&cell.spec.stops, cell.spec.model.loss);
        let trap = match loss {
            Loss::Square => {
                "the loss is below the trap, (min |y|)²/2n, and every output has the sign of its label"
            }
            _ => "n times the loss is below ℓ(0), so that every output has the sign of its label",
        };
        let ever = "and so they stay: no sign can go wrong again";
        let text = match (stops.success, stops.loss) {
            (Success::Automatic, Some(level)) => {
                format!(
                    "the loss is below {level}, where the run stops, or, if that is below the trap, {trap}, {ever}"
                )
            }
            (Success::Automatic, None) if loss == Loss::Square => {
                format!("{trap}, {ever}; where a label is 0, once the loss is below a millionth of L(0)")
            }
            (Success::Automatic | Success::Trap, _) => format!("{trap}, {ever}"),
            (Success::Loss(level), _) => format!("the loss is below {level}"),
            (Success::RelativeLoss(part), _) => format!("the loss is below {part} of L(0)"),
            (Success::Signs, _) => "every output has the sign of its label, at one time".to_owned(),
            (Success::Rounding, _) => "the loss is at the floor of rounding".to_owned(),
            _ => continue,
        };
        let mut sentence = format!("A draw succeeds, or interpolates, once {text}.");
        if matches!(stops.success, Success::Automatic) && loss == Loss::Square {
            sentence += " Labels that no network without biases fits never succeed.";
        }
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// The formulas behind losses, times and rates; one sentence for every choice of units that the cells have.
pub(super) fn units(experiment: &Experiment) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for cell in &experiment.cells {
        let (units, model) = (cell.spec.units, &cell.spec.model);
        let (output, flow) = match units.scaling {
            Scaling::MeanField => ("(1/p) Σ_j a_j σ(⟨w_j, x⟩)", "dθ/dt = −p ∇L"),
            Scaling::Unscaled => ("Σ_j a_j σ(⟨w_j, x⟩)", "dθ/dt = −∇L"),
        };
        let of_population = matches!(cell.spec.data, DataSource::Population(_));
        let loss = match (model.loss, units.loss) {
            (_, LossScaling::Mean) if of_population => "E (h(x) − h*(x))² over x ~ N(0, I), h* the teacher",
            _ if of_population => "½ E (h(x) − h*(x))² over x ~ N(0, I), h* the teacher",
            (Loss::Square, LossScaling::HalfMean) => "(1/2n) Σ_i (h(x_i) − y_i)²",
            (Loss::Square, LossScaling::Mean) => "(1/n) Σ_i (h(x_i) − y_i)²",
            (Loss::Square, LossScaling::HalfSum) => "(1/2) Σ_i (h(x_i) − y_i)²",
            (Loss::Square, LossScaling::Sum) => "Σ_i (h(x_i) − y_i)²",
            (_, _) => "(1/n) Σ_i ℓ(y_i h(x_i))",
        };
        let clock = match cell.spec.method {
            Method::GradientDescent(_) => "; a step of gradient descent takes its learning rate in time",
            _ => "",
        };
        let sentence = format!("Units: h(x) = {output}, L = {loss}; times are those of {flow}{clock}.");
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// The full digests of data that came from files.
pub(super) fn data_digests(experiment: &Experiment) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for cell in &experiment.cells {
        if let DataSource::File(data) = &cell.spec.data {
            let known = data.known();
            let sentence = format!(
                "Data: {} examples in dimension {}; the SHA-256 of the numbers is `{}`.",
                known.rows, known.columns, known.sha256
            );
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// What the columns of the table of cells hold, and the verdicts that occur in it.
pub(super) fn columns(summaries: &[CellSummary]) -> Vec<String> {
    let mut lines: Vec<String> = [
        "d, n, p: dimension of the inputs, number of examples, number of neurons; then the other axes of the sweep.",
        "converged: draws that succeeded, of the draws done.",
        "probability, 95 %: their share, with its Clopper–Pearson interval.",
        "remaining loss: the mean over draws of L/L(0) at the end, as measured.",
        "median time to success: over all draws; – where more than half never succeed.",
        "verdicts: how each draw ended, and how many did.",
    ]
    .map(str::to_owned)
    .to_vec();
    let meanings = [
        ("interpolating", "it succeeded"),
        ("separating", "it succeeded, with a classification loss"),
        (
            "lost-examples",
            "some examples have no correctly active neuron, and can get none",
        ),
        (
            "global",
            "the loss fell below the level that counts as a global minimum",
        ),
        (
            "spurious",
            "a stationary point above that level whose Hessian has no negative eigenvalue",
        ),
        (
            "saddle",
            "a stationary point above that level whose Hessian has a negative eigenvalue",
        ),
        ("stationary", "it came to rest without success"),
        ("out-of-budget", "it was stopped before it succeeded"),
        (
            "undecided",
            "two accuracies of the flow disagree; the interval counts it both ways",
        ),
        ("diverged", "the loss grew without bound"),
        ("not-finite", "the loss ceased to be a number"),
        ("interrupted", "it was interrupted"),
    ];
    let occurs = |kind: &str| summaries.iter().any(|cell| cell.verdicts.contains_key(kind));
    let told = meanings.iter().filter(|(kind, _)| occurs(kind));
    lines.extend(told.map(|(kind, meaning)| format!("{kind}: {meaning}.")));
    lines
}
