//! Short names for messages, entries and commands: what fits on a card.

use super::frame::MessageShape;
use crate::cluster::{
    Address, Answer, AnswerBody, Call, ClientId, Command, Order, Packet, Upstream,
};
use crate::kv::{Request, ResponseBody};
use crate::raft::{
    ConfChangeStep, Entry, Envelope, Message, NodeId, Payload, Term, VoteRefusal, VoteVerdict,
};
use crate::words::{Key, key, say, tell};
use std::fmt::Display;

/// How a message is drawn and called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageLabel {
    /// Request or reply.
    pub shape: MessageShape,
    /// The term that it carries, if it carries one.
    pub term: Option<Term>,
    /// At most two words.
    pub label: String,
    /// A whole phrase.
    pub description: String,
}

/// The label of whatever travels over the network.
pub fn packet_label(packet: &Packet) -> MessageLabel {
    match packet {
        Packet::Raft(envelope) => message_label(envelope),
        Packet::Request { call, .. } => MessageLabel {
            shape: MessageShape::Request,
            term: None,
            label: match call.request() {
                Some(request) => match request.key() {
                    Some(key) => format!("{} {}", request.name(), clip(key, 8)),
                    None => request.name().to_owned(),
                },
                None => call.name().to_owned(),
            },
            description: tell(key!("full.request"), &[("call", &call_line(call))]),
        },
        Packet::Streamed { answer, .. } => MessageLabel {
            shape: MessageShape::Granted,
            term: None,
            label: say(key!("label.events")).to_owned(),
            description: tell(
                key!("full.watch"),
                &[("keys", &response_lines(answer).join(" "))],
            ),
        },
        Packet::Upstream { note, .. } => simple_label(match note {
            Upstream::Cancel => key!("label.cancel"),
            Upstream::Ping => key!("label.ping"),
            Upstream::Progress => key!("label.progress?"),
        }),
        Packet::Dial { .. } => simple_label(key!("label.connect")),
        Packet::Accepted { .. } => simple_label(key!("label.connected")),
        Packet::Removed => simple_label(key!("label.removed")),
        Packet::Closed { .. } => MessageLabel {
            shape: MessageShape::Refused,
            ..simple_label(key!("label.refused"))
        },
        Packet::Response { result, .. } => match result {
            Ok(response) => MessageLabel {
                shape: MessageShape::Granted,
                term: None,
                label: format!(
                    "✓ {}",
                    clip(response_lines(response).join(" ").as_bytes(), 8)
                ),
                description: tell(
                    key!("full.answer"),
                    &[("answer", &response_lines(response).join(" "))],
                ),
            },
            Err(error) => MessageLabel {
                shape: MessageShape::Refused,
                term: None,
                label: format!("✕ {}", say(key!("label.error"))),
                description: tell(key!("full.answer"), &[("answer", error)]),
            },
        },
    }
}

