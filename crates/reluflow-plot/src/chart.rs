//! Lays panels with axes, series, intervals and a legend out on a drawing.

use crate::axis::{Axis, Resolved};
use crate::canvas::{Canvas, Ink, polyline};
use crate::frame::{Frame, SMALL};
use crate::layer::{Dash, LINE, Layer};
use crate::marks::{Marker, draw_marker};
use crate::text::{Anchor, Label, plain, rows};

/// Size of axis labels.
const LABEL: f64 = 9.0;
/// Width of axes.
const HAIR: f64 = 0.6;
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 11.0;
/// Height of a line of a title.
const TITLE_LINE: f64 = 12.0;
/// Width right of the axes.
const RIGHT: f64 = 9.0;

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Markup.
    pub text: String,
    /// Colour.
    pub ink: Ink,
    /// Its sign, if it has points.
    pub marker: Option<Marker>,
    /// Its line, if it has one.
    pub dash: Option<Dash>,
}

impl Entry {
    /// An entry for a line, points or both.
    pub fn new(text: &str, ink: Ink, marker: Option<Marker>, dash: Option<Dash>) -> Self {
        Self {
            text: text.to_owned(),
            ink,
            marker,
            dash,
        }
    }
}

/// Axes with what is drawn between them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// Markup above the panel.
    pub title: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// What is drawn, in this order.
    pub layers: Vec<Layer>,
    /// The legend, above the panel.
    pub legend: Vec<Entry>,
    /// Whether a unit is as long across as upwards: the horizontal axis is fitted to the vertical one.
    pub equal: bool,
    /// Height of its axes, if it is not the chart's.
    pub height: Option<f64>,
}

/// Panels side by side or one above the other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// What the chart shows, in one sentence, for those who cannot see it.
    pub description: String,
    /// The panels, row by row.
    pub panels: Vec<Panel>,
    /// A legend above all panels.
    pub legend: Vec<Entry>,
    /// Panels in a row.
    pub columns: usize,
    /// Width of the drawing in points: 252 is a column, 397 the text of a page.
    pub width: f64,
    /// Height of the axes of one panel in points.
    pub panel_height: f64,
}

impl Chart {
    /// The chart with its panels one above the other, as wide as a column.
    #[must_use]
    pub fn stacked(&self) -> Self {
        Self {
            columns: 1,
            width: crate::COLUMN,
            ..self.clone()
        }
    }

    /// Draws the chart.
    pub fn draw(&self) -> Canvas {
        let columns = self.columns.max(1);
        let width = self.width / columns as f64;
        let mut canvas = Canvas {
            width: self.width,
            height: 0.0,
            description: plain(&self.description),
            marks: Vec::new(),
        };
        let rows = legend_rows(&self.legend, self.width - 50.0);
        if !rows.is_empty() {
            canvas.height = 5.0 + LEGEND_LINE * rows.len() as f64;
            draw_legend(&mut canvas, &rows, (40.0, 5.0 + 0.7 * LEGEND_LINE));
        }
        // Panels of a column share their left edge.
        let margins: Vec<f64> = (0..columns)
            .map(|column| self.panels.iter().skip(column).step_by(columns))
            .map(|panels| {
                panels
                    .map(|panel| panel.margin(panel.height.unwrap_or(self.panel_height)))
                    .fold(0.0, f64::max)
            })
            .collect();
        for row in self.panels.chunks(columns) {
            // The axes of a row start at one height, below its tallest legend.
            let heads = row.iter().zip(&margins);
            let heads = heads.map(|(panel, margin)| panel.head_height(width - margin));
            let head = heads.fold(0.0, f64::max);
            let top = canvas.height + head;
            let height = |panel: &Panel| panel.height.unwrap_or(self.panel_height);
            for (column, panel) in row.iter().enumerate() {
                let left = column as f64 * width;
                panel.draw(&mut canvas, (left, top), (width, height(panel)), margins[column]);
            }
            let tallest = row.iter().map(height).fold(0.0, f64::max);
            canvas.height += head + tallest + 30.0;
        }
        canvas
    }
}

/// Labelled ticks, and minor ones.
type Ticks = (Vec<(f64, String)>, Vec<f64>);

impl Panel {
    /// Adds a legend entry for a line, points or both.
    pub fn entry(&mut self, text: &str, ink: Ink, marker: Option<Marker>, dash: Option<Dash>) {
        self.legend.push(Entry::new(text, ink, marker, dash));
    }

