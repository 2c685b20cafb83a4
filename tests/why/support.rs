//! Runs to ask about, and what an explanation has to say.

use quorum::cluster::{Action, ClientId, Fact, OperationId, TraceEvent, WorldOptions};
use quorum::kv::Request;
use quorum::raft::rules::{Rule, Rules};
use quorum::raft::{Event, Index, NodeId, Term};
use quorum::timeline::Session;
use quorum::view::plain;
use quorum::view::why::{Topic, Why};

pub const SECOND: u64 = 1_000_000;

pub fn session(members: usize, seed: u64) -> Session {
    Session::new(WorldOptions::with_members(members), seed).unwrap()
}

pub fn modified(members: usize, seed: u64, off: Rule) -> Session {
    let mut options = WorldOptions::with_members(members);
    options.raft.rules = Rules::all().without(off);
    Session::new(options, seed).unwrap()
}

pub fn elected(mut session: Session) -> (Session, NodeId) {
    session.advance(SECOND);
    let leader = session.world().leader().unwrap().id();
    (session, leader)
}

pub fn others(session: &Session, not: &[NodeId]) -> Vec<NodeId> {
    let ids = session.world().members().map(|member| member.id());
    ids.filter(|id| !not.contains(id)).collect()
}

pub fn act(session: &mut Session, action: Action) {
    session.act(action).unwrap();
}

pub fn request(session: &mut Session, member: NodeId, request: Request) -> OperationId {
    let client = ClientId(0);
    act(
        session,
        Action::Request {
            client,
            member,
            request,
        },
    );
    OperationId(session.operations().len() as u64)
}

pub fn put(session: &mut Session, member: NodeId) -> OperationId {
    request(session, member, Request::put("name", "joe"))
}

pub fn get(session: &mut Session, member: NodeId, serializable: bool) -> OperationId {
    request(session, member, Request::get("name", serializable))
}

pub fn until(
    session: &mut Session,
    what: &str,
    wanted: impl Fn(&TraceEvent) -> bool,
) -> TraceEvent {
    for _ in 0..20_000 {
        assert!(session.step(), "nothing happens any more: {what}");
        let step = session.steps();
        let trace = session.trace();
        let mut latest = trace.iter().rev().take_while(|event| event.step == step);
        if let Some(found) = latest.find(|event| wanted(event)) {
            return found.clone();
        }
    }
    panic!("never seen: {what}");
}

pub fn last_entry(session: &Session, member: NodeId) -> (Index, Term) {
    let node = session.world().member(member).unwrap().server().unwrap();
    let last = node.node().last_index();
    (last, node.node().term_at(last).unwrap())
}

pub fn told(why: &Why) -> Vec<String> {
    why.chain
        .iter()
        .map(|reason| plain(&reason.sentence))
        .collect()
}

/// The chain holds this sentence, whose moment is right: something happened in that step.
pub fn tells(session: &Session, why: &Why, sentence: &str) {
    let found = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains(sentence));
    let reason = found.unwrap_or_else(|| panic!("not told: {sentence}\n{:#?}", told(why)));
    if let Some(at) = reason.at {
        let mut facts = session.trace().iter();
        let there = facts.any(|event| event.step == at.step && event.time == at.time);
        assert!(there, "no fact at {at:?}: {sentence}");
    }
}

/// Like [`tells`], and it links to a moment.
pub fn links(session: &Session, why: &Why, sentence: &str) -> u64 {
    tells(session, why, sentence);
    let found = why
        .chain
        .iter()
        .find(|r| plain(&r.sentence).contains(sentence));
    found
        .unwrap()
        .at
        .unwrap_or_else(|| panic!("no moment: {sentence}"))
        .step
}

pub fn ends_in(why: &Why, rule: Rule) {
    let info = rule.info();
    let shown = why.rule.as_ref().expect("a rule");
    assert_eq!(
        (shown.sentence, shown.section),
        (info.sentence, info.section)
    );
}

/// The steps that an explanation leads back to.
pub fn steps(why: &Why) -> Vec<u64> {
    let places = why.chain.iter().filter_map(|reason| reason.at);
    places.map(|at| at.step).collect()
}

/// The vote that was refused by this.
pub fn refused_vote(candidate: NodeId, voter: NodeId, refused: &TraceEvent) -> Topic {
    let Fact::Learned {
        event: Event::VoteRefused { term, pre, .. },
        ..
    } = refused.fact
    else {
        panic!("no vote was refused: {refused:?}");
    };
    Topic::Vote {
        candidate,
        voter,
        term,
        pre,
    }
}
