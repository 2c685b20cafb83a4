//! etcdctl of version 3: its commands as tables, and how each becomes a [`Program`].
//!
//! What is refused before anything is sent, with which words and which exit code, and in which
//! order, is etcdctl 3.5.16's.

mod auth;
mod cluster;
mod compare;
mod endpoint;
mod keys;
mod lease;
mod restore;
mod snapshot;
mod txn;
mod watch;

use super::cobra::{Call, Command, find, flags_of};
use super::flags::{Flag, Kind};
use super::go;
use super::help;
use super::output::{Stop, Stream, exit, fail};
use super::task::{Format, Step, Task};
use super::view::{View, What};
use crate::cluster::{Job, Login, Program};

pub(super) use cluster::check_url;
pub(crate) use watch::watch_line;

/// The version that `etcdctl version` says.
pub(crate) const VERSION: &str = "3.5.16";

/// `etcdctl`, with everything below it.
pub(crate) static ROOT: Command = Command {
    name: "etcdctl",
    usage: "",
    about: "A command line client for etcd",
    persistent: GLOBAL,
    sub: &[
        &keys::GET,
        &keys::PUT,
        &keys::DEL,
        &txn::TXN,
        &keys::COMPACTION,
        &cluster::ALARM,
        &endpoint::DEFRAG,
        &endpoint::ENDPOINT,
        &cluster::MOVE_LEADER,
        &watch::WATCH,
        &VERSION_COMMAND,
        &lease::LEASE,
        &cluster::MEMBER,
        &snapshot::SNAPSHOT,
        &MAKE_MIRROR,
        &lease::LOCK,
        &lease::ELECT,
        &auth::AUTH,
        &auth::USER,
        &auth::ROLE,
        &CHECK,
        &HELP_COMMAND,
    ],
    ..Command::EMPTY
};

const GLOBAL: &[Flag] = &[
    Flag::new(
        "endpoints",
        Kind::List,
        ENDPOINT,
        "the members to talk to, separated by commas",
    ),
    Flag::off("debug", "say more about what the client does"),
    Flag::new(
        "write-out",
        Kind::Text,
        "simple",
        "the form of the output: simple, fields, json, table",
    )
    .short('w'),
    Flag::off("hex", "print keys and values as hexadecimal numbers"),
    Flag::new(
        "dial-timeout",
        Kind::Span,
        "2s",
        "how long to wait for a connection",
    ),
    Flag::new(
        "command-timeout",
        Kind::Span,
        "5s",
        "how long to wait for an answer",
    ),
    Flag::new(
        "keepalive-time",
        Kind::Span,
        "2s",
        "how often to look whether a connection is alive",
    ),
    Flag::new(
        "keepalive-timeout",
        Kind::Span,
        "6s",
        "how long to wait for a sign of life",
    ),
    Flag::new(
        "insecure-transport",
        Kind::Bool,
        "true",
        "connect without TLS",
    ),
    Flag::new(
        "insecure-discovery",
        Kind::Bool,
        "true",
        "trust DNS records that are not secured",
    ),
    Flag::off("insecure-skip-tls-verify", "trust any server certificate"),
    Flag::new(
        "cert",
        Kind::Text,
        "",
        "the file with the client's certificate",
    ),
    Flag::new("key", Kind::Text, "", "the file with the client's key"),
    Flag::new(
        "cacert",
        Kind::Text,
        "",
        "the file with the certificates of those who may certify servers",
    ),
    Flag::new("user", Kind::Text, "", "who asks: a name, or name:password"),
    Flag::new(
        "password",
        Kind::Text,
        "",
        "the password that goes with --user",
    ),
    Flag::new(
        "discovery-srv",
        Kind::Text,
        "",
        "the domain whose DNS records name the members",
    )
    .short('d'),
    Flag::new(
        "discovery-srv-name",
        Kind::Text,
        "",
        "the name of the service in those records",
    ),
];

/// The endpoint when none is named.
const ENDPOINT: &str = "127.0.0.1:2379";

