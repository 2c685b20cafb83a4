//! `etcdctl` as it is typed in a shell: from lines to programs of a client, and from what these say
//! to text.
//!
//! Pure: it holds no world and knows no clock. [`Shell`] takes lines; a command that has to ask the
//! cluster becomes a [`Process`], whose programs ([`Program`](crate::cluster::Program)) somebody
//! else runs and whose events are handed back to it. Words, order and exit codes are those of
//! etcdctl 3.5.16; the help is our own.

mod answers;
mod cobra;
mod complete;
mod env;
mod failures;
mod flags;
mod go;
mod help;
mod input;
mod json;
mod output;
mod process;
mod shell;
mod show;
mod table;
mod task;
mod v2;
mod v3;
mod view;
mod words;
mod writer;

pub use complete::Completion;
pub use env::Env;
pub use output::{Output, Stream};
pub use process::{Process, Reaction, is_set_up, was_killed};
pub use shell::{Entered, Shell};
pub use view::SavedFile;

/// What a line asks of etcdctl, as far as it can be told without running it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Inspection {
    /// The names of the command and its subcommands, in full. Empty if the line is none of
    /// etcdctl's.
    pub path: Vec<&'static str>,
    /// The value of `ETCDCTL_API` that stands before the command.
    pub api: Option<String>,
    /// The endpoints that it names.
    pub endpoints: Option<Vec<String>>,
    /// All members are asked (`--cluster`).
    pub cluster: bool,
    /// Help is asked for.
    pub help: bool,
}

/// Looks at a line. `api` is the version that holds if it names none.
pub fn inspect(line: &str, api: &str) -> Inspection {
    let mut found = Inspection::default();
    let Ok(words::Words { words, .. }) = words::read(line, &Env::default()) else {
        return found;
    };
    let assigned = words
        .iter()
        .map_while(|word| words::assignment(word))
        .count();
    for (name, value) in words[..assigned]
        .iter()
        .filter_map(|word| words::assignment(word))
    {
        if name == "ETCDCTL_API" {
            found.api = Some(value.to_owned());
        }
    }
    let Some(("etcdctl", args)) = words[assigned..]
        .split_first()
        .map(|(a, b)| (a.as_str(), b))
    else {
        return found;
    };
    let root = match found.api.as_deref().unwrap_or(api) {
        "2" => &v2::ROOT,
        _ => &v3::ROOT,
    };
    let (path, rest) = cobra::find(root, args);
    let flags = cobra::flags_of(&path);
    found.path = path[1..].iter().map(|command| command.name).collect();
    found.help = args.is_empty() || path.last().is_some_and(|last| last.name == "help");
    found.help |= rest
        .first()
        .is_some_and(|word| word == "help" || word == "h");
    found.help |= rest.iter().any(|word| word == "--help" || word == "-h");
    if let Ok(values) = flags::Values::parse(&rest, &flags) {
        found.cluster = values.given("cluster");
        let endpoints = values.given("endpoints").then(|| values.lists("endpoints"));
        found.endpoints = endpoints;
    }
    found
}
