//! `watch`.

use super::connect;
use super::txn::words;
use crate::cluster::{Input, Job, WatchRequest};
use crate::etcdctl::Env;
use crate::etcdctl::cobra::{Call, Command, flags_of};
use crate::etcdctl::flags::{Flag, Kind, Values};
use crate::etcdctl::go;
use crate::etcdctl::output::{Output, Stop, exit, fail};
use crate::etcdctl::task::Step;
use crate::etcdctl::view::What;
use crate::kv::prefix_end;

pub(crate) static WATCH: Command = Command {
    name: "watch",
    usage: "[options] [key or prefix] [range_end] [--] [command arg1 arg2 ...]",
    about: "Print what happens to keys, as it happens",
    flags: &[
        Flag::off("interactive", "read watches from standard input").short('i'),
        Flag::off("prefix", "all keys that begin with the key"),
        Flag::new("rev", Kind::Int, "0", "begin with this revision"),
        Flag::off("prev-kv", "print what was there before, too"),
        Flag::off(
            "progress-notify",
            "print from time to time how far the watch has come",
        ),
    ],
    run: Some(|call| {
        let (key, end) = from_environment(call.env);
        if key.is_empty() && !end.is_empty() {
            let end = go::quote(end.as_bytes());
            let message =
                format!("ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END={end}");
            return fail(exit::BAD_ARGS, message);
        }
        if call.on("interactive") {
            let client = connect(call)?;
            let (mut watches, mut commands, mut feed) = (Vec::new(), Vec::new(), Vec::new());
            loop {
                let line = match call.input.line() {
                    Ok(Some(line)) => line.trim_end_matches('\n'),
                    Ok(None) => {
                        let message = "error reading watch request line: EOF";
                        return fail(exit::INVALID_INPUT, message);
                    }
                    // The program begins with what is there; what is typed later is fed to it.
                    Err(_) => break,
                };
                match watch_line(line, call.env, &mut call.out)? {
                    Some((Input::Watch(request), command)) => {
                        watches.push(request);
                        commands.push(command);
                    }
                    Some((other, _)) => feed.push(other),
                    None => {}
                }
            }
            let what = What::Watch {
                commands,
                interactive: true,
            };
            let mut step = client.run(call, 0, Job::Watch(watches), what)?;
            if let Step::Run(task) = &mut step {
                task.feed = feed;
            }
            return Ok(step);
        }
        let raw = match call.words.iter().position(|word| word == "watch") {
            Some(at) => &call.words[at + 1..],
            None => call.words,
        };
        refuse_bare_separator(raw)?;
        let (key, _) = from_environment(call.env);
        let separated = raw.iter().any(|word| word == "--");
        if !separated && raw.is_empty() && key.is_empty() {
            return fail(exit::BAD_ARGS, BAD_NUMBER);
        }
        let command_len = command_of(raw).len();
        if !key.is_empty() && call.args().len() > command_len {
            return fail(exit::BAD_ARGS, CONFLICT);
        }
        let (args, command) = split(raw, call.args(), call.env);
        let client = connect(call)?;
        let request = request(call, &args).or_else(|why| fail(exit::BAD_ARGS, why))?;
        let job = Job::Watch(vec![request]);
        let what = What::Watch {
            commands: vec![command],
            interactive: false,
        };
        client.run(call, 0, job, what)
    }),
    ..Command::EMPTY
};

const BAD_NUMBER: &str = "bad number of arguments";
const CONFLICT: &str = "bad number of arguments (found conflicting environment key)";
const NO_COMMAND: &str = "bad number of arguments (found separator --, but no commands)";

/// What the environment says to watch.
fn from_environment(env: &Env) -> (&str, &str) {
    let get = |name| env.get(name).unwrap_or_default();
    (get("ETCDCTL_WATCH_KEY"), get("ETCDCTL_WATCH_RANGE_END"))
}

/// A separator must have a command behind it.
fn refuse_bare_separator(raw: &[String]) -> Result<(), Stop> {
    match raw.iter().position(|word| word == "--") {
        Some(at) if at + 1 == raw.len() => fail(exit::BAD_ARGS, NO_COMMAND),
        _ => Ok(()),
    }
}

