//! Which unknown operations are worth a try.
//!
//! An unknown operation is needed only right before one that sees what it did: if the next one does
//! not see it, it may as well come later, or never. So one that puts a value under the only key is
//! worth a try if some other operation wants to see this very value.

use super::super::spec::{Input, Output, Relation, Seen, Span, Target};
use super::Operation;
use super::search::Problem;
use bytes::Bytes;

/// What an operation must find.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// It does not look.
    Nothing,
    /// This value, by its number.
    Value(u32),
    /// Something else.
    Anything,
}

/// What operations want, and what unknown ones give.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    /// For each operation with an answer what it must find.
    pub certain: Vec<Wish>,
    /// What the operations want that can come next.
    pub heard: Vec<Wish>,
    /// For each unknown operation the only value that it can leave behind.
    gives: Vec<Option<u32>>,
    /// The values that unknown operations want.
    unknown: Vec<u32>,
    /// Whether one of them wants something else.
    unknown_anything: bool,
}

impl Wishes {
    pub fn of(problem: Problem<'_>) -> Wishes {
        let all = || problem.certain.iter().chain(problem.unknown);
        let mut spans = all().flat_map(|operation| operation.input.spans());
        let only = spans.next().filter(Span::is_key);
        if problem.unknown.is_empty() || !spans.all(|span| Some(&span) == only.as_ref()) {
            return Wishes::default();
        }
        let mut values: Vec<&Bytes> = all()
            .flat_map(|o| [gift(o), want(o).ok().flatten()])
            .flatten()
            .collect();
        values.sort_unstable();
        values.dedup();
        let number = |value: &Bytes| {
            let place = values.binary_search_by(|other| (*other).cmp(value));
            place.ok().map(|place| place as u32)
        };
        let wish = |operation: &Operation| match want(operation) {
            Ok(Some(value)) => number(value).map_or(Wish::Anything, Wish::Value),
            Ok(None) => Wish::Nothing,
            Err(Unclear) => Wish::Anything,
        };
        let unknown: Vec<Wish> = problem.unknown.iter().map(wish).collect();
        let mut wanted: Vec<u32> = unknown
            .iter()
            .filter_map(|wish| match wish {
                Wish::Value(value) => Some(*value),
                _ => None,
            })
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        Wishes {
            certain: problem.certain.iter().map(wish).collect(),
            heard: Vec::new(),
            gives: problem
                .unknown
                .iter()
                .map(|o| gift(o).and_then(number))
                .collect(),
            unknown: wanted,
            unknown_anything: unknown.contains(&Wish::Anything),
        }
    }

    /// Whether there is any choice to be made.
    pub fn matter(&self) -> bool {
        self.gives.iter().any(Option::is_some)
    }

    /// Whether an unknown operation can give what somebody wants.
    pub fn fulfils(&self, place: u32) -> bool {
        let Some(value) = self.gives.get(place as usize).copied().flatten() else {
            return true;
        };
        self.unknown_anything
            || self.unknown.binary_search(&value).is_ok()
            || self
                .heard
                .iter()
                .any(|wish| matches!(wish, Wish::Anything) || *wish == Wish::Value(value))
    }
}

/// It cannot be said in a word.
struct Unclear;

/// The value that an operation must find, if it looks.
fn want(operation: &Operation) -> Result<Option<&Bytes>, Unclear> {
    match (&operation.input, &operation.reply.output) {
        (Input::Get { .. }, Some(Output::Got { records, .. })) => match &records[..] {
            [
                (
                    _,
                    Seen {
                        value: Some(value), ..
                    },
                ),
            ] => Ok(Some(value)),
            _ => Err(Unclear),
        },
        (input, None | Some(Output::Put { before: None })) if input.overwrites().is_some() => {
            Ok(None)
        }
        (
            Input::Txn { compare, .. },
            Some(Output::Txn {
                succeeded: true, ..
            }),
        ) => {
            let equal = compare.iter().find_map(|compare| match &compare.target {
                Target::Value(value) if compare.relation == Relation::Equal => Some(value),
                _ => None,
            });
            equal.map(Some).ok_or(Unclear)
        }
        _ => Err(Unclear),
    }
}

/// The only value that an operation can leave behind.
fn gift(operation: &Operation) -> Option<&Bytes> {
    match &operation.input {
        Input::Put { value, .. } => value.as_ref(),
        Input::Txn { then, .. } => match (&then[..], &operation.reply.output) {
            (
                [Input::Put { value, .. }],
                Some(Output::Txn {
                    succeeded: true, ..
                }),
            ) => value.as_ref(),
            _ => None,
        },
        _ => None,
    }
}
