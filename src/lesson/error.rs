//! What is wrong with a script, said so that its author can mend it.

use std::fmt::{self, Write as _};

/// A place in a script. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column of the first character.
    pub column: usize,
    /// How many characters, at least 1.
    pub length: usize,
}

impl Place {
    /// From the start of this place to the end of another one of the same line.
    pub(super) fn to(self, last: Place) -> Place {
        let end = (last.column + last.length).max(self.column + 1);
        Place {
            length: end - self.column,
            ..self
        }
    }
}

/// One thing that is wrong with a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// Where.
    pub place: Place,
    /// The line as it was written.
    pub source: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to write instead, if there is a good guess.
    pub help: Option<String>,
}

/// The widest excerpt of a line that is shown, in characters.
const EXCERPT: usize = 96;

impl ScriptError {
    /// The error as a person reads it, with the line and a caret below the place. `name` is what
    /// the script is called, usually its file name.
    pub fn render(&self, name: &str) -> String {
        let Place { line, column, .. } = self.place;
        if self.source.is_empty() {
            return format!("{name}: {}", self.message);
        }
        let (excerpt, offset) = self.excerpt();
        let carets = self.place.length.min(EXCERPT - offset.min(EXCERPT - 1));
        let margin = " ".repeat(line.to_string().len());
        let mut text = format!("{name}:{line}:{column}: {}\n", self.message);
        // Writing to a string cannot fail.
        let _ = writeln!(text, " {margin} |");
        let _ = writeln!(text, " {line} | {excerpt}");
        let _ = write!(
            text,
            " {margin} | {}{}",
            " ".repeat(offset),
            "^".repeat(carets)
        );
        if let Some(help) = &self.help {
            let _ = write!(text, "\n {margin} = {help}");
        }
        text
    }

    /// The part of the line around the place, and where in it the place begins. Whatever would
    /// disturb the alignment is shown as a space.
    fn excerpt(&self) -> (String, usize) {
        let before = self.place.column - 1;
        let skipped = before.saturating_sub(EXCERPT / 2);
        let mut shown = String::new();
        let mut offset = before - skipped;
        if skipped > 0 {
            shown.push('…');
            offset += 1;
        }
        let mut characters = self.source.chars().skip(skipped);
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        shown.extend(characters.by_ref().take(EXCERPT).map(clean));
        if characters.next().is_some() {
            shown.push('…');
        }
        (shown.trim_end().to_owned(), offset)
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column, .. } = self.place;
        write!(f, "line {line}, column {column}: {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ScriptError {}

/// Everything that is wrong with a script: at most one error for each line, in the order of the
/// lines, and never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptErrors {
    /// The errors.
    pub errors: Vec<ScriptError>,
}

/// So many errors are shown; whoever has more should mend these first.
const SHOWN: usize = 20;

impl ScriptErrors {
    /// All errors as a person reads them. `name` is what the script is called.
    pub fn render(&self, name: &str) -> String {
        let mut blocks: Vec<String> = self
            .errors
            .iter()
            .take(SHOWN)
            .map(|error| error.render(name))
            .collect();
        if let more @ 1.. = self.errors.len().saturating_sub(SHOWN) {
            blocks.push(format!("… and {more} more lines with errors"));
        }
        blocks.join("\n\n")
    }
}

impl fmt::Display for ScriptErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.errors.iter().map(ScriptError::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for ScriptErrors {}

/// The candidate that `word` was most probably meant to be, if one is near enough.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().count();
    if length > 32 {
        return None;
    }
    let allowed = match length {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let lower = word.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&lower, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters have to be inserted, deleted, replaced or swapped with their neighbour to
/// turn one word into the other (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_far_ones_are_not() {
        let words = ["crash", "restart", "cut", "put"];
        assert_eq!(nearest("crahs", words), Some("crash"));
        assert_eq!(nearest("Crash", words), Some("crash"));
        assert_eq!(nearest("restrat", words), Some("restart"));
        assert_eq!(nearest("ptu", words), Some("put"));
        assert_eq!(nearest("explode", words), None);
        assert_eq!(nearest("x", words), None);
    }

    #[test]
    fn the_caret_stands_below_the_place_even_in_very_long_lines() {
        let source = format!("put k {} vai leader", "ä".repeat(500));
        let error = ScriptError {
            place: Place {
                line: 12,
                column: 508,
                length: 3,
            },
            source,
            message: "expected `via`".to_owned(),
            help: None,
        };
        let text = error.render("x");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].starts_with(" 12 | …ää"), "{text}");
        assert!(lines[2].chars().count() < 120, "{text}");
        let column = |line: &str, what| {
            let byte = line.find(what).unwrap();
            line[..byte].chars().count()
        };
        assert_eq!(column(lines[2], "vai"), column(lines[3], "^^^"));
    }
}
