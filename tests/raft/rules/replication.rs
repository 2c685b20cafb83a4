//! What goes wrong with entries and snapshots.

use super::*;

pub fn figure_8(options: Options) -> bool {
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

pub fn entries_attach_to_others(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    with_log(&mut cluster, 1, &[1, 2], 2, &options);
    with_log(&mut cluster, 2, &[1, 1], 2, &options);
    cluster.elect(1);
    let same = |c: &mut Cluster, index| {
        c.node(1).entry(Index(index)).cloned() == c.node(2).entry(Index(index)).cloned()
    };
    same(&mut cluster, 3) && !same(&mut cluster, 2)
}

pub fn late_append_cuts_off(options: Options) -> bool {
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

pub fn leftovers_are_committed(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    with_log(&mut cluster, 2, &[1, 1, 1], 3, &options);
    // The leader probes at index 1, while its own log is committed up to 3.
    cluster.node(2).step(append((1, 1), &[], 3, 2));
    cluster.node(2).commit_index() > Index(1)
}

pub fn heartbeat_commits_leftovers(options: Options) -> bool {
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

pub fn late_heartbeat_moves_commit_back(options: Options) -> bool {
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

pub fn late_answer_moves_match_back(options: Options) -> bool {
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

pub fn learners_commit(options: Options) -> bool {
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

pub fn acknowledged_entry_is_lost(options: Options) -> bool {
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

pub fn applied_beyond_the_disk(options: Options) -> bool {
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

pub fn old_entries_stay_uncommitted(options: Options) -> bool {
    let mut cluster = Cluster::empty();
    for number in 1..=3 {
        with_log(&mut cluster, number, &[1, 1], 3, &options);
    }
    cluster.elect(1);
    cluster.tick(20);
    cluster.node(1).commit_index() < Index(2)
}

pub fn late_snapshot_moves_back(options: Options) -> bool {
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