/// The label of a Raft message, in the field's terms.
pub fn message_label(envelope: &Envelope) -> MessageLabel {
    use MessageShape::{Granted, Refused, Request};
    let (shape, label, description) = match &envelope.message {
        Message::AppendRequest {
            prev_index,
            entries,
            commit,
            ..
        } => match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => {
                let (first, last) = (first.index, last.index);
                let (which, key) = match first == last {
                    true => (first.to_string(), key!("full.append-one")),
                    false => (format!("{first}–{last}"), key!("full.append")),
                };
                let ends: [(&str, &dyn Display); 3] =
                    [("first", &first), ("last", &last), ("commit", commit)];
                let label = tell(key!("label.append"), &[("entries", &which)]);
                (Request, label, tell(key, &ends))
            }
            _ => (
                Request,
                tell(key!("label.commit"), &[("index", commit)]),
                tell(
                    key!("full.append-none"),
                    &[("index", prev_index), ("commit", commit)],
                ),
            ),
        },
        Message::AppendAccepted { match_index } => (
            Granted,
            format!("✓ {match_index}"),
            tell(key!("full.accepted"), &[("index", match_index)]),
        ),
        Message::AppendRejected {
            prev_index,
            hint_index,
            ..
        } => (
            Refused,
            format!("✕ {prev_index}"),
            tell(
                key!("full.rejected"),
                &[("index", prev_index), ("hint", hint_index)],
            ),
        ),
        Message::Heartbeat { commit, .. } => (
            Request,
            word(key!("label.heartbeat")),
            tell(key!("full.heartbeat"), &[("commit", commit)]),
        ),
        Message::HeartbeatResponse { .. } => (
            Granted,
            "✓".to_owned(),
            word(key!("full.heartbeat-answered")),
        ),
        Message::VoteRequest {
            last_index,
            last_term,
            ..
        } => (
            Request,
            word(key!("label.vote?")),
            tell(
                key!("full.vote?"),
                &[("index", last_index), ("last-term", last_term)],
            ),
        ),
        Message::VoteResponse { verdict } => verdict_label(
            [
                key!("label.vote"),
                key!("full.vote-granted"),
                key!("full.vote-refused"),
            ],
            verdict,
        ),
        Message::PreVoteRequest {
            last_index,
            last_term,
        } => (
            Request,
            word(key!("label.pre-vote?")),
            tell(
                key!("full.pre-vote?"),
                &[("index", last_index), ("last-term", last_term)],
            ),
        ),
        Message::PreVoteResponse { verdict } => verdict_label(
            [
                key!("label.pre-vote"),
                key!("full.pre-vote-granted"),
                key!("full.pre-vote-refused"),
            ],
            verdict,
        ),
        Message::SnapshotRequest { snapshot } => (
            Request,
            tell(key!("label.snapshot"), &[("index", &snapshot.index)]),
            tell(key!("full.snapshot"), &[("index", &snapshot.index)]),
        ),
        Message::TimeoutNow => (
            Request,
            word(key!("label.timeout-now")),
            word(key!("full.timeout-now")),
        ),
        Message::Propose { .. } => (
            Request,
            word(key!("label.propose")),
            word(key!("full.propose")),
        ),
        Message::ReadIndexRequest { .. } => (
            Request,
            word(key!("label.read-index")),
            word(key!("full.read-index")),
        ),
        Message::ReadIndexResponse { index, .. } => (
            Granted,
            format!("✓ {}", tell(key!("label.read"), &[("index", index)])),
            tell(key!("full.read"), &[("index", index)]),
        ),
        Message::TransferLeader { target } => (
            Request,
            word(key!("label.transfer")),
            tell(key!("full.transfer"), &[("member", &member(*target))]),
        ),
    };
    let description = match envelope.term {
        Some(term) => tell(
            key!("full.in-term"),
            &[("what", &description), ("term", &term)],
        ),
        None => description,
    };
    MessageLabel {
        shape,
        term: envelope.term,
        label,
        description,
    }
}

/// The label, and what it says in full when granted and when refused.
fn verdict_label(
    [label, granted, refused]: [Key; 3],
    verdict: &VoteVerdict,
) -> (MessageShape, String, String) {
    match verdict {
        VoteVerdict::Granted => (
            MessageShape::Granted,
            format!("✓ {}", say(label)),
            word(granted),
        ),
        VoteVerdict::Refused(refusal) => (
            MessageShape::Refused,
            format!("✕ {}", say(label)),
            tell(refused, &[("reason", &refusal_words(refusal))]),
        ),
    }
}

/// Why a vote was refused, as the end of a sentence.
pub fn refusal_words(refusal: &VoteRefusal) -> String {
    match refusal {
        VoteRefusal::StaleTerm { current } => {
            tell(key!("refusal.stale-term"), &[("term", current)])
        }
        VoteRefusal::AlreadyVoted { vote } => {
            tell(key!("refusal.voted"), &[("member", &member(*vote))])
        }
        VoteRefusal::KnowsLeader { leader } => tell(
            key!("refusal.knows-leader"),
            &[("member", &member(*leader))],
        ),
        VoteRefusal::LogBehind {
            last_index,
            last_term,
        } => tell(
            key!("refusal.log-behind"),
            &[("index", last_index), ("term", last_term)],
        ),
        VoteRefusal::LeaderIsAlive { leader } => tell(
            key!("refusal.hears-leader"),
            &[("member", &member(*leader))],
        ),
        VoteRefusal::MayHavePromised => word(key!("refusal.may-have-promised")),
    }
}

/// What stands in the cell of an entry: `name=joe`, `∅`.
pub fn entry_label(entry: &Entry) -> String {
    match &entry.payload {
        Payload::Noop => "∅".to_owned(),
        Payload::Command(data) => match Command::decode(data).map(|command| command.order) {
            Some(Order::Request(Request::Put(put))) => {
                format!("{}={}", text(&put.key), text(&put.value))
            }
            Some(Order::Request(request)) => match request.key() {
                Some(key) => format!("{} {}", request.name(), text(key)),
                None => request.name().to_owned(),
            },
            Some(Order::Publish(publish)) => tell(key!("label.i-am"), &[("name", &publish.name)]),
            Some(Order::MoveMember(_)) => word(key!("label.urls")),
            Some(Order::ClusterVersion) => word(key!("label.version")),
            None => "?".to_owned(),
        },
        Payload::ConfChange(change) => match change.changes.as_slice() {
            [] => word(key!("label.leave-joint")),
            [ConfChangeStep::AddVoter(id)] => format!("+ infra{id}"),
            [ConfChangeStep::AddLearner(id)] => tell(key!("label.learner"), &[("id", id)]),
            [ConfChangeStep::Remove(id)] => format!("− infra{id}"),
            _ => word(key!("label.members")),
        },
    }
}

