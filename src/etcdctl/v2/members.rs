//! `member …` of version 2.

use super::connect::{job, say};
use super::view::V2What;
use crate::cluster::{MemberUrls, V2Job};
use crate::etcdctl::cobra::Command;
use crate::etcdctl::go;
use crate::etcdctl::v3::check_url;

pub(super) static MEMBER: Command = Command {
    name: "member",
    about: "The members of the cluster",
    sub: &[&MEMBER_LIST, &MEMBER_ADD, &MEMBER_REMOVE, &MEMBER_UPDATE],
    ..Command::EMPTY
};

static MEMBER_LIST: Command = Command {
    name: "list",
    about: "Print the members",
    run: Some(|call| match call.args() {
        [] => job(call, V2Job::Members, V2What::Members(None)),
        _ => say(call, "No arguments accepted"),
    }),
    ..Command::EMPTY
};

static MEMBER_ADD: Command = Command {
    name: "add",
    usage: "<name> <peerURL>",
    about: "Add a member; its process is started afterwards",
    run: Some(|call| match call.args() {
        [_, url] if check_url(url.trim()).is_err() => say(call, BAD_REQUEST),
        [name, url] => {
            let (name, peer_url) = (name.clone(), url.clone());
            job(
                call,
                V2Job::MemberAdd(peer_url),
                V2What::MemberAdd {
                    name,
                    members: None,
                },
            )
        }
        _ => say(call, "Provide a name and a single member peerURL"),
    }),
    ..Command::EMPTY
};

static MEMBER_REMOVE: Command = Command {
    name: "remove",
    usage: "<memberID>",
    about: "Remove a member",
    run: Some(|call| match call.args() {
        [id] => {
            let typed = id.clone();
            let id = member_id(&typed);
            let what = V2What::MemberRemove { typed, known: None };
            job(call, V2Job::MemberRemove(id), what)
        }
        _ => say(call, "Provide a single member ID"),
    }),
    ..Command::EMPTY
};

static MEMBER_UPDATE: Command = Command {
    name: "update",
    usage: "<memberID> <peerURLs>",
    about: "Tell the cluster where a member has moved",
    run: Some(|call| match call.args() {
        [_, urls] if urls.split(',').any(|url| check_url(url.trim()).is_err()) => {
            say(call, BAD_REQUEST)
        }
        [id, urls] => {
            let typed = id.clone();
            let id = member_id(&typed);
            let peer_urls = urls.split(',').map(str::to_owned).collect();
            let what = V2What::MemberUpdate { typed };
            job(
                call,
                V2Job::MemberUpdate(MemberUrls { id, peer_urls }),
                what,
            )
        }
        _ => say(
            call,
            "Provide an ID and a list of comma separated peerURL (0xabcd http://example.com,http://example1.com)",
        ),
    }),
    ..Command::EMPTY
};

/// What version 2 says of URLs that a member refuses.
const BAD_REQUEST: &str = "unexpected status code 400";

/// A member's id; what is none names nobody.
fn member_id(typed: &str) -> u64 {
    let id = go::parse_uint(typed, 16).unwrap_or_default();
    if format!("{id:x}") == typed { id } else { 0 }
}
