//! The command line program `quorum-headless`: Quorum without a browser.
//!
//! The program itself is a thin shell around [`execute`], which reads and writes whatever it is
//! handed, so that it can be tested without a process. Results go to `out`, complaints to `err`.
//!
//! Exit statuses: 0 when all expectations hold, 1 when one does not or a statement is impossible,
//! 2 for a script or a command line that cannot be read.

mod bench;
mod chaos;
mod check_history;
#[cfg(feature = "comparison")]
mod comparison;
mod etcdctl;
mod rules;
mod run;

pub use etcdctl::transcript as run_etcdctl_session;

use clap::{Parser, Subcommand, ValueEnum};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The command line.
#[derive(Parser, Debug)]
#[command(
    name = "quorum-headless",
    version,
    about = "Runs stories of an etcd cluster, simulated to the bit, without a browser.",
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Play a script of actions and expectations, and say what happens
    #[command(after_long_help = RUN_HELP)]
    Run(run::Run),
    /// Try many random runs, with random faults, under all checkers
    Chaos(chaos::Chaos),
    /// Judge whether recorded operations of clients are linearizable
    #[command(after_long_help = check_history::HELP)]
    CheckHistory(check_history::CheckHistory),
    /// Switch off each rule of Raft in turn and look what goes wrong
    Rules(rules::RulesOptions),
    /// Measure how fast it is
    Bench(bench::Bench),
    /// Run what was typed to a console with etcdctl, and print the transcript
    Etcdctl(etcdctl::Etcdctl),
}

/// What `run` can be told.
impl run::Run {
    /// How much of the trace is printed.
    fn level(&self) -> Level {
        if self.quiet { Level::None } else { self.trace }
    }
}

/// How much of the trace is printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
enum Level {
    /// Nothing but the verdict
    None,
    /// What matters: elections, requests, entries, losses of members
    Story,
    /// Every message and every write to a disk
    All,
}

const RUN_HELP: &str = "\
A script is text, one statement per line:

  start 5 members seed 7
  wait until leader
  put name joe via follower:1
  wait until value name = joe at all
  let old be leader
  crash old
  wait until leader within 2s
  expect value name = joe at running

docs/script.md is the manual of the language; tests/scripts/ has stories to begin with.

The same script and seed give the same run to the bit, here and in the page: compare the trace
hash at the end.

Exit status:
  0  every expectation holds
  1  an expectation does not hold, or a statement is impossible; it is printed with what was found
  2  the script or the command line cannot be read";

/// The exit status of a program whose reader has gone away, as the shell reports it.
const BROKEN_PIPE: u8 = 141;

/// Runs the program with the process's own arguments, input and output.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let status = execute(
        &arguments,
        &mut io::stdin().lock(),
        &mut out,
        &mut io::stderr(),
    );
    match status.and_then(|status| out.flush().map(|()| status)) {
        Ok(status) => ExitCode::from(status),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            eprintln!("the output cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments say, and returns the exit status.
///
/// # Errors
/// Output that cannot be written.
pub fn execute(
    arguments: &Arguments,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    match &arguments.command {
        Command::Run(options) => run::run(options, input, out, err),
        Command::Chaos(options) => chaos::run(options, out),
        Command::CheckHistory(options) => check_history::run(options, input, out, err),
        Command::Rules(options) => rules::run(options, out),
        Command::Bench(options) => bench::run(options, out),
        Command::Etcdctl(options) => etcdctl::run(options, input, out, err),
    }
}

/// The name of standard input on the command line.
const STANDARD_INPUT: &str = "-";

/// Reads a whole file, or standard input for `-`, up to a limit. An error is a sentence.
fn read_text(path: &PathBuf, input: &mut impl Read, limit: usize) -> Result<String, String> {
    let mut bytes = Vec::new();
    let most = limit as u64 + 1;
    let read = if path.as_os_str() == STANDARD_INPUT {
        input.take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("{} is not UTF-8 text: see its byte {at}", path.display())
    })
}
