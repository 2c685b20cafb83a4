//! `lease …`, and what lives on leases: `lock` and `elect`.

use super::{connect, exactly, number, timeout};
use crate::cluster::{self, Job, TimeToLive};
use crate::etcdctl::cobra::Command;
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::view::What;
use crate::kv::{LeaseGrantRequest, LeaseId, Request};

pub(crate) static LEASE: Command = Command {
    name: "lease",
    usage: "<subcommand>",
    about: "Leases: keys that live no longer than somebody cares",
    sub: &[&GRANT, &REVOKE, &TIMETOLIVE, &LIST, &KEEP_ALIVE],
    ..Command::EMPTY
};

static GRANT: Command = Command {
    name: "grant",
    usage: "<ttl>",
    about: "Create a lease that lives so many seconds",
    run: Some(|call| {
        let [ttl] = exactly(call, "lease grant command needs TTL argument")?;
        let ttl = number(&ttl).or_else(|why| fail(exit::BAD_ARGS, format!("bad TTL ({why})")))?;
        let limit = timeout(call);
        let client = connect(call)?;
        let id = LeaseId::NONE;
        let request = Request::LeaseGrant(LeaseGrantRequest { ttl, id });
        let job = Job::Call(cluster::Call::Store(request));
        client.run(call, limit, job, What::Grant)
    }),
    ..Command::EMPTY
};

static REVOKE: Command = Command {
    name: "revoke",
    usage: "<leaseID>",
    about: "End a lease, and with it its keys",
    run: Some(|call| {
        let [id] = exactly(call, "lease revoke command needs 1 argument")?;
        let id = lease(&id)?;
        let limit = timeout(call);
        let client = connect(call)?;
        let job = Job::Call(cluster::Call::Store(Request::LeaseRevoke(id)));
        client.run(call, limit, job, What::Revoke(id))
    }),
    ..Command::EMPTY
};

static TIMETOLIVE: Command = Command {
    name: "timetolive",
    usage: "<leaseID> [options]",
    about: "Print how long a lease lives still",
    flags: &[Flag::off("keys", "print its keys, too")],
    run: Some(|call| {
        let [id] = exactly(call, "lease timetolive command needs lease ID as argument")?;
        let client = connect(call)?;
        let id = lease(&id)?;
        let keys = call.on("keys");
        let job = Job::Patient(cluster::Call::LeaseTimeToLive(TimeToLive { id, keys }));
        client.run(call, 0, job, What::TimeToLive { keys })
    }),
    ..Command::EMPTY
};

static LIST: Command = Command {
    name: "list",
    about: "Print all leases",
    run: Some(|call| {
        let client = connect(call)?;
        client.run(
            call,
            0,
            Job::Patient(cluster::Call::LeaseList),
            What::Leases,
        )
    }),
    ..Command::EMPTY
};

static KEEP_ALIVE: Command = Command {
    name: "keep-alive",
    usage: "[options] <leaseID>",
    about: "Keep a lease alive until interrupted",
    flags: &[Flag::off("once", "begin its time anew just once")],
    run: Some(|call| {
        let [id] = exactly(call, "lease keep-alive command needs lease ID as argument")?;
        let id = lease(&id)?;
        let client = connect(call)?;
        if call.on("once") {
            let job = Job::Patient(cluster::Call::LeaseKeepAlive(id));
            client.run(call, 0, job, What::KeepAliveOnce)
        } else {
            client.run(call, 0, Job::KeepAlive(id), What::KeepAlive)
        }
    }),
    ..Command::EMPTY
};

pub(crate) static LOCK: Command = Command {
    name: "lock",
    usage: "<lockname> [command arg1 arg2 ...]",
    about: "Hold a lock until interrupted, or while a command runs",
    flags: &[Flag::new(
        "ttl",
        Kind::Int,
        "10",
        "the seconds after which a lost client's lock is free",
    )],
    run: Some(|call| {
        let [name, command @ ..] = call.args() else {
            let message = "lock takes a lock name argument and an optional command to execute";
            return fail(exit::BAD_ARGS, message);
        };
        let (name, command) = (name.clone().into(), command.to_vec());
        let client = connect(call)?;
        let ttl = call.int("ttl");
        let hold = true;
        let lock = cluster::Lock { name, ttl, hold };
        client.run(
            call,
            0,
            Job::Lock(lock),
            What::Lock {
                command,
                held: false,
            },
        )
    }),
    ..Command::EMPTY
};

pub(crate) static ELECT: Command = Command {
    name: "elect",
    usage: "<election-name> [proposal]",
    about: "Take part in an election, or watch one",
    flags: &[Flag::off("listen", "only print who wins").short('l')],
    run: Some(|call| {
        let (name, proposal) = match call.args() {
            [name] => (name.clone(), None),
            [name, proposal] => (name.clone(), Some(proposal.clone())),
            _ => {
                return fail(
                    exit::BAD_ARGS,
                    "elect takes one election name argument and an optional proposal argument",
                );
            }
        };
        let client = connect(call)?;
        let listens = call.on("listen");
        let job = match (proposal, listens) {
            (None, true) => Job::Observe(name.into()),
            (Some(proposal), false) => Job::Elect(cluster::Elect {
                name: name.into(),
                proposal: proposal.into(),
                ttl: SESSION_TTL,
            }),
            (None, false) => {
                return fail(exit::BAD_ARGS, "no proposal argument but -l not set");
            }
            (Some(_), true) => return fail(exit::BAD_ARGS, "proposal given but -l is set"),
        };
        client.run(
            call,
            0,
            job,
            What::Elect {
                listens,
                held: false,
            },
        )
    }),
    ..Command::EMPTY
};

/// The seconds of the lease of an election's candidate.
const SESSION_TTL: i64 = 60;

/// A lease's id as typed.
fn lease(text: &str) -> Result<LeaseId, Stop> {
    go::parse_int(text, 16).map(LeaseId).or_else(|why| {
        let message = format!("bad lease ID arg ({why}), expecting ID in Hex");
        fail(exit::BAD_ARGS, message)
    })
}
