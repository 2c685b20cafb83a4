//! The picture as a standalone SVG file: every style inline, in the colours of the light theme,
//! with title and legend, so that it looks the same in print and in every program.

use super::{Form, GUTTER, Look, Picture, Shape};
use crate::raft::Term;
use crate::view::geometry::{Point, tenths};
use crate::words::{key, say, tell};

/// The room above the picture for the title.
const TITLE: f64 = 46.0;
/// The room below it for the legend.
const LEGEND: f64 = 34.0;

/// The hues of the light theme, for term 0 and then in a cycle; `styles/tokens.css` has the same.
const HUES: [&str; 8] = [
    "#666c74", "#3b6fd4", "#b25d00", "#0d7d6a", "#a23b9b", "#7c6a00", "#5b55c9", "#b33a5b",
];
const INK: &str = "#1d2128";
const FAINT: &str = "#5e6572";
const LINE: &str = "#dcd9d1";
const BAD: &str = "#b3261e";
const GOOD: &str = "#1f7a4d";
const PAPER: &str = "#fdfcfa";

fn hue(term: Option<Term>) -> &'static str {
    match term {
        None => FAINT,
        Some(Term(0)) => HUES[0],
        Some(Term(term)) => HUES[1 + ((term - 1) % 7) as usize],
    }
}

/// The whole file. `size` is that of the picture, `name` says which run it shows.
pub fn svg(picture: &Picture, size: (f64, f64), name: &str) -> String {
    let (width, height) = (size.0, size.1 + TITLE + LEGEND);
    let title = say(key!("sequence.paper.title"));
    let mut file = Writer::default();
    file.line(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" \
         font-family=\"system-ui,'DejaVu Sans',sans-serif\" font-size=\"11\" fill=\"none\">",
        tenths(width),
        tenths(height)
    ));
    file.line(&format!("<title>{}</title>", escaped(title)));
    file.line(&format!("<desc>{}</desc>", escaped(name)));
    file.line(&format!(
        "<rect width=\"100%\" height=\"100%\" fill=\"{PAPER}\"/>"
    ));
    file.text(Point::new(12.0, 20.0), title, INK, "start", "15");
    file.text(Point::new(12.0, 37.0), name, FAINT, "start", "11");
    file.line(&format!("<g transform=\"translate(0 {})\">", tenths(TITLE)));
    for shape in &picture.shapes {
        file.shape(shape);
    }
    for (x, time) in &picture.axis {
        file.text(Point::new(*x, 14.0), time, FAINT, "middle", "10");
    }
    for lane in &picture.lanes {
        let at = Point::new(GUTTER - 8.0, lane.y + 4.0);
        file.text(at, &lane.name, hue(Some(lane.term)), "end", "12");
    }
    if picture.left_out > 0 {
        let words = tell(key!("sequence.left-out"), &[("n", &picture.left_out)]);
        file.text(Point::new(width - 8.0, 4.0), &words, FAINT, "end", "10");
    }
    file.line("</g>");
    file.legend(size.1 + TITLE + 14.0);
    file.line("</svg>");
    file.0
}

#[derive(Default)]
struct Writer(String);

impl Writer {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn text(&mut self, at: Point, words: &str, fill: &str, anchor: &str, size: &str) {
        self.line(&format!(
            "<text x=\"{}\" y=\"{}\" fill=\"{fill}\" text-anchor=\"{anchor}\" font-size=\"{size}\">{}</text>",
            tenths(at.x),
            tenths(at.y),
            escaped(words)
        ));
    }

