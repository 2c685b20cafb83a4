//! `snapshot …`: the store of a member as a file.

use super::timeout;
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
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
        let [path] = call.args() else {
            return fail(exit::BAD_ARGS, "snapshot save expects one argument");
        };
        let path = path.clone();
        let client = super::prepare(call)?;
        if client.endpoints.len() != 1 {
            let all = client.endpoints.join(" ");
            let message =
                format!("snapshot must be requested to one selected node, not multiple [{all}]");
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
            return fail(
                exit::ERROR,
                format!("stat {path}: no such file or directory"),
            );
        };
        saved(file, format, &mut call.out)?;
        Ok(Step::Done)
    }),
    ..Command::EMPTY
};

static RESTORE: Command = Command {
    name: "restore",
    usage: "<filename> [options]",
    about: "Make a member's data directory of a file",
    flags: &[
        Flag::new("data-dir", Kind::Text, "", "the data directory to make"),
        Flag::new(
            "wal-dir",
            Kind::Text,
            "",
            "the directory of the log, if it is another",
        ),
        Flag::new(
            "initial-cluster",
            Kind::Text,
            "default=http://localhost:2380",
            "the members of the new cluster",
        ),
        Flag::new(
            "initial-cluster-token",
            Kind::Text,
            "etcd-cluster",
            "the new cluster's token",
        ),
        Flag::new(
            "initial-advertise-peer-urls",
            Kind::Text,
            "http://localhost:2380",
            "where the other members will reach this one",
        ),
        Flag::new("name", Kind::Text, "default", "the member's name"),
        Flag::off("skip-hash-check", "take the file as it is"),
        Flag::new(
            "bump-revision",
            Kind::Uint,
            "0",
            "how much to raise the revision",
        ),
        Flag::off("mark-compacted", "count what was before as compacted"),
        Flag::new(
            "initial-memory-map-size",
            Kind::Uint,
            "0",
            "the size of the memory map",
        ),
    ],
    run: Some(|call| {
        deprecated(call, "restore");
        let [path] = call.args() else {
            return fail(
                exit::BAD_ARGS,
                "snapshot restore requires exactly one argument",
            );
        };
        if (call.text("bump-revision") == "0") == call.on("mark-compacted") {
            let message = "--mark-compacted required if --revision-bump > 0";
            return fail(exit::BAD_ARGS, message);
        }
        if call.env.file(path).is_none() {
            return fail(
                exit::ERROR,
                format!("open {path}: no such file or directory"),
            );
        }
        let message = "the members' data directories are out of reach here: nothing is restored";
        fail(exit::ERROR, message)
    }),
    ..Command::EMPTY
};

fn deprecated(call: &mut Call, command: &str) {
    let line = format!("Deprecated: Use `etcdutl snapshot {command}` instead.\n");
    call.out.error(&line);
}
