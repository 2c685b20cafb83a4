//! A message in full: which RPC it is and its fields, named as in the figures of the Raft paper, and what
//! became of it. What the paper does not have (pre-votes, read indexes) is named in its manner.

use super::compose::actor;
use super::frame::{ActorView, MessageShape};
use super::labels::{call_line, entry_label, packet_label, response_lines};
use crate::cluster::{Address, Fact, LossReason, Packet, World};
use crate::raft::{Entry, Envelope, Message, Term, VoteVerdict};
use crate::sim::{FlightId, HeldBy, SimTime};
use crate::timeline::Session;
use crate::words::{key, say, tell};

/// A message in full.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageView {
    /// Its identity.
    pub id: FlightId,
    /// Where it comes from.
    pub from: ActorView,
    /// Where it goes.
    pub to: ActorView,
    /// The label of its card.
    pub label: String,
    /// Request or reply.
    pub shape: MessageShape,
    /// The term that it carries; its hue.
    pub term: Option<Term>,
    /// What the paper calls it: `AppendEntries RPC`, `RequestVote reply`.
    pub kind: &'static str,
    /// Its fields: name and value.
    pub fields: Vec<(&'static str, String)>,
    /// When it was sent.
    pub sent: SimTime,
    /// Where it is, or what became of it.
    pub state: MessageState,
}

/// Where a message is, or what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageState {
    /// It is on its way and arrives then.
    Flying(SimTime),
    /// It is held since then; `true` if by hand, `false` if by its link.
    Held(SimTime, bool),
    /// It arrived then.
    Arrived(SimTime),
    /// It was lost then.
    Lost(SimTime, LossReason),
}

/// How many facts before the present are looked at for a message that is not on its way any more.
const LOOK_BACK: usize = 20_000;

/// A message that is on its way now or was not long ago.
pub fn message_view(session: &Session, id: FlightId) -> Option<MessageView> {
    if let Some(view) = flying(session.world(), id) {
        return Some(view);
    }
    let trace = session.trace();
    let mut facts = trace.iter().rev().take(LOOK_BACK);
    facts.find_map(|event| match &event.fact {
        Fact::Delivered {
            flight,
            from,
            to,
            sent,
            packet,
        } if *flight == id => {
            let state = MessageState::Arrived(event.time);
            Some(view(id, (*from, *to), *sent, packet, state))
        }
        Fact::Lost {
            flight,
            from,
            to,
            sent,
            packet,
            reason,
        } if *flight == id => {
            let state = MessageState::Lost(event.time, *reason);
            Some(view(id, (*from, *to), *sent, packet, state))
        }
        _ => None,
    })
}

fn flying(world: &World, id: FlightId) -> Option<MessageView> {
    let (_, flight) = world.flights().find(|(other, _)| *other == id)?;
    let state = match flight.held {
        Some(hold) => MessageState::Held(hold.since, hold.by == HeldBy::Hand),
        None => MessageState::Flying(flight.arrives),
    };
    let ends = (flight.from, flight.to);
    Some(view(id, ends, flight.sent, &flight.payload, state))
}

fn view(
    id: FlightId,
    (from, to): (Address, Address),
    sent: SimTime,
    packet: &Packet,
    state: MessageState,
) -> MessageView {
    let label = packet_label(packet);
    let (kind, fields) = packet_fields(packet);
    MessageView {
        id,
        from: actor(from),
        to: actor(to),
        label: label.label,
        shape: label.shape,
        term: label.term,
        kind,
        fields,
        sent,
        state,
    }
}

/// What the paper calls it, and its fields.
fn packet_fields(packet: &Packet) -> (&'static str, Vec<(&'static str, String)>) {
    match packet {
        Packet::Raft(envelope) => {
            let (kind, mut fields) = raft_fields(envelope);
            if let Some(term) = envelope.term {
                fields.insert(0, ("term", term.to_string()));
            }
            (kind, fields)
        }
        Packet::Request { call, .. } => (
            say(key!("kind.request")),
            vec![("command", call_line(call))],
        ),
        Packet::Response { result, .. } => match result {
            Ok(response) => (
                say(key!("kind.reply")),
                vec![
                    ("revision", response.revision().0.to_string()),
                    ("result", response_lines(response).join(" ")),
                ],
            ),
            Err(error) => (say(key!("kind.reply")), vec![("error", error.to_string())]),
        },
        // What etcd's connections carry beside calls: the label says it all.
        _ => (say(key!("kind.stream")), Vec::new()),
    }
}

