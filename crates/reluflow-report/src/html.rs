//! Writes one self-contained HTML page: text, tables and figures inline, nothing from the network.

use std::fmt::Write as _;

use reluflow_plot::{Chart, escape};

/// The page's style: light and dark, phone and print.
const STYLE: &str = include_str!("page.css");

/// A page built from top to bottom.
#[derive(Debug, Clone, Default)]
pub struct Page {
    title: String,
    contents: Vec<(String, String)>,
    body: String,
    figures: usize,
}

impl Page {
    /// An empty page.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            ..Self::default()
        }
    }

    /// Begins a section; its heading goes into the table of contents.
    pub fn section(&mut self, heading: &str) {
        let id = format!("section-{}", self.contents.len() + 1);
        let _ = writeln!(self.body, "<h2 id=\"{id}\">{}</h2>", escape(heading));
        self.contents.push((id, heading.to_owned()));
    }

    /// A paragraph of plain text; `code` between backticks.
    pub fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.body, "<p>{}</p>", inline(text));
    }

    /// Points of plain text.
    pub fn list<T: AsRef<str>>(&mut self, points: &[T]) {
        self.body.push_str("<ul>\n");
        for point in points {
            let _ = writeln!(self.body, "<li>{}</li>", inline(point.as_ref()));
        }
        self.body.push_str("</ul>\n");
    }

    /// A notice set apart: something is missing or doubtful.
    pub fn notice(&mut self, text: &str) {
        let _ = writeln!(self.body, "<p class=\"notice\">{}</p>", inline(text));
    }

    /// Text as it is, to be copied.
    pub fn verbatim(&mut self, text: &str) {
        let _ = writeln!(self.body, "<pre>{}</pre>", escape(text.trim_end()));
    }

    /// Text as it is under a heading that unfolds.
    pub fn folded(&mut self, heading: &str, text: &str) {
        let _ = writeln!(
            self.body,
            "<details><summary>{}</summary><pre>{}</pre></details>",
            escape(heading),
            escape(text.trim_end())
        );
    }

    /// A table; cells are plain text, with `code` between backticks.
    pub fn table<T: AsRef<str>>(&mut self, head: &[&str], rows: &[Vec<T>]) {
        self.body.push_str("<div class=\"wide\"><table><thead><tr>");
        for cell in head {
            let _ = write!(self.body, "<th scope=\"col\">{}</th>", inline(cell));
        }
        self.body.push_str("</tr></thead><tbody>\n");
        for row in rows {
            self.body.push_str("<tr>");
            for cell in row {
                let _ = write!(self.body, "<td>{}</td>", inline(cell.as_ref()));
            }
            self.body.push_str("</tr>\n");
        }
        self.body.push_str("</tbody></table></div>\n");
    }

    /// A chart with its caption. Panels side by side stand one above the other on a narrow screen.
    pub fn figure(&mut self, chart: &Chart, caption: &str) {
        self.figures += 1;
        let drawing = chart.draw().inline_svg();
        let (class, body) = if chart.columns > 1 {
            let narrow = chart.stacked().draw().inline_svg();
            let body = format!("<div class=\"side\">{drawing}</div><div class=\"stack\">{narrow}</div>");
            (" class=\"page\"", body)
        } else if chart.width > 300.0 {
            (" class=\"page\"", drawing)
        } else {
            ("", drawing)
        };
        let _ = writeln!(
            self.body,
            "<figure{class} id=\"figure-{}\">{body}<figcaption>{}</figcaption></figure>",
            self.figures,
            inline(caption)
        );
    }

    /// The whole page.
    pub fn html(&self) -> String {
        let title = escape(&self.title);
        let mut contents = String::new();
        for (id, heading) in &self.contents {
            let _ = write!(contents, "<li><a href=\"#{id}\">{}</a></li>", escape(heading));
        }
        format!(
            "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
             <nav aria-label=\"Contents\"><ol>{contents}</ol></nav>\n{}</main>\n</body>\n</html>\n",
            self.body
        )
    }
}

/// Plain text as HTML, with what stands between backticks as code.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (k, part) in text.split('`').enumerate() {
        if k % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", escape(part));
        } else {
            out.push_str(&escape(part));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use reluflow_plot::{Axis, Chart, Dash, Ink, Layer, Panel};

    #[test]
    fn a_page_escapes_text_and_numbers_its_figures() {
        let line = Layer::Line {
            points: vec![(0.0, 0.0), (1.0, 2.0)],
            ink: Ink::Series(0),
            dash: Dash::Solid,
        };
        let panel = Panel {
            x: Axis::linear("*n*"),
            y: Axis::linear("a < b"),
            layers: vec![line],
            ..Panel::default()
        };
        let chart = Chart {
            description: "a \"line\"".into(),
            panels: vec![panel],
            width: 252.0,
            panel_height: 90.0,
            ..Chart::default()
        };
        let mut page = Page::new("a < b & c");
        page.section("First");
        page.paragraph("1 < 2, see `x & y`");
        page.figure(&chart, "caption");
        page.figure(&chart, "caption");
        let html = page.html();
        assert!(html.contains("<title>a &lt; b &amp; c</title>"));
        assert!(html.contains("<p>1 &lt; 2, see <code>x &amp; y</code></p>"));
        assert!(html.contains("aria-label=\"a &quot;line&quot;\""));
        assert!(html.contains("id=\"figure-1\"") && html.contains("id=\"figure-2\""));
    }
}
