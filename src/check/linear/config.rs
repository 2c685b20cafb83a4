//! How far an order has come.

use super::super::spec::State;
use super::bits::Bits;

/// A point between two operations of some order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Config {
    /// What the store holds.
    pub state: State,
    /// The operations that have taken place, of those that had an answer.
    pub done: Bits,
    /// And of those whose outcome nobody knows.
    pub used: Bits,
}

impl Config {
    /// Nothing has taken place.
    pub fn new(state: State) -> Config {
        Config {
            state,
            ..Config::default()
        }
    }
}

impl Config {
    /// The same, but writes may have happened that nobody heard of.
    pub fn blurred(&self) -> Config {
        let mut config = self.clone();
        config.state.set_blurred(true);
        config
    }

    /// This configuration and one of other keys, whose operations come after this one's in the lists.
    pub fn join(&self, other: &Config, done: usize, used: usize) -> Config {
        Config {
            state: self.state.join(&other.state),
            done: self.done.join(&other.done, done),
            used: self.used.join(&other.used, used),
        }
    }

    /// The same for a list of operations of which each was at this place of the list before.
    pub fn with_done(&self, places: &[Option<usize>]) -> Config {
        Config {
            done: moved(&self.done, places),
            ..self.clone()
        }
    }

    /// The same, for the unknown operations.
    pub fn with_used(&self, places: &[Option<usize>]) -> Config {
        Config {
            used: moved(&self.used, places),
            ..self.clone()
        }
    }
}

fn moved(bits: &Bits, places: &[Option<usize>]) -> Bits {
    let places = places.iter().enumerate();
    let still = places.filter(|(_, before)| before.is_some_and(|before| bits.contains(before)));
    Bits::of(still.map(|(now, _)| now))
}