fn raft_fields(envelope: &Envelope) -> (&'static str, Vec<(&'static str, String)>) {
    fn text(value: impl ToString) -> String {
        value.to_string()
    }
    let from = || text(envelope.from);
    match &envelope.message {
        Message::AppendRequest {
            prev_index,
            prev_term,
            entries,
            commit,
        } => (
            "AppendEntries RPC",
            vec![
                ("leaderId", from()),
                ("prevLogIndex", text(prev_index)),
                ("prevLogTerm", text(prev_term)),
                ("entries[]", list(entries)),
                ("leaderCommit", text(commit)),
            ],
        ),
        Message::AppendAccepted { match_index } => (
            "AppendEntries reply",
            vec![("success", text(true)), ("matchIndex", text(match_index))],
        ),
        Message::AppendRejected {
            prev_index,
            hint_index,
            hint_term,
        } => (
            "AppendEntries reply",
            vec![
                ("success", text(false)),
                ("prevLogIndex", text(prev_index)),
                ("hintIndex", text(hint_index)),
                ("hintTerm", text(hint_term)),
            ],
        ),
        Message::Heartbeat { commit, round, .. } => (
            "AppendEntries RPC (heartbeat)",
            with_round(
                vec![
                    ("leaderId", from()),
                    ("entries[]", text("[]")),
                    ("leaderCommit", text(commit)),
                ],
                round.map(|round| round.0),
            ),
        ),
        Message::HeartbeatResponse { round, .. } => (
            "AppendEntries reply (heartbeat)",
            with_round(vec![("success", text(true))], round.map(|round| round.0)),
        ),
        Message::VoteRequest {
            last_index,
            last_term,
            transfer,
        } => (
            "RequestVote RPC",
            vec![
                ("candidateId", from()),
                ("lastLogIndex", text(last_index)),
                ("lastLogTerm", text(last_term)),
                ("leadershipTransfer", text(transfer)),
            ],
        ),
        Message::VoteResponse { verdict } => ("RequestVote reply", granted(verdict)),
        Message::PreVoteRequest {
            last_index,
            last_term,
        } => (
            "PreVote RPC",
            vec![
                ("candidateId", from()),
                ("lastLogIndex", text(last_index)),
                ("lastLogTerm", text(last_term)),
            ],
        ),
        Message::PreVoteResponse { verdict } => ("PreVote reply", granted(verdict)),
        Message::SnapshotRequest { snapshot } => (
            "InstallSnapshot RPC",
            vec![
                ("leaderId", from()),
                ("lastIncludedIndex", text(snapshot.index)),
                ("lastIncludedTerm", text(snapshot.term)),
                (
                    "data[]",
                    tell(key!("field.bytes"), &[("n", &snapshot.data.bytes().len())]),
                ),
            ],
        ),
        Message::TimeoutNow => ("TimeoutNow RPC", Vec::new()),
        Message::Propose { entries } => (
            say(key!("kind.proposal")),
            vec![("entries[]", list(entries))],
        ),
        Message::ReadIndexRequest { read } => ("ReadIndex RPC", vec![("read", text(read.id))]),
        Message::ReadIndexResponse { read, index } => (
            "ReadIndex reply",
            vec![("read", text(read.id)), ("readIndex", text(index))],
        ),
        Message::TransferLeader { target } => {
            ("TransferLeadership RPC", vec![("target", text(target))])
        }
    }
}

