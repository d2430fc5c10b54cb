//! Writes a drawing as SVG, PNG or PDF.

use std::fmt::Write as _;

use tiny_skia::{FillRule, LineCap, LineJoin, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use crate::canvas::{Canvas, Mark, Paint, Segment};

impl Canvas {
    /// The drawing as a complete SVG file on a white page.
    pub fn svg(&self) -> String {
        self.write_svg(true)
    }

    /// The drawing as an SVG element to be put into an HTML page, whose style may recolour the classes of
    /// [`crate::Ink::class`]; the page shows through.
    pub fn inline_svg(&self) -> String {
        self.write_svg(false)
    }

    fn write_svg(&self, file: bool) -> String {
        let mut out = String::new();
        let (w, h) = (self.width, self.height);
        let namespace = if file {
            " xmlns=\"http://www.w3.org/2000/svg\""
        } else {
            ""
        };
        let size = if file {
            format!(" width=\"{w:.1}pt\" height=\"{h:.1}pt\"")
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<svg{namespace}{size} viewBox=\"0 0 {w:.1} {h:.1}\" role=\"img\" aria-label=\"{}\">",
            escape(&self.description)
        );
        if file {
            let _ = write!(out, "<rect width=\"{w:.1}\" height=\"{h:.1}\" fill=\"#fff\"/>");
        }
        for mark in &self.marks {
            let (r, g, b) = mark.ink.on_white();
            let colour = format!("#{r:02x}{g:02x}{b:02x}");
            let class = mark.ink.class();
            let opacity = if mark.opacity < 1.0 {
                format!(" opacity=\"{:.2}\"", mark.opacity)
            } else {
                String::new()
            };
            let paint = match &mark.paint {
                Paint::Fill => format!("class=\"fill {class}\" fill=\"{colour}\""),
                Paint::Stroke { width, dash } => {
                    let dashes: Vec<String> = dash.iter().map(|length| format!("{length:.1}")).collect();
                    let dash = if dash.is_empty() {
                        String::new()
                    } else {
                        format!(" stroke-dasharray=\"{}\"", dashes.join(" "))
                    };
                    format!(
                        "class=\"stroke {class}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width:.2}\" stroke-linejoin=\"round\" stroke-linecap=\"butt\"{dash}"
                    )
                }
            };
            let _ = write!(out, "<path {paint}{opacity} d=\"{}\"/>", svg_path(&mark.path));
        }
        out.push_str("</svg>");
        if file {
            out.push('\n');
        }
        out
    }

    /// The drawing as PNG on a white page, `scale` pixels a point. Empty if the size is not a picture's.
    pub fn png(&self, scale: f64) -> Vec<u8> {
        let (w, h) = (
            (self.width * scale).ceil() as u32,
            (self.height * scale).ceil() as u32,
        );
        let Some(mut pixels) = Pixmap::new(w, h) else {
            return Vec::new();
        };
        pixels.fill(tiny_skia::Color::WHITE);
        let transform = Transform::from_scale(scale as f32, scale as f32);
        for mark in &self.marks {
            paint(&mut pixels, mark, transform);
        }
        pixels.encode_png().unwrap_or_default()
    }

    /// The drawing as a PDF page of its own size. Text is outlines, so no font is needed or embedded.
    pub fn pdf(&self) -> Vec<u8> {
        let mut content = format!("1 0 0 -1 0 {:.2} cm 1 j\n", self.height);
        for mark in &self.marks {
            let (r, g, b) = mark.ink.on_white();
            let [r, g, b] = [r, g, b].map(|value| f64::from(value) / 255.0);
            let opacity = (mark.opacity * 100.0).round() as u32;
            let _ = write!(content, "/O{opacity} gs ");
            for segment in &mark.path {
                let _ = match *segment {
                    Segment::Move(x, y) => write!(content, "{x:.2} {y:.2} m "),
                    Segment::Line(x, y) => write!(content, "{x:.2} {y:.2} l "),
                    Segment::Cubic(a, b, c, d, x, y) => {
                        write!(content, "{a:.2} {b:.2} {c:.2} {d:.2} {x:.2} {y:.2} c ")
                    }
                    Segment::Close => write!(content, "h "),
                };
            }
            let _ = match &mark.paint {
                Paint::Fill => writeln!(content, "{r:.3} {g:.3} {b:.3} rg f"),
                Paint::Stroke { width, dash } => {
                    let dashes: Vec<String> = dash.iter().map(|length| format!("{length:.1}")).collect();
                    let dashes = dashes.join(" ");
                    writeln!(content, "{r:.3} {g:.3} {b:.3} RG {width:.2} w [{dashes}] 0 d S")
                }
            };
        }
        let mut levels: Vec<u32> = self
            .marks
            .iter()
            .map(|mark| (mark.opacity * 100.0).round() as u32)
            .collect();
        levels.sort_unstable();
        levels.dedup();
        let states: String = levels
            .iter()
            .map(|level| {
                let share = f64::from(*level) / 100.0;
                format!("/O{level} << /ca {share:.2} /CA {share:.2} >> ")
            })
            .collect();
        pdf_file(&[
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {:.2} {:.2}] /Contents 4 0 R /Resources << /ExtGState << {states}>> >> >>",
                self.width, self.height
            ),
            format!("<< /Length {} >>\nstream\n{content}endstream", content.len()),
        ])
    }
}