    /// Height of title and legend above axes that begin so far from the panel's right edge.
    fn head_height(&self, room: f64) -> f64 {
        let title = match self.title_rows(room).len() {
            0 => 0.0,
            rows => TITLE_LINE * rows as f64 + 1.0,
        };
        7.0 + title + LEGEND_LINE * legend_rows(&self.legend, room - 5.0).len() as f64
    }

    /// The lines of the title: it is broken where the panel ends.
    fn title_rows(&self, room: f64) -> Vec<String> {
        rows(&self.title, LABEL, room - 2.0)
    }

    /// What the vertical axis shows, fitted to the layers.
    fn vertical(&self) -> Resolved {
        self.y
            .resolve(self.layers.iter().flat_map(|layer| layer.extent().1))
    }

    /// The ticks of the vertical axis of a height.
    fn vertical_ticks(&self, height: f64) -> Ticks {
        self.y.ticks(&self.vertical(), (height / 24.0) as usize)
    }

    /// Room for the labels left of the axes.
    fn margin(&self, height: f64) -> f64 {
        let ticks = self.vertical_ticks(height).0;
        let widest = ticks
            .iter()
            .map(|tick| Label::new(&tick.1, SMALL).width())
            .fold(0.0, f64::max);
        13.0 + if self.y.label.is_empty() { 0.0 } else { 12.0 } + widest
    }

    fn draw(&self, canvas: &mut Canvas, origin: (f64, f64), size: (f64, f64), margin: f64) {
        let x = self
            .x
            .resolve(self.layers.iter().flat_map(|layer| layer.extent().0));
        let y_ticks = self.vertical_ticks(size.1);
        let (left, right, y) = (origin.0 + margin, origin.0 + size.0 - RIGHT, self.vertical());
        let frame = Frame {
            left,
            top: origin.1,
            right,
            bottom: origin.1 + size.1,
            x: if self.equal {
                x.as_wide(right - left, &y, size.1)
            } else {
                x
            },
            y,
        };
        let tiled = self
            .layers
            .iter()
            .any(|layer| matches!(layer, Layer::Tile { .. }));
        if !tiled {
            self.draw_grid(canvas, &frame, &y_ticks);
        }
        for layer in &self.layers {
            layer.draw(canvas, &frame);
        }
        self.draw_frame(canvas, &frame, &y_ticks, origin.0);
        self.draw_head(canvas, &frame, origin.0 + size.0);
    }

    fn draw_grid(&self, canvas: &mut Canvas, frame: &Frame, ticks: &Ticks) {
        for (value, _) in &ticks.0 {
            if let Some(row) = frame.row(*value) {
                canvas.line((frame.left, row), (frame.right, row), Ink::Grid, 0.5);
            }
        }
    }

    fn draw_frame(&self, canvas: &mut Canvas, frame: &Frame, y_ticks: &Ticks, edge: f64) {
        let corners = [
            (frame.left, frame.top),
            (frame.left, frame.bottom),
            (frame.right, frame.bottom),
        ];
        canvas.stroke(polyline(&corners), Ink::Text, HAIR, &[]);
        for (value, label) in &y_ticks.0 {
            if let Some(row) = frame.row(*value) {
                canvas.line((frame.left - 3.0, row), (frame.left, row), Ink::Text, HAIR);
                canvas.text(
                    label,
                    (frame.left - 5.0, row + 0.33 * SMALL),
                    SMALL,
                    Anchor::End,
                    Ink::Text,
                );
            }
        }
        for row in y_ticks.1.iter().filter_map(|value| frame.row(*value)) {
            canvas.line((frame.left - 1.8, row), (frame.left, row), Ink::Text, 0.4);
        }
        let x_ticks = self
            .x
            .ticks(&frame.x, ((frame.right - frame.left) / 32.0) as usize);
        for (value, label) in &x_ticks.0 {
            if let Some(column) = frame.column(*value) {
                canvas.line(
                    (column, frame.bottom),
                    (column, frame.bottom + 3.0),
                    Ink::Text,
                    HAIR,
                );
                canvas.text(
                    label,
                    (column, frame.bottom + 11.0),
                    SMALL,
                    Anchor::Middle,
                    Ink::Text,
                );
            }
        }
        for column in x_ticks.1.iter().filter_map(|value| frame.column(*value)) {
            canvas.line(
                (column, frame.bottom),
                (column, frame.bottom + 1.8),
                Ink::Text,
                0.4,
            );
        }
        let middle = 0.5 * (frame.left + frame.right);
        canvas.text(
            &self.x.label,
            (middle, frame.bottom + 23.0),
            LABEL,
            Anchor::Middle,
            Ink::Text,
        );
        let middle = 0.5 * (frame.top + frame.bottom);
        canvas.text_upwards(&self.y.label, (edge + 13.0, middle), LABEL, Ink::Text);
    }