static VERSION_COMMAND: Command = Command {
    name: "version",
    about: "Say which version of etcdctl this is",
    run: Some(|call| {
        call.out.line(&format!("etcdctl version: {VERSION}"));
        call.out.line("API version: 3.5");
        Ok(Step::Done)
    }),
    ..Command::EMPTY
};

static HELP_COMMAND: Command = Command {
    name: "help",
    usage: "[command]",
    about: "Explain a command",
    run: Some(|call| {
        let args = call.args().to_vec();
        let (mut path, rest) = find(&ROOT, &args);
        if super::cobra::known(&path, &rest).is_err() {
            let words: Vec<String> = args.iter().map(|word| format!("`{word}`")).collect();
            call.out
                .error(&format!("Unknown help topic [{}]", words.join(" ")));
            path = vec![&ROOT];
        }
        call.out.print(Stream::Out, &help::usage(&path));
        Ok(Step::Done)
    }),
    ..Command::EMPTY
};

static MAKE_MIRROR: Command = Command {
    name: "make-mirror",
    usage: "[options] <destination>",
    about: "Copy all changes to another cluster",
    flags: &[
        Flag::new("prefix", Kind::Text, "", "only keys that begin so"),
        Flag::new("dest-prefix", Kind::Text, "", "how they begin there"),
        Flag::off("no-dest-prefix", "leave the beginning out there"),
        Flag::new("dest-cert", Kind::Text, "", "the certificate to use there"),
        Flag::new("dest-key", Kind::Text, "", "the key to use there"),
        Flag::new(
            "dest-cacert",
            Kind::Text,
            "",
            "who may certify servers there",
        ),
        Flag::new(
            "dest-insecure-transport",
            Kind::Bool,
            "true",
            "connect without TLS there",
        ),
        Flag::new("dest-user", Kind::Text, "", "who asks there"),
        Flag::new("dest-password", Kind::Text, "", "the password there"),
    ],
    run: Some(|call| {
        let [_] = exactly(call, "make-mirror takes one destination argument")?;
        if call.on("no-dest-prefix") && !call.text("dest-prefix").is_empty() {
            let both =
                "`--dest-prefix` and `--no-dest-prefix` cannot be set at the same time, choose one";
            return fail(exit::BAD_ARGS, both);
        }
        fail(
            exit::ERROR,
            "there is only this one cluster here: nothing to mirror to",
        )
    }),
    ..Command::EMPTY
};

static CHECK: Command = Command {
    name: "check",
    usage: "<subcommand>",
    about: "Measure a cluster",
    sub: &[&CHECK_PERF, &CHECK_DATASCALE],
    ..Command::EMPTY
};

const CHECK_FLAGS: &[Flag] = &[
    Flag::new("load", Kind::Text, "s", "how much to write: s, m, l or xl"),
    Flag::new(
        "prefix",
        Kind::Text,
        "",
        "how the keys begin that it writes",
    ),
    Flag::off("auto-compact", "compact when done"),
    Flag::off("auto-defrag", "defragment when done"),
];

static CHECK_PERF: Command = Command {
    name: "perf",
    usage: "[options]",
    about: "Measure how quickly the cluster writes",
    flags: CHECK_FLAGS,
    run: Some(check),
    ..Command::EMPTY
};

static CHECK_DATASCALE: Command = Command {
    name: "datascale",
    usage: "[options]",
    about: "Measure how much memory the keys take",
    flags: CHECK_FLAGS,
    run: Some(check),
    ..Command::EMPTY
};

fn check(call: &mut Call) -> Result<Step, Stop> {
    let load = call.text("load");
    if !["s", "small", "m", "medium", "l", "large", "xl", "xLarge"].contains(&load) {
        return fail(exit::BAD_FEATURE, format!("unknown load option {load}"));
    }
    fail(
        exit::ERROR,
        "time and memory are simulated here: a measurement would say nothing",
    )
}

/// Stands before an endpoint that was named without a scheme and is talked to with TLS, which no
/// member here understands. Nobody is shown it.
pub(crate) const TLS: &str = "HTTPS://";

