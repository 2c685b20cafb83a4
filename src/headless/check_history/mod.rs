//! `quorum-headless check-history`: whether recorded operations of clients are linearizable.

mod edn;
mod events;
mod json_lines;

use super::{STANDARD_INPUT, read_text};
use crate::check::linear::{self, Contradiction, Verdict, judge};
use clap::ValueEnum;
use events::{History, Unreadable};
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// What `check-history` is told.
#[derive(clap::Args, Debug)]
pub(super) struct CheckHistory {
    /// The history; `-` reads standard input
    history: PathBuf,
    /// How the history is written; by default its first characters tell
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,
    /// Give up after so many steps for each group of keys that belong together
    #[arg(long, value_name = "STEPS", default_value_t = linear::BUDGET)]
    budget: u64,
}

/// How a history is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// One JSON object per line: docs/history.md
    Json,
    /// The operations of Jepsen and Knossos
    Edn,
}

pub(super) const HELP: &str = "\
A history is a file with one event per line: calls, and what came of them.

  {\"process\": 0, \"type\": \"invoke\", \"op\": \"put\", \"key\": \"x\", \"value\": 1}
  {\"process\": 0, \"type\": \"ok\"}
  {:process 0, :type :invoke, :f :read, :value nil}

docs/history.md describes both formats; tests/histories/ has examples.

Exit status:
  0  the history is linearizable
  1  it is not: the fewest operations that contradict each other are printed
  2  nobody knows: it takes more steps than --budget allows, or the history cannot be read";

const LINEARIZABLE: u8 = 0;
const NOT_LINEARIZABLE: u8 = 1;
const UNKNOWN: u8 = 2;

/// The largest history, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// So many operations of the longest order are printed.
const TOLD: usize = 10;

pub(super) fn run(
    options: &CheckHistory,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    let name = match options.history.as_os_str() == STANDARD_INPUT {
        true => "standard input".to_owned(),
        false => options.history.display().to_string(),
    };
    let history = read_text(&options.history, input, MAX_BYTES).and_then(|text| {
        if text.len() > MAX_BYTES {
            return Err(format!(
                "{name} is larger than {MAX_BYTES} bytes: split it by keys"
            ));
        }
        let format = options.format.unwrap_or_else(|| format_of(&text));
        let history = match format {
            Format::Json => json_lines::read(&text),
            Format::Edn => edn::read(&text),
        };
        history.map_err(|Unreadable { line, message }| format!("{name}:{line}: {message}"))
    });
    let history = match history {
        Ok(history) => history,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(UNKNOWN);
        }
    };
    match judge(history.operations(), options.budget) {
        Verdict::Linearizable => {
            writeln!(out, "linearizable: {}", history.size())?;
            Ok(LINEARIZABLE)
        }
        Verdict::NotLinearizable(contradiction) => {
            tell(&history, &contradiction, out)?;
            Ok(NOT_LINEARIZABLE)
        }
        Verdict::Unknown => {
            let budget = options.budget;
            writeln!(
                out,
                "unknown: {} take more than {budget} steps; try again with a larger --budget",
                history.size()
            )?;
            Ok(UNKNOWN)
        }
    }
}

/// The format of a text by its first characters.
fn format_of(text: &str) -> Format {
    let text = text.trim_start();
    let inside = text.strip_prefix('{').map(str::trim_start);
    match inside {
        Some(inside) if inside.starts_with(['"', '}']) => Format::Json,
        None if text.is_empty() => Format::Json,
        _ => Format::Edn,
    }
}

/// Tells which operations contradict each other, and how far an order came.
fn tell(history: &History, contradiction: &Contradiction, out: &mut impl Write) -> io::Result<()> {
    let Contradiction {
        operations,
        longest,
    } = contradiction;
    writeln!(out, "not linearizable: {}", history.size())?;
    writeln!(out, "\nthese contradict each other already:")?;
    for operation in operations {
        writeln!(out, "  {}", history.describe(*operation))?;
    }
    let left_out = longest.len().saturating_sub(TOLD);
    writeln!(
        out,
        "\nthe longest order up to there has {} operations{}",
        longest.len(),
        if longest.is_empty() { "" } else { ":" }
    )?;
    if left_out > 0 {
        writeln!(out, "  … {left_out} before")?;
    }
    for operation in &longest[left_out..] {
        writeln!(out, "  {}", history.describe(*operation))?;
    }
    Ok(())
}
