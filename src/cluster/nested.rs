//! Actions inside of actions, read from untrusted bytes.
//!
//! A few bytes can say "at a time, at a time, at a time, …" so often that reading them exhausts
//! the stack. No action that makes sense is nested deeper than a fault for a while at a time, so
//! reading ends there.

use super::action::Action;
use serde::{Deserialize, Deserializer, de::Error};
use std::cell::Cell;

/// How deep actions may be nested.
const DEPTH: u8 = 2;

thread_local! {
    /// How many actions are being read around this one.
    static OUTER: Cell<u8> = const { Cell::new(0) };
}

/// Reads an action inside of another one.
///
/// # Errors
/// Those of the deserializer, and actions that are nested too deep.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Box<Action>, D::Error> {
    let outer = OUTER.get();
    if outer == DEPTH {
        return Err(D::Error::custom("actions are nested too deep"));
    }
    OUTER.set(outer + 1);
    let action = Action::deserialize(input);
    OUTER.set(outer);
    action.map(Box::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::SimTime;

    #[test]
    fn a_fault_for_a_while_at_a_time_is_read_back() {
        let action = Action::Heal.during(5).at(SimTime(7));
        let bytes = postcard::to_stdvec(&action).unwrap();
        assert_eq!(postcard::from_bytes(&bytes), Ok(action));
    }

    #[test]
    fn deep_nesting_is_refused_and_leaves_no_trace() {
        let heal = postcard::to_stdvec(&Action::Heal.at(SimTime(7))).unwrap();
        let start = &heal[..heal.len() - 2];
        let mut bytes = start.repeat(1_000_000);
        bytes.extend(&heal);
        for _ in 0..10 {
            assert!(postcard::from_bytes::<Action>(&bytes).is_err());
        }
        let good = Action::Heal.during(5).at(SimTime(7));
        let bytes = postcard::to_stdvec(&good).unwrap();
        assert_eq!(postcard::from_bytes(&bytes), Ok(good));
    }
}