fn with_round(
    mut fields: Vec<(&'static str, String)>,
    round: Option<u64>,
) -> Vec<(&'static str, String)> {
    fields.extend(round.map(|round| ("readRound", round.to_string())));
    fields
}

fn granted(verdict: &VoteVerdict) -> Vec<(&'static str, String)> {
    let granted = (
        "voteGranted",
        (*verdict == VoteVerdict::Granted).to_string(),
    );
    match verdict {
        VoteVerdict::Granted => vec![granted],
        VoteVerdict::Refused(refusal) => {
            vec![granted, ("reason", super::labels::refusal_words(refusal))]
        }
    }
}

/// `[8 (term 3): name=joe, …]`
fn list(entries: &[Entry]) -> String {
    /// More are only counted.
    const SHOWN: usize = 8;
    let shown = entries.iter().take(SHOWN).map(|entry| {
        let label = entry_label(entry);
        match entry.index.0 {
            0 => label,
            index => tell(
                key!("field.entry"),
                &[("index", &index), ("term", &entry.term), ("label", &label)],
            ),
        }
    });
    let mut shown: Vec<String> = shown.collect();
    if entries.len() > SHOWN {
        shown.push(tell(key!("field.more"), &[("n", &(entries.len() - SHOWN))]));
    }
    format!("[{}]", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Action, WorldOptions};
    use crate::raft::NodeId;

    fn session() -> Session {
        Session::new(WorldOptions::with_members(3), 7).unwrap()
    }

    /// The first message of this kind that is sent.
    fn first(session: &mut Session, kind: &str) -> MessageView {
        for _ in 0..2_000 {
            let flights: Vec<FlightId> = session.world().flights().map(|(id, _)| id).collect();
            let mut views = flights
                .into_iter()
                .filter_map(|id| message_view(session, id));
            if let Some(view) = views.find(|view| view.kind == kind) {
                return view;
            }
            assert!(session.step());
        }
        panic!("no {kind}");
    }

    fn names(view: &MessageView) -> Vec<&'static str> {
        view.fields.iter().map(|(name, _)| *name).collect()
    }

    #[test]
    fn fields_have_the_names_of_figure_2() {
        let mut session = session();
        assert_eq!(
            names(&first(&mut session, "RequestVote RPC"))[..4],
            ["term", "candidateId", "lastLogIndex", "lastLogTerm"]
        );
        assert_eq!(
            names(&first(&mut session, "RequestVote reply")),
            ["term", "voteGranted"]
        );
        let append = first(&mut session, "AppendEntries RPC");
        assert_eq!(
            names(&append),
            [
                "term",
                "leaderId",
                "prevLogIndex",
                "prevLogTerm",
                "entries[]",
                "leaderCommit"
            ]
        );
        assert_eq!(append.fields[4].1, "[1 (term 1): ∅]");
        let reply = first(&mut session, "AppendEntries reply");
        assert_eq!(names(&reply), ["term", "success", "matchIndex"]);
    }

    #[test]
    fn a_message_is_followed_to_its_end() {
        let mut session = session();
        let view = first(&mut session, "PreVote RPC");
        let MessageState::Flying(arrives) = view.state else {
            panic!("{view:?}");
        };
        session
            .act(Action::HoldMessage { flight: view.id })
            .unwrap();
        let held = message_view(&session, view.id).unwrap();
        assert_eq!(held.state, MessageState::Held(session.now(), true));
        session
            .act(Action::ReleaseMessage { flight: view.id })
            .unwrap();
        session.seek(arrives);
        session.advance(arrives.0);
        let landed = message_view(&session, view.id).unwrap();
        assert_eq!(landed.state, MessageState::Arrived(arrives));
        assert_eq!(landed.fields, view.fields);
    }

    #[test]
    fn a_message_that_is_dropped_says_so() {
        let mut session = session();
        let view = first(&mut session, "PreVote RPC");
        session
            .act(Action::DropMessage { flight: view.id })
            .unwrap();
        let lost = message_view(&session, view.id).unwrap();
        let now = session.now();
        assert_eq!(lost.state, MessageState::Lost(now, LossReason::Dropped));
        assert_eq!(message_view(&session, FlightId(u64::MAX)), None);
        assert_ne!(lost.to, ActorView::Member(NodeId(0)));
    }
}
