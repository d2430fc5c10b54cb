//! Lays panels with axes, series, intervals and a legend out on a drawing.

use super::axis::{Axis, Resolved};
use super::canvas::{Canvas, Ink, Segment, circle, polyline};
use super::text::{Anchor, Label, plain};
use crate::statistics::Estimate;

/// Size of tick labels and legends, and of axis labels.
const SMALL: f64 = 7.5;
const LABEL: f64 = 9.0;
/// Width of series lines and of axes.
const LINE: f64 = 1.3;
const HAIR: f64 = 0.6;
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 11.0;

/// The sign at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Marker {
    /// A filled circle.
    #[default]
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled diamond.
    Diamond,
    /// An open circle: for cited values.
    Ring,
}

/// How far the k-th of several series with the same x is moved.
pub fn dodge(k: usize, series: usize) -> f64 {
    1.5 * (k as f64 - 0.5 * (series as f64 - 1.0))
}

impl Marker {
    /// The marker of the k-th series.
    pub fn nth(k: usize) -> Self {
        [Self::Circle, Self::Square, Self::Triangle, Self::Diamond][k % 4]
    }
}

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Not at all.
    #[default]
    Solid,
    /// Into dashes.
    Dashed,
    /// Into dots.
    Dotted,
}

impl Dash {
    fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Dashed => &[4.0, 2.2],
            Self::Dotted => &[1.2, 1.8],
        }
    }
}

/// Something drawn in a panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points; it is interrupted where one has no place.
    Line {
        /// (x, y).
        points: Vec<(f64, f64)>,
        /// Colour.
        ink: Ink,
        /// Pattern.
        dash: Dash,
    },
    /// The area between two lines over the same x.
    Band {
        /// (x, low, high).
        points: Vec<(f64, f64, f64)>,
        /// Colour.
        ink: Ink,
    },
    /// Points with vertical intervals; an unbounded end gets an arrow.
    Points {
        /// (x, estimate); an interval of no length draws no bar.
        points: Vec<(f64, Estimate)>,
        /// Colour.
        ink: Ink,
        /// Sign.
        marker: Marker,
        /// How far to move them to the right on the page, so that series with the same x do not cover each other.
        dodge: f64,
    },
    /// A vertical line with the band of its interval.
    Vertical {
        /// Where.
        at: Estimate,
        /// Colour.
        ink: Ink,
        /// Pattern.
        dash: Dash,
    },
    /// A horizontal line.
    Horizontal {
        /// Where.
        at: f64,
        /// Pattern.
        dash: Dash,
    },
    /// Words at a place.
    Words {
        /// (x, y).
        at: (f64, f64),
        /// Markup.
        text: String,
        /// Which part of the words stands there.
        anchor: Anchor,
        /// Colour.
        ink: Ink,
    },
    /// A rectangle of a map, darker the larger the share, with words in it.
    Tile {
        /// Two corners.
        corners: ((f64, f64), (f64, f64)),
        /// From 0 to 1.
        share: f64,
        /// Markup.
        text: String,
    },
}

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
            width: super::COLUMN,
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
                    .map(|panel| panel.margin(self.panel_height))
                    .fold(0.0, f64::max)
            })
            .collect();
        for row in self.panels.chunks(columns) {
            // The axes of a row start at one height, below its tallest legend.
            let heads = row.iter().map(|panel| panel.head_height(width));
            let head = heads.fold(0.0, f64::max);
            let top = canvas.height + head;
            for (column, panel) in row.iter().enumerate() {
                let left = column as f64 * width;
                panel.draw(
                    &mut canvas,
                    (left, top),
                    (width, self.panel_height),
                    margins[column],
                );
            }
            canvas.height += head + self.panel_height + 30.0;
        }
        canvas
    }
}

/// Labelled ticks, and minor ones.
type Ticks = (Vec<(f64, String)>, Vec<f64>);

/// Where a panel's axes are on the page.
struct Frame {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    x: Resolved,
    y: Resolved,
}

impl Frame {
    fn place(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (x, y) = (self.x.share(x)?, self.y.share(y)?);
        Some((
            self.left + x * (self.right - self.left),
            self.bottom - y * (self.bottom - self.top),
        ))
    }

    fn column(&self, x: f64) -> Option<f64> {
        Some(self.left + self.x.share(x)?.clamp(0.0, 1.0) * (self.right - self.left))
    }

    fn row(&self, y: f64) -> Option<f64> {
        Some(self.bottom - self.y.share(y)?.clamp(0.0, 1.0) * (self.bottom - self.top))
    }
}

