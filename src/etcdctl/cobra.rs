//! From words to a command of a table, by the rules of cobra 1.1.3, the library that etcdctl's
//! version 3 is written with: abbreviations, suggestions, errors, help.

use super::Env;
use super::flags::{Flag, HELP, Kind, Values};
use super::go;
use super::help;
use super::input::Input;
use super::output::{Output, Stop, Stream, exit};
use super::task::Step;

/// What a command does when it is called.
pub(crate) type Run = fn(&mut Call) -> Result<Step, Stop>;

/// A command, as data.
#[derive(Debug)]
pub(crate) struct Command {
    /// The name.
    pub name: &'static str,
    /// Its arguments, as the help shows them.
    pub usage: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Flags of its own.
    pub flags: &'static [Flag],
    /// Flags that its subcommands have, too.
    pub persistent: &'static [Flag],
    /// Its subcommands, in the order in which etcdctl adds them.
    pub sub: &'static [&'static Command],
    /// What it does when it is called; nothing: it shows its help.
    pub run: Option<Run>,
}

impl Command {
    /// A command with nothing in it, to fill in.
    pub const EMPTY: Command = Command {
        name: "",
        usage: "",
        about: "",
        flags: &[],
        persistent: &[],
        sub: &[],
        run: None,
    };
}

/// A command that was found in a table, from the root on.
pub(crate) type Path = Vec<&'static Command>;

/// A command being called.
pub(crate) struct Call<'a> {
    /// The command, from the root on.
    pub path: Path,
    /// The flags that it has.
    pub flags: Vec<&'static Flag>,
    /// The flags and arguments that it is given.
    pub values: Values,
    /// The whole line in words, with the program's name.
    pub words: &'a [String],
    /// The environment.
    pub env: &'a Env,
    /// Standard input.
    pub input: Input<'a>,
    /// What it has printed.
    pub out: Output,
}

impl Call<'_> {
    /// The value of a flag as text.
    pub fn text(&self, name: &str) -> &str {
        self.values.text(&self.flags, name)
    }

    /// The value of a flag that is on or off.
    pub fn on(&self, name: &str) -> bool {
        go::parse_bool(self.text(name)).unwrap_or_default()
    }

    /// The value of a flag that is a number.
    pub fn int(&self, name: &str) -> i64 {
        go::parse_int(self.text(name), 0).unwrap_or_default()
    }

    /// The value of a flag that is a time span, in microseconds.
    pub fn span(&self, name: &str) -> i64 {
        go::parse_duration(self.text(name)).unwrap_or_default()
    }

    /// The arguments.
    pub fn args(&self) -> &[String] {
        &self.values.args
    }
}