/// Numbers and joins the objects of a PDF file.
fn pdf_file(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (k, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", k + 1);
    }
    let table = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in &offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = write!(
        out,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    out.into_bytes()
}

/// Paints one mark on pixels.
fn paint(pixels: &mut Pixmap, mark: &Mark, transform: Transform) {
    let mut builder = PathBuilder::new();
    for segment in &mark.path {
        match *segment {
            Segment::Move(x, y) => builder.move_to(x as f32, y as f32),
            Segment::Line(x, y) => builder.line_to(x as f32, y as f32),
            Segment::Cubic(a, b, c, d, x, y) => {
                builder.cubic_to(a as f32, b as f32, c as f32, d as f32, x as f32, y as f32);
            }
            Segment::Close => builder.close(),
        }
    }
    let Some(path) = builder.finish() else {
        return;
    };
    let (r, g, b) = mark.ink.on_white();
    let mut colour = tiny_skia::Paint {
        anti_alias: true,
        ..tiny_skia::Paint::default()
    };
    colour.set_color_rgba8(r, g, b, (255.0 * mark.opacity).round() as u8);
    match &mark.paint {
        Paint::Fill => pixels.fill_path(&path, &colour, FillRule::Winding, transform, None),
        Paint::Stroke { width, dash } => {
            let stroke = Stroke {
                width: *width as f32,
                line_cap: LineCap::Butt,
                line_join: LineJoin::Round,
                dash: StrokeDash::new(dash.iter().map(|length| *length as f32).collect(), 0.0),
                ..Stroke::default()
            };
            pixels.stroke_path(&path, &colour, &stroke, transform, None);
        }
    }
}

/// The path data of SVG, to a hundredth of a point.
fn svg_path(path: &[Segment]) -> String {
    let mut out = String::new();
    let number = |value: f64| {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let points = |values: &[f64]| {
        values
            .iter()
            .map(|value| number(*value))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for segment in path {
        match *segment {
            Segment::Move(x, y) => out.push_str(&format!("M{}", points(&[x, y]))),
            Segment::Line(x, y) => out.push_str(&format!("L{}", points(&[x, y]))),
            Segment::Cubic(a, b, c, d, x, y) => out.push_str(&format!("C{}", points(&[a, b, c, d, x, y]))),
            Segment::Close => out.push('Z'),
        }
    }
    out
}

/// Text as it may stand in an attribute or between tags.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::{Anchor, Ink};
    use super::*;

    fn drawing() -> Canvas {
        let mut canvas = Canvas {
            width: 40.0,
            height: 20.0,
            description: "a <line>".into(),
            marks: Vec::new(),
        };
        canvas.line((0.0, 10.0), (40.0, 10.0), Ink::Series(0), 4.0);
        canvas.text("*μ*_∞", (20.0, 8.0), 8.0, Anchor::Middle, Ink::Text);
        canvas
    }

    #[test]
    fn svg_holds_outlines_only() {
        let svg = drawing().svg();
        assert!(svg.contains("aria-label=\"a &lt;line&gt;\"") && !svg.contains("<text"));
        assert!(svg.contains("stroke=\"#0072b2\"") && svg.contains("d=\"M0 10L40 10\""));
        assert!(!drawing().inline_svg().contains("xmlns"));
    }

    #[test]
    fn png_has_the_size_and_the_colours() {
        let png = Pixmap::decode_png(&drawing().png(2.0)).unwrap();
        assert_eq!((png.width(), png.height()), (80, 40));
        let at = |x, y| png.pixel(x, y).map(|p| (p.red(), p.green(), p.blue()));
        // The line covers rows 16 to 24 at two pixels a point.
        assert_eq!(at(5, 20), Some((0, 114, 178)));
        assert_eq!(at(5, 39), Some((255, 255, 255)));
    }

    #[test]
    fn pdf_objects_lie_where_its_table_says() {
        let pdf = String::from_utf8(drawing().pdf()).unwrap();
        let table: usize = pdf
            .rsplit("startxref\n")
            .next()
            .unwrap()
            .split('\n')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(pdf[table..].starts_with("xref\n0 5\n"));
        for (k, line) in pdf[table..].lines().skip(3).take(4).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(pdf[offset..].starts_with(&format!("{} 0 obj", k + 1)));
        }
        let length: usize = pdf
            .split("/Length ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let content = pdf
            .split(">>\nstream\n")
            .nth(1)
            .unwrap()
            .split("endstream")
            .next()
            .unwrap();
        assert_eq!(content.len(), length);
    }
}
