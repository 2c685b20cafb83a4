//! What the driver of a node relies on: how time passes, and what it is told.

use crate::cluster::*;
use crate::solo::*;
use ::quorum::raft::*;

#[test]
fn a_sleeper_wakes_up_late_and_once() {
    // A follower that slept campaigns once.
    let mut solo = member(&[]);
    solo.tick(1_000_000);
    assert_eq!(solo.node.term(), Term(1));
    // A leader that slept sends one round of heartbeats, and checks its quorum once.
    let mut solo = member(&[]);
    solo.lead();
    assert_eq!(solo.tick(1_000_000).len(), 2);
    solo.tick(0);
    assert_eq!(solo.node.ticks_until_timer(), Some(1));
}

#[test]
fn many_ticks_at_once_are_single_ticks_up_to_the_next_timer() {
    for seed in 0..20 {
        let rng = rand_pcg::Pcg32::new(seed, 1);
        let disk = disk(&[], ConfState::voters((1..=3).map(NodeId)));
        let mut one = Node::new(id(1), options(), disk, rng).expect("valid");
        let mut other = one.clone();
        for _ in 0..5 {
            let ticks = one.ticks_until_timer().expect("running");
            one.tick(ticks);
            for _ in 0..ticks {
                assert_ne!(other.ticks_until_timer(), None);
                other.tick(1);
            }
            assert_eq!(one.ready(), other.ready());
            assert_eq!(one.election_timer(), other.election_timer());
        }
    }
}

#[test]
fn a_leader_has_timers_for_heartbeats_and_checks_only() {
    let far = |check_quorum| Options {
        heartbeat_interval: 9,
        check_quorum,
        pre_vote: false,
        ..options()
    };
    let mut solo = member_with(&[], far(false));
    solo.lead();
    assert_eq!(solo.node.election_timer(), None);
    assert_eq!(solo.node.ticks_until_timer(), Some(9));
    solo.tick(9);
    assert_eq!(solo.node.ticks_until_timer(), Some(9));
    let mut solo = member_with(&[], far(true));
    solo.lead();
    solo.tick(9);
    assert_eq!(solo.node.ticks_until_timer(), Some(1));
}

#[test]
fn has_ready_tells_whether_ready_brings_something() {
    let mut solo = member(&[]);
    assert!(solo.node.has_ready(), "the start is an event");
    assert_eq!(solo.node.ready().events.len(), 1);
    assert!(!solo.node.has_ready());
    assert_eq!(solo.node.ready(), Ready::default());
    solo.lead();
    assert!(!solo.node.has_ready());
    solo.propose("x");
    solo.node.read_index(1).expect("a leader");
    solo.flush();
    solo.hear(2, 1, accepted(2));
    assert!(!solo.node.has_ready());
    solo.node.read_index(1).expect("a leader");
    assert!(solo.node.has_ready(), "a round is due");
}

#[test]
fn the_driver_is_told_role_and_leader_when_they_change() {
    let mut solo = member(&[]);
    solo.node.ready();
    solo.step(2, Some(1), heartbeat(0));
    let leader = Some(id(2));
    let role = Role::Follower;
    assert_eq!(
        solo.node.ready().soft_state,
        Some(SoftState { role, leader })
    );
    solo.step(2, Some(1), heartbeat(0));
    assert_eq!(solo.node.ready().soft_state, None);
    assert_eq!(solo.node.soft_state(), SoftState { role, leader });
}
