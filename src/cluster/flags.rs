//! The flags that would start a member for real.

use super::identity::{MemberInfo, usual_name, usual_peer_url};
use super::world::World;
use crate::raft::{NodeId, Options};

/// The name and the value of each flag of the `etcd` that would be this member, in the order of
/// etcd's documentation; only what differs from etcd's defaults, and what has none. Empty for a
/// member that there is not.
pub fn flags(world: &World, member: NodeId) -> Vec<(&'static str, String)> {
    let Some(found) = world.member(member) else {
        return Vec::new();
    };
    let options = world.options();
    let known = world.roster();
    let info = known.iter().find(|(id, _)| *id == member);
    let peer_urls = match info {
        Some((_, info)) => info.peer_urls.join(","),
        None => usual_peer_url(member),
    };
    let client_urls = found.client_url().to_owned();
    let is_first = options.member_ids().any(|id| id == member);
    let mut cluster: Vec<String> = Vec::new();
    match is_first {
        true => {
            let ids = options.member_ids();
            cluster.extend(ids.map(|id| format!("{}={}", usual_name(id), usual_peer_url(id))));
        }
        false => {
            let own = found.name();
            for (
                id,
                MemberInfo {
                    name, peer_urls, ..
                },
            ) in &known
            {
                let name = if *id == member { &own } else { name };
                cluster.extend(peer_urls.iter().map(|url| format!("{name}={url}")));
            }
        }
    }
    let mut flags = vec![
        ("--name", found.name()),
        ("--listen-client-urls", client_urls.clone()),
        ("--advertise-client-urls", client_urls),
        ("--listen-peer-urls", peer_urls.clone()),
        ("--initial-advertise-peer-urls", peer_urls),
        ("--initial-cluster-token", "etcd-cluster-1".to_owned()),
        ("--initial-cluster", cluster.join(",")),
        (
            "--initial-cluster-state",
            if is_first { "new" } else { "existing" }.to_owned(),
        ),
    ];
    let (own, usual) = (&options.raft, Options::default());
    if own.heartbeat_interval != usual.heartbeat_interval {
        flags.push(("--heartbeat-interval", own.heartbeat_interval.to_string()));
    }
    if own.election_timeout != usual.election_timeout {
        flags.push(("--election-timeout", own.election_timeout.to_string()));
    }
    if own.pre_vote != usual.pre_vote {
        flags.push(("--pre-vote", own.pre_vote.to_string()));
    }
    if options.quota_bytes > 0 {
        flags.push(("--quota-backend-bytes", options.quota_bytes.to_string()));
    }
    flags
}