impl Panel {
    /// Adds a legend entry for a line, points or both.
    pub fn entry(&mut self, text: &str, ink: Ink, marker: Option<Marker>, dash: Option<Dash>) {
        self.legend.push(Entry::new(text, ink, marker, dash));
    }

    /// Height of title and legend.
    fn head_height(&self, width: f64) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { 13.0 };
        7.0 + title + LEGEND_LINE * legend_rows(&self.legend, width - 50.0).len() as f64
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
        let frame = Frame {
            left: origin.0 + margin,
            top: origin.1,
            right: origin.0 + size.0 - 9.0,
            bottom: origin.1 + size.1,
            x,
            y: self.vertical(),
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
        let rows = legend_rows(&self.legend, right - frame.left - 5.0);
        let baseline = frame.top - 6.0 - LEGEND_LINE * (rows.len() as f64 - 1.0).max(0.0);
        if !self.title.is_empty() {
            let above = if rows.is_empty() {
                baseline
            } else {
                baseline - 12.0
            };
            canvas.text(&self.title, (frame.left, above), LABEL, Anchor::Start, Ink::Text);
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

impl Layer {
    /// The values that an axis must show: x and y.
    fn extent(&self) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::Line { points, .. } => points.iter().copied().unzip(),
            Self::Band { points, .. } => (
                points.iter().map(|p| p.0).collect(),
                points.iter().flat_map(|p| [p.1, p.2]).collect(),
            ),
            Self::Points { points, .. } => (
                points.iter().map(|p| p.0).collect(),
                points
                    .iter()
                    .flat_map(|p| [p.1.value, p.1.low, p.1.high])
                    .collect(),
            ),
            Self::Vertical { at, .. } => (vec![at.value], Vec::new()),
            Self::Horizontal { at, .. } => (Vec::new(), vec![*at]),
            Self::Words { at, .. } => (vec![at.0], vec![at.1]),
            Self::Tile { corners: (a, b), .. } => (vec![a.0, b.0], vec![a.1, b.1]),
        }
    }

    fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        match self {
            Self::Line { points, ink, dash } => draw_line(canvas, frame, points, *ink, *dash),
            Self::Band { points, ink } => {
                let place = |x: f64, y: f64| Some((frame.column(x)?, frame.row(y)?));
                let lower = points.iter().filter_map(|p| place(p.0, p.1));
                let upper = points.iter().rev().filter_map(|p| place(p.0, p.2));
                let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
                if outline.len() > 2 {
                    let mut path = polyline(&outline);
                    path.push(Segment::Close);
                    canvas.fill(path, *ink, 0.18);
                }
            }
            Self::Points {
                points,
                ink,
                marker,
                dodge,
            } => {
                for (x, estimate) in points {
                    draw_interval(canvas, frame, (*x, *dodge), *estimate, *ink);
                }
                for (x, estimate) in points {
                    let inside = frame.x.contains(*x) && frame.y.contains(estimate.value);
                    if let (true, Some(at)) = (inside, frame.place(*x, estimate.value)) {
                        draw_marker(canvas, (at.0 + dodge, at.1), *marker, *ink);
                    }
                }
            }
            Self::Vertical { at, ink, dash } => {
                if let (Some(low), Some(high)) = (frame.column(at.low), frame.column(at.high))
                    && high > low
                {
                    canvas.rectangle((low, frame.top), (high, frame.bottom), *ink, 0.15);
                }
                if let (true, Some(column)) = (frame.x.contains(at.value), frame.column(at.value)) {
                    let ends = [(column, frame.top), (column, frame.bottom)];
                    canvas.stroke(polyline(&ends), *ink, 0.9, dash.pattern());
                }
            }
            Self::Horizontal { at, dash } => {
                if let Some(row) = frame.row(*at) {
                    let ends = [(frame.left, row), (frame.right, row)];
                    canvas.stroke(polyline(&ends), Ink::Muted, 0.8, dash.pattern());
                }
            }
            Self::Words {
                at,
                text,
                anchor,
                ink,
            } => {
                if let Some(place) = frame.place(at.0, at.1) {
                    canvas.text(text, place, SMALL, *anchor, *ink);
                }
            }
            Self::Tile {
                corners: (a, b),
                share,
                text,
            } => draw_tile(canvas, frame, (*a, *b), *share, text),
        }
    }
}

