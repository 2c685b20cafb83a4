//! For every rule: what its table says goes wrong does go wrong when it is switched off, and does
//! not while it is on.

use crate::cluster::*;
use ::quorum::raft::rules::{Rule, Rules};
use ::quorum::raft::*;
use bytes::Bytes;
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

// Elections.

fn two_halves_elect(options: Options) -> bool {
    let mut cluster = Cluster::new(4, options);
    cluster.isolate(&[1, 2]);
    cluster.node(1).campaign();
    cluster.node(3).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 3)
}

fn two_candidates_ask_one_voter(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cut_both(&mut cluster, 1, 2);
    cluster.node(1).campaign();
    cluster.node(2).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 2)
}

fn voter_crashes_after_its_answer(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cut_both(&mut cluster, 1, 2);
    cluster.node(1).campaign();
    cluster.process_ready(id(1));
    cluster.sync_one(id(1));
    cluster.process_ready(id(1));
    while cluster.deliver_one() {}
    // The vote is given, and whatever member 3 says now is said before its disk is done.
    cluster.process_ready(id(3));
    while cluster.deliver_one() {}
    cluster.process_ready(id(1));
    cluster.network.clear();
    cluster.restart(3);
    cluster.node(2).campaign();
    cluster.cut.insert((id(1), id(3)));
    cluster.stabilize();
    lead_together(&mut cluster, 1, 2)
}

fn late_votes_arrive(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.node(1).campaign();
    let is_answer = |e: &Envelope| matches!(e.message, Message::VoteResponse { .. });
    let late = settle_with(&mut cluster, |e| !is_answer(e));
    cluster.isolate(&[1]);
    cluster.node(1).campaign();
    cluster.node(2).campaign();
    cluster.stabilize();
    for envelope in late {
        cluster.node(1).step(envelope);
    }
    lead_together(&mut cluster, 1, 2)
}

fn member_without_the_entry_wins(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[3]);
    cluster.propose(1, "committed");
    cluster.stabilize();
    cluster.heal();
    cluster.crash(1);
    cluster.node(3).campaign();
    cluster.stabilize();
    leads(&mut cluster, 3)
}

fn deposed_leader_goes_on(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    cluster.elect(2);
    cluster.heal();
    cluster.tick(1);
    leads(&mut cluster, 1)
}

fn nobody_ever_wins(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.tick(300);
    cluster.leader().is_none()
}

fn returning_member_deposes(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[3]);
    cluster.tick(50);
    cluster.heal();
    cluster.tick(1);
    cluster.node(2).term() > Term(1) || !leads(&mut cluster, 1)
}

fn deaf_member_deposes(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.cut.insert((id(1), id(3)));
    cluster.cut.insert((id(3), id(1)));
    cluster.tick(25);
    !leads(&mut cluster, 1)
}

fn lonely_leader_stays(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    cluster.tick(20);
    leads(&mut cluster, 1)
}

// Replication.

fn figure_8(options: Options) -> bool {
    let options = Options {
        rules: options.rules.without(Rule::NoopAtStart),
        ..options
    };
    let mut cluster = Cluster::empty();
    for (number, log) in [&[1, 2][..], &[1, 2], &[1], &[1], &[1, 3]]
        .iter()
        .enumerate()
    {
        with_log(&mut cluster, number as u64 + 1, log, 5, &options);
    }
    for number in 1..=5 {
        cluster.member(number).disk.hard_state.term = Term(3);
        cluster.restart(number);
    }
    cluster.isolate(&[4, 5]);
    cluster.elect(1);
    let committed = cluster.node(1).commit_index() >= Index(2);
    cluster.heal();
    cluster.crash(1);
    cluster.node(5).campaign();
    cluster.stabilize();
    cluster.node(5).campaign();
    cluster.stabilize();
    committed && leads(&mut cluster, 5)
}

fn entries_attach_to_others(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    with_log(&mut cluster, 1, &[1, 2], 2, &options);
    with_log(&mut cluster, 2, &[1, 1], 2, &options);
    cluster.elect(1);
    let same = |c: &mut Cluster, index| {
        c.node(1).entry(Index(index)).cloned() == c.node(2).entry(Index(index)).cloned()
    };
    same(&mut cluster, 3) && !same(&mut cluster, 2)
}

