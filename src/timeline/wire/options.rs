//! Options as numbered fields. Only what differs from the defaults of the format is written; those
//! never change, whatever the defaults of the program become.

use super::error::OpenError;
use crate::cluster::WorldOptions;
use crate::raft::rules::{Rule, Rules};
use crate::raft::{Options, ReadMode};
use crate::sim::{DiskOptions, LinkOptions};
use prost::Message;
use serde::{Deserialize, Serialize};

/// The options of a world. `None` stands for the default of the format.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WireOptions {
    #[prost(uint64, optional, tag = "1")]
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    #[serde(skip_serializing_if = "Option::is_none")]
    election_timeout_ms: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    #[serde(skip_serializing_if = "Option::is_none")]
    election_timeout_max_ms: Option<u64>,
    #[prost(uint64, optional, tag = "4")]
    #[serde(skip_serializing_if = "Option::is_none")]
    heartbeat_interval_ms: Option<u64>,
    #[prost(bool, optional, tag = "5")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pre_vote: Option<bool>,
    #[prost(bool, optional, tag = "6")]
    #[serde(skip_serializing_if = "Option::is_none")]
    check_quorum: Option<bool>,
    #[prost(bool, optional, tag = "7")]
    #[serde(skip_serializing_if = "Option::is_none")]
    lease_reads: Option<bool>,
    #[prost(uint64, optional, tag = "8")]
    #[serde(skip_serializing_if = "Option::is_none")]
    network_latency_us: Option<u64>,
    #[prost(uint64, optional, tag = "9")]
    #[serde(skip_serializing_if = "Option::is_none")]
    network_jitter_us: Option<u64>,
    #[prost(uint64, optional, tag = "10")]
    #[serde(skip_serializing_if = "Option::is_none")]
    client_latency_us: Option<u64>,
    #[prost(uint64, optional, tag = "11")]
    #[serde(skip_serializing_if = "Option::is_none")]
    client_jitter_us: Option<u64>,
    #[prost(uint64, optional, tag = "12")]
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_sync_us: Option<u64>,
    #[prost(uint64, optional, tag = "13")]
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_jitter_us: Option<u64>,
    #[prost(uint64, optional, tag = "14")]
    #[serde(skip_serializing_if = "Option::is_none")]
    client_timeout_us: Option<u64>,
    #[prost(uint64, optional, tag = "15")]
    #[serde(skip_serializing_if = "Option::is_none")]
    request_timeout_us: Option<u64>,
    /// The names of the rules of Raft that are switched off.
    #[prost(string, repeated, tag = "16")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules_off: Vec<String>,
    #[prost(uint64, optional, tag = "17")]
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_drift_permille: Option<u64>,
    #[prost(uint64, optional, tag = "18")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_bytes_per_message: Option<u64>,
    #[prost(uint64, optional, tag = "19")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_inflight_messages: Option<u64>,
    #[prost(uint64, optional, tag = "20")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_inflight_bytes: Option<u64>,
    #[prost(uint64, optional, tag = "21")]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_uncommitted_bytes: Option<u64>,
    #[prost(bool, optional, tag = "22")]
    #[serde(skip_serializing_if = "Option::is_none")]
    forward_proposals: Option<bool>,
    #[prost(uint64, optional, tag = "23")]
    #[serde(skip_serializing_if = "Option::is_none")]
    compaction_tail: Option<u64>,
    #[prost(uint64, optional, tag = "24")]
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_write_us: Option<u64>,
    #[prost(uint64, optional, tag = "25")]
    #[serde(skip_serializing_if = "Option::is_none")]
    network_loss_ppm: Option<u64>,
    #[prost(uint64, optional, tag = "26")]
    #[serde(skip_serializing_if = "Option::is_none")]
    network_duplicate_ppm: Option<u64>,
    #[prost(uint64, optional, tag = "27")]
    #[serde(skip_serializing_if = "Option::is_none")]
    client_loss_ppm: Option<u64>,
    #[prost(uint64, optional, tag = "28")]
    #[serde(skip_serializing_if = "Option::is_none")]
    client_duplicate_ppm: Option<u64>,
    #[prost(uint64, optional, tag = "29")]
    #[serde(skip_serializing_if = "Option::is_none")]
    compaction_distance: Option<u64>,
    #[prost(bool, optional, tag = "30")]
    #[serde(skip_serializing_if = "Option::is_none")]
    as_etcd: Option<bool>,
    #[prost(uint64, optional, tag = "31")]
    #[serde(skip_serializing_if = "Option::is_none")]
    quota_bytes: Option<u64>,
}

