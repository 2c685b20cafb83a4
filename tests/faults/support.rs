//! Short words for what the tests do and look at.

use quorum::cluster::{
    Action, ActionError, Address, ClientId, Fact, LossReason, Member, OperationId, Outcome,
    WorldOptions,
};
use quorum::kv::Request;
use quorum::raft::{NodeId, Role};
use quorum::sim::{FlightId, SimTime};
use quorum::timeline::Session;

pub const MS: u64 = 1_000;
pub const SECOND: u64 = 1_000_000;

pub fn cluster(members: usize, seed: u64) -> Session {
    let mut session = Session::new(WorldOptions::with_members(members), seed).unwrap();
    session.advance(SECOND);
    assert!(session.world().leader().is_some(), "there is a leader");
    session
}

pub fn act(session: &mut Session, action: Action) {
    session.act(action).expect("it is possible");
}

pub fn refusal(session: &mut Session, action: Action) -> ActionError {
    let before = (session.steps(), session.now());
    let error = session.act(action).expect_err("it is impossible");
    assert!(error.to_string().len() > 10, "{error}");
    assert_eq!((session.steps(), session.now()), before);
    error
}

pub fn leader(session: &Session) -> NodeId {
    session.world().leader().expect("there is a leader").id()
}

/// The members that do not lead, in order.
pub fn followers(session: &Session) -> Vec<NodeId> {
    let leader = leader(session);
    let ids = session.world().members().map(Member::id);
    ids.filter(|id| *id != leader).collect()
}

pub fn member(session: &Session, id: NodeId) -> &Member {
    session.world().member(id).expect("there is such a member")
}

pub fn role(session: &Session, id: NodeId) -> Option<Role> {
    Some(member(session, id).server()?.node().role())
}

pub fn term(session: &Session, id: NodeId) -> u64 {
    member(session, id).server().unwrap().node().term().0
}

pub fn put(session: &mut Session, through: NodeId, value: &'static str) -> OperationId {
    act(
        session,
        Action::Request {
            client: ClientId(0),
            member: through,
            request: Request::put("name", value),
        },
    );
    OperationId(session.operations().len() as u64)
}

pub fn answered(session: &Session, id: OperationId) -> bool {
    let operation = &session.operations()[id.0 as usize - 1];
    matches!(operation.returned, Some((_, Outcome::Answered(_))))
}

pub fn value(session: &Session, id: NodeId) -> Option<String> {
    let store = member(session, id).server()?.store();
    let kv = store.get(b"name")?;
    Some(String::from_utf8_lossy(&kv.value).into_owned())
}

/// The facts from this moment on.
pub fn facts_since(session: &Session, since: SimTime) -> Vec<(SimTime, Fact)> {
    let facts = session.trace().iter().filter(|event| event.time >= since);
    facts
        .map(|event| (event.time, event.fact.clone()))
        .collect()
}

pub fn between(one: NodeId, other: NodeId) -> (Address, Address) {
    (Address::Member(one), Address::Member(other))
}

/// Of the messages sent from one to the other since then: how many were delivered, and how many
/// were lost for this reason.
pub fn count(
    session: &Session,
    since: SimTime,
    ends: (Address, Address),
    why: LossReason,
) -> (usize, usize) {
    let mut counts = (0, 0);
    for (_, fact) in facts_since(session, since) {
        match fact {
            Fact::Delivered { from, to, sent, .. } if (from, to) == ends && sent >= since => {
                counts.0 += 1;
            }
            Fact::Lost {
                from,
                to,
                sent,
                reason,
                ..
            } if (from, to) == ends && sent >= since && reason == why => counts.1 += 1,
            _ => {}
        }
    }
    counts
}

/// Lets events happen until a message from one to the other is on its way.
pub fn next_flight(session: &mut Session, ends: (Address, Address)) -> FlightId {
    for _ in 0..10_000 {
        let flight = session
            .world()
            .flights()
            .find(|(_, flight)| (flight.from, flight.to) == ends && flight.held.is_none())
            .map(|(id, _)| id);
        match flight {
            Some(id) => return id,
            None => assert!(session.step()),
        }
    }
    panic!("nothing is ever sent");
}

/// When a message was delivered, if it was.
pub fn delivered(session: &Session, id: FlightId) -> Option<SimTime> {
    let facts = facts_since(session, SimTime::ZERO);
    facts.into_iter().find_map(|(time, fact)| match fact {
        Fact::Delivered { flight, .. } if flight == id => Some(time),
        _ => None,
    })
}

/// Why a message was lost, if it was.
pub fn lost(session: &Session, id: FlightId) -> Option<LossReason> {
    let facts = facts_since(session, SimTime::ZERO);
    facts.into_iter().find_map(|(_, fact)| match fact {
        Fact::Lost { flight, reason, .. } if flight == id => Some(reason),
        _ => None,
    })
}