fn late_append_cuts_off(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1, 2]);
    cluster.propose(1, "a");
    cluster.process_ready(id(1));
    let late: Vec<Envelope> = cluster.network.iter().cloned().collect();
    cluster.propose(1, "b");
    // The followers' answers are lost, so nothing is committed.
    settle_with(&mut cluster, is_append);
    let before = cluster.node(2).last_index();
    for envelope in late.into_iter().filter(|e| e.to == id(2)) {
        cluster.node(2).step(envelope);
    }
    cluster.node(2).last_index() < before
}

fn append(prev: (u64, u64), entries: &[Entry], commit: u64, term: u64) -> Envelope {
    Envelope {
        from: id(1),
        to: id(2),
        term: Some(Term(term)),
        message: Message::AppendRequest {
            prev_index: Index(prev.0),
            prev_term: Term(prev.1),
            entries: Arc::from(entries),
            commit: Index(commit),
        },
    }
}

fn leftovers_are_committed(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    with_log(&mut cluster, 2, &[1, 1, 1], 3, &options);
    // The leader probes at index 1, while its own log is committed up to 3.
    cluster.node(2).step(append((1, 1), &[], 3, 2));
    cluster.node(2).commit_index() > Index(1)
}

fn heartbeat_commits_leftovers(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    with_log(&mut cluster, 1, &[1, 2], 3, &options);
    with_log(&mut cluster, 2, &[1, 1], 3, &options);
    with_log(&mut cluster, 3, &[1, 2], 3, &options);
    cluster.isolate(&[2]);
    cluster.elect(1);
    cluster.heal();
    cluster.node(1).tick(1);
    settle_with(&mut cluster, |e| !is_append(e));
    cluster.node(2).commit_index() > Index(1)
}

fn late_heartbeat_moves_commit_back(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.node(1).tick(1);
    cluster.process_ready(id(1));
    let late: Vec<Envelope> = cluster.network.iter().cloned().collect();
    cluster.propose(1, "a");
    cluster.stabilize();
    let before = cluster.node(2).commit_index();
    for envelope in late.into_iter().filter(|e| e.to == id(2)) {
        cluster.node(2).step(envelope);
    }
    cluster.node(2).commit_index() < before
}

fn late_answer_moves_match_back(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.crash(3);
    cluster.propose(1, "a");
    // Member 2 stores the entry and says so, before the leader's own disk is done.
    cluster.process_ready(id(1));
    while cluster.deliver_one() {}
    cluster.process_ready(id(2));
    while cluster.sync_one(id(2)) {}
    while cluster.deliver_one() {}
    let late = Message::AppendAccepted {
        match_index: Index(1),
    };
    cluster.node(1).step(Envelope {
        from: id(2),
        to: id(1),
        term: Some(Term(1)),
        message: late,
    });
    cluster.crash(2);
    while cluster.sync_one(id(1)) {}
    // A majority stores the entry and has told the leader. Nobody else can tell it again.
    cluster.stabilize();
    cluster.node(1).commit_index() < Index(2)
}

fn learners_commit(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    let conf = ConfState {
        learners: vec![id(3), id(4)],
        ..ConfState::voters([id(1), id(2)])
    };
    for number in 1..=4 {
        cluster.add(id(number), options.clone(), Stored::new(conf.clone()));
    }
    cluster.elect(1);
    cluster.crash(2);
    cluster.propose(1, "a");
    cluster.stabilize();
    cluster.node(1).commit_index() >= Index(2)
}

fn acknowledged_entry_is_lost(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.auto_sync = false;
    cluster.propose(1, "a");
    cluster.stabilize();
    let committed = cluster.node(1).commit_index() >= Index(2);
    for number in 1..=3 {
        cluster.restart(number);
    }
    committed && (1..=3).all(|number| cluster.node(number).last_index() < Index(2))
}

fn applied_beyond_the_disk(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.auto_sync = false;
    cluster.stabilize();
    cluster.sync_one(id(2));
    cluster.sync_one(id(3));
    cluster.stabilize();
    assert_eq!(cluster.node(1).commit_index(), Index(2));
    cluster.node(1).applied_index() > cluster.node(1).stored_index()
}

fn old_entries_stay_uncommitted(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    for number in 1..=3 {
        with_log(&mut cluster, number, &[1, 1], 3, &options);
    }
    cluster.elect(1);
    cluster.tick(20);
    cluster.node(1).commit_index() < Index(2)
}

fn late_snapshot_moves_back(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.stabilize();
    let snapshot = Snapshot {
        index: Index(1),
        term: Term(1),
        conf: ConfState::voters((1..=3).map(NodeId)),
        data: Image::default(),
    };
    cluster.node(2).step(Envelope {
        from: id(1),
        to: id(2),
        term: Some(Term(1)),
        message: Message::SnapshotRequest {
            snapshot: Arc::new(snapshot),
        },
    });
    cluster.node(2).commit_index() < Index(2)
}