/// Draws the parts of a line within the frame; they are cut where they leave it.
fn draw_line(canvas: &mut Canvas, frame: &Frame, points: &[(f64, f64)], ink: Ink, dash: Dash) {
    let placed: Vec<Option<(f64, f64)>> = points.iter().map(|&(x, y)| frame.place(x, y)).collect();
    let mut path: Vec<Segment> = Vec::new();
    let mut pen: Option<(f64, f64)> = None;
    for pair in placed.windows(2) {
        let (Some(a), Some(b)) = (pair[0], pair[1]) else {
            pen = None;
            continue;
        };
        let Some((from, to)) = clip(a, b, (frame.left, frame.top), (frame.right, frame.bottom)) else {
            pen = None;
            continue;
        };
        if pen != Some(from) {
            path.push(Segment::Move(from.0, from.1));
        }
        path.push(Segment::Line(to.0, to.1));
        pen = Some(to);
    }
    if !path.is_empty() {
        canvas.stroke(path, ink, LINE, dash.pattern());
    }
}

/// The part of a segment within a rectangle (Liang and Barsky).
fn clip(a: (f64, f64), b: (f64, f64), low: (f64, f64), high: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (p, q) in [
        (-dx, a.0 - low.0),
        (dx, high.0 - a.0),
        (-dy, a.1 - low.1),
        (dy, high.1 - a.1),
    ] {
        if p == 0.0 {
            if q < -1e-9 {
                return None;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    let at = |share: f64| (a.0 + share * dx, a.1 + share * dy);
    let ends = (
        if enter == 0.0 { a } else { at(enter) },
        if leave == 1.0 { b } else { at(leave) },
    );
    (enter <= leave).then_some(ends)
}

/// A vertical interval with caps, or an arrow where it is unbounded.
fn draw_interval(canvas: &mut Canvas, frame: &Frame, (x, dodge): (f64, f64), estimate: Estimate, ink: Ink) {
    if !frame.x.contains(x) || estimate.low == estimate.high {
        return;
    }
    let unbounded = |value: f64| value.is_infinite() || !frame.y.contains(value);
    let (Some(column), Some(low), Some(high)) =
        (frame.column(x), frame.row(estimate.low), frame.row(estimate.high))
    else {
        return;
    };
    let column = column + dodge;
    canvas.line((column, low), (column, high), ink, 0.9);
    for (row, value, inwards) in [(low, estimate.low, -1.0), (high, estimate.high, 1.0)] {
        if unbounded(value) {
            let tip = [
                (column - 2.4, row + 4.0 * inwards),
                (column, row),
                (column + 2.4, row + 4.0 * inwards),
            ];
            canvas.stroke(polyline(&tip), ink, 0.9, &[]);
        } else {
            canvas.line((column - 1.8, row), (column + 1.8, row), ink, 0.9);
        }
    }
}

fn draw_marker(canvas: &mut Canvas, at: (f64, f64), marker: Marker, ink: Ink) {
    let (x, y) = at;
    let closed = |points: &[(f64, f64)]| {
        let mut path = polyline(points);
        path.push(Segment::Close);
        path
    };
    match marker {
        Marker::Circle => canvas.fill(circle(at, 2.2), ink, 1.0),
        Marker::Square => canvas.fill(
            closed(&[
                (x - 2.0, y - 2.0),
                (x + 2.0, y - 2.0),
                (x + 2.0, y + 2.0),
                (x - 2.0, y + 2.0),
            ]),
            ink,
            1.0,
        ),
        Marker::Triangle => canvas.fill(
            closed(&[(x, y - 2.7), (x + 2.6, y + 2.0), (x - 2.6, y + 2.0)]),
            ink,
            1.0,
        ),
        Marker::Diamond => canvas.fill(
            closed(&[(x, y - 2.8), (x + 2.8, y), (x, y + 2.8), (x - 2.8, y)]),
            ink,
            1.0,
        ),
        Marker::Ring => {
            canvas.fill(circle(at, 2.8), Ink::Page, 1.0);
            canvas.stroke(circle(at, 2.8), ink, 1.1, &[]);
        }
    }
}

fn draw_tile(canvas: &mut Canvas, frame: &Frame, (a, b): ((f64, f64), (f64, f64)), share: f64, text: &str) {
    let (Some(from), Some(to)) = (frame.place(a.0, a.1), frame.place(b.0, b.1)) else {
        return;
    };
    canvas.rectangle(from, to, Ink::Series(0), 0.06 + 0.84 * share.clamp(0.0, 1.0));
    let wide = (to.0 - from.0).abs() > Label::new(text, SMALL).width() + 2.0;
    if wide && (to.1 - from.1).abs() > SMALL + 1.0 {
        let ink = if share > 0.55 { Ink::Page } else { Ink::Text };
        let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1) + 0.33 * SMALL);
        canvas.text(text, middle, SMALL, Anchor::Middle, ink);
    }
}
