//! What can be asked about the present moment.

use super::case::Case;
use super::{Topic, why};
use crate::cluster::{Fact, Member, Outcome, Server};
use crate::raft::{Ballot, Index, Role};
use crate::timeline::Session;
use crate::view::frame::Span;

/// A question that makes sense now.
#[derive(Clone, PartialEq, Debug)]
pub struct Offer {
    /// What it is about.
    pub topic: Topic,
    /// The question in words.
    pub question: Vec<Span>,
}

/// How many of the latest operations are asked about.
const OPERATIONS: usize = 4;

/// What can be asked about the present moment, what matters most first.
pub fn offers(session: &Session) -> Vec<Offer> {
    let case = Case::new(session);
    let mut topics = Vec::new();
    topics.extend(violation(&case));
    let failed = |member: &Member| member.failure().map(|_| Topic::Start(member.id()));
    topics.extend(case.world.members().filter_map(failed));
    topics.push(Topic::Leader);
    topics.extend(votes(&case));
    topics.extend(entry(&case));
    topics.extend(operations(session));
    topics
        .into_iter()
        .map(|topic| Offer {
            topic,
            question: why(session, topic).question,
        })
        .collect()
}

/// The latest violation.
fn violation(case: &Case) -> Option<Topic> {
    if !case.session.checker().is_violated() {
        return None;
    }
    let found = case.last(&|fact| matches!(fact, Fact::Violated(_)))?;
    Some(Topic::Violation(found.step))
}

/// The votes that the candidates of now have not got.
fn votes(case: &Case) -> Vec<Topic> {
    let nodes = case
        .world
        .members()
        .filter_map(Member::server)
        .map(Server::node);
    let candidates = nodes.filter_map(|node| match node.role() {
        Role::PreCandidate => Some((node, node.term().next(), true)),
        Role::Candidate => Some((node, node.term(), false)),
        _ => None,
    });
    candidates
        .flat_map(|(node, term, pre)| {
            let open = node.ballots().into_iter();
            open.filter(move |(voter, ballot)| {
                *voter != node.id() && *ballot != Some(Ballot::Granted)
            })
            .map(move |(voter, _)| Topic::Vote {
                candidate: node.id(),
                voter,
                term,
                pre,
            })
        })
        .collect()
}

/// The first entry that is not committed, else the last one that is.
fn entry(case: &Case) -> Option<Topic> {
    let world = case.world;
    let node = world.leader().or_else(|| {
        let running = world.members().filter(|member| member.server().is_some());
        running.max_by_key(|member| member.server().map(|server| server.node().last_index()))
    })?;
    let node = node.server()?.node();
    let open = node.commit_index().next();
    let index: Index = open.min(node.last_index());
    let term = node.term_at(index)?;
    (index > Index(0)).then_some(Topic::Entry(index, term))
}

/// The latest operations that wait, failed, or were answered.
fn operations(session: &Session) -> Vec<Topic> {
    let operations = session.operations();
    let from = operations.len().saturating_sub(OPERATIONS);
    let latest = (from..operations.len())
        .rev()
        .filter_map(|i| operations.get(i));
    latest
        .filter(|operation| {
            !matches!(operation.returned, Some((_, Outcome::Answered(_))))
                || !operation.call.is_write()
        })
        .map(|operation| Topic::Operation(operation.id))
        .collect()
}
