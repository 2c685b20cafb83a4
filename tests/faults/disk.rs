//! Disks.

use crate::support::*;
use quorum::cluster::{Action, ActionError, Fact};
use quorum::raft::{Index, NodeId};
use quorum::sim::{DiskOptions, SimTime};
use quorum::timeline::Session;
use quorum::view;

/// A cluster with an entry that everybody has, and one more write that the follower's disk is
/// given and has not synced.
fn writing() -> (Session, NodeId) {
    let mut session = cluster(3, 11);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let write = put(&mut session, l, "joe");
    session.advance(SECOND);
    assert!(answered(&session, write));
    put(&mut session, l, "john");
    while member(&session, f).disk().unsynced() == 0 {
        assert!(session.step());
    }
    (session, f)
}

fn durable(session: &Session, id: NodeId) -> Index {
    let entries = &member(session, id).stored().entries;
    entries.last().map_or(Index(0), |entry| entry.index)
}

fn restart(session: &mut Session, id: NodeId) {
    act(session, Action::Restart { member: id });
}

#[test]
fn reading_the_log_gives_what_is_durable() {
    let (mut session, _) = writing();
    for _ in 0..100 {
        for member in session.world().members() {
            assert_eq!(member.read_disk().as_ref(), Ok(member.stored()));
        }
        session.step();
    }
}

#[test]
fn a_crash_loses_what_is_written_and_not_synced() {
    for torn in [false, true] {
        let (mut session, f) = writing();
        let before = durable(&session, f);
        session.advance(MS);
        assert_eq!(member(&session, f).disk().written(session.now()), 1);
        act(
            &mut session,
            match torn {
                true => Action::TearWrite { member: f },
                false => Action::Crash { member: f },
            },
        );
        assert_eq!(durable(&session, f), before);
        let crashed = session.now();
        restart(&mut session, f);
        let repaired = |(_, fact): &(SimTime, Fact)| matches!(fact, Fact::Repaired { .. });
        assert_eq!(facts_since(&session, crashed).iter().any(repaired), torn);
        let log = member(&session, f).server().unwrap().node();
        assert_eq!(log.last_index(), before, "as the disk said");
        session.advance(SECOND);
        assert_eq!(value(&session, f).as_deref(), Some("john"), "caught up");
    }
}

#[test]
fn only_a_write_can_be_torn() {
    let mut session = cluster(3, 11);
    let f = followers(&session)[0];
    assert_eq!(
        refusal(&mut session, Action::TearWrite { member: f }),
        ActionError::NothingWritten(f)
    );
}

#[test]
fn a_damaged_record_makes_the_member_refuse_to_start() {
    for back in [0, 1, 2] {
        let (mut session, f) = writing();
        act(&mut session, Action::DamageDisk { member: f, back });
        session.advance(SECOND);
        assert_eq!(value(&session, f).as_deref(), Some("john"), "unnoticed");
        act(&mut session, Action::Crash { member: f });
        restart(&mut session, f);
        let failure = member(&session, f).failure().expect("it refuses");
        assert!(
            failure.starts_with("failed to read WAL, cannot be repaired: walpb: crc mismatch"),
            "{failure}"
        );
        let shown = &view::frame(&session).members[f.0 as usize - 1];
        assert_eq!(shown.role, view::RoleView::Crashed);
        assert_eq!(shown.note, "refuses to start");
        assert_eq!(shown.machine.failure.as_deref(), Some(failure));
        restart(&mut session, f);
        assert!(member(&session, f).server().is_none(), "again and again");
    }
}

#[test]
fn a_record_that_is_not_there_cannot_be_damaged() {
    let (mut session, f) = writing();
    let records = member(&session, f).disk().durable().len();
    let damage = |back| Action::DamageDisk { member: f, back };
    assert_eq!(
        refusal(&mut session, damage(records)),
        ActionError::NoSuchRecord { member: f, records }
    );
    act(&mut session, damage(records - 1));
}

#[test]
fn a_wiped_member_knows_nothing_of_what_it_promised() {
    let (mut session, f) = writing();
    session.advance(SECOND);
    let wipe = Action::WipeDisk { member: f };
    assert_eq!(
        refusal(&mut session, wipe.clone()),
        ActionError::DiskInUse(f)
    );
    act(&mut session, Action::Crash { member: f });
    act(&mut session, wipe.clone());
    assert_eq!(refusal(&mut session, wipe), ActionError::DiskIsEmpty(f));
    restart(&mut session, f);
    let node = member(&session, f).server().unwrap().node();
    assert_eq!((node.last_index(), node.vote()), (Index(0), None));
    assert_eq!(
        node.term().0,
        0,
        "it may vote again in terms in which it voted"
    );
}

#[test]
fn a_disk_that_stands_still_holds_up_every_promise() {
    let (mut session, f) = writing();
    let l = leader(&session);
    let other = followers(&session)[1];
    let before = durable(&session, f);
    for id in [f, other] {
        act(&mut session, Action::StallDisk { member: id });
    }
    let write = put(&mut session, l, "jane");
    let since = session.now();
    session.advance(SECOND);
    assert!(!answered(&session, write), "no majority has it durable");
    assert_eq!(durable(&session, f), before);
    assert_eq!(
        refusal(&mut session, Action::StallDisk { member: f }),
        ActionError::DiskStalled(f)
    );
    let shown = &view::frame(&session).members[f.0 as usize - 1].machine;
    assert!(shown.disk_stalled && shown.unsynced > 0);
    assert_eq!(shown.remarks, ["disk stands still"]);
    act(&mut session, Action::ResumeDisk { member: f });
    session.advance(200 * MS);
    assert!(answered(&session, write));
    let synced = facts_since(&session, since)
        .into_iter()
        .filter(|(_, fact)| matches!(fact, Fact::Synced { member, .. } if *member == other));
    assert_eq!(synced.count(), 0, "the other one still stands still");
    refusal(&mut session, Action::ResumeDisk { member: f });
}

#[test]
fn a_disk_takes_as_long_as_it_is_set_to() {
    let mut session = cluster(3, 12);
    let (l, f) = (leader(&session), followers(&session)[0]);
    let disk = DiskOptions {
        write_us: 5 * MS,
        sync_us: 70 * MS,
        jitter_us: 0,
    };
    act(&mut session, Action::SetDisk { member: f, disk });
    let since = session.now();
    put(&mut session, l, "joe");
    session.advance(SECOND);
    let wrote = facts_since(&session, since)
        .into_iter()
        .find_map(|(time, fact)| match fact {
            Fact::Wrote {
                member,
                written_at,
                synced_at,
                ..
            } if member == f => Some((written_at.since(time), synced_at.since(time), synced_at)),
            _ => None,
        });
    let (written, synced, at) = wrote.expect("it wrote");
    assert_eq!((written, synced), (5 * MS, 75 * MS));
    let durable = facts_since(&session, at).into_iter().any(|(time, fact)| {
        time == at && matches!(fact, Fact::Synced { member, .. } if member == f)
    });
    assert!(durable, "then, and not before");
    let too_slow = DiskOptions {
        sync_us: u64::MAX,
        ..disk
    };
    refusal(
        &mut session,
        Action::SetDisk {
            member: f,
            disk: too_slow,
        },
    );
}