    fn shape(&mut self, shape: &Shape) {
        let style = style(shape);
        match &shape.form {
            Form::Path(path) => self.line(&format!("<path d=\"{path}\" {style}/>")),
            Form::Rect(at, width, height) => self.line(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {style}/>",
                tenths(at.x),
                tenths(at.y),
                tenths(*width),
                tenths(*height)
            )),
            Form::Text(at, words) => self.line(&format!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"10\" {style}>{}</text>",
                tenths(at.x),
                tenths(at.y),
                escaped(words)
            )),
        }
    }

    /// A sample of each look with its name, in a row.
    fn legend(&mut self, y: f64) {
        let samples = [
            (Look::Request, key!("sequence.legend.request")),
            (Look::Reply, key!("sequence.legend.reply")),
            (Look::Flying, key!("sequence.legend.flying")),
            (Look::Lost, key!("sequence.legend.lost")),
            (Look::Leader, key!("sequence.legend.leader")),
            (Look::Paused, key!("sequence.legend.paused")),
            (Look::Crashed, key!("sequence.legend.crashed")),
            (Look::Cut, key!("sequence.legend.cut")),
            (Look::Commit, key!("sequence.legend.commit")),
        ];
        let mut x = 12.0;
        for (look, key) in samples {
            let form = match look {
                Look::Cut => Form::Rect(Point::new(x, y - 7.0), 22.0, 10.0),
                Look::Lost => super::lanes::cross(x + 11.0, y - 3.0, 4.5),
                Look::Commit => super::lanes::diamond(x + 11.0, y - 3.0),
                _ => Form::Path(format!("M{} {}h22", tenths(x), tenths(y - 3.0))),
            };
            self.shape(&Shape {
                look,
                form,
                term: None,
                selected: false,
            });
            let words = say(key);
            self.text(Point::new(x + 28.0, y), words, INK, "start", "11");
            x += 28.0 + words.chars().count() as f64 * 6.3 + 16.0;
        }
    }
}

/// The style of a shape: the same look as its class has in `styles/sequence.css`.
fn style(shape: &Shape) -> String {
    let hue = hue(shape.term);
    let wide = |width: &'static str, selected: &'static str| {
        if shape.selected { selected } else { width }
    };
    match shape.look {
        Look::Cut => {
            format!("fill=\"{BAD}\" fill-opacity=\".09\" stroke=\"{BAD}\" stroke-width=\".7\"")
        }
        Look::Grid => stroke(LINE, "1", ""),
        Look::Client => stroke("#8d8a81", "1", "3 3"),
        Look::Follower => stroke(hue, "2", ""),
        Look::Candidate => stroke(hue, "3", "6 4"),
        Look::Leader => stroke(hue, "6", ""),
        Look::Paused => stroke(hue, "7", "1.5 2.5"),
        Look::Crashed => stroke(HUES[0], "2", "1 6"),
        Look::Operation => format!("fill=\"{PAPER}\" stroke=\"{INK}\""),
        Look::Write => format!("fill=\"{LINE}\" stroke=\"{INK}\""),
        Look::Refused => stroke(BAD, "1.2", "3 2"),
        Look::Open => stroke(INK, "1.2", "3 3"),
        Look::Effect => format!("fill=\"{INK}\" stroke=\"{PAPER}\""),
        Look::Contradiction => stroke(BAD, "2.5", ""),
        Look::Request => stroke(hue, wide("1.4", "3"), ""),
        Look::Reply => stroke(hue, wide("1.2", "3"), "6 3"),
        Look::Flying => stroke(hue, wide("1.4", "3"), "1 4"),
        Look::Lost => stroke(BAD, "2", ""),
        Look::Crash => stroke(HUES[0], "3", ""),
        Look::Elected => format!("fill=\"{hue}\""),
        Look::Commit => format!("fill=\"{GOOD}\" stroke=\"{PAPER}\""),
        Look::Violation => stroke(BAD, "3", ""),
        Look::Label | Look::Mark => {
            let fill = if shape.look == Look::Mark && shape.term.is_none() {
                INK
            } else {
                hue
            };
            format!(
                "fill=\"{fill}\" stroke=\"{PAPER}\" stroke-width=\"3\" paint-order=\"stroke\" \
                 font-family=\"ui-monospace,'DejaVu Sans Mono',monospace\""
            )
        }
        Look::Future => format!("fill=\"{PAPER}\" fill-opacity=\".75\""),
        Look::Playhead => stroke(INK, "1.5", ""),
    }
}

fn stroke(colour: &str, width: &str, dashes: &str) -> String {
    let dashes = match dashes {
        "" => String::new(),
        dashes => format!(" stroke-dasharray=\"{dashes}\""),
    };
    format!("stroke=\"{colour}\" stroke-width=\"{width}\"{dashes}")
}

/// Text for XML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // XML knows no control characters.
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
