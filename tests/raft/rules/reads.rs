//! What goes wrong with reads.

use super::*;

pub fn new_leader_reads_the_past(options: Options) -> bool {
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

pub fn deposed_leader_reads_the_past(options: Options) -> bool {
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

pub fn leader_reads_after_its_lease(options: Options) -> bool {
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

pub fn leader_reads_after_a_transfer(options: Options) -> bool {
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

pub fn restarted_voter_breaks_a_lease(options: Options) -> bool {
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
