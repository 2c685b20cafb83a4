//! The shell around etcdctl: lines, variables, history.

use super::complete::{self, Completion};
use super::env::Env;
use super::output::Output;
use super::process::{Process, Reaction};
use super::v3;
use super::words::{self, Words, assignment};

/// A shell that knows `etcdctl` and little else.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Shell {
    /// The variables, and the files that were saved.
    pub env: Env,
    history: Vec<String>,
    /// The exit code of the last command.
    status: u8,
    /// A here-document that is being typed.
    here: Option<Here>,
    /// All lines of the latest command.
    typed: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Here {
    words: Vec<String>,
    end: String,
    text: String,
}

/// What becomes of a line.
#[derive(Debug)]
pub enum Entered {
    /// It is done: what was printed, and the exit code.
    Done(Output, u8),
    /// It wants the screen to be cleared.
    Clear,
    /// A command that has begun, and what it does first.
    Begun(Box<Process>, Reaction),
    /// More lines belong to it: a here-document.
    More,
}

/// How many lines the history keeps.
const HISTORY: usize = 500;

/// The exit code for a program that does not exist.
const NOT_FOUND: u8 = 127;
/// The exit code for a line that cannot be understood.
const BAD_LINE: u8 = 2;

impl Shell {
    /// A fresh shell.
    pub fn new() -> Shell {
        Shell::default()
    }

    /// What stands before the line that is typed.
    pub fn prompt(&self) -> &'static str {
        if self.here.is_some() { "> " } else { "$ " }
    }

    /// The lines that were entered, the oldest first.
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// The latest command as it was typed: its line, and below it those of its here-document.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The exit code of the last command.
    pub fn status(&self) -> u8 {
        self.status
    }

    /// Notes how a command has ended that [`Entered::Begun`] has handed out, and keeps its files.
    pub fn ended(&mut self, reaction: &Reaction) {
        for (path, file) in &reaction.files {
            self.env.save(path, file.clone());
        }
        if let Some(code) = reaction.exit {
            self.status = code;
        }
    }

    /// What the last word of a line could go on to be. `keys` are keys that may be meant.
    pub fn complete(&self, line: &str, keys: &[String]) -> Completion {
        complete::complete(line, keys)
    }

    /// Gives up a here-document that is being typed (Ctrl-C).
    pub fn abandon(&mut self) {
        self.here = None;
    }

    /// Takes a line that was typed. Commands read standard input from what is typed next.
    pub fn enter(&mut self, line: &str) -> Entered {
        if let Some(mut here) = self.here.take() {
            self.typed.push('\n');
            self.typed.push_str(line);
            if line == here.end {
                return self.run(here.words, &here.text, false);
            }
            here.text.push_str(line);
            here.text.push('\n');
            self.here = Some(here);
            return Entered::More;
        }
        line.clone_into(&mut self.typed);
        if !line.trim().is_empty() && self.history.last().map(String::as_str) != Some(line) {
            self.history.push(line.to_owned());
            let superfluous = self.history.len().saturating_sub(HISTORY);
            self.history.drain(..superfluous);
        }
        match words::read(line, &self.env) {
            Ok(Words { words, here: None }) => self.run(words, "", true),
            Ok(Words {
                words,
                here: Some(end),
            }) => {
                let text = String::new();
                self.here = Some(Here { words, end, text });
                Entered::More
            }
            Err(why) => self.refuse(&why, BAD_LINE),
        }
    }

    /// Takes a line whose standard input is known. `open`: more of it may come later.
    pub fn enter_with_input(&mut self, line: &str, input: &str, open: bool) -> Entered {
        match words::read(line, &self.env) {
            Ok(Words { words, .. }) => self.run(words, input, open),
            Err(why) => self.refuse(&why, BAD_LINE),
        }
    }

    fn refuse(&mut self, why: &str, code: u8) -> Entered {
        let mut out = Output::default();
        out.error(why);
        self.done(out, code)
    }

    fn done(&mut self, out: Output, code: u8) -> Entered {
        self.status = code;
        Entered::Done(out, code)
    }

    fn run(&mut self, words: Vec<String>, input: &str, open: bool) -> Entered {
        let leading = words.iter().map_while(|word| assignment(word)).count();
        let (assigned, words) = words.split_at(leading);
        let assigned = assigned.iter().filter_map(|word| assignment(word));
        let [program, args @ ..] = words else {
            for (name, value) in assigned {
                self.env.assign(name, value);
            }
            return self.done(Output::default(), 0);
        };
        let mut out = Output::default();
        match program.as_str() {
            "etcdctl" => {
                let mut env = self.env.clone();
                for (name, value) in assigned {
                    env.export(name, value);
                }
                let (process, reaction) = Process::start(words.to_vec(), env, input, open);
                self.ended(&reaction);
                return match reaction.exit {
                    Some(code) => Entered::Done(reaction.output, code),
                    None => Entered::Begun(Box::new(process), reaction),
                };
            }
            "echo" => echo(args, &mut out),
            "export" => self.export(args, &mut out),
            "unset" => args.iter().for_each(|name| self.env.unset(name)),
            "clear" => return Entered::Clear,
            "history" => {
                for (at, line) in self.history.iter().enumerate() {
                    out.line(&format!("{:5}  {line}", at + 1));
                }
            }
            "true" => {}
            "false" => return self.done(out, 1),
            "help" => out.line(HELP),
            other => {
                let advice = match v3::below(&[]).0.contains(&other) {
                    true => format!("Did you mean: etcdctl {other}"),
                    false => format!("There are: {}", PROGRAMS.join(", ")),
                };
                let why = format!("{other}: command not found. {advice}");
                return self.refuse(&why, NOT_FOUND);
            }
        }
        self.done(out, 0)
    }

    fn export(&mut self, args: &[String], out: &mut Output) {
        if args.is_empty() {
            for (name, value) in self.env.exported() {
                let value = value.replace('\'', "'\\''");
                out.line(&format!("export {name}='{value}'"));
            }
        }
        for arg in args {
            match assignment(arg) {
                Some((name, value)) => self.env.export(name, value),
                None => {
                    let value = self.env.variable(arg).unwrap_or_default().to_owned();
                    self.env.export(arg, &value);
                }
            }
        }
    }
}

/// The programs that the shell knows.
pub(super) const PROGRAMS: [&str; 7] = [
    "etcdctl", "echo", "export", "unset", "history", "clear", "help",
];

const HELP: &str = "\
etcdctl              the client of etcd; `etcdctl help` lists its commands
etcdctl help get     what a command does; `etcdctl get --help` says the same
export NAME=VALUE    a variable for the commands that follow; ETCDCTL_API=2 is the old interface
NAME=VALUE etcdctl   a variable for one command
etcdctl txn <<EOF    standard input: the lines up to EOF
echo, unset, history, clear
Ctrl-C interrupts a command, Tab completes.";

/// What `echo` prints.
pub(super) fn echo(args: &[String], out: &mut Output) {
    let (args, end) = match args {
        [first, rest @ ..] if first == "-n" => (rest, ""),
        _ => (args, "\n"),
    };
    out.print(super::Stream::Out, &(args.join(" ") + end));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_forgets_the_program_is_told_its_name() {
        for (line, advice) in [
            ("get k", "get: command not found. Did you mean: etcdctl get"),
            ("ls", "ls: command not found. There are: etcdctl, echo"),
        ] {
            let Entered::Done(out, NOT_FOUND) = Shell::new().enter_with_input(line, "", false)
            else {
                panic!("{line} is no program");
            };
            assert!(format!("{out:?}").contains(advice), "{out:?}");
        }
    }
}
