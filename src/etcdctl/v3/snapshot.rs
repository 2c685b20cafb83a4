//! `snapshot …`: the store of a member as a file.

use super::restore::RESTORE;
use super::{exactly, timeout};
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::output::{exit, fail};
use crate::etcdctl::show::saved;
use crate::etcdctl::task::{Format, Step};
use crate::etcdctl::view::What;

pub(crate) static SNAPSHOT: Command = Command {
    name: "snapshot",
    usage: "<subcommand>",
    about: "The store of a member as a file",
    sub: &[&SAVE, &RESTORE, &STATUS],
    ..Command::EMPTY
};

static SAVE: Command = Command {
    name: "save",
    usage: "<filename>",
    about: "Write the store of one member to a file",
    run: Some(|call| {
        let [path] = exactly(call, "snapshot save expects one argument")?;
        let path = path.clone();
        let client = super::prepare(call)?;
        if client.endpoints.len() != 1 {
            let all = client.endpoints.join(" ");
            let message =
                format!("snapshot must be requested to one selected node, not multiple [{all}]");
            return fail(exit::INTERRUPTED, message);
        }
        // etcdctl writes to a file beside it first.
        let directory = path.rsplit_once('/').map(|(directory, _)| directory);
        if directory.is_some_and(|directory| !call.env.may_hold_files(directory)) {
            let message = format!("could not open {path}.part (open {path}.part: {NO_SUCH})");
            return fail(exit::INTERRUPTED, message);
        }
        let limited = call.values.given("command-timeout");
        let request = cluster::Call::Snapshot;
        let limit = timeout(call);
        let job = if limited {
            Job::Call(request)
        } else {
            Job::Patient(request)
        };
        client.run(call, limit, job, What::Save { path })
    }),
    ..Command::EMPTY
};

static STATUS: Command = Command {
    name: "status",
    usage: "<filename>",
    about: "Print what is in a file that was saved",
    run: Some(|call| {
        deprecated(call, "status");
        let [path] = call.args() else {
            return fail(
                exit::BAD_ARGS,
                "snapshot status requires exactly one argument",
            );
        };
        let path = path.clone();
        let Some(format) = Format::named(call.text("write-out")) else {
            return fail(exit::BAD_FEATURE, "unsupported output format");
        };
        let Some(file) = call.env.file(&path) else {
            return fail(exit::ERROR, format!("stat {path}: {NO_SUCH}"));
        };
        saved(file, format, &mut call.out)?;
        Ok(Step::Done)
    }),
    ..Command::EMPTY
};

const NO_SUCH: &str = "no such file or directory";

/// Says that etcdutl does this from now on.
pub(super) fn deprecated(call: &mut Call, command: &str) {
    let line = format!("Deprecated: Use `etcdutl snapshot {command}` instead.\n");
    call.out.error(&line);
}
