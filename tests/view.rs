//! What the page shows of a run.

use quorum::cluster::{Action, ClientId, WorldOptions};
use quorum::kv::Request;
use quorum::raft::NodeId;
use quorum::timeline::Session;
use quorum::view::{
    BallotView, CellState, Frame, MessageShape, OutcomeView, RoleView, frame, outlook, plain,
};

const SECOND: u64 = 1_000_000;

fn session(members: usize, seed: u64) -> Session {
    Session::new(WorldOptions::with_members(members), seed).unwrap()
}

fn elected(members: usize, seed: u64) -> (Session, NodeId) {
    let mut session = session(members, seed);
    session.advance(SECOND);
    let leader = session.world().leader().unwrap().id();
    (session, leader)
}

/// Steps until the frame is as wanted.
fn step_until(session: &mut Session, what: &str, wanted: impl Fn(&Frame) -> bool) -> Frame {
    for _ in 0..2_000 {
        let frame = frame(session);
        if wanted(&frame) {
            return frame;
        }
        assert!(session.step());
    }
    panic!("never seen: {what}");
}

fn put(session: &mut Session, member: NodeId) {
    let request = Request::put("name", "joe");
    session
        .act(Action::Request {
            client: ClientId(0),
            member,
            request,
        })
        .unwrap();
}

fn said(session: &mut Session, sentence: &str) {
    step_until(session, sentence, |frame| {
        plain(&frame.sentence) == sentence
    });
}

#[test]
fn what_is_foreseen_happens_and_the_session_stays_where_it_is() {
    let mut session = session(3, 7);
    let before = (session.position(), session.trace_hash());
    let outlook = outlook(&session, SECOND);
    assert_eq!((session.position(), session.trace_hash()), before);
    assert!(outlook.flights.len() > 10);
    let ids: Vec<_> = outlook.flights.iter().map(|flight| flight.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "each once: {ids:?}");
    let mut coming = outlook.flights.iter();
    let mut next = coming.next();
    while let Some(flight) = next {
        assert!(session.step() && session.now().0 <= SECOND);
        let sent = frame(&session).flights;
        while next.is_some_and(|next| sent.contains(next)) {
            next = coming.next();
        }
        if session.now() > flight.sent {
            assert_ne!(next, Some(flight), "sent at its time");
        }
    }
    assert!(outlook.turn.is_some_and(|turn| turn < session.now()));
}

#[test]
fn of_the_past_its_own_future_is_foreseen() {
    let (mut session, leader) = elected(3, 7);
    let start = session.now();
    session.advance(1_000);
    put(&mut session, leader);
    session.advance(SECOND);
    session.seek(start);
    let flights = outlook(&session, 10_000).flights;
    assert!(flights.iter().any(|flight| flight.label.contains("put")));
}

#[test]
fn before_the_first_election_everybody_waits_for_the_shortest_timer() {
    let session = session(5, 1);
    let frame = frame(&session);
    let first = frame
        .members
        .iter()
        .min_by_key(|member| member.timer.expect("followers have timers").fires)
        .unwrap();
    assert_eq!(
        plain(&frame.sentence),
        format!(
            "No leader: {} will be the first whose election timer runs out",
            first.name
        )
    );
    assert_eq!(frame.vitals.leader, None);
    assert!(frame.members.iter().all(|m| m.note == "follower"));
}

#[test]
fn all_timers_are_drawn_on_one_scale_and_none_is_longer_than_the_circle() {
    for seed in 0..20 {
        let frame = frame(&session(9, seed));
        for member in &frame.members {
            let timer = member.timer.unwrap();
            assert_eq!(timer.scale_us, 300_000);
            let length = timer.fires.since(timer.started);
            assert!((150_000..=300_000).contains(&length), "{length}");
        }
    }
}

#[test]
fn a_candidate_shows_one_ballot_per_voter_as_the_answers_come_in() {
    let mut session = session(3, 1);
    let candidate = |frame: &Frame| {
        let found = |m: &&quorum::view::MemberView| m.role == RoleView::Candidate;
        frame.members.iter().find(found).cloned()
    };
    let asked = step_until(&mut session, "a candidate", |f| candidate(f).is_some());
    let ballots = candidate(&asked).unwrap().ballots;
    assert_eq!(ballots.len(), 3);
    assert!(
        ballots.iter().all(|(_, b)| *b != BallotView::Granted),
        "its own is not durable yet"
    );
    step_until(&mut session, "a vote that came in", |frame| {
        candidate(frame).is_some_and(|c| c.ballots.iter().any(|(_, b)| *b == BallotView::Granted))
    });
}