/// Makes new options of two by a function of each pair of fields.
macro_rules! combine {
    ($first:expr, $second:expr, $combine:ident) => {
        combine!($first, $second, $combine:
            members, election_timeout_ms, election_timeout_max_ms, heartbeat_interval_ms,
            pre_vote, check_quorum, lease_reads, network_latency_us, network_jitter_us,
            client_latency_us, client_jitter_us, disk_sync_us, disk_jitter_us,
            client_timeout_us, request_timeout_us, clock_drift_permille,
            max_bytes_per_message, max_inflight_messages, max_inflight_bytes,
            max_uncommitted_bytes, forward_proposals, compaction_tail, disk_write_us,
            network_loss_ppm, network_duplicate_ppm, client_loss_ppm, client_duplicate_ppm,
            compaction_distance, as_etcd, quota_bytes)
    };
    ($first:expr, $second:expr, $combine:ident: $($field:ident),*) => {
        WireOptions {
            $($field: $combine($first.$field, $second.$field),)*
            rules_off: $first.rules_off,
        }
    };
}

/// The defaults of format version 1. They never change.
fn defaults() -> WireOptions {
    WireOptions {
        members: Some(5),
        election_timeout_ms: Some(150),
        election_timeout_max_ms: Some(300),
        heartbeat_interval_ms: Some(50),
        pre_vote: Some(true),
        check_quorum: Some(true),
        lease_reads: Some(false),
        network_latency_us: Some(9_000),
        network_jitter_us: Some(3_000),
        client_latency_us: Some(4_000),
        client_jitter_us: Some(1_000),
        disk_sync_us: Some(3_000),
        disk_jitter_us: Some(2_000),
        client_timeout_us: Some(1_500_000),
        request_timeout_us: Some(2_100_000),
        rules_off: Vec::new(),
        clock_drift_permille: Some(100),
        max_bytes_per_message: Some(512 * 1024),
        max_inflight_messages: Some(512),
        max_inflight_bytes: Some(u64::MAX),
        max_uncommitted_bytes: Some(64 * 1024 * 1024),
        forward_proposals: Some(true),
        compaction_tail: Some(5000),
        disk_write_us: Some(1_000),
        network_loss_ppm: Some(0),
        network_duplicate_ppm: Some(0),
        client_loss_ppm: Some(0),
        client_duplicate_ppm: Some(0),
        compaction_distance: Some(10_000),
        as_etcd: Some(false),
        quota_bytes: Some(0),
    }
}

impl From<&WorldOptions> for WireOptions {
    fn from(options: &WorldOptions) -> WireOptions {
        fn unless_default<T: PartialEq>(value: Option<T>, default: Option<T>) -> Option<T> {
            (value != default).then_some(value).flatten()
        }
        combine!(every(options), defaults(), unless_default)
    }
}