// Reads.

fn new_leader_reads_the_past(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.process_ready(id(1));
    // Everybody stores the entry, only the leader learns that it is committed.
    while cluster.deliver_one() {}
    for number in 1..=3 {
        cluster.process_ready(id(number));
        while cluster.sync_one(id(number)) {}
    }
    while cluster.deliver_one() {}
    assert_eq!(cluster.node(1).commit_index(), Index(2));
    cluster.crash(1);
    cluster.network.clear();
    cluster.node(2).campaign();
    settle_with(&mut cluster, |e| !is_append(e));
    assert!(leads(&mut cluster, 2));
    cluster.node(2).read_index(7).expect("a leader");
    settle_with(&mut cluster, |e| !is_append(e));
    answered_before(&mut cluster, 2, 7, 2)
}

fn deposed_leader_reads_the_past(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    cluster.elect(2);
    cluster.node(1).read_index(7).expect("it thinks so");
    cluster.stabilize();
    answered_before(&mut cluster, 1, 7, 2)
}

/// Member 1 leads, and everybody has just confirmed it.
fn with_lease(options: Options) -> Cluster {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.tick(1);
    cluster.node(1).read_index(1).expect("a leader");
    cluster.process_ready(id(1));
    assert_eq!(cluster.member(1).reads.len(), 1, "the lease works");
    cluster
}

fn leader_reads_after_its_lease(options: Options) -> bool {
    let mut cluster = with_lease(options);
    cluster.isolate(&[1]);
    cluster.tick(9);
    // The others' clocks are a little faster.
    cluster.node(2).tick(20);
    cluster.node(3).tick(1);
    cluster.stabilize();
    assert!(leads(&mut cluster, 2) && leads(&mut cluster, 1));
    cluster.node(1).read_index(7).expect("it thinks so");
    cluster.stabilize();
    answered_before(&mut cluster, 1, 7, 2)
}

fn leader_reads_after_a_transfer(options: Options) -> bool {
    let mut cluster = with_lease(options);
    cluster.node(1).transfer_leader(id(2));
    let is_order = |e: &Envelope| matches!(e.message, Message::TimeoutNow);
    let late = settle_with(&mut cluster, |e| !is_order(e));
    cluster.tick(10);
    assert_eq!(cluster.node(1).transfer_target(), None);
    cluster.isolate(&[1]);
    for envelope in late {
        cluster.node(2).step(envelope);
    }
    cluster.stabilize();
    assert!(leads(&mut cluster, 2) && leads(&mut cluster, 1));
    cluster.node(1).read_index(7).expect("it thinks so");
    cluster.stabilize();
    answered_before(&mut cluster, 1, 7, 2)
}

fn restarted_voter_breaks_a_lease(options: Options) -> bool {
    let mut cluster = with_lease(options);
    // Member 2 hears nothing, while member 3 keeps the lease alive.
    cut_both(&mut cluster, 1, 2);
    cluster.tick(9);
    cluster.isolate(&[1]);
    cluster.restart(3);
    cluster.node(2).tick(20);
    cluster.stabilize();
    cluster.node(1).read_index(7).expect("it thinks so");
    cluster.stabilize();
    leads(&mut cluster, 2) && answered_before(&mut cluster, 1, 7, 2)
}

// Membership.

fn add(number: u64) -> ConfChange {
    ConfChange::single(ConfChangeStep::AddVoter(id(number)))
}

fn remove(number: u64) -> ConfChange {
    ConfChange::single(ConfChangeStep::Remove(id(number)))
}

/// Voters 1 to 3, and 4 and 5 that know the cluster and are no members yet.
fn with_two_more(options: &Options, voters: u64) -> Cluster {
    let mut cluster = Cluster::new(voters, options.clone());
    for number in voters + 1..=5 {
        let conf = ConfState::voters((1..=voters).map(NodeId));
        cluster.add(id(number), options.clone(), Stored::new(conf));
    }
    cluster
}

fn two_changes_at_once(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(3);
    // Member 1 stores the changes and does not learn that they are committed.
    cluster.isolate(&[2]);
    let _ = cluster.node(3).propose_conf_change(add(4));
    let _ = cluster.node(3).propose_conf_change(add(5));
    cluster.process_ready(id(3));
    while cluster.deliver_one() {}
    cluster.heal();
    cluster.isolate(&[3, 4, 5]);
    cluster.process_ready(id(1));
    while cluster.sync_one(id(1)) {}
    for envelope in std::mem::take(&mut cluster.network) {
        cluster.node(3).step(envelope);
    }
    cluster.stabilize();
    cluster.node(1).campaign();
    cluster.node(4).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 1, 4)
}