#[test]
fn late_answers_about_pre_votes_are_no_votes_in_flight() {
    let mut session = session(5, 7);
    let fresh = step_until(&mut session, "a candidate", |frame| {
        frame.members.iter().any(|m| m.role == RoleView::Candidate)
    });
    let is_candidate = |m: &&quorum::view::MemberView| m.role == RoleView::Candidate;
    let candidate = fresh.members.iter().find(is_candidate).unwrap();
    let late = fresh
        .flights
        .iter()
        .any(|flight| flight.label == "✓ pre-vote");
    assert!(late, "an answer about the pre-vote is still on its way");
    let others = candidate
        .ballots
        .iter()
        .filter(|(id, _)| *id != candidate.id);
    // It writes its own vote to its disk before it asks anybody.
    assert!(
        others
            .clone()
            .all(|(_, ballot)| *ballot == BallotView::NotAsked)
    );
}

#[test]
fn logs_of_the_same_length_agree_only_if_they_end_alike() {
    let (mut session, old) = elected(5, 7);
    let fellow = NodeId(old.0 % 5 + 1);
    let groups = vec![vec![old, fellow]];
    session.act(Action::Partition { groups }).unwrap();
    put(&mut session, old);
    session.advance(3 * SECOND);
    let new = session.world().leader().unwrap().id();
    let sentence = plain(&frame(&session).sentence);
    assert_eq!(
        sentence,
        format!("infra{new} leads term 2. 2 members do not have all of its log")
    );
}

#[test]
fn heartbeats_do_not_bury_what_happened() {
    let (mut session, _) = elected(3, 1);
    session.advance(5 * SECOND);
    let told = frame(&session).recent;
    assert!(!told.is_empty());
    assert!(
        told.iter()
            .all(|event| !plain(&event.sentence).contains("heartbeat"))
    );
}

#[test]
fn an_entry_is_written_then_stored_then_committed_on_the_leader() {
    let (mut session, leader) = elected(5, 1);
    put(&mut session, leader);
    let cell = |frame: &Frame, member: NodeId| {
        let cells = &frame.log.rows[member.0 as usize - 1].cells;
        cells.get(1).map(|cell| (cell.state, cell.label.clone()))
    };
    for state in [CellState::Unsynced, CellState::Stored, CellState::Committed] {
        let frame = step_until(&mut session, "the entry", |frame| {
            cell(frame, leader).is_some_and(|cell| cell.0 == state)
        });
        assert_eq!(cell(&frame, leader).unwrap().1, "name=joe");
        if state != CellState::Committed {
            let others = frame.log.rows.iter().filter(|row| row.member != leader);
            assert!(
                others
                    .clone()
                    .all(|row| row.cells[1].state != CellState::Committed)
            );
        }
    }
    session.advance(SECOND);
    let frame = frame(&session);
    assert!((1..=5).all(|id| cell(&frame, NodeId(id)).unwrap().0 == CellState::Committed));
    assert!(
        frame
            .members
            .iter()
            .all(|m| m.keys[0].value == "joe" && m.revision == 2)
    );
}

#[test]
fn the_sentence_tells_the_life_of_a_write() {
    let (mut session, leader) = elected(3, 1);
    let follower = NodeId(if leader == NodeId(1) { 2 } else { 1 });
    let name = |id: NodeId| format!("infra{id}");
    put(&mut session, follower);
    said(
        &mut session,
        &format!("client A sends put name joe to {}", name(follower)),
    );
    said(
        &mut session,
        &format!("{} appends entry 2 to its log", name(leader)),
    );
    said(
        &mut session,
        &format!(
            "{} hears from {}: append entry 2, committed up to 1 (term 1)",
            name(follower),
            name(leader)
        ),
    );
    said(
        &mut session,
        &format!(
            "{} commits entry 2: a majority of 3 has stored it",
            name(leader)
        ),
    );
    said(&mut session, "client A gets its answer: OK");
    said(
        &mut session,
        &format!(
            "{} leads term 1. All logs agree up to entry 2",
            name(leader)
        ),
    );
}

