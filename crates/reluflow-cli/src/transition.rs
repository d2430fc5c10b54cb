//! `reluflow transition`: the closed-form loss of the group initialisation, with plateaus and transition times.

use std::io::{self, Write};

use reluflow::theory::theorem_2::{self, Plateau, TransitionRow, Window};
use reluflow_report::{paper::figure_1, save};
use serde_json::json;

use crate::args::TransitionOptions;
use crate::{Done, Failure};

/// Runs the command.
pub(crate) fn run(options: &TransitionOptions) -> Result<Done, Failure> {
    let groups = theorem_2::figure_1(options.n).map_err(Failure::Input)?;
    let rows = theorem_2::trajectory(&groups, options.rows, options.reach).map_err(Failure::Input)?;
    let windows: Result<Vec<Window>, _> = groups
        .iter()
        .map(|group| theorem_2::window(group, options.epsilon))
        .collect();
    let windows = windows.map_err(Failure::Input)?;
    let plateaus = theorem_2::plateaus(&groups);
    if let Some(folder) = &options.picture {
        save(folder, "transition", &figure_1(&[options.n])?)?;
    }
    let mut out = io::stdout().lock();
    if options.json {
        let scaled: Vec<f64> = windows
            .iter()
            .map(|w| w.relative_width * options.n.ln())
            .collect();
        let object = json!({
            "n": options.n,
            "plateaus": plateaus,
            "windows": windows,
            "relative_width_times_log_n": scaled,
            "trajectory": rows,
        });
        writeln!(out, "{object}")?;
    } else if options.csv {
        table(&mut out, &rows)?;
    } else {
        summary(&mut out, options.n, &plateaus, &windows)?;
        writeln!(out)?;
        table(&mut out, &rows)?;
    }
    Ok(Done::Completely)
}

/// Transition times, plateaus and windows in words.
fn summary(out: &mut impl Write, n: f64, plateaus: &[Plateau], windows: &[Window]) -> io::Result<()> {
    writeln!(
        out,
        "n = {n:e}, ‖D_1‖ = √n, ‖D_2‖ = 2√n, p = 2, c_0 = q_0 = 1; times in units of √n log n"
    )?;
    let unit = n.sqrt() * n.ln();
    for plateau in plateaus {
        let to = if plateau.to.is_finite() {
            format!("{:.6}", plateau.to / unit)
        } else {
            "∞".into()
        };
        let from = plateau.from / unit;
        writeln!(
            out,
            "plateau L/L(0) = {:.4} from {from:.6} to {to}",
            plateau.level
        )?;
    }
    for (j, window) in windows.iter().enumerate() {
        writeln!(
            out,
            "group {}: transition at {:.6}, window {:.6} to {:.6}, relative width {:.5} = {:.4}/log n",
            j + 1,
            window.transition / unit,
            window.start / unit,
            window.end / unit,
            window.relative_width,
            window.relative_width * n.ln()
        )?;
    }
    Ok(())
}

/// The trajectory as comma-separated values.
fn table(out: &mut impl Write, rows: &[TransitionRow]) -> io::Result<()> {
    writeln!(
        out,
        "time,rescaled_time,loss,relative_loss,log10_relative_loss,group_1,group_2"
    )?;
    for row in rows {
        let groups: Vec<String> = row.groups.iter().map(|value| format!("{value:e}")).collect();
        writeln!(
            out,
            "{:e},{:e},{:e},{:e},{:e},{}",
            row.time,
            row.rescaled_time,
            row.loss,
            row.relative_loss,
            row.log10_relative_loss,
            groups.join(",")
        )?;
    }
    Ok(())
}