fn change_before_own_commit(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 4);
    cluster.elect(1);
    cluster.isolate(&[1, 5]);
    let _ = cluster.node(1).propose_conf_change(add(5));
    cluster.stabilize();
    cluster.node(2).campaign();
    settle_with(&mut cluster, |e| !is_append(e));
    assert!(leads(&mut cluster, 2));
    let _ = cluster.node(2).propose_conf_change(remove(1));
    cluster.heal();
    cluster.isolate(&[2, 3]);
    cluster.node(2).tick(1);
    cluster.stabilize();
    let committed = cluster.node(2).commit_index();
    let kept = cluster.node(2).entry(committed).cloned();
    cluster.heal();
    cluster.isolate(&[1, 4, 5]);
    for _ in 0..2 {
        cluster.node(1).campaign();
        cluster.stabilize();
    }
    leads(&mut cluster, 1) && cluster.node(1).entry(committed).cloned() != kept
}

fn joint_halves_elect(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(1);
    cluster.isolate(&[3]);
    let steps = [add(4), add(5), remove(2), remove(3)];
    let change = ConfChange {
        transition: Transition::JointExplicit,
        changes: steps
            .into_iter()
            .flat_map(|change| change.changes)
            .collect(),
        context: Bytes::new(),
    };
    cluster.node(1).propose_conf_change(change).expect("valid");
    // Member 2 stores the change and does not learn that it is committed.
    cluster.process_ready(id(1));
    while cluster.deliver_one() {}
    cluster.process_ready(id(2));
    while cluster.sync_one(id(2)) {}
    for envelope in std::mem::take(&mut cluster.network) {
        cluster.node(1).step(envelope);
    }
    cluster.heal();
    cluster.isolate(&[2, 3]);
    cluster.stabilize();
    cluster.tick(1);
    assert!(cluster.node(4).conf().is_joint());
    cluster.node(2).campaign();
    cluster.node(4).campaign();
    cluster.stabilize();
    lead_together(&mut cluster, 2, 4)
}

fn truncated_change_stays(options: Options) -> bool {
    let mut cluster = Cluster::new(3, options);
    cluster.elect(1);
    cluster.isolate(&[1]);
    let _ = cluster.node(1).propose_conf_change(remove(3));
    cluster.stabilize();
    cluster.elect(2);
    cluster.heal();
    cluster.tick(2);
    assert_eq!(cluster.terms(1), cluster.terms(2));
    cluster.node(1).conf().clone() != cluster.node(2).conf().clone()
}

fn candidate_has_not_applied(options: Options) -> bool {
    let mut cluster = with_two_more(&options, 3);
    cluster.elect(1);
    // Members 4 and 5 are added, one after the other. Member 2 hears all of it and carries out nothing.
    let prompt = [1, 3, 4, 5];
    for change in [add(4), add(5)] {
        cluster.node(1).propose_conf_change(change).expect("valid");
        settle_only(&mut cluster, &prompt);
    }
    assert_eq!(cluster.node(2).commit_index(), Index(3));
    assert_eq!(cluster.node(4).conf().voters.len(), 5);
    cluster.heal();
    cluster.isolate(&[2, 3]);
    // Its disk keeps up; its state machine does not.
    cluster.node(2).campaign();
    write_without_applying(&mut cluster, 2);
    settle_only(&mut cluster, &[3]);
    write_without_applying(&mut cluster, 2);
    assert_eq!(cluster.node(2).conf().voters.len(), 3);
    cluster.node(4).campaign();
    settle_only(&mut cluster, &[1, 4, 5]);
    lead_together(&mut cluster, 2, 4)
}

/// Everything happens at these members; the others only receive.
fn settle_only(cluster: &mut Cluster, numbers: &[u64]) {
    for _ in 0..100 {
        for number in numbers {
            cluster.process_ready(id(*number));
            while cluster.sync_one(id(*number)) {}
        }
        while cluster.deliver_one() {}
    }
}

/// The member stores and sends what it has to, but applies nothing.
fn write_without_applying(cluster: &mut Cluster, number: u64) {
    while cluster.node(number).has_ready() {
        let ready = cluster.node(number).ready();
        cluster.network.extend(ready.messages);
        cluster.member(number).writes.extend(ready.write);
        while cluster.sync_one(id(number)) {}
    }
}