/// The command to run at each event.
fn command_of(raw: &[String]) -> &[String] {
    let separator = raw.iter().position(|word| word == "--");
    separator.map_or(&[], |at| &raw[at + 1..])
}

/// Separates what is watched from the command to run at each event. `raw` are the words after
/// `watch`, `args` those that are no flags.
///
/// etcdctl looks for the first word of the command from the end of all words, so a command that says
/// this word again lends the words before it to the keys.
fn split(raw: &[String], args: &[String], env: &Env) -> (Vec<String>, Vec<String>) {
    let (key, end) = from_environment(env);
    let mut watched = Vec::new();
    if !key.is_empty() {
        watched.push(key.to_owned());
        if !end.is_empty() {
            watched.push(end.to_owned());
        }
    }
    watched.extend_from_slice(args);
    let command = command_of(raw);
    if let Some(first) = command.first() {
        let end = watched.iter().rposition(|word| word == first);
        watched.truncate(end.unwrap_or_default());
    }
    (watched, command.to_vec())
}

/// What is watched.
fn request(call: &Call, args: &[String]) -> Result<WatchRequest, &'static str> {
    let Some(key) = args.first() else {
        return Err(BAD_NUMBER);
    };
    let prefix = call.on("prefix");
    let key = key.as_bytes().to_vec();
    let end = args.get(1).filter(|_| args.len() == 2);
    if end.is_some() && prefix {
        return Err("`range_end` and `--prefix` are mutually exclusive");
    }
    let (key, range_end) = match end {
        Some(end) => (key, end.as_bytes().to_vec()),
        None if prefix && key.is_empty() => (vec![0], vec![0]),
        None if prefix => {
            let end = prefix_end(&key).to_vec();
            (key, end)
        }
        None => (key, Vec::new()),
    };
    Ok(WatchRequest {
        key: key.into(),
        range_end: range_end.into(),
        start_revision: call.int("rev"),
        prev_kv: call.on("prev-kv"),
        progress_notify: call.on("progress-notify"),
        ..WatchRequest::default()
    })
}

/// A line of `watch -i`: something for the program, with the command to run at each event, or
/// nothing but words for standard error.
pub(crate) fn watch_line(
    line: &str,
    env: &Env,
    out: &mut Output,
) -> Result<Option<(Input, Vec<String>)>, Stop> {
    let words = words(line)?;
    let (key, _) = from_environment(env);
    match words.first().map(String::as_str) {
        None => out.error(&format!(
            "Invalid command: {line} (watch and progress supported)"
        )),
        Some("progress") => return Ok(Some((Input::Progress, Vec::new()))),
        Some("watch") if words.len() < 2 && key.is_empty() => {
            out.error(&format!(
                "Invalid command {line} (command type or key is not provided)"
            ));
        }
        Some("watch") => {
            let path = vec![&WATCH];
            let flags = flags_of(&path);
            let raw = &words[1..];
            refuse_bare_separator(raw)?;
            let values = match Values::parse(raw, &flags) {
                Ok(values) => values,
                Err(why) => return fail(exit::BAD_ARGS, why),
            };
            let separated = raw.iter().any(|word| word == "--");
            match (values.args.is_empty(), key.is_empty()) {
                (true, true) if !separated => return fail(exit::BAD_ARGS, BAD_NUMBER),
                (false, false) if !separated => return fail(exit::BAD_ARGS, CONFLICT),
                _ => {}
            }
            let (args, command) = split(raw, &values.args, env);
            let call = Call {
                path,
                flags,
                values,
                words: &words,
                env,
                input: crate::etcdctl::input::Input::new("", false),
                out: Output::default(),
            };
            match request(&call, &args) {
                Ok(request) => return Ok(Some((Input::Watch(request), command))),
                Err(why) => out.error(&format!("Invalid command {line} ({why})")),
            }
        }
        Some(_) => out.error(&format!("Invalid command {line} (only support watch)")),
    }
    Ok(None)
}
