//! `endpoint …` and `defrag`: the same question to each member.

use super::{Client, connect, endpoints, flags_from_environment, format, no_files, timeout, user};
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::show;
use crate::etcdctl::task::Step;
use crate::etcdctl::view::{View, What};

pub(crate) static ENDPOINT: Command = Command {
    name: "endpoint",
    usage: "<subcommand>",
    about: "How the members stand that are talked to",
    persistent: &[CLUSTER],
    sub: &[&HEALTH, &STATUS, &HASHKV],
    ..Command::EMPTY
};

const CLUSTER: Flag = Flag::off("cluster", "ask all members of the cluster");

static HEALTH: Command = Command {
    name: "health",
    about: "Find out whether the members get something committed",
    run: Some(|call| {
        flags_from_environment(call)?;
        let format = format(call)?;
        let user = user(call)?;
        let cluster = call.on("cluster");
        let endpoints = endpoints(call);
        no_files(call)?;
        if cluster && endpoints.is_empty() {
            return fail(exit::ERROR, "etcdclient: no available endpoints");
        }
        let what = What::Health {
            endpoints: endpoints.clone(),
            rows: Vec::new(),
        };
        if endpoints.is_empty() {
            let nobody = View::new(what, format, false);
            show::health(&nobody, &mut call.out)?;
            return Ok(Step::Done);
        }
        let client = Client {
            endpoints,
            user,
            format,
            hex: call.on("hex"),
            tls: !call.on("insecure-transport"),
        };
        let limit = timeout(call);
        let job = if cluster {
            Job::HealthOfMembers
        } else {
            Job::Health
        };
        client.run(call, limit, job, what)
    }),
    ..Command::EMPTY
};

static STATUS: Command = Command {
    name: "status",
    about: "Print how the members stand",
    run: Some(|call| {
        each(
            call,
            cluster::Call::Status,
            What::Status {
                rows: Vec::new(),
                failed: false,
            },
        )
    }),
    ..Command::EMPTY
};

static HASHKV: Command = Command {
    name: "hashkv",
    about: "Print a hash of all keys with their history",
    flags: &[Flag::new("rev", Kind::Int, "0", "only up to this revision")],
    run: Some(|call| {
        let revision = call.int("rev");
        let what = What::HashKv {
            rows: Vec::new(),
            error: None,
        };
        each(call, cluster::Call::HashKv(revision), what)
    }),
    ..Command::EMPTY
};

pub(crate) static DEFRAG: Command = Command {
    name: "defrag",
    about: "Have members give back the space that deleted keys took",
    persistent: &[CLUSTER],
    flags: &[Flag::new(
        "data-dir",
        Kind::Text,
        "",
        "work on the files of a member that is not running",
    )],
    run: Some(|call| {
        if !call.text("data-dir").is_empty() {
            call.out.error(
                "Use `etcdutl defrag` instead. The --data-dir is going to be decomissioned in v3.6.\n",
            );
            return fail(
                exit::ERROR,
                "the members' files are out of reach here: leave --data-dir out",
            );
        }
        each(
            call,
            cluster::Call::Defragment,
            What::Defrag { failures: 0 },
        )
    }),
    ..Command::EMPTY
};

/// Asks each endpoint in turn.
fn each(call: &mut Call, request: cluster::Call, what: What) -> Result<Step, Stop> {
    let client = connect(call)?;
    let limit = timeout(call);
    let job = if call.on("cluster") {
        Job::EachMember(request)
    } else {
        Job::Each(request)
    };
    client.run(call, limit, job, what)
}
