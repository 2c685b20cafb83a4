//! The commands of version 2.

use super::connect::{fail2, job};
use super::members::MEMBER;
use super::users::{AUTH, ROLE, USER};
use super::view::V2What;
use crate::cluster::{self, V2Job, V2Wait};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::Step;
use crate::kv::{Request, V2Method, V2Request};

/// `etcdctl` of version 2.
pub(crate) static ROOT: Command = Command {
    name: "etcdctl",
    usage: "[global options] command [command options] [arguments...]",
    about: "A command line client for etcd, version 2 of the interface",
    persistent: &[
        Flag::off("debug", "print the requests, too"),
        Flag::off("no-sync", "talk to the endpoints as they are named"),
        Flag::new(
            "output",
            Kind::Text,
            "simple",
            "the form of the output: simple, extended, json",
        )
        .short('o'),
        Flag::new(
            "discovery-srv",
            Kind::Text,
            "",
            "the domain whose DNS records name the members",
        )
        .short('D'),
        Flag::off(
            "insecure-discovery",
            "trust DNS records that are not secured",
        ),
        Flag::new("peers", Kind::Text, "", "an old name of --endpoints").short('C'),
        Flag::new("endpoint", Kind::Text, "", "an old name of --endpoints"),
        Flag::new(
            "endpoints",
            Kind::Text,
            "",
            "the members to talk to, separated by commas",
        ),
        Flag::new(
            "cert-file",
            Kind::Text,
            "",
            "the file with the client's certificate",
        ),
        Flag::new("key-file", Kind::Text, "", "the file with the client's key"),
        Flag::new(
            "ca-file",
            Kind::Text,
            "",
            "the file with the certificates of those who may certify servers",
        ),
        Flag::new("username", Kind::Text, "", "who asks: name:password").short('u'),
        Flag::new("timeout", Kind::Span, "2s", "how long one member may take"),
        Flag::new(
            "total-timeout",
            Kind::Span,
            "5s",
            "how long the command may take",
        ),
        Flag::off("version", "print the version").short('v'),
    ],
    sub: &[
        &BACKUP,
        &CLUSTER_HEALTH,
        &MK,
        &MKDIR,
        &RM,
        &RMDIR,
        &GET,
        &LS,
        &SET,
        &SETDIR,
        &UPDATE,
        &UPDATEDIR,
        &WATCH,
        &EXEC_WATCH,
        &MEMBER,
        &USER,
        &ROLE,
        &AUTH,
    ],
    ..Command::EMPTY
};

const TTL: Flag = Flag::new("ttl", Kind::Int, "0", "the seconds after which it vanishes");
const SORT: Flag = Flag::off("sort", "in the order of the names");
const QUORUM: Flag = Flag::off("quorum", "the newest there is, not what the member has").short('q');
const RECURSIVE: Flag = Flag::off("recursive", "with everything below").short('r');
const AFTER: Flag = Flag::new("after-index", Kind::Int, "0", "begin after this index");

static BACKUP: Command = Command {
    name: "backup",
    about: "Copy a data directory (not in the simulation)",
    run: Some(|_| {
        fail(
            exit::ERROR,
            "the members' data directories are out of reach here",
        )
    }),
    ..Command::EMPTY
};

static CLUSTER_HEALTH: Command = Command {
    name: "cluster-health",
    about: "Find out how the members are",
    flags: &[Flag::off("forever", "again and again, every 10 seconds").short('f')],
    run: Some(|call| job(call, V2Job::ClusterHealth, V2What::ClusterHealth(None))),
    ..Command::EMPTY
};

static MK: Command = Command {
    name: "mk",
    usage: "<key> <value>",
    about: "Make a key that is not there yet",
    flags: &[
        Flag::off(
            "in-order",
            "give it the next number in the directory as name",
        ),
        TTL,
    ],
    run: Some(|call| {
        let mut request = with_value(call)?;
        if call.on("in-order") {
            request.method = V2Method::Post;
        } else {
            request.prev_exist = Some(false);
        }
        write(call, request, V2What::Key)
    }),
    ..Command::EMPTY
};

static MKDIR: Command = Command {
    name: "mkdir",
    usage: "<key>",
    about: "Make a directory that is not there yet",
    flags: &[TTL],
    run: Some(|call| directory(call, Some(false))),
    ..Command::EMPTY
};

static SETDIR: Command = Command {
    name: "setdir",
    usage: "<key>",
    about: "Make a directory, or change its time to live",
    flags: &[TTL],
    run: Some(|call| directory(call, None)),
    ..Command::EMPTY
};

static UPDATEDIR: Command = Command {
    name: "updatedir",
    usage: "<key>",
    about: "Change the time to live of a directory",
    flags: &[TTL],
    run: Some(|call| directory(call, Some(true))),
    ..Command::EMPTY
};

static RM: Command = Command {
    name: "rm",
    usage: "<key>",
    about: "Remove a key, or a directory",
    flags: &[
        Flag::off("dir", "an empty directory, too"),
        RECURSIVE,
        Flag::new("with-value", Kind::Text, "", "only if it has this value"),
        Flag::new(
            "with-index",
            Kind::Int,
            "0",
            "only if this index changed it last",
        ),
    ],
    run: Some(|call| {
        let request = V2Request {
            method: V2Method::Delete,
            path: key(call)?,
            recursive: call.on("recursive"),
            dir: call.on("dir"),
            prev_value: call.text("with-value").to_owned(),
            prev_index: call.int("with-index").unsigned_abs(),
            ..V2Request::default()
        };
        write(call, request, V2What::Removed)
    }),
    ..Command::EMPTY
};