#[test]
fn vitals_count_how_many_more_may_fail() {
    let (mut session, leader) = elected(5, 1);
    assert_eq!(frame(&session).vitals.can_lose(), Some(2));
    assert_eq!(frame(&session).vitals.leader, Some(leader));
    let others: Vec<NodeId> = (1..=5).map(NodeId).filter(|id| *id != leader).collect();
    for (crashed, left) in others.iter().zip([Some(1), Some(0), None]) {
        session.act(Action::Crash { member: *crashed }).unwrap();
        assert_eq!(frame(&session).vitals.can_lose(), left);
    }
    let frame = frame(&session);
    let crashed = &frame.members[others[0].0 as usize - 1];
    assert_eq!((crashed.role, crashed.note), (RoleView::Crashed, "crashed"));
    assert!(crashed.timer.is_none());
}

#[test]
fn a_cut_is_seen_as_groups_and_as_lost_messages() {
    let (mut session, leader) = elected(5, 1);
    assert_eq!(frame(&session).groups.len(), 1);
    let other = NodeId(if leader == NodeId(1) { 2 } else { 1 });
    let mut small = vec![leader, other];
    small.sort();
    session
        .act(Action::Partition {
            groups: vec![small.clone()],
        })
        .unwrap();
    assert_eq!(frame(&session).groups[1], small);
    assert!(plain(&frame(&session).sentence).starts_with("The network is cut: "));
    let lost = step_until(&mut session, "a lost message", |frame| {
        !frame.losses.is_empty()
    });
    assert_eq!(lost.losses[0].reason, "cut");
    // A write after a heartbeat, on the same way.
    put(&mut session, leader);
    let twice = step_until(&mut session, "two lost on one way", |frame| {
        let way = |place: usize| {
            (
                frame.losses[place].flight.from,
                frame.losses[place].flight.to,
            )
        };
        let last = frame.losses.len().saturating_sub(1);
        (0..last).any(|place| way(place) == way(last))
    });
    let mut named = std::collections::BTreeSet::new();
    for loss in twice.losses.iter().rev() {
        let first = named.insert(format!("{:?} {:?}", loss.flight.from, loss.flight.to));
        let name = &loss.flight.label;
        assert_eq!(
            !name.is_empty(),
            first,
            "only the latest of a way is named: {name}"
        );
    }
    let two = step_until(&mut session, "two leaders", |frame| {
        frame
            .members
            .iter()
            .filter(|m| m.role == RoleView::Leader)
            .count()
            == 2
            || frame.members[leader.0 as usize - 1].role != RoleView::Leader
    });
    let old = &two.members[leader.0 as usize - 1];
    assert!(old.role != RoleView::Leader || old.note == "still believes it leads");
}

#[test]
fn a_write_without_an_answer_has_an_unknown_outcome_and_a_read_has_not() {
    let (mut session, _) = elected(3, 1);
    for id in [1, 2, 3] {
        session.act(Action::Crash { member: NodeId(id) }).unwrap();
    }
    put(&mut session, NodeId(1));
    let request = Request::get("name", false);
    let client = ClientId(1);
    let member = NodeId(2);
    session
        .act(Action::Request {
            client,
            member,
            request,
        })
        .unwrap();
    let outcomes = |frame: &Frame| -> Vec<OutcomeView> {
        let operations = frame.clients.iter().filter_map(|c| c.operation.clone());
        operations.map(|operation| operation.outcome).collect()
    };
    assert_eq!(
        outcomes(&frame(&session)),
        [OutcomeView::Pending, OutcomeView::Pending]
    );
    let told = "Error: context deadline exceeded".to_owned();
    step_until(&mut session, "both ended", |frame| {
        outcomes(frame)
            == [
                OutcomeView::Unknown(told.clone()),
                OutcomeView::Failed(told.clone()),
            ]
    });
}

#[test]
fn replies_are_told_apart_from_requests() {
    let mut session = session(3, 1);
    let votes = step_until(&mut session, "a vote on its way", |frame| {
        frame.flights.iter().any(|flight| flight.label == "✓ vote")
    });
    let vote = votes.flights.iter().find(|f| f.label == "✓ vote").unwrap();
    assert_eq!(vote.shape, MessageShape::Granted);
    assert!(vote.sent <= votes.time && votes.time <= vote.arrives);
}