fn word(key: Key) -> String {
    say(key).to_owned()
}

fn member(id: NodeId) -> String {
    format!("infra{id}")
}

/// `infra1` or `client A`.
pub fn address_name(address: Address) -> String {
    match address {
        Address::Member(id) => member(id),
        Address::Client(id) => client_name(id),
    }
}

/// `client A`.
pub fn client_name(id: ClientId) -> String {
    let letter = char::from(b'A'.saturating_add(id.0));
    tell(key!("name.client"), &[("letter", &letter)])
}

/// A packet that says one word.
fn simple_label(key: Key) -> MessageLabel {
    MessageLabel {
        shape: MessageShape::Request,
        term: None,
        label: word(key),
        description: word(key),
    }
}

/// A call as etcdctl would be told.
pub fn call_line(call: &Call) -> String {
    match call {
        Call::Store(request) => command_line(request),
        call => call.name().to_owned(),
    }
}

/// A request as etcdctl would be told: `put name joe`.
pub fn command_line(request: &Request) -> String {
    match request {
        Request::Put(put) => format!("put {} {}", quoted(&put.key), quoted(&put.value)),
        Request::Range(range) if range.serializable => {
            format!("get {} --consistency=s", quoted(&range.key))
        }
        Request::Range(range) => format!("get {}", quoted(&range.key)),
        Request::DeleteRange(delete) => format!("del {}", quoted(&delete.key)),
        other => other.name().to_owned(),
    }
}

/// An answer as etcdctl prints it, line by line.
pub fn response_lines(answer: &Answer) -> Vec<String> {
    let body = match &answer.body {
        AnswerBody::Store(response) => &response.body,
        AnswerBody::Watch(watch) => {
            let keys = watch.events.iter().map(|event| text(&event.kv.key));
            return keys.collect();
        }
        _ => return vec!["OK".to_owned()],
    };
    match body {
        ResponseBody::Put(_) => vec!["OK".to_owned()],
        ResponseBody::Range(range) => range
            .kvs
            .iter()
            .flat_map(|kv| [text(&kv.key), text(&kv.value)])
            .collect(),
        ResponseBody::DeleteRange(delete) => vec![delete.deleted.to_string()],
        _ => Vec::new(),
    }
}

/// Bytes as text; what is no UTF-8 becomes the replacement character.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Text for a shell: in quotes where it has to be.
fn quoted(bytes: &[u8]) -> String {
    let text = text(bytes);
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || !c.is_ascii() || "_-./:=@%+,".contains(c));
    if plain {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The beginning of a text, at most `max` characters, with an ellipsis where something is left out.
fn clip(bytes: &[u8], max: usize) -> String {
    let text = text(bytes);
    if text.chars().count() <= max {
        return text;
    }
    let mut clipped: String = text.chars().take(max - 1).collect();
    clipped.push('…');
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::Index;

    fn label(message: Message) -> String {
        let envelope = Envelope {
            from: NodeId(1),
            to: NodeId(2),
            term: Some(Term(3)),
            message,
        };
        message_label(&envelope).label
    }

    fn append(indexes: &[u64]) -> Message {
        let entries: Vec<Entry> = indexes
            .iter()
            .map(|&index| Entry {
                term: Term(3),
                index: Index(index),
                payload: Payload::Noop,
            })
            .collect();
        Message::AppendRequest {
            prev_index: Index(7),
            prev_term: Term(3),
            entries: entries.into(),
            commit: Index(6),
        }
    }

    #[test]
    fn appends_are_labelled_with_their_entries() {
        assert_eq!(label(append(&[8])), "append 8");
        assert_eq!(label(append(&[8, 9, 10, 11])), "append 8–11");
    }

    #[test]
    fn an_append_without_entries_tells_the_commit_index() {
        assert_eq!(label(append(&[])), "commit 6");
    }

    #[test]
    fn commands_are_written_as_for_a_shell() {
        let put = |key: &'static str, value: &'static str| command_line(&Request::put(key, value));
        assert_eq!(put("name", "joe"), "put name joe");
        assert_eq!(put("a b", ""), "put 'a b' ''");
        assert_eq!(put("it's", "x"), r"put 'it'\''s' x");
    }

    #[test]
    fn long_keys_are_clipped() {
        assert_eq!(clip("ab".as_bytes(), 3), "ab");
        assert_eq!(clip("äöüß".as_bytes(), 3), "äö…");
    }
}
