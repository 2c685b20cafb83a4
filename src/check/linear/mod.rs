//! Linearizability: whether operations can be put in an order, each between its call and its
//! return, in which every reply is right.
//!
//! The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993) with Lowe's
//! memory ("Testing for linearizability", 2017), as porcupine has it: a linked list of calls and
//! returns, from which operations are lifted as they take their place in the order, and a table of
//! what was reached before (`search`, `list`). Two things are our own:
//!
//! - An operation whose outcome nobody knows may take place at any time after its call, or never. It
//!   is not put at the end of the history but left out until it explains something, and whatever
//!   was reached with fewer of them makes the same with more of them pointless.
//! - A search can ask for all ends instead of one. That makes it possible to go on later from
//!   there and to forget what was before (`parts`), while a run goes on.
//!
//! [`judge`](judge()) is for whole histories, and finds the shortest contradiction too (`core`).

mod bits;
mod config;
mod core;
mod judge;
mod list;
mod parts;
mod reached;
mod search;
mod territory;
mod wishes;

pub use judge::{BUDGET, Contradiction, Verdict, judge};
pub(super) use parts::{Fate, Part, Trouble};
pub(super) use territory::Territory;

use super::spec::{Input, Output, Reply};

/// A request of a client, and what the client knows of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its identity, for whoever shows it.
    pub id: u64,
    /// What was asked for.
    pub input: Input,
    /// What was answered.
    pub reply: Reply,
    /// When it was called. No two calls or returns have the same time.
    pub called: u64,
    /// When the answer came; `None` if none did: it may have happened, may yet happen, or never
    /// does.
    pub returned: Option<u64>,
}

impl Operation {
    /// Whether it changed nothing, in whatever state it took place.
    fn only_reads(&self) -> bool {
        match (&self.input, &self.reply.output) {
            (
                Input::Txn {
                    then, otherwise, ..
                },
                Some(Output::Txn { succeeded, .. }),
            ) => {
                let branch = if *succeeded { then } else { otherwise };
                !branch.iter().any(Input::is_write)
            }
            (input, _) => !input.is_write(),
        }
    }

    /// The operations that stand for one whose outcome nobody knows: nothing for a read; and for a
    /// transaction one for each way that it may have gone.
    pub fn unknown(id: u64, input: Input, called: u64) -> Vec<Operation> {
        let with = |input: Input, output| Operation {
            id,
            input,
            reply: Reply {
                revision: None,
                output,
            },
            called,
            returned: None,
        };
        let Input::Txn {
            then, otherwise, ..
        } = &input
        else {
            return match input.is_write() {
                true => vec![with(input, None)],
                false => Vec::new(),
            };
        };
        let branches = [(true, then), (false, otherwise)];
        let writes = branches
            .into_iter()
            .filter(|(_, branch)| branch.iter().any(Input::is_write));
        let ways = writes.map(|(succeeded, _)| {
            let outputs = None;
            with(input.clone(), Some(Output::Txn { succeeded, outputs }))
        });
        ways.collect()
    }
}
