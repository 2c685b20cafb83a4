//! `member …`, `move-leader`, `alarm …`.

use super::{connect, exactly, timeout};
use crate::cluster::{self, Job, MemberUrls, NewMember};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::Step;
use crate::etcdctl::view::What;
use crate::kv::{AlarmRequest, Request};

pub(crate) static MEMBER: Command = Command {
    name: "member",
    usage: "<subcommand>",
    about: "The members of the cluster",
    sub: &[&ADD, &REMOVE, &UPDATE, &LIST, &PROMOTE],
    ..Command::EMPTY
};

static ADD: Command = Command {
    name: "add",
    usage: "<memberName> [options]",
    about: "Add a member; its process is started afterwards",
    flags: &[
        PEER_URLS,
        Flag::off(
            "learner",
            "a learner: it does not vote until it is promoted",
        ),
    ],
    run: Some(|call| {
        let name = match call.args() {
            [] => return fail(exit::BAD_ARGS, "member name not provided"),
            [name] => name.clone(),
            args => {
                let mut message = "too many arguments".to_owned();
                for arg in args
                    .iter()
                    .filter(|arg| arg.to_ascii_lowercase().starts_with("http"))
                {
                    message.push_str(", did you mean --peer-urls=");
                    message.push_str(arg);
                }
                return fail(exit::BAD_ARGS, message);
            }
        };
        let urls = call.text("peer-urls").to_owned();
        if urls.is_empty() {
            return fail(exit::BAD_ARGS, "member peer urls not provided");
        }
        let limit = timeout(call);
        let client = connect(call)?;
        let peer_urls = peer_urls(&urls)?;
        let learner = call.on("learner");
        let job = Job::MemberAdd(NewMember { peer_urls, learner });
        client.run(call, limit, job, What::MemberAdd { name, urls })
    }),
    ..Command::EMPTY
};

static REMOVE: Command = Command {
    name: "remove",
    usage: "<memberID>",
    about: "Remove a member",
    run: Some(|call| {
        let id = member(call)?;
        change(call, cluster::Call::MemberRemove(id), id, "removed from")
    }),
    ..Command::EMPTY
};

static UPDATE: Command = Command {
    name: "update",
    usage: "<memberID> [options]",
    about: "Tell the cluster where a member has moved",
    flags: &[PEER_URLS],
    run: Some(|call| {
        let id = member(call)?;
        let urls = call.text("peer-urls").to_owned();
        if urls.is_empty() {
            return fail(exit::BAD_ARGS, "member peer urls not provided");
        }
        let limit = timeout(call);
        let client = connect(call)?;
        let peer_urls = peer_urls(&urls)?;
        let request = cluster::Call::MemberUpdate(MemberUrls { id, peer_urls });
        let what = What::MemberChange {
            id,
            done: "updated in",
        };
        client.run(call, limit, ask(request), what)
    }),
    ..Command::EMPTY
};

static LIST: Command = Command {
    name: "list",
    about: "Print the members",
    run: Some(|call| {
        let limit = timeout(call);
        let client = connect(call)?;
        let request = cluster::Call::MemberList(true);
        client.run(call, limit, ask(request), What::MemberList)
    }),
    ..Command::EMPTY
};

static PROMOTE: Command = Command {
    name: "promote",
    usage: "<memberID>",
    about: "Make a learner a voter",
    run: Some(|call| {
        let id = member(call)?;
        change(call, cluster::Call::MemberPromote(id), id, "promoted in")
    }),
    ..Command::EMPTY
};

const PEER_URLS: Flag = Flag::new(
    "peer-urls",
    Kind::Text,
    "",
    "where the others reach the member, separated by commas",
);

pub(crate) static MOVE_LEADER: Command = Command {
    name: "move-leader",
    usage: "<memberID>",
    about: "Hand the leadership over to another member",
    run: Some(|call| {
        let [id] = exactly(call, "move-leader command needs 1 argument")?;
        let target = go::parse_uint(&id, 16).or_else(|why| fail(exit::BAD_ARGS, why))?;
        let client = connect(call)?;
        let limit = timeout(call);
        let what = What::MoveLeader {
            target,
            endpoints: client.endpoints.clone(),
        };
        client.run(call, limit, Job::MoveLeader(target), what)
    }),
    ..Command::EMPTY
};

