//! For every rule: what its table says goes wrong does go wrong when it is switched off, and does
//! not while it is on.

mod elections;
mod membership;
mod reads;
mod replication;

use crate::cluster::*;
use ::quorum::raft::rules::{Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;
use elections::*;
use membership::*;
use reads::*;
use replication::*;
use std::sync::Arc;

/// Runs the rule's scenario with these options; whether the property is broken at the end.
fn breaks(rule: Rule, rules: Rules) -> bool {
    let base = Options { rules, ..plain() };
    let lease = Options {
        check_quorum: true,
        read_mode: ReadMode::LeaseBased,
        ..base.clone()
    };
    match rule {
        Rule::MajorityQuorum => two_halves_elect(base),
        Rule::OneVotePerTerm => two_candidates_ask_one_voter(base),
        Rule::DurableVote => voter_crashes_after_its_answer(base),
        Rule::VotesOfOwnTerm => late_votes_arrive(base),
        Rule::UpToDateLog => member_without_the_entry_wins(base),
        Rule::StepDown => deposed_leader_goes_on(base),
        Rule::CommitOwnTerm => figure_8(base),
        Rule::ConsistencyCheck => entries_attach_to_others(base),
        Rule::TruncateOnConflict => late_append_cuts_off(base),
        Rule::CommitWithinMatch => leftovers_are_committed(base),
        Rule::SafeHeartbeatCommit => heartbeat_commits_leftovers(base),
        Rule::MonotonicCommit => late_heartbeat_moves_commit_back(base),
        Rule::MonotonicMatch => late_answer_moves_match_back(base),
        Rule::LearnersDoNotCount => learners_commit(base),
        Rule::DurableAck => acknowledged_entry_is_lost(base),
        Rule::ApplyDurable => applied_beyond_the_disk(base),
        Rule::NoopAtStart => old_entries_stay_uncommitted(base),
        Rule::ReadAfterOwnCommit => new_leader_reads_the_past(base),
        Rule::ReadFreshRound => deposed_leader_reads_the_past(base),
        Rule::BoundedLease => leader_reads_after_its_lease(lease),
        Rule::LeaseEndsOnTransfer => leader_reads_after_a_transfer(lease),
        Rule::RestartedVoterWaits => restarted_voter_breaks_a_lease(lease),
        Rule::OneChangeAtATime => two_changes_at_once(base),
        Rule::ChangeAfterOwnCommit => change_before_own_commit(Options {
            rules: rules.without(Rule::ConfAtApply),
            ..base
        }),
        Rule::JointMajorities => joint_halves_elect(base),
        Rule::ConfAtApply => truncated_change_stays(base),
        Rule::CampaignAfterConf => candidate_has_not_applied(base),
        Rule::SnapshotOnlyNewer => late_snapshot_moves_back(base),
        Rule::RandomTimeouts => nobody_ever_wins(base),
        Rule::PreVote => returning_member_deposes(Options {
            pre_vote: true,
            check_quorum: true,
            ..base
        }),
        Rule::LeaderStickiness => deaf_member_deposes(Options {
            check_quorum: true,
            ..base
        }),
        Rule::CheckQuorum => lonely_leader_stays(Options {
            check_quorum: true,
            ..base
        }),
    }
}

#[test]
fn every_rule_protects_what_it_names() {
    let mut wrong = Vec::new();
    for rule in Rule::ALL {
        if breaks(rule, Rules::all()) {
            wrong.push(format!("{rule:?} is on, and its property is broken"));
        }
        if !breaks(rule, Rules::all().without(rule)) {
            wrong.push(format!("{rule:?} is off, and nothing is broken"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_is_complete_and_can_be_looked_up() {
    for rule in Rule::ALL {
        let info = rule.info();
        assert_eq!(info.rule, rule);
        assert_eq!(Rule::by_name(info.name), Some(rule));
        for text in [info.sentence, info.without] {
            assert!(text.ends_with('.'), "{text}");
        }
        assert!(!info.section.is_empty() && !info.property.is_empty());
        let off = Rules::all().without(rule);
        assert!(!off.on(rule) && !off.all_on() && off != Rules::default());
        assert!(off.switched_off().eq([rule]));
        assert_eq!(format!("{off:?}"), format!("all without [{rule:?}]"));
    }
    assert_eq!(Rule::by_name("no such rule"), None);
    assert_eq!(format!("{:?}", Rules::all()), "all");
    assert!(Rules::all().all_on());
    assert_eq!(Rules::all().switched_off().count(), 0);
}

// What is looked at.

fn leads(cluster: &mut Cluster, number: u64) -> bool {
    cluster.node(number).role() == Role::Leader
}

/// Both lead, in the same term.
fn lead_together(cluster: &mut Cluster, one: u64, other: u64) -> bool {
    leads(cluster, one)
        && leads(cluster, other)
        && cluster.node(one).term() == cluster.node(other).term()
}

/// The member may answer this read, although it misses what is committed at `index`.
fn answered_before(cluster: &mut Cluster, number: u64, read: u64, index: u64) -> bool {
    let reads = &cluster.member(number).reads;
    (reads.iter()).any(|state| state.read.id == read && state.index < Index(index))
}

fn with_log(cluster: &mut Cluster, number: u64, terms: &[u64], voters: u64, options: &Options) {
    let entry = |(place, term): (usize, &u64)| Entry {
        term: Term(*term),
        index: Index(place as u64 + 1),
        payload: Payload::Command(Bytes::from(format!("x{term}"))),
    };
    let mut disk = Stored::new(ConfState::voters((1..=voters).map(NodeId)));
    disk.entries = terms.iter().enumerate().map(entry).collect();
    disk.hard_state.term = Term(terms.last().copied().unwrap_or(0));
    cluster.add(id(number), options.clone(), disk);
}

fn cut_both(cluster: &mut Cluster, one: u64, other: u64) {
    cluster.cut.insert((id(one), id(other)));
    cluster.cut.insert((id(other), id(one)));
}

/// Everything happens, but messages that this refuses to let pass are taken out.
fn settle_with(cluster: &mut Cluster, passes: impl Fn(&Envelope) -> bool) -> Vec<Envelope> {
    let mut kept = Vec::new();
    let ids: Vec<NodeId> = cluster.members.keys().copied().collect();
    for _ in 0..100 {
        for id in &ids {
            cluster.process_ready(*id);
            if cluster.auto_sync {
                while cluster.sync_one(*id) {}
            }
        }
        for envelope in std::mem::take(&mut cluster.network) {
            if passes(&envelope) {
                cluster.deliver(envelope);
            } else {
                kept.push(envelope);
            }
        }
    }
    kept
}

fn is_append(envelope: &Envelope) -> bool {
    matches!(envelope.message, Message::AppendRequest { .. })
}
