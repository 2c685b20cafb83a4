//! Processes and clocks.

use crate::support::*;
use quorum::cluster::{Action, ActionError, Fact, LossReason, WaitReason};
use quorum::raft::{Event, NodeId, Role, RoleReason};
use quorum::sim::{ClockRate, SimTime};
use quorum::timeline::Session;
use quorum::view;

fn pause(session: &mut Session, member: NodeId) {
    act(session, Action::Pause { member });
}

#[test]
fn a_paused_process_does_nothing_and_its_disk_goes_on() {
    let mut session = cluster(5, 21);
    let (l, f) = (leader(&session), followers(&session)[0]);
    put(&mut session, l, "joe");
    while member(&session, f).disk().unsynced() == 0 {
        assert!(session.step());
    }
    pause(&mut session, f);
    assert_eq!(
        refusal(&mut session, Action::Pause { member: f }),
        ActionError::IsPaused(f)
    );
    // What happened at this moment happened before the pause.
    let since = session.now().after(1);
    session.advance(SECOND);
    let mut synced = 0;
    for (_, fact) in facts_since(&session, since) {
        match fact {
            Fact::Sent { from, .. } | Fact::Delivered { to: from, .. } => {
                assert_ne!(from, between(f, l).0);
            }
            Fact::Learned { member, .. } => assert_ne!(member, f),
            Fact::Synced { member, .. } if member == f => synced += 1,
            _ => {}
        }
    }
    assert_eq!(synced, 1, "the disk has not stopped");
    assert_eq!(role(&session, f), Some(Role::Follower), "no timer ran out");
    let shown = &view::frame(&session).members[f.0 as usize - 1];
    assert!(shown.machine.paused && shown.machine.inbox > 10);
    assert_eq!((shown.note, &shown.timer), ("paused", &None));
}

#[test]
fn after_a_pause_the_clock_has_jumped_before_what_waits_is_read() {
    let mut session = cluster(5, 22);
    let f = followers(&session)[0];
    pause(&mut session, f);
    session.advance(2 * SECOND);
    let waiting = member(&session, f).server().unwrap().waiting();
    let resumed = session.now();
    act(&mut session, Action::Resume { member: f });
    session.advance(1);
    let facts = facts_since(&session, resumed);
    let campaigns = facts.iter().position(|(_, fact)| {
        matches!(fact, Fact::Learned { member, event: Event::RoleChanged { reason: RoleReason::ElectionTimeout, .. } } if *member == f)
    });
    let reads = facts
        .iter()
        .position(|(_, fact)| matches!(fact, Fact::Delivered { to, .. } if *to == between(f, f).0));
    assert!(
        campaigns.unwrap() < reads.unwrap(),
        "its timer ran out first"
    );
    let read = facts.iter().filter(|(time, fact)| {
        *time == resumed && matches!(fact, Fact::Delivered { to, .. } if *to == between(f, f).0)
    });
    assert!(read.count() * 2 > waiting, "then it takes in what waited");
    assert_eq!(member(&session, f).server().unwrap().waiting(), 0);
    refusal(&mut session, Action::Resume { member: f });
}

#[test]
fn a_paused_leader_is_replaced_and_believes_in_itself_until_it_goes_on() {
    let mut session = cluster(5, 23);
    let old = leader(&session);
    pause(&mut session, old);
    session.advance(3 * SECOND);
    assert_eq!(role(&session, old), Some(Role::Leader));
    let new = leader(&session);
    assert_ne!(new, old);
    act(&mut session, Action::Resume { member: old });
    session.advance(SECOND);
    assert_eq!(role(&session, old), Some(Role::Follower));
    assert_eq!(term(&session, old), term(&session, leader(&session)));
}

#[test]
fn what_waits_for_a_paused_process_is_lost_when_it_crashes() {
    let mut session = cluster(3, 24);
    let f = followers(&session)[0];
    pause(&mut session, f);
    session.advance(300 * MS);
    let waiting = member(&session, f).server().unwrap().waiting();
    assert!(waiting > 1);
    let since = session.now();
    act(&mut session, Action::Crash { member: f });
    let lost = facts_since(&session, since).into_iter().filter(|(_, fact)| {
        matches!(fact, Fact::Lost { reason: LossReason::ReceiverCrashed, to, .. } if *to == between(f, f).0)
    });
    assert_eq!(lost.count(), waiting);
    act(&mut session, Action::Restart { member: f });
    assert!(!member(&session, f).settings().paused, "a new process");
}

