//! Options as numbered fields. Only what differs from the defaults of the format is written; those
//! never change, whatever the defaults of the program become.

use super::coder::Coder;
use super::error::OpenError;
use crate::cluster::WorldOptions;
use crate::raft::ReadMode;
use crate::raft::rules::{Rule, Rules};

/// The options of a world, with the defaults of format version 1. They never change.
pub(super) fn options(coder: &mut Coder<'_>, options: &mut WorldOptions) {
    let WorldOptions {
        members,
        raft,
        network,
        client_network,
        disk,
        client_timeout_us,
        request_timeout_us,
        client_retries,
        as_etcd,
        quota_bytes,
        edition,
    } = options;
    *members = coder.size(5, 1, *members, "the number of members");
    coder.unless(150, 2, &mut raft.election_timeout);
    coder.unless(300, 3, &mut raft.election_timeout_max);
    coder.unless(50, 4, &mut raft.heartbeat_interval);
    coder.flag(true, 5, &mut raft.pre_vote);
    coder.flag(true, 6, &mut raft.check_quorum);
    let mut leases = raft.read_mode == ReadMode::LeaseBased;
    coder.flag(false, 7, &mut leases);
    raft.read_mode = if leases {
        ReadMode::LeaseBased
    } else {
        ReadMode::Safe
    };
    coder.unless(9_000, 8, &mut network.latency_us);
    coder.unless(3_000, 9, &mut network.jitter_us);
    coder.unless(4_000, 10, &mut client_network.latency_us);
    coder.unless(1_000, 11, &mut client_network.jitter_us);
    coder.unless(3_000, 12, &mut disk.sync_us);
    coder.unless(2_000, 13, &mut disk.jitter_us);
    coder.unless(1_500_000, 14, client_timeout_us);
    coder.unless(2_100_000, 15, request_timeout_us);
    rules(coder, 16, &mut raft.rules);
    coder.unless(100, 17, &mut raft.clock_drift_permille);
    coder.unless(512 * 1024, 18, &mut raft.max_bytes_per_message);
    let inflight = &mut raft.max_inflight_messages;
    *inflight = coder.size(512, 19, *inflight, "max_inflight_messages");
    coder.unless(u64::MAX, 20, &mut raft.max_inflight_bytes);
    coder.unless(64 * 1024 * 1024, 21, &mut raft.max_uncommitted_bytes);
    coder.flag(true, 22, &mut raft.forward_proposals);
    coder.unless(5_000, 23, &mut raft.compaction_tail);
    coder.unless(1_000, 24, &mut disk.write_us);
    coder.share(25, &mut network.loss_ppm);
    coder.share(26, &mut network.duplicate_ppm);
    coder.share(27, &mut client_network.loss_ppm);
    coder.share(28, &mut client_network.duplicate_ppm);
    coder.unless(10_000, 29, &mut raft.compaction_distance);
    coder.flag(false, 30, as_etcd);
    coder.unless(0, 31, quota_bytes);
    coder.flag(false, 32, client_retries);
    coder.unless(0, 33, edition);
}

/// The names of the rules of Raft that are switched off.
fn rules(coder: &mut Coder<'_>, field: u32, rules: &mut Rules) {
    if !coder.reads() {
        for rule in rules.switched_off() {
            coder.text(field, &mut rule.info().name.to_owned());
        }
        return;
    }
    *rules = Rules::all();
    while coder.choice(0) == field {
        let mut name = String::new();
        coder.text(field, &mut name);
        match Rule::by_name(&name) {
            Some(rule) => *rules = rules.without(rule),
            None => return coder.fail(OpenError::Unknown),
        }
    }
}