    fn draw_head(&self, canvas: &mut Canvas, frame: &Frame, right: f64) {
        let room = right - frame.left;
        let rows = legend_rows(&self.legend, room - 5.0);
        let baseline = frame.top - 6.0 - LEGEND_LINE * (rows.len() as f64 - 1.0).max(0.0);
        let mut above = if rows.is_empty() {
            baseline
        } else {
            baseline - TITLE_LINE
        };
        for row in self.title_rows(room).iter().rev() {
            // One long word is set smaller.
            let size = LABEL * (room / Label::new(row, LABEL).width()).min(1.0);
            canvas.text(row, (frame.left, above), size, Anchor::Start, Ink::Text);
            above -= TITLE_LINE;
        }
        draw_legend(canvas, &rows, (frame.left, baseline));
    }
}

/// The legend broken into lines of at most a width: offset and entry.
fn legend_rows(legend: &[Entry], width: f64) -> Vec<Vec<(f64, &Entry)>> {
    let mut rows: Vec<Vec<(f64, &Entry)>> = Vec::new();
    let mut reach = 0.0;
    for entry in legend {
        let needed = 20.0 + Label::new(&entry.text, SMALL).width() + 9.0;
        match rows.last_mut() {
            Some(row) if reach + needed - 9.0 <= width => row.push((reach, entry)),
            _ => {
                reach = 0.0;
                rows.push(vec![(0.0, entry)]);
            }
        }
        reach += needed;
    }
    rows
}

/// Draws legend lines from the baseline of the first.
fn draw_legend(canvas: &mut Canvas, rows: &[Vec<(f64, &Entry)>], start: (f64, f64)) {
    let mut baseline = start.1;
    for row in rows {
        for (offset, entry) in row {
            let (x, y) = (start.0 + offset, baseline - 0.3 * SMALL);
            if let Some(dash) = entry.dash {
                canvas.stroke(
                    polyline(&[(x, y), (x + 15.0, y)]),
                    entry.ink,
                    LINE,
                    dash.pattern(),
                );
            }
            if let Some(marker) = entry.marker {
                draw_marker(canvas, (x + 7.5, y), marker, entry.ink);
            }
            canvas.text(&entry.text, (x + 18.5, baseline), SMALL, Anchor::Start, Ink::Text);
        }
        baseline += LEGEND_LINE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Mark, Segment};

    /// Whether all that is drawn lies on the page.
    fn within(canvas: &Canvas) -> bool {
        let inside = |x: f64, y: f64| (0.0..=canvas.width).contains(&x) && (0.0..=canvas.height).contains(&y);
        let ends = |mark: &Mark| {
            mark.path.iter().all(|segment| match *segment {
                Segment::Move(x, y) | Segment::Line(x, y) | Segment::Cubic(.., x, y) => inside(x, y),
                Segment::Close => true,
            })
        };
        canvas.marks.iter().all(ends)
    }

    #[test]
    fn no_title_is_cut_off() {
        let long = "*d* = 20, *p* = 30, init.hidden scale = 0.0316: 0.5 at *n* = 123.4 [120.1, 126.9]";
        for title in [long, "a", &"w".repeat(90)] {
            for columns in 1..=5 {
                for panels in 1..=5 {
                    let mut panel = Panel {
                        title: title.to_owned(),
                        x: Axis::linear("*n*"),
                        ..Panel::default()
                    };
                    panel.entry("a series", Ink::Series(0), Some(Marker::Circle), None);
                    let chart = Chart {
                        panels: vec![panel; panels],
                        columns,
                        width: crate::PAGE,
                        panel_height: 90.0,
                        ..Chart::default()
                    };
                    assert!(within(&chart.draw()), "{columns} {panels}: {title}");
                }
            }
        }
    }
}
