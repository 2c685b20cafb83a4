//! Three members do what a cluster is for.

use crate::cluster::*;
use quorum::raft::*;

#[test]
fn three_members_elect_a_leader_by_time_alone() {
    let mut cluster = Cluster::new(3, options());
    cluster.tick(25);
    let leader = cluster.leader().expect("somebody leads");
    for number in 1..=3 {
        assert_eq!(cluster.node(number).leader(), Some(leader));
        assert_eq!(cluster.node(number).commit_index(), Index(1));
    }
}

#[test]
fn three_members_replicate_what_a_client_writes() {
    let mut cluster = Cluster::new(3, options());
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.propose(2, "b");
    cluster.stabilize();
    for number in 1..=3 {
        assert_eq!(cluster.commands(number), ["a", "b"]);
        assert_eq!(cluster.node(number).stored_index(), Index(3));
    }
}

#[test]
fn another_member_takes_over_when_the_leader_crashes_and_nothing_is_lost() {
    let mut cluster = Cluster::new(3, options());
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.stabilize();
    cluster.crash(1);
    cluster.tick(45);
    let leader = cluster.leader().expect("somebody leads").0;
    assert_ne!(leader, 1);
    cluster.propose(leader, "b");
    cluster.stabilize();
    cluster.restart(1);
    cluster.tick(2);
    for number in 1..=3 {
        assert_eq!(cluster.commands(number), ["a", "b"]);
    }
}

#[test]
fn reads_are_answered_at_the_leader_and_through_a_follower() {
    let mut cluster = Cluster::new(3, options());
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.stabilize();
    cluster.node(1).read_index(7).expect("a leader");
    cluster.node(3).read_index(8).expect("a leader is known");
    cluster.stabilize();
    let read = |node, id, index| ReadState {
        read: ReadContext { node, id },
        index: Index(index),
    };
    assert_eq!(cluster.member(1).reads, [read(id(1), 7, 2)]);
    assert_eq!(cluster.member(3).reads, [read(id(3), 8, 2)]);
}

#[test]
fn a_single_member_leads_itself() {
    let mut cluster = Cluster::new(1, options());
    cluster.tick(20);
    assert_eq!(cluster.leader(), Some(id(1)));
    cluster.propose(1, "a");
    cluster.node(1).read_index(1).expect("a leader");
    cluster.stabilize();
    assert_eq!(cluster.commands(1), ["a"]);
    assert_eq!(cluster.member(1).reads.len(), 1);
}
