//! `quorum-headless run`: plays a script and tells what happens.

use super::{Level, STANDARD_INPUT, read_text};
use crate::cluster::TraceEvent;
use crate::lesson::{MAX_SCRIPT_BYTES, Progress, Runner, Script, Verdict};
use crate::raft::{NodeId, Term};
use crate::sim::SimTime;
use crate::timeline::Session;
use crate::view::{Described, describe, plain};
use serde_json::json;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// What `run` is told.
#[derive(clap::Args, Debug)]
pub(super) struct Run {
    /// The script; `-` reads standard input
    script: PathBuf,
    /// Play it with another seed than its own
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How much of the trace to print
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = Level::Story)]
    pub(super) trace: Level,
    /// Print the verdict only; the same as `--trace none`
    #[arg(long, short, conflicts_with = "trace")]
    pub(super) quiet: bool,
    /// Print JSON instead of text: one object per line, with every fact of the trace
    #[arg(long)]
    json: bool,
}

const PASSED: u8 = 0;
const FAILED: u8 = 1;
const UNREADABLE: u8 = 2;

pub(super) fn run(
    options: &Run,
    input: &mut impl Read,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<u8> {
    let name = if options.script.as_os_str() == STANDARD_INPUT {
        "standard input".to_owned()
    } else {
        options.script.display().to_string()
    };
    let script = match read_text(&options.script, input, MAX_SCRIPT_BYTES) {
        Ok(text) => Script::parse(&text).map_err(|errors| errors.render(&name)),
        Err(unreadable) => Err(unreadable),
    };
    let started = script.and_then(|script| {
        let session = script.session(options.seed);
        let session = session.map_err(|error| format!("{name}: {error}"))?;
        Ok((script, session))
    });
    let (script, mut session) = match started {
        Ok(started) => started,
        Err(message) => {
            writeln!(err, "{message}")?;
            return Ok(UNREADABLE);
        }
    };
    let mut teller = Teller {
        out,
        level: options.level(),
        json: options.json,
        told: 0,
    };
    let verdict = teller.play(script, &mut session)?;
    teller.end(&session, &verdict)?;
    teller.out.flush()?;
    match verdict {
        Verdict::Passed => Ok(PASSED),
        Verdict::Failed(failure) => {
            writeln!(err, "{name}: {failure}")?;
            Ok(FAILED)
        }
    }
}

/// Tells what happens, as it happens.
struct Teller<'a, W> {
    out: &'a mut W,
    level: Level,
    json: bool,
    /// How many facts of the trace have been told.
    told: usize,
}

impl<W: Write> Teller<'_, W> {
    fn play(&mut self, script: Script, session: &mut Session) -> io::Result<Verdict> {
        self.begin(session)?;
        self.news(session)?;
        let mut runner = Runner::new(script);
        loop {
            match runner.next(session, SimTime(u64::MAX)) {
                Progress::Began { line } => {
                    let text = runner.statement().map_or("", |statement| &statement.text);
                    self.statement(line, text)?;
                }
                Progress::Moved | Progress::Paused => self.news(session)?,
                Progress::Finished(verdict) => return Ok(verdict),
            }
        }
    }

    fn begin(&mut self, session: &Session) -> io::Result<()> {
        let (members, seed) = (session.options().members, session.seed());
        match (self.level, self.json) {
            (Level::None, _) => Ok(()),
            (_, true) => writeln!(self.out, "{}", json!({ "members": members, "seed": seed })),
            (_, false) => writeln!(self.out, "{members} members, seed {seed}"),
        }
    }

    fn statement(&mut self, line: usize, text: &str) -> io::Result<()> {
        match (self.level, self.json) {
            (Level::None, _) => Ok(()),
            (_, true) => writeln!(self.out, "{}", json!({ "line": line, "statement": text })),
            (_, false) => writeln!(self.out, "line {line:<6} {text}"),
        }
    }

    /// Tells the facts that are new.
    fn news(&mut self, session: &Session) -> io::Result<()> {
        let term_of = |id: NodeId| -> Term {
            let member = session.world().member(id);
            member.map_or(Term(0), |member| match member.server() {
                Some(server) => server.node().term(),
                None => member.stored().hard_state.term,
            })
        };
        for event in session.trace().from_position(self.told) {
            let described = describe(event, &term_of);
            if self.json {
                self.fact_as_json(event, described)?;
            } else if let Some(described) = described {
                let level = if described.major {
                    Level::Story
                } else {
                    Level::All
                };
                if level <= self.level {
                    let time = event.time.to_string();
                    writeln!(self.out, "{time:>11}   {}", plain(&described.sentence))?;
                }
            }
        }
        self.told = session.trace().len();
        Ok(())
    }

    fn fact_as_json(&mut self, event: &TraceEvent, described: Option<Described>) -> io::Result<()> {
        if self.level == Level::None {
            return Ok(());
        }
        let value = json!({
            "time_us": event.time.0,
            "step": event.step,
            "text": described.as_ref().map(|described| plain(&described.sentence)),
            "major": described.is_some_and(|described| described.major),
            "fact": event.fact,
        });
        writeln!(self.out, "{value}")
    }

    fn end(&mut self, session: &Session, verdict: &Verdict) -> io::Result<()> {
        let (steps, time) = (session.steps(), session.now());
        let hash = format!("{:016x}", session.trace_hash());
        if self.json {
            let (passed, line) = match verdict {
                Verdict::Passed => (true, None),
                Verdict::Failed(failure) => (false, Some(failure.line)),
            };
            let value = json!({
                "passed": passed,
                "failed_line": line,
                "steps": steps,
                "time_us": time.0,
                "trace_hash": hash,
            });
            return writeln!(self.out, "{value}");
        }
        let word = match verdict {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
        };
        writeln!(self.out, "{word} after {time} and {steps} steps")?;
        writeln!(self.out, "trace hash {hash}")
    }
}