/// All options, defaults or not.
fn every(options: &WorldOptions) -> WireOptions {
    let raft = &options.raft;
    let rules_off = raft.rules.switched_off();
    WireOptions {
        members: Some(options.members as u64),
        election_timeout_ms: Some(raft.election_timeout),
        election_timeout_max_ms: Some(raft.election_timeout_max),
        heartbeat_interval_ms: Some(raft.heartbeat_interval),
        pre_vote: Some(raft.pre_vote),
        check_quorum: Some(raft.check_quorum),
        lease_reads: Some(raft.read_mode == ReadMode::LeaseBased),
        network_latency_us: Some(options.network.latency_us),
        network_jitter_us: Some(options.network.jitter_us),
        client_latency_us: Some(options.client_network.latency_us),
        client_jitter_us: Some(options.client_network.jitter_us),
        disk_sync_us: Some(options.disk.sync_us),
        disk_jitter_us: Some(options.disk.jitter_us),
        client_timeout_us: Some(options.client_timeout_us),
        request_timeout_us: Some(options.request_timeout_us),
        rules_off: rules_off.map(|rule| rule.info().name.to_owned()).collect(),
        clock_drift_permille: Some(raft.clock_drift_permille),
        max_bytes_per_message: Some(raft.max_bytes_per_message),
        max_inflight_messages: Some(raft.max_inflight_messages as u64),
        max_inflight_bytes: Some(raft.max_inflight_bytes),
        max_uncommitted_bytes: Some(raft.max_uncommitted_bytes),
        forward_proposals: Some(raft.forward_proposals),
        compaction_tail: Some(raft.compaction_tail),
        disk_write_us: Some(options.disk.write_us),
        network_loss_ppm: Some(options.network.loss_ppm.into()),
        network_duplicate_ppm: Some(options.network.duplicate_ppm.into()),
        client_loss_ppm: Some(options.client_network.loss_ppm.into()),
        client_duplicate_ppm: Some(options.client_network.duplicate_ppm.into()),
        compaction_distance: Some(raft.compaction_distance),
        as_etcd: Some(options.as_etcd),
        quota_bytes: Some(options.quota_bytes),
    }
}

impl TryFrom<WireOptions> for WorldOptions {
    type Error = OpenError;

    fn try_from(options: WireOptions) -> Result<WorldOptions, OpenError> {
        fn or_default<T>(value: Option<T>, default: Option<T>) -> Option<T> {
            value.or(default)
        }
        let o = combine!(options, defaults(), or_default);
        let mut rules = Rules::all();
        for name in &o.rules_off {
            rules = rules.without(Rule::by_name(name).ok_or(OpenError::Unknown)?);
        }
        Ok(WorldOptions {
            members: size(o.members(), "the number of members")?,
            raft: Options {
                election_timeout: o.election_timeout_ms(),
                election_timeout_max: o.election_timeout_max_ms(),
                heartbeat_interval: o.heartbeat_interval_ms(),
                pre_vote: o.pre_vote(),
                check_quorum: o.check_quorum(),
                read_mode: if o.lease_reads() {
                    ReadMode::LeaseBased
                } else {
                    ReadMode::Safe
                },
                clock_drift_permille: o.clock_drift_permille(),
                max_bytes_per_message: o.max_bytes_per_message(),
                max_inflight_messages: size(o.max_inflight_messages(), "max_inflight_messages")?,
                max_inflight_bytes: o.max_inflight_bytes(),
                max_uncommitted_bytes: o.max_uncommitted_bytes(),
                forward_proposals: o.forward_proposals(),
                compaction_distance: o.compaction_distance(),
                compaction_tail: o.compaction_tail(),
                rules,
            },
            network: LinkOptions {
                latency_us: o.network_latency_us(),
                jitter_us: o.network_jitter_us(),
                loss_ppm: share(o.network_loss_ppm())?,
                duplicate_ppm: share(o.network_duplicate_ppm())?,
            },
            client_network: LinkOptions {
                latency_us: o.client_latency_us(),
                jitter_us: o.client_jitter_us(),
                loss_ppm: share(o.client_loss_ppm())?,
                duplicate_ppm: share(o.client_duplicate_ppm())?,
            },
            disk: DiskOptions {
                write_us: o.disk_write_us(),
                sync_us: o.disk_sync_us(),
                jitter_us: o.disk_jitter_us(),
            },
            client_timeout_us: o.client_timeout_us(),
            request_timeout_us: o.request_timeout_us(),
            as_etcd: o.as_etcd(),
            quota_bytes: o.quota_bytes(),
        })
    }
}

/// A number of things that a machine of any width can count.
fn size(value: u64, what: &'static str) -> Result<usize, OpenError> {
    let small = u32::try_from(value).map_err(|_| OpenError::Value(what))?;
    usize::try_from(small).map_err(|_| OpenError::Value(what))
}

/// A share of messages, in parts per million.
fn share(value: u64) -> Result<u32, OpenError> {
    u32::try_from(value).map_err(|_| OpenError::Value("a share of messages"))
}
