//! `quorum-headless etcdctl`: runs what was typed to a console, on a fresh simulated cluster.

mod comparable;
mod console;
mod directives;
mod running;
mod session;

use clap::Args;
use console::Console;
use session::Record;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// What `etcdctl` can be told.
#[derive(Args, Debug)]
pub(super) struct Etcdctl {
    /// The session to run; `-` is standard input
    #[arg(long, value_name = "FILE")]
    session: PathBuf,
    /// Put names in the place of ids, times and sizes, so that runs can be compared
    #[arg(long)]
    comparable: bool,
    /// The seed of the cluster
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The longest session file, in bytes.
const MAX_SESSION: usize = 1 << 20;

/// The exit status when not every line could be run.
const NOT_RUN: u8 = 1;
/// The exit status for a file that cannot be read.
const UNREADABLE: u8 = 2;

/// Runs a session and prints its transcript.
pub(super) fn run(
    options: &Etcdctl,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    let text = match super::read_text(&options.session, input, MAX_SESSION) {
        Ok(text) => text,
        Err(why) => {
            writeln!(err, "{why}")?;
            return Ok(UNREADABLE);
        }
    };
    match transcript(&text, options.comparable, options.seed) {
        Ok((transcript, complaints)) => {
            write!(out, "{transcript}")?;
            for complaint in &complaints {
                writeln!(err, "{}: {complaint}", options.session.display())?;
            }
            Ok(if complaints.is_empty() { 0 } else { NOT_RUN })
        }
        Err(why) => {
            writeln!(err, "{}: {why}", options.session.display())?;
            Ok(UNREADABLE)
        }
    }
}

/// Runs a session of a console (`docs/etcdctl.md`): its transcript, and the lines that could not be
/// run, as sentences.
///
/// # Errors
/// A text that is no session.
pub fn transcript(
    text: &str,
    comparable: bool,
    seed: u64,
) -> Result<(String, Vec<String>), String> {
    let items = session::parse(text)?;
    let mut console = Console::new(seed);
    let mut written = String::new();
    let mut complaints = Vec::new();
    for item in items {
        let (record, complaint) = console.play(&item);
        complaints.extend(complaint);
        let Some(mut record) = record else { continue };
        let mut plain = record.clone();
        if let Err(why) = console.normalise(&mut record) {
            complaints.push(why);
        }
        let shown: &mut Record = if comparable { &mut record } else { &mut plain };
        shown.write(&mut written);
    }
    Ok((written, complaints))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The recorded sessions or transcripts, with their names.
    pub fn recorded(what: &str) -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/etcdctl")
            .join(what);
        let mut all: Vec<(String, String)> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read_to_string(path).unwrap())
            })
            .collect();
        all.sort();
        assert!(!all.is_empty());
        all
    }
}