/// The flags of a command: its own, those that it inherits, and `--help`.
pub(crate) fn flags_of(path: &[&'static Command]) -> Vec<&'static Flag> {
    let own = path.last().map_or(&[][..], |command| command.flags);
    let inherited = path.iter().rev().flat_map(|command| command.persistent);
    own.iter().chain(inherited).chain([&HELP]).collect()
}

/// Finds the command that words name, and the words that are left for it.
pub(crate) fn find(root: &'static Command, words: &[String]) -> (Path, Vec<String>) {
    let mut path = vec![root];
    let mut words = words.to_vec();
    loop {
        let mut flags = flags_of(&path);
        flags.pop();
        let next = arguments(&words, &flags)
            .first()
            .map(|word| (*word).clone());
        let here = path[path.len() - 1];
        let Some((next, command)) = next.and_then(|next| Some((next.clone(), named(here, &next)?)))
        else {
            return (path, words);
        };
        path.push(command);
        if let Some(at) = words.iter().position(|word| *word == next) {
            words.remove(at);
        }
    }
}

/// The words that are neither flags nor their values, as far as one can tell before the command
/// is known.
fn arguments<'a>(words: &'a [String], flags: &[&'static Flag]) -> Vec<&'a String> {
    let is_switch = |flag: Option<&&Flag>| flag.is_some_and(|flag| flag.kind == Kind::Bool);
    let mut found = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let takes_next = if word == "--" {
            break;
        } else if let Some(name) = word.strip_prefix("--") {
            !word.contains('=') && !is_switch(flags.iter().find(|flag| flag.name == name))
        } else if let Some(name) = word.strip_prefix('-') {
            let mut letters = name.chars();
            let letter = letters.next();
            name.len() == 1 && name != "=" && {
                !is_switch(flags.iter().find(|flag| flag.short == letter))
            }
        } else {
            if !word.is_empty() {
                found.push(word);
            }
            continue;
        };
        if takes_next && rest.len() <= 1 {
            break;
        }
        if takes_next {
            rest.next();
        }
    }
    found
}

/// The subcommand of this name, or the only one that begins so.
fn named(command: &'static Command, name: &str) -> Option<&'static Command> {
    let exact = command.sub.iter().find(|sub| sub.name == name);
    let mut matches = command.sub.iter().filter(|sub| sub.name.starts_with(name));
    let first = matches.next();
    let only = first.filter(|_| matches.next().is_none());
    exact.or(only).copied()
}

/// Calls a command of a table. `words` begin with the program's name.
pub(crate) fn call(
    root: &'static Command,
    words: &[String],
    env: &Env,
    input: Input<'_>,
) -> (Output, Result<Step, Stop>) {
    let mut out = Output::default();
    let (path, rest) = find(root, &words[1..]);
    let command = path[path.len() - 1];
    let flags = flags_of(&path);
    if let Err(message) = known(&path, &rest) {
        out.error(&format!("Error: {message}"));
        out.error(&format!("Run '{} --help' for usage.", root.name));
        return (out, Err(Stop::Fail(exit::ERROR, message)));
    }
    let values = match Values::parse(&rest, &flags) {
        Ok(values) => values,
        Err(message) => {
            out.error(&format!("Error: {message}"));
            out.print(Stream::Out, &help::usage(&path));
            out.error("");
            return (out, Err(Stop::Fail(exit::ERROR, message)));
        }
    };
    let mut call = Call {
        path,
        flags,
        values,
        words,
        env,
        input,
        out,
    };
    let result = match command.run {
        Some(run) if !call.on("help") => run(&mut call),
        _ => {
            let usage = help::usage(&call.path);
            call.out.print(Stream::Out, &usage);
            Ok(Step::Done)
        }
    };
    (call.out, result)
}

/// Whether the command is known: the root takes no arguments of its own.
pub(crate) fn known(path: &[&'static Command], rest: &[String]) -> Result<(), String> {
    let [root] = path else {
        return Ok(());
    };
    let mut flags = flags_of(path);
    flags.pop();
    match arguments(rest, &flags).first() {
        Some(word) => Err(unknown(root, word)),
        None => Ok(()),
    }
}

fn unknown(root: &Command, word: &str) -> String {
    let mut message = format!(
        "unknown command {} for {}",
        go::quote(word.as_bytes()),
        go::quote(root.name.as_bytes())
    );
    let lower = word.to_ascii_lowercase();
    let near = |command: &&&Command| {
        distance(&lower, command.name) <= 2 || command.name.starts_with(&lower)
    };
    let subs = root.sub.iter().filter(|command| command.name != "help");
    for (at, command) in subs.filter(near).enumerate() {
        if at == 0 {
            message.push_str("\n\nDid you mean this?\n");
        }
        message.push('\t');
        message.push_str(command.name);
        message.push('\n');
    }
    message
}

/// How many letters must be added, left out or changed to make one word of the other
/// (Levenshtein), counted in bytes as cobra does.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let best = if x == y {
                diagonal
            } else {
                diagonal.min(row[j]).min(row[j + 1]) + 1
            };
            diagonal = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, d) in [
            ("", "", 0),
            ("", "abc", 3),
            ("gett", "get", 1),
            ("e", "del", 2),
            ("kitten", "sitting", 3),
            ("bogus", "lock", 4),
        ] {
            assert_eq!(distance(a, b), d, "{a} {b}");
        }
    }
}
