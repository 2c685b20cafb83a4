//! etcdctl of version 2 (`ETCDCTL_API=2`), written with urfave/cli 1.22: flags of the program stand
//! before the command, those of a command anywhere after it.

mod commands;
mod connect;
mod curl;
mod members;
mod print;
mod users;
mod view;

use super::Env;
use super::cobra::{Call, flags_of};
use super::flags::Values;
use super::help;
use super::input::Input;
use super::output::{Output, Stop, Stream, exit};
use super::task::Step;
pub(crate) use commands::ROOT;
pub(crate) use view::V2View;

/// The exit code when help is asked for that there is not.
const NO_TOPIC: u8 = 3;

/// Calls etcdctl of version 2. `words` begin with the program's name.
pub(crate) fn call(words: &[String], env: &Env, input: Input<'_>) -> (Output, Result<Step, Stop>) {
    let mut call = Call {
        path: vec![&ROOT],
        flags: flags_of(&[&ROOT]),
        values: Values::default(),
        words,
        env,
        input,
        out: Output::default(),
    };
    let result = start(&mut call, &words[1..]);
    (call.out, result)
}

fn start(call: &mut Call, words: &[String]) -> Result<Step, Stop> {
    let mut global = match Values::parse_go(words, &call.flags) {
        Ok(values) => values,
        Err(why) => return misused(call, "Incorrect Usage. ", &why),
    };
    let mut rest = std::mem::take(&mut global.args);
    call.values = global;
    if call.on("help") {
        return usage(call);
    }
    if call.on("version") {
        call.out
            .line(&format!("etcdctl version: {}", super::v3::VERSION));
        call.out.line("API version: 2");
        return Ok(Step::Done);
    }
    loop {
        let here = call.path[call.path.len() - 1];
        let is_help = |name: &str| name == "help" || name == "h";
        let Some(name) = rest.first() else {
            return usage(call);
        };
        let Some(command) = here.sub.iter().find(|sub| sub.name == *name) else {
            // The command `help` is everywhere; whatever else is taken for a question for help.
            let topic = rest.get(usize::from(is_help(name)));
            return match topic {
                None => usage(call),
                Some(topic) => match here.sub.iter().find(|sub| sub.name == *topic) {
                    Some(command) => {
                        call.path.push(command);
                        usage(call)
                    }
                    None => {
                        call.out.error(&format!("No help topic for '{topic}'"));
                        Err(Stop::Exit(NO_TOPIC))
                    }
                },
            };
        };
        rest.remove(0);
        call.path.push(command);
        // Global flags keep their values while the flags of the command are read.
        let global = call.values.clone();
        let flags = flags_of(&call.path);
        let own: Vec<_> = flags[..command.flags.len()]
            .iter()
            .chain(flags.last())
            .copied()
            .collect();
        let words = if command.sub.is_empty() {
            reordered(&own, &rest)
        } else {
            rest
        };
        let parsed = Values::parse_go(&words, &own);
        call.flags = flags;
        let mut own = match parsed {
            Ok(values) => values,
            Err(why) if command.sub.is_empty() => return misused(call, "Incorrect Usage: ", &why),
            Err(why) => return misused(call, "Incorrect Usage. ", &why),
        };
        rest = std::mem::take(&mut own.args);
        call.values = global.with(own);
        if call.on("help") {
            return usage(call);
        }
        if let Some(run) = command.run {
            call.values.args = rest;
            return run(call);
        }
    }
}

fn usage(call: &mut Call) -> Result<Step, Stop> {
    let usage = help::usage(&call.path);
    call.out.print(Stream::Out, &usage);
    Ok(Step::Done)
}

fn misused(call: &mut Call, title: &str, why: &str) -> Result<Step, Stop> {
    call.out.line(&format!("{title}{why}\n"));
    let usage = help::usage(&call.path);
    call.out.print(Stream::Out, &usage);
    call.out.error(why);
    Err(Stop::Exit(exit::ERROR))
}

/// Moves the flags of a command before its arguments, as urfave/cli does: with a flag goes the next
/// word, unless it begins with a dash.
fn reordered(flags: &[&'static super::flags::Flag], words: &[String]) -> Vec<String> {
    let is_flag = |word: &str| {
        let name = word.strip_prefix("--").or(word.strip_prefix('-'));
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return false;
        };
        let name = name.split('=').next().unwrap_or(name);
        flags
            .iter()
            .any(|flag| flag.name == name || flag.short.is_some_and(|c| name == c.to_string()))
    };
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut may_be_value = false;
    for (at, word) in words.iter().enumerate() {
        if word == "--" {
            last.extend_from_slice(&words[at..]);
            break;
        } else if may_be_value && !word.starts_with('-') {
            may_be_value = false;
            first.push(word.clone());
        } else if is_flag(word) {
            may_be_value = !word.contains('=');
            first.push(word.clone());
        } else {
            last.push(word.clone());
        }
    }
    first.extend(last);
    first
}
