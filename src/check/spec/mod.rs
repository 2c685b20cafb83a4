//! The sequential specification: what a key-value store does that serves one request at a time.
//!
//! [`State::step`] says whether a reply is possible for a request in some state, and what the
//! state is after it. It is a pure function, written from etcd's documentation, and it shares no
//! logic with the store that the members run.
//!
//! What a client sees is often less than what there is, and a state must not pretend to know more:
//! a number that nobody has seen is `None`, or known to be beyond another one ([`Mark`]). It becomes known
//! with the first reply that shows it, and whatever contradicts it later is impossible. A plain
//! register is a store with one key, whose numbers nobody ever sees.

mod compare;
mod span;
mod state;

pub use compare::{Compare, Relation, Target};
pub use span::Span;
pub use state::{Mark, Record, State};

use bytes::Bytes;

/// What a client asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// Read keys.
    Get {
        /// Which keys.
        span: Span,
        /// So many records are in the answer at most, the first ones; 0 for all.
        limit: u64,
        /// Whether the answer may leave records out for other reasons, or comes in another order.
        filtered: bool,
    },
    /// Store a value under a key.
    Put {
        /// The key.
        key: Bytes,
        /// The value; `None` keeps the one that is there.
        value: Option<Bytes>,
        /// The lease, 0 for none; `None` keeps the one that is there.
        lease: Option<i64>,
    },
    /// Delete keys.
    Delete {
        /// Which keys.
        span: Span,
    },
    /// Delete all keys of a lease.
    Revoke {
        /// The lease.
        lease: i64,
    },
    /// Compare, and do one thing or the other, all at once.
    Txn {
        /// All of these must hold.
        compare: Vec<Compare>,
        /// What is done if they do.
        then: Vec<Input>,
        /// What is done if one does not.
        otherwise: Vec<Input>,
    },
}

impl Input {
    /// Whether it can change anything.
    pub fn is_write(&self) -> bool {
        match self {
            Input::Get { .. } => false,
            Input::Put { .. } | Input::Delete { .. } | Input::Revoke { .. } => true,
            Input::Txn {
                then, otherwise, ..
            } => then.iter().chain(otherwise).any(Input::is_write),
        }
    }

    /// The one key that it overwrites without looking at anything.
    pub fn overwrites(&self) -> Option<&Bytes> {
        match self {
            Input::Put {
                key,
                value: Some(_),
                lease: Some(_),
            } => Some(key),
            _ => None,
        }
    }

    /// The keys that it looks at or changes. (Those of a lease are not known.)
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        self.add_spans(&mut spans);
        spans
    }

    fn add_spans(&self, spans: &mut Vec<Span>) {
        match self {
            Input::Get { span, .. } | Input::Delete { span } => spans.push(span.clone()),
            Input::Put { key, .. } => spans.push(Span::key(key)),
            Input::Revoke { .. } => {}
            Input::Txn {
                compare,
                then,
                otherwise,
            } => {
                spans.extend(compare.iter().map(|compare| compare.span.clone()));
                for input in then.iter().chain(otherwise) {
                    input.add_spans(spans);
                }
            }
        }
    }
}

/// The answer proper. Whatever the client was not told is `None`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Output {
    /// What was found.
    Got {
        /// The records, in the order of the answer.
        records: Vec<(Bytes, Seen)>,
        /// How many records there are.
        count: Option<u64>,
    },
    /// The value is stored.
    Put {
        /// What was there before.
        before: Option<Option<Seen>>,
    },
    /// The keys are deleted.
    Deleted {
        /// How many there were.
        count: Option<u64>,
        /// What was there before.
        before: Option<Vec<(Bytes, Seen)>>,
    },
    /// The transaction was carried out.
    Txn {
        /// Whether all comparisons held.
        succeeded: bool,
        /// What became of each part.
        outputs: Option<Vec<Output>>,
    },
}

/// What an answer says about a record.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Seen {
    /// Its value.
    pub value: Option<Bytes>,
    /// The revision that created it.
    pub created: Option<u64>,
    /// The revision of its last change.
    pub modified: Option<u64>,
    /// How many times it was put since it was created.
    pub version: Option<u64>,
    /// Its lease, 0 for none.
    pub lease: Option<i64>,
}

/// What a client was told.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reply {
    /// The revision of the store.
    pub revision: Option<u64>,
    /// The answer; `None` if nobody knows what it would have been.
    pub output: Option<Output>,
}
