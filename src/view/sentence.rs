//! The one sentence under the stage: what just happened, or what everybody waits for.

use super::compose::{term_of, voters};
use super::describe::Fill::{Member as Name, Word};
use super::describe::{Words, describe};
use super::frame::{RecentEvent, Span};
use crate::cluster::{Fact, Member, Packet, Server, TraceEvent, World};
use crate::raft::electorate::majority;
use crate::raft::{Ballot, Event, Index, Message, Node, NodeId, Role};
use crate::timeline::Session;
use crate::words::key;

/// How long a major event is the news, in microseconds of virtual time.
const NEWS_US: u64 = 12_000;

/// How many facts a frame tells of.
const RECENT: usize = 60;

/// What just happened, or what everybody waits for.
pub(super) fn sentence(session: &Session) -> Vec<Span> {
    news(session).unwrap_or_else(|| waiting(session.world()))
}

/// The latest facts worth telling, oldest first.
pub(super) fn recent_events(session: &Session) -> Vec<RecentEvent> {
    let term_of = |id| term_of(session.world(), id);
    let trace = session.trace();
    let numbers = (0..trace.len() as u64).rev();
    let mut recent: Vec<RecentEvent> = trace
        .iter()
        .rev()
        .zip(numbers)
        .filter(|(event, _)| !is_routine(&event.fact))
        .filter_map(|(event, number)| {
            let described = describe(event, &term_of)?;
            Some(RecentEvent {
                number,
                time: event.time,
                major: described.major,
                sentence: described.sentence,
            })
        })
        .take(RECENT)
        .collect();
    recent.reverse();
    recent
}

/// What would only bury the rest: every sending (its delivery is told), and heartbeats.
fn is_routine(fact: &Fact) -> bool {
    match fact {
        Fact::Sent { .. } => true,
        Fact::Delivered { packet, .. } | Fact::Lost { packet, .. } => {
            matches!(&**packet, Packet::Raft(envelope) if matches!(
                envelope.message,
                Message::Heartbeat { .. } | Message::HeartbeatResponse { .. }
            ))
        }
        _ => false,
    }
}

/// The first major fact of the latest step that has one, if it is fresh.
fn news(session: &Session) -> Option<Vec<Span>> {
    let world = session.world();
    let since = session.now().0.saturating_sub(NEWS_US);
    let fresh = session
        .trace()
        .iter()
        .rev()
        .take_while(|event| event.time.0 >= since);
    let mut news: Option<(u64, Vec<Span>)> = None;
    for event in fresh {
        if news.as_ref().is_some_and(|(step, _)| *step != event.step) {
            break;
        }
        if let Some(sentence) = headline(world, event) {
            news = Some((event.step, sentence));
        }
    }
    news.map(|(_, sentence)| sentence)
}

/// A major fact in words.
fn headline(world: &World, event: &TraceEvent) -> Option<Vec<Span>> {
    let term_of = |id| term_of(world, id);
    if let Fact::Learned {
        member,
        event: Event::Committed { index },
    } = &event.fact
    {
        return committed(world, *member, *index);
    }
    describe(event, &term_of)
        .filter(|described| described.major)
        .map(|described| described.sentence)
}

/// The moment of the majority, told for the leader only.
fn committed(world: &World, member: NodeId, index: Index) -> Option<Vec<Span>> {
    if world.leader()?.id() != member {
        return None;
    }
    let term_of = |id| term_of(world, id);
    let mut words = Words::new(&term_of);
    let voters = voters(world).len();
    let key = match voters {
        1 => key!("said.commits-alone"),
        _ => key!("said.commits"),
    };
    let fills = [
        ("member", Name(member)),
        ("index", Word(&index)),
        ("voters", Word(&voters)),
    ];
    words.say(key, &fills);
    Some(words.spans)
}

/// On how many voters the leader knows the entry to be stored, itself included.
fn copies(leader: &Node, index: Index) -> usize {
    let voters = leader.conf().voters.iter();
    voters
        .filter_map(|id| leader.progress(*id))
        .filter(|progress| progress.match_index >= index)
        .count()
}

/// What everybody waits for.
fn waiting(world: &World) -> Vec<Span> {
    let term_of = |id| term_of(world, id);
    let mut words = Words::new(&term_of);
    let leader = world.leader().and_then(Member::server).map(Server::node);
    if let Some(leader) = leader {
        let it = ("member", Name(leader.id()));
        let next = leader.commit_index().next();
        if next > leader.last_index() {
            words.say(key!("said.leads"), &[it, ("term", Word(&leader.term()))]);
            agreement(&mut words, world, leader);
            return words.spans;
        }
        let copies = copies(leader, next);
        let quorum = majority(leader.conf().voters.len());
        let fills = [
            it,
            ("copies", Word(&copies)),
            ("quorum", Word(&quorum)),
            ("index", Word(&next)),
        ];
        words.say(key!("said.copies"), &fills);
        words.text(" ");
        let missing = quorum.saturating_sub(copies);
        let key = match missing {
            0 => key!("said.copies-older"),
            1 => key!("said.copies-one-more"),
            _ => key!("said.copies-more"),
        };
        words.say(key, &[("n", Word(&missing))]);
        return words.spans;
    }
    if let Some(candidate) = campaigner(world) {
        let ballots = candidate.ballots();
        let quorum = majority(ballots.len());
        let granted = ballots
            .into_iter()
            .filter(|(_, ballot)| *ballot == Some(Ballot::Granted))
            .count();
        let key = match candidate.role() {
            Role::PreCandidate => key!("said.has-pre-votes"),
            _ => key!("said.has-votes"),
        };
        let fills = [
            ("member", Name(candidate.id())),
            ("votes", Word(&granted)),
            ("quorum", Word(&quorum)),
        ];
        words.say(key, &fills);
        return words.spans;
    }
    match next_timeout(world) {
        Some((id, _)) => words.of(key!("said.next-timer"), id),
        None => words.say(key!("said.all-crashed"), &[]),
    }
    words.spans
}

/// Logs with the same last entry agree everywhere (Log Matching, paper §5.3).
fn agreement(words: &mut Words, world: &World, leader: &Node) {
    let last = leader.last_index();
    let term = leader.term_at(last);
    let members = leader.conf().members();
    let behind = members
        .iter()
        .filter(
            |id| match world.member(**id).and_then(|member| member.server()) {
                Some(server) => {
                    let node = server.node();
                    node.last_index() < last || node.term_at(last) != term
                }
                None => true,
            },
        )
        .count();
    let key = match behind {
        0 if members.len() == 1 => key!("said.alone"),
        0 => key!("said.agree"),
        1 => key!("said.one-behind"),
        _ => key!("said.behind"),
    };
    words.text(" ");
    words.say(key, &[("index", Word(&last)), ("n", Word(&behind))]);
}

fn nodes(world: &World) -> impl Iterator<Item = &Node> {
    world.members().filter_map(Member::server).map(Server::node)
}

/// The candidate of the highest term.
fn campaigner(world: &World) -> Option<&Node> {
    nodes(world)
        .filter(|node| matches!(node.role(), Role::PreCandidate | Role::Candidate))
        .max_by_key(|node| (node.term(), node.role() == Role::Candidate))
}

/// The member whose election timer runs out next, and the ticks until then.
fn next_timeout(world: &World) -> Option<(NodeId, u64)> {
    nodes(world)
        .filter_map(|node| {
            let timer = node.election_timer()?;
            Some((node.id(), timer.timeout.saturating_sub(timer.elapsed)))
        })
        .min_by_key(|(id, left)| (*left, *id))
}
