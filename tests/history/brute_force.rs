//! The definition of linearizability, tried by all orders.

use bytes::Bytes;
use quorum::check::linear::Operation;
use quorum::check::spec::{Input, Output};

/// Whether the operations on one register can be put in order: every order is tried, with every choice
/// of unknown operations, against a register of our own.
pub fn is_linearizable(operations: &[Operation]) -> bool {
    let all: Vec<usize> = (0..operations.len()).collect();
    try_all(operations, &all, None)
}

fn try_all(operations: &[Operation], left: &[usize], register: Option<&Bytes>) -> bool {
    let is_known = |place: &usize| operations[*place].returned.is_some();
    if !left.iter().any(is_known) {
        return true;
    }
    left.iter().any(|place| {
        let next = &operations[*place];
        // Nobody may have returned before it was called.
        let returned = |other: &usize| operations[*other].returned.unwrap_or(u64::MAX);
        if left.iter().any(|other| returned(other) < next.called) {
            return false;
        }
        let Some(after) = take(next, register) else {
            return false;
        };
        let rest: Vec<usize> = left
            .iter()
            .copied()
            .filter(|other| other != place)
            .collect();
        try_all(operations, &rest, after)
    })
}

/// What the register holds after the operation; `None` if its answer is wrong.
fn take<'a>(operation: &'a Operation, register: Option<&'a Bytes>) -> Option<Option<&'a Bytes>> {
    match (&operation.input, &operation.reply.output) {
        (Input::Get { .. }, Some(Output::Got { records, .. })) => {
            let seen = records.first().and_then(|(_, seen)| seen.value.as_ref());
            (seen == register).then_some(register)
        }
        (Input::Put { value, .. }, _) => Some(value.as_ref()),
        (Input::Txn { compare, then, .. }, Some(Output::Txn { succeeded, .. })) => {
            use quorum::check::spec::Target;
            let fits = match &compare[0].target {
                Target::Value(from) => Some(from) == register,
                _ => register.is_none(),
            };
            let to = match &then[0] {
                Input::Put { value, .. } => value.as_ref(),
                _ => None,
            };
            match (fits == *succeeded, succeeded) {
                (false, _) => None,
                (true, true) => Some(to),
                (true, false) => Some(register),
            }
        }
        _ => None,
    }
}
