//! What etcd calls its members: ids, names, URLs, and the flags that would start them.
//!
//! Inside, members are numbered from 1 ([`NodeId`]). To clients they show ids like those of etcd,
//! which are hashes. Those of the first three members are what etcd computes for the three of its
//! `Procfile`, so that they look familiar.

use crate::kv::code::fields;
use crate::raft::NodeId;
use serde::Serialize;

/// The id of the cluster.
pub const CLUSTER_ID: u64 = 0xef37_ad9d_c622_a7c4;

/// What the cluster knows about one of its members.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct MemberInfo {
    /// Its id.
    pub id: u64,
    /// Its name; empty until it has started.
    pub name: String,
    /// Where the other members reach it.
    pub peer_urls: Vec<String>,
    /// Where clients reach it; none until it has started.
    pub client_urls: Vec<String>,
    /// Whether it is a learner.
    pub is_learner: bool,
}

fields! { MemberInfo { id, name, peer_urls, client_urls, is_learner } }

/// The id by which clients know a member. Ids sort like the numbers of the members.
pub fn member_id(member: NodeId) -> u64 {
    match member.0 {
        1 => 0x8211_f1d0_f64f_3269,
        2 => 0x91bc_3c39_8fb3_c146,
        3 => 0xfd42_2379_fda5_0e48,
        number => 0xfe00_0000_0000_0000 | (number & 0xff) << 48 | mixed(number) >> 16,
    }
}

/// Bits that look random (the finalizer of splitmix64).
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The port at which a member listens to clients; it listens to members at the next one.
fn client_port(member: u64) -> u64 {
    match member {
        1 => 2379,
        2..=6 => member * 10_000 + 2379,
        more => more * 1_000 % 60_000 + 479,
    }
}

/// The name that a member has usually.
pub fn usual_name(member: NodeId) -> String {
    format!("infra{member}")
}

/// Where the other members reach a member usually.
pub fn usual_peer_url(member: NodeId) -> String {
    format!("http://127.0.0.1:{}", client_port(member.0) + 1)
}

/// Where clients reach a member usually.
pub fn usual_client_url(member: NodeId) -> String {
    format!("http://127.0.0.1:{}", client_port(member.0))
}

/// The port of an address like `127.0.0.1:2379` or `http://localhost:2379/`; `None` if it is on
/// another machine, or no address.
pub(super) fn port_of(address: &str) -> Option<u16> {
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, port) = address.split('/').next()?.rsplit_once(':')?;
    let is_here = matches!(host, "127.0.0.1" | "localhost" | "[::1]" | "0.0.0.0");
    port.parse().ok().filter(|_| is_here)
}
