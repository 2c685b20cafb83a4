//! Short names for messages, entries and commands: what fits on a card.

use super::frame::MessageShape;
use crate::cluster::{Answer, AnswerBody, Call, Command, Order, Packet, Upstream};
use crate::kv::{Request, ResponseBody};
use crate::raft::{
    ConfChangeStep, Entry, Envelope, Message, Payload, Term, VoteRefusal, VoteVerdict,
};

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
            description: format!("request: {}", call_line(call)),
        },
        Packet::Streamed { answer, .. } => MessageLabel {
            shape: MessageShape::Granted,
            term: None,
            label: "events".to_owned(),
            description: format!("watch: {}", response_lines(answer).join(" ")),
        },
        Packet::Upstream { note, .. } => simple_label(match note {
            Upstream::Cancel => "cancel",
            Upstream::Ping => "ping",
            Upstream::Progress => "progress?",
        }),
        Packet::Dial { .. } => simple_label("connect"),
        Packet::Accepted { .. } => simple_label("connected"),
        Packet::Removed => simple_label("removed"),
        Packet::Closed { .. } => MessageLabel {
            shape: MessageShape::Refused,
            ..simple_label("refused")
        },
        Packet::Response { result, .. } => match result {
            Ok(response) => MessageLabel {
                shape: MessageShape::Granted,
                term: None,
                label: format!(
                    "✓ {}",
                    clip(response_lines(response).join(" ").as_bytes(), 8)
                ),
                description: format!("answer: {}", response_lines(response).join(" ")),
            },
            Err(error) => MessageLabel {
                shape: MessageShape::Refused,
                term: None,
                label: "✕ error".to_owned(),
                description: format!("answer: {error}"),
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
            (Some(first), Some(last)) if first.index == last.index => (
                Request,
                format!("append {}", first.index),
                format!("append entry {}, committed up to {commit}", first.index),
            ),
            (Some(first), Some(last)) => (
                Request,
                format!("append {}–{}", first.index, last.index),
                format!(
                    "append entries {} to {}, committed up to {commit}",
                    first.index, last.index
                ),
            ),
            _ => (
                Request,
                format!("commit {commit}"),
                format!("append no entries after {prev_index}, committed up to {commit}"),
            ),
        },
        Message::AppendAccepted { match_index } => (
            Granted,
            format!("✓ {match_index}"),
            format!("stored, the logs agree up to {match_index}"),
        ),
        Message::AppendRejected {
            prev_index,
            hint_index,
            ..
        } => (
            Refused,
            format!("✕ {prev_index}"),
            format!("no matching entry {prev_index}, try from {hint_index}"),
        ),
        Message::Heartbeat { commit, .. } => (
            Request,
            "heartbeat".to_owned(),
            format!("heartbeat, committed up to {commit}"),
        ),
        Message::HeartbeatResponse { .. } => {
            (Granted, "✓".to_owned(), "heartbeat answered".to_owned())
        }
        Message::VoteRequest {
            last_index,
            last_term,
            ..
        } => (
            Request,
            "vote?".to_owned(),
            format!("asks for a vote, its log ends at {last_index} in term {last_term}"),
        ),
        Message::VoteResponse { verdict } => verdict_label("vote", verdict),
        Message::PreVoteRequest {
            last_index,
            last_term,
        } => (
            Request,
            "pre-vote?".to_owned(),
            format!(
                "asks whether it would get a vote, its log ends at {last_index} in term {last_term}"
            ),
        ),
        Message::PreVoteResponse { verdict } => verdict_label("pre-vote", verdict),
        Message::SnapshotRequest { snapshot } => (
            Request,
            format!("snapshot {}", snapshot.index),
            format!("snapshot up to entry {}", snapshot.index),
        ),
        Message::TimeoutNow => (
            Request,
            "timeout now".to_owned(),
            "start an election at once".to_owned(),
        ),
        Message::Propose { .. } => (
            Request,
            "propose".to_owned(),
            "forwards a write to the leader".to_owned(),
        ),
        Message::ReadIndexRequest { .. } => (
            Request,
            "read index".to_owned(),
            "asks from which index on a read may be answered".to_owned(),
        ),
        Message::ReadIndexResponse { index, .. } => (
            Granted,
            format!("✓ read {index}"),
            format!("the read may be answered once {index} is applied"),
        ),
        Message::TransferLeader { target } => (
            Request,
            "transfer".to_owned(),
            format!("asks the leader to hand over to infra{target}"),
        ),
    };
    let description = match envelope.term {
        Some(term) => format!("{description} (term {term})"),
        None => description,
    };
    MessageLabel {
        shape,
        term: envelope.term,
        label,
        description,
    }
}

fn verdict_label(what: &str, verdict: &VoteVerdict) -> (MessageShape, String, String) {
    match verdict {
        VoteVerdict::Granted => (
            MessageShape::Granted,
            format!("✓ {what}"),
            format!("{what} granted"),
        ),
        VoteVerdict::Refused(refusal) => (
            MessageShape::Refused,
            format!("✕ {what}"),
            format!("{what} refused: {}", refusal_words(refusal)),
        ),
    }
}

/// Why a vote was refused, as the end of a sentence.
pub fn refusal_words(refusal: &VoteRefusal) -> String {
    match refusal {
        VoteRefusal::StaleTerm { current } => format!("the voter is in term {current} already"),
        VoteRefusal::AlreadyVoted { vote } => {
            format!("it voted for infra{vote} in this term")
        }
        VoteRefusal::KnowsLeader { leader } => format!("infra{leader} leads this term"),
        VoteRefusal::LogBehind {
            last_index,
            last_term,
        } => {
            format!("its own log is more up to date (it ends at {last_index} in term {last_term})")
        }
        VoteRefusal::LeaderIsAlive { leader } => {
            format!("it heard from the leader infra{leader} a moment ago")
        }
        VoteRefusal::MayHavePromised => {
            "it has just restarted and may have promised loyalty to a leader".to_owned()
        }
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
            Some(Order::Publish(publish)) => format!("I am {}", publish.name),
            Some(Order::MoveMember(_)) => "URLs".to_owned(),
            Some(Order::ClusterVersion) => "version".to_owned(),
            None => "?".to_owned(),
        },
        Payload::ConfChange(change) => match change.changes.as_slice() {
            [] => "leave joint".to_owned(),
            [ConfChangeStep::AddVoter(id)] => format!("+ infra{id}"),
            [ConfChangeStep::AddLearner(id)] => format!("+ learner {id}"),
            [ConfChangeStep::Remove(id)] => format!("− infra{id}"),
            _ => "members".to_owned(),
        },
    }
}

/// A packet that says one word.
fn simple_label(word: &str) -> MessageLabel {
    MessageLabel {
        shape: MessageShape::Request,
        term: None,
        label: word.to_owned(),
        description: word.to_owned(),
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
    use crate::raft::{Index, NodeId};

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
