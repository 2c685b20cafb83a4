//! What can be seen of a member, be it running or crashed.

use super::cast::name;
use crate::cluster::{Command, Member};
use crate::kv::{Request, Store};
use crate::raft::{Entry, Index, Node, Payload, Role, Term};
use bytes::Bytes;

/// A look at a member. A crashed one shows what is on its disk.
#[derive(Clone, Copy)]
pub(super) struct Glance<'a> {
    pub(super) member: &'a Member,
}

impl<'a> Glance<'a> {
    pub(super) fn node(self) -> Option<&'a Node> {
        Some(self.member.server()?.node())
    }

    /// The store of a running member.
    pub(super) fn store(self) -> Option<&'a Store> {
        Some(self.member.server()?.store())
    }

    pub(super) fn name(self) -> String {
        name(self.member.id())
    }

    pub(super) fn term(self) -> Term {
        match self.node() {
            Some(node) => node.term(),
            None => self.member.stored().hard_state.term,
        }
    }

    pub(super) fn commit(self) -> Index {
        match self.node() {
            Some(node) => node.commit_index(),
            None => self.member.stored().hard_state.commit,
        }
    }

    /// The last index of the log.
    pub(super) fn last(self) -> Index {
        match self.node() {
            Some(node) => node.last_index(),
            None => self.synced(),
        }
    }

    /// The last index that is durable.
    pub(super) fn synced(self) -> Index {
        match self.node() {
            Some(node) => node.stored_index(),
            None => {
                let stored = self.member.stored();
                let last = stored.entries.last().map(|entry| entry.index);
                last.unwrap_or(stored.snapshot.index)
            }
        }
    }

    /// The last index applied to the store.
    pub(super) fn applied(self) -> Option<Index> {
        Some(self.node()?.applied_index())
    }

    /// The entry at this index; `None` if the log has none there.
    pub(super) fn entry(self, index: Index) -> Option<&'a Entry> {
        match self.node() {
            Some(node) => node.entry(index),
            None => self.member.stored().entry(index),
        }
    }

    /// All entries that the log still has, in order.
    pub(super) fn entries(self) -> impl Iterator<Item = &'a Entry> {
        let first = match self.node() {
            Some(node) => node.first_index(),
            None => {
                let first = self.member.stored().entries.first();
                first.map_or(Index(1), |entry| entry.index)
            }
        };
        (first.0..=self.last().0).filter_map(move |index| self.entry(Index(index)))
    }

    /// What the member does, in words: `infra1 leads term 2`.
    pub(super) fn role(self) -> String {
        let Some(node) = self.node() else {
            return format!("{} is crashed", self.name());
        };
        let term = node.term();
        let does = match (node.role(), node.leader()) {
            (Role::Leader, _) => format!("leads term {term}"),
            (Role::Candidate, _) => format!("is a candidate in term {term}"),
            (Role::PreCandidate, _) => format!("is a pre-candidate in term {term}"),
            (Role::Follower, Some(leader)) => format!("follows {} in term {term}", name(leader)),
            (Role::Follower, None) => format!("knows no leader in term {term}"),
        };
        format!("{} {does}", self.name())
    }

    /// Everything in a line: role, indexes, revision.
    pub(super) fn summary(self) -> String {
        let synced = match (self.last(), self.synced()) {
            (last, synced) if last == synced => String::new(),
            (_, synced) => format!(" (synced {synced})"),
        };
        let applied = match (self.applied(), self.store()) {
            (Some(applied), Some(store)) => {
                format!(", applied {applied}, revision {}", store.revision().0)
            }
            _ => String::new(),
        };
        format!(
            "{}: last {}{synced}, commit {}{applied}",
            self.role(),
            self.last(),
            self.commit()
        )
    }
}

/// An entry in a few words: `term 2 put name joe`.
pub(super) fn entry_words(entry: &Entry) -> String {
    let what = match &entry.payload {
        Payload::Noop => "no-op".to_owned(),
        Payload::ConfChange(_) => "configuration change".to_owned(),
        Payload::Command(data) => match Command::decode(data) {
            Some(command) => command.request().map_or_else(String::new, request_words),
            None => "unknown command".to_owned(),
        },
    };
    format!("term {} {what}", entry.term)
}

/// A request as a script writes it.
pub(super) fn request_words(request: &Request) -> String {
    match request {
        Request::Put(put) => format!("put {} {}", word(&put.key), word(&put.value)),
        Request::Range(range) => format!("get {}", word(&range.key)),
        Request::DeleteRange(delete) => format!("delete {}", word(&delete.key)),
        other => other.name().to_owned(),
    }
}

/// A key or value as a script writes it, in quotes where it needs them, and clipped.
pub(super) fn word(text: &Bytes) -> String {
    const SHOWN: usize = 60;
    let text = String::from_utf8_lossy(text);
    let clipped: String = text.chars().take(SHOWN).collect();
    let dots = if clipped.len() < text.len() {
        "…"
    } else {
        ""
    };
    let plain = |c: char| match c.is_ascii() {
        true => c.is_ascii_graphic() && !"\"|=<>!#\\".contains(c),
        false => !c.is_whitespace() && !c.is_control(),
    };
    if !clipped.is_empty() && clipped.chars().all(plain) {
        return format!("{clipped}{dots}");
    }
    let mut quoted = String::from("\"");
    for c in clipped.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.extend(c.escape_default()),
            c => quoted.push(c),
        }
    }
    quoted + "\"" + dots
}