/// What a command needs to talk to the cluster.
pub(super) struct Client {
    endpoints: Vec<String>,
    user: Option<Login>,
    /// The form of the output.
    pub format: Format,
    hex: bool,
    /// It speaks TLS where the endpoint does not say otherwise (`--insecure-transport=false`).
    tls: bool,
}

impl Client {
    /// The program that does a job, and how its results are shown.
    pub fn run(self, _call: &Call, timeout_us: u64, job: Job, what: What) -> Result<Step, Stop> {
        let mut endpoints = self.endpoints;
        if self.tls {
            let plain = endpoints.iter_mut().filter(|end| !end.contains("://"));
            plain.for_each(|endpoint| endpoint.insert_str(0, TLS));
        }
        let program = Program {
            endpoints,
            user: self.user,
            command_timeout_us: timeout_us,
            job,
        };
        let view = View::new(what, self.format, self.hex);
        Ok(Step::Run(Box::new(Task {
            program,
            view,
            feed: Vec::new(),
        })))
    }
}

/// Exactly so many arguments.
fn exactly<const N: usize>(call: &Call, complaint: &str) -> Result<[String; N], Stop> {
    let args = call.args().to_vec().try_into();
    args.or_else(|_| fail(exit::BAD_ARGS, complaint))
}

/// How long the command may wait, in microseconds, with the settings so far.
pub(super) fn timeout(call: &Call) -> u64 {
    u64::try_from(call.span("command-timeout")).unwrap_or(0)
}

/// Flags that are not given are taken from the environment: `ETCDCTL_WRITE_OUT` is `--write-out`.
pub(super) fn flags_from_environment(call: &mut Call) -> Result<(), Stop> {
    for flag in GLOBAL {
        let name = variable(flag.name);
        let Some(value) = call.env.get(&name).map(str::to_owned) else {
            continue;
        };
        if !call.values.given(flag.name) {
            // What the flag cannot take is ignored.
            let _ = call.values.set(flag, value);
        } else if !call.env.is_soft(&name) {
            let message = "the variable is set and the flag is given: leave one of them out";
            call.out.error(&format!(
                r#"{{"level":"fatal","caller":"flags/flag.go","msg":"{message}","environment-variable":"{name}"}}"#
            ));
            return Err(Stop::Exit(exit::ERROR));
        }
    }
    Ok(())
}

/// The members to talk to, as they are named.
pub(super) fn endpoints(call: &Call) -> Vec<String> {
    if call.values.given("endpoints") {
        call.values.lists("endpoints")
    } else {
        vec![call.env.endpoint().unwrap_or(ENDPOINT).to_owned()]
    }
}

/// The form of the output.
pub(super) fn format(call: &Call) -> Result<Format, Stop> {
    match Format::named(call.text("write-out")) {
        Some(format) => Ok(format),
        None => fail(exit::BAD_FEATURE, "unsupported output format"),
    }
}

/// Who asks.
pub(super) fn user(call: &mut Call) -> Result<Option<Login>, Stop> {
    let (name, password) = (
        call.text("user").to_owned(),
        call.text("password").to_owned(),
    );
    if name.is_empty() {
        return Ok(None);
    }
    if !password.is_empty() {
        return Ok(Some(Login { name, password }));
    }
    // etcd's client logs in only with a name and a password.
    let (name, password) = match name.split_once(':') {
        Some((name, password)) => (name.to_owned(), password.to_owned()),
        None => {
            let password = ask(call, "Password: ")?;
            (name, password)
        }
    };
    let both = !name.is_empty() && !password.is_empty();
    Ok(both.then_some(Login { name, password }))
}

/// Asks for a password.
pub(super) fn ask(call: &mut Call, prompt: &str) -> Result<String, Stop> {
    call.out.print(Stream::Out, prompt);
    let password = call.input.line()?.unwrap_or_default().trim().to_owned();
    call.out.print(Stream::Out, "\n");
    Ok(password)
}