static RMDIR: Command = Command {
    name: "rmdir",
    usage: "<key>",
    about: "Remove a key, or an empty directory",
    run: Some(|call| {
        let request = V2Request {
            method: V2Method::Delete,
            path: key(call)?,
            dir: true,
            ..V2Request::default()
        };
        write(call, request, V2What::Removed)
    }),
    ..Command::EMPTY
};

static GET: Command = Command {
    name: "get",
    usage: "<key>",
    about: "Read a key",
    flags: &[SORT, QUORUM],
    run: Some(|call| {
        let path = key(call)?;
        read(call, path, V2What::Get)
    }),
    ..Command::EMPTY
};

static LS: Command = Command {
    name: "ls",
    usage: "[key]",
    about: "Print what is in a directory",
    flags: &[
        SORT,
        RECURSIVE,
        Flag::off("p", "a slash after the names of directories"),
        QUORUM,
    ],
    run: Some(|call| {
        let path = call.args().first().map_or("/", |key| key).to_owned();
        let slash = call.on("p");
        read(call, path, V2What::List { slash })
    }),
    ..Command::EMPTY
};

static SET: Command = Command {
    name: "set",
    usage: "<key> <value>",
    about: "Set a key to a value",
    flags: &[
        TTL,
        Flag::new(
            "swap-with-value",
            Kind::Text,
            "",
            "only if it has this value",
        ),
        Flag::new(
            "swap-with-index",
            Kind::Int,
            "0",
            "only if this index changed it last",
        ),
    ],
    run: Some(|call| {
        let mut request = with_value(call)?;
        request.prev_value = call.text("swap-with-value").to_owned();
        request.prev_index = call.int("swap-with-index").unsigned_abs();
        write(call, request, V2What::Key)
    }),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    name: "update",
    usage: "<key> <value>",
    about: "Set a key that is there",
    flags: &[TTL],
    run: Some(|call| {
        let mut request = with_value(call)?;
        request.prev_exist = Some(true);
        write(call, request, V2What::Key)
    }),
    ..Command::EMPTY
};

static WATCH: Command = Command {
    name: "watch",
    usage: "<key>",
    about: "Print the next change of a key",
    flags: &[
        Flag::off("forever", "all changes, until interrupted").short('f'),
        AFTER,
        RECURSIVE,
    ],
    run: Some(|call| {
        let key = key(call)?;
        let what = V2What::Watch {
            recursive: call.on("recursive"),
            forever: call.on("forever"),
        };
        watch(call, key, what)
    }),
    ..Command::EMPTY
};

static EXEC_WATCH: Command = Command {
    name: "exec-watch",
    usage: "<key> <command> [args...]",
    about: "Run a command at each change of a key",
    flags: &[AFTER, RECURSIVE],
    run: Some(|call| {
        let args = call.args();
        let (key, command) = match args {
            [] | [_] => return fail2(exit::BAD_ARGS, "key and command to exec required"),
            [key, rest @ ..] if rest.iter().any(|word| word == "--") => (key, &rest[1..]),
            // Without a separator etcdctl takes the last word for the key.
            [command @ .., key] => (key, command),
        };
        let (key, command) = (key.clone(), command.to_vec());
        if command.is_empty() {
            return fail2(exit::BAD_ARGS, "key and command to exec required");
        }
        watch(call, key, V2What::ExecWatch(command))
    }),
    ..Command::EMPTY
};

/// The key, in the form that members use: with a slash before it.
fn key(call: &Call) -> Result<String, Stop> {
    match call.args().first() {
        Some(key) => Ok(key.clone()),
        None => fail2(exit::BAD_ARGS, "key required"),
    }
}

/// What sets the key of the first argument to the second or to standard input.
fn with_value(call: &mut Call) -> Result<V2Request, Stop> {
    let path = key(call)?;
    let value = match call.args().get(1) {
        Some(value) => value.clone(),
        None => match call.input.rest()? {
            "" => return fail2(exit::BAD_ARGS, "value required"),
            value => value.to_owned(),
        },
    };
    Ok(V2Request {
        method: V2Method::Put,
        path,
        value,
        expiration: ttl(call),
        ..V2Request::default()
    })
}

/// The time to live in microseconds; the member makes a time of it.
fn ttl(call: &Call) -> u64 {
    u64::try_from(call.int("ttl"))
        .unwrap_or(0)
        .saturating_mul(1_000_000)
}

fn directory(call: &mut Call, prev_exist: Option<bool>) -> Result<Step, Stop> {
    let request = V2Request {
        method: V2Method::Put,
        path: key(call)?,
        dir: true,
        prev_exist,
        expiration: ttl(call),
        ..V2Request::default()
    };
    write(call, request, V2What::Directory)
}

fn write(call: &mut Call, request: V2Request, what: V2What) -> Result<Step, Stop> {
    let request = cluster::Call::Store(Request::V2(request));
    job(call, V2Job::Call(request), what)
}

fn read(call: &mut Call, path: String, what: V2What) -> Result<Step, Stop> {
    let request = V2Request {
        path,
        sorted: call.on("sort"),
        recursive: call.on("recursive"),
        ..V2Request::default()
    };
    let request = if call.on("quorum") {
        cluster::Call::Store(Request::V2(request))
    } else {
        cluster::Call::V2Get(request)
    };
    job(call, V2Job::Call(request), what)
}

fn watch(call: &mut Call, key: String, what: V2What) -> Result<Step, Stop> {
    let after = call.int("after-index").unsigned_abs();
    let wait = V2Wait {
        key,
        recursive: call.on("recursive"),
        index: (after > 0).then_some(after + 1),
    };
    // Changes of directories do not count: the view says when it has seen enough.
    job(call, V2Job::WatchForever(wait), what)
}