pub(crate) static ALARM: Command = Command {
    name: "alarm",
    usage: "<subcommand>",
    about: "What members complain about",
    sub: &[&DISARM, &ALARM_LIST],
    ..Command::EMPTY
};

static DISARM: Command = Command {
    name: "disarm",
    about: "End all alarms",
    run: Some(|call| {
        let [] = exactly(call, "alarm disarm command accepts no arguments")?;
        let limit = timeout(call);
        let client = connect(call)?;
        client.run(call, limit, Job::Disarm, What::Disarm(Vec::new()))
    }),
    ..Command::EMPTY
};

static ALARM_LIST: Command = Command {
    name: "list",
    about: "Print the alarms",
    run: Some(|call| {
        let [] = exactly(call, "alarm list command accepts no arguments")?;
        let limit = timeout(call);
        let client = connect(call)?;
        let request = Request::Alarm(AlarmRequest::default());
        client.run(
            call,
            limit,
            ask(cluster::Call::Store(request)),
            What::Alarms,
        )
    }),
    ..Command::EMPTY
};

fn ask(call: cluster::Call) -> Job {
    Job::Call(call)
}

/// A change of one member.
fn change(
    call: &mut Call,
    request: cluster::Call,
    id: u64,
    done: &'static str,
) -> Result<Step, Stop> {
    let limit = timeout(call);
    let client = connect(call)?;
    client.run(call, limit, ask(request), What::MemberChange { id, done })
}

/// The member that the argument names.
fn member(call: &Call) -> Result<u64, Stop> {
    let [id] = exactly(call, "member ID is not provided")?;
    go::parse_uint(&id, 16).or_else(|why| {
        let message = format!("bad member ID arg ({why}), expecting ID in Hex");
        fail(exit::BAD_ARGS, message)
    })
}

/// URLs of a member, separated by commas; the client checks them before it asks.
fn peer_urls(text: &str) -> Result<Vec<String>, Stop> {
    let urls = text.split(',');
    urls.map(|url| match check_url(url.trim()) {
        Ok(()) => Ok(url.to_owned()),
        Err(why) => fail(exit::ERROR, why),
    })
    .collect()
}

/// What etcd's `types.NewURLs` demands of a URL, in its words and those of Go's `net/url`.
pub(in crate::etcdctl) fn check_url(url: &str) -> Result<(), String> {
    let quoted = go::quote(url.as_bytes());
    let (scheme, rest) = match url.split_once(':') {
        Some(("", _)) => return Err(format!("parse {quoted}: missing protocol scheme")),
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        Some((before, _)) if !before.contains('/') => {
            let why = "first path segment in URL cannot contain colon";
            return Err(format!("parse {quoted}: {why}"));
        }
        _ => ("", url),
    };
    if ["unix", "unixs"].contains(&scheme) {
        return Ok(());
    }
    if !["http", "https"].contains(&scheme) {
        return Err(format!(
            "URL scheme must be http, https, unix, or unixs: {url}"
        ));
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(format!(
            "URL address does not have the form \"host:port\": {url}"
        ));
    };
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let port = host
        .rsplit_once(':')
        .filter(|(host, _)| !host.contains(':') || host.ends_with(']'));
    match port {
        Some((_, port)) if !port.chars().all(|c| c.is_ascii_digit()) => {
            let port = go::quote(format!(":{port}").as_bytes());
            Err(format!("parse {quoted}: invalid port {port} after host"))
        }
        None => Err(format!(
            "URL address does not have the form \"host:port\": {url}"
        )),
        Some(_) if !path.is_empty() => Err(format!("URL must not contain a path: {url}")),
        Some(_) => Ok(()),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_checked_as_etcd_does() {
        assert_eq!(check_url("http://127.0.0.1:42380"), Ok(()));
        for (url, why) in [
            (
                "127.0.0.1:42380",
                "parse \"127.0.0.1:42380\": first path segment in URL cannot contain colon",
            ),
            (":1", "parse \":1\": missing protocol scheme"),
            (
                "localhost:1",
                "URL scheme must be http, https, unix, or unixs: localhost:1",
            ),
            (
                "http://host",
                "URL address does not have the form \"host:port\": http://host",
            ),
            (
                "http://host:1/x",
                "URL must not contain a path: http://host:1/x",
            ),
            (
                "http://host:x",
                "parse \"http://host:x\": invalid port \":x\" after host",
            ),
        ] {
            assert_eq!(check_url(url).unwrap_err(), why);
        }
    }
}