#[test]
fn a_slow_process_takes_in_one_thing_after_the_other() {
    let mut session = cluster(3, 25);
    let f = followers(&session)[0];
    let delay_us = 30 * MS;
    act(
        &mut session,
        Action::SlowDown {
            member: f,
            delay_us,
        },
    );
    let since = session.now();
    session.advance(SECOND);
    let mut last = SimTime::ZERO;
    let (mut taken, mut waited) = (0, 0);
    for (time, fact) in facts_since(&session, since) {
        match fact {
            Fact::Delivered { to, .. } if to == between(f, f).0 => {
                assert!(time.since(last) >= delay_us, "not two at a time");
                last = time;
                taken += 1;
            }
            Fact::Waiting { to, reason, .. } if to == between(f, f).0 => {
                assert_eq!(reason, WaitReason::Busy);
                waited += 1;
            }
            _ => {}
        }
    }
    assert!(taken > 5 && waited >= taken, "{taken} of {waited}");
    act(
        &mut session,
        Action::SlowDown {
            member: f,
            delay_us: 0,
        },
    );
    session.advance(SECOND);
    assert_eq!(member(&session, f).server().unwrap().waiting(), 0);
}

/// How often the leader's clock makes it send heartbeats to one follower in ten seconds.
fn heartbeats(session: &mut Session) -> usize {
    let ends = between(leader(session), followers(session)[0]);
    let since = session.now();
    session.advance(10 * SECOND);
    let (arrived, _) = count(session, since, ends, LossReason::Cut);
    arrived
}

#[test]
fn timers_run_by_the_members_own_clock() {
    for (ppm, expected) in [(0, 195..=205), (1_000_000, 390..=410), (-500_000, 95..=105)] {
        let mut session = cluster(3, 26);
        let l = leader(&session);
        act(
            &mut session,
            Action::SetClockRate {
                member: l,
                rate: ClockRate(ppm),
            },
        );
        let beats = heartbeats(&mut session);
        assert!(expected.contains(&beats), "{ppm} ppm: {beats}");
        let shown = &view::frame(&session).members[l.0 as usize - 1].machine;
        assert_eq!(shown.clock_rate_ppm, ppm);
        let drift = i64::from(ppm) * 10;
        assert_eq!(shown.clock_offset_us, drift);
    }
    let mut session = cluster(3, 26);
    let l = leader(&session);
    refusal(
        &mut session,
        Action::SetClockRate {
            member: l,
            rate: ClockRate(-1_000_000),
        },
    );
}

#[test]
fn a_clock_that_is_set_forward_runs_timers_out_and_back_stops_them() {
    let mut session = cluster(3, 27);
    let f = followers(&session)[0];
    let since = session.now();
    act(
        &mut session,
        Action::JumpClock {
            member: f,
            by_us: SECOND as i64,
        },
    );
    let at_once = facts_since(&session, since).into_iter().any(|(time, fact)| {
        time == since
            && matches!(fact, Fact::Learned { member, event: Event::RoleChanged { reason: RoleReason::ElectionTimeout, .. } } if member == f)
    });
    assert!(at_once);
    let mut session = cluster(3, 27);
    let l = leader(&session);
    act(
        &mut session,
        Action::JumpClock {
            member: l,
            by_us: -2 * SECOND as i64,
        },
    );
    session.advance(SECOND);
    assert_ne!(leader(&session), l, "it has sent no heartbeat");
    refusal(
        &mut session,
        Action::JumpClock {
            member: l,
            by_us: i64::MIN,
        },
    );
}

#[test]
fn impossible_things_to_processes_are_refused() {
    let mut session = cluster(3, 28);
    let f = followers(&session)[0];
    act(&mut session, Action::Crash { member: f });
    for action in [
        Action::Pause { member: f },
        Action::Resume { member: f },
        Action::TimeOutNow { member: f },
        Action::TearWrite { member: f },
    ] {
        assert_eq!(refusal(&mut session, action), ActionError::NotRunning(f));
    }
    refusal(
        &mut session,
        Action::SlowDown {
            member: f,
            delay_us: u64::MAX,
        },
    );
    let l = leader(&session);
    pause(&mut session, l);
    let other = followers(&session).into_iter().find(|id| *id != f);
    let other = other.unwrap_or(l);
    pause_if_running(&mut session, other);
    assert_eq!(
        refusal(&mut session, Action::TimeOutNow { member: other }),
        ActionError::IsPaused(other)
    );
}

fn pause_if_running(session: &mut Session, member: NodeId) {
    if !session.world().member(member).unwrap().settings().paused {
        pause(session, member);
    }
}