/// Everything that etcdctl looks at before it talks to the cluster, in its order.
pub(super) fn prepare(call: &mut Call) -> Result<Client, Stop> {
    flags_from_environment(call)?;
    if !call.text("discovery-srv").is_empty() {
        return fail(
            exit::ERROR,
            "there is no DNS here: name the members with --endpoints",
        );
    }
    if call.on("debug") {
        print_settings(call);
    }
    let endpoints = endpoints(call);
    let endpoints = endpoints.iter().map(|end| end.trim().to_owned()).collect();
    for flag in ["cert", "key", "cacert"] {
        if call.values.given(flag) && call.text(flag).is_empty() {
            let message = format!("empty string is passed to --{flag} option");
            return fail(exit::BAD_ARGS, message);
        }
    }
    let user = user(call)?;
    let format = format(call)?;
    no_files(call)?;
    Ok(Client {
        endpoints,
        user,
        format,
        hex: call.on("hex"),
        tls: !call.on("insecure-transport"),
    })
}

/// What `--debug` prints: the flags that all commands have, as variables of the environment. (The
/// lines of the gRPC library that follow in etcdctl tell of connections, with the time of day.)
fn print_settings(call: &mut Call) {
    let inherited = call.path[..call.path.len() - 1].iter();
    let mut flags: Vec<(&str, Kind, &str)> = inherited
        .flat_map(|command| command.persistent)
        .map(|flag| (flag.name, flag.kind, call.text(flag.name)))
        .collect();
    if call.path[call.path.len() - 1].name == "watch" {
        flags.extend(["watch-key", "watch-range-end"].map(|name| (name, Kind::Text, "")));
    }
    flags.sort_unstable_by_key(|(name, ..)| *name);
    let mut text = String::new();
    for (name, kind, value) in flags {
        let value = match kind {
            Kind::List if call.values.given(name) => {
                format!("[{}]", call.values.lists(name).join(","))
            }
            Kind::List => format!("[{value}]"),
            Kind::Bool => go::parse_bool(value).unwrap_or_default().to_string(),
            Kind::Span => {
                go::duration(go::parse_duration(value).unwrap_or_default().unsigned_abs())
            }
            _ => value.to_owned(),
        };
        text.push_str(&format!("{}={value}\n", variable(name)));
    }
    call.out.print(Stream::Err, &text);
}

/// The variable of the environment that stands for a flag.
fn variable(flag: &str) -> String {
    format!("ETCDCTL_{}", flag.to_ascii_uppercase().replace('-', "_"))
}

/// Certificates would be in files, and there are none.
pub(super) fn no_files(call: &Call) -> Result<(), Stop> {
    let (cert, key, ca) = (call.text("cert"), call.text("key"), call.text("cacert"));
    if cert.is_empty() != key.is_empty() {
        let message =
            format!("KeyFile and CertFile must both be present[key: {key}, cert: {cert}]");
        return fail(exit::BAD_ARGS, message);
    }
    match [cert, ca].into_iter().find(|file| !file.is_empty()) {
        Some(file) => fail(
            exit::BAD_ARGS,
            format!("open {file}: no such file or directory"),
        ),
        None => Ok(()),
    }
}

/// A client that is connected, as far as one can be without talking.
pub(super) fn connect(call: &mut Call) -> Result<Client, Stop> {
    let client = prepare(call)?;
    if client.endpoints.is_empty() {
        return fail(exit::BAD_CONNECTION, "etcdclient: no available endpoints");
    }
    Ok(client)
}

/// Commands for the completion: those below the one that words name, and its flags.
pub(crate) fn below(words: &[String]) -> (Vec<&'static str>, Vec<&'static Flag>) {
    let (path, _) = find(&ROOT, words);
    let here = path[path.len() - 1];
    (
        here.sub.iter().map(|sub| sub.name).collect(),
        flags_of(&path),
    )
}

/// The number in an argument, or the words that Go has for why it is none.
pub(super) fn number(text: &str) -> Result<i64, String> {
    go::parse_int(text, 10)
}
