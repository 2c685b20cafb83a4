//! How many are enough: majorities, joint majorities, and what they have reached.
//!
//! Pure arithmetic. Nothing in here knows messages, logs or terms; a decision is counted over
//! an [`Electorate`], and what is counted (votes, match indexes, the times at which a heartbeat
//! was confirmed) comes in as a function from the voter to its value.

use super::types::NodeId;
use std::borrow::Cow;

/// The smallest number of voters such that any two groups of that size share a member
/// (paper §5.1).
pub fn majority(voters: usize) -> usize {
    voters / 2 + 1
}

/// The outcome of an election, as far as the answers tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoteResult {
    /// Answers are missing that could still decide it either way.
    Pending,
    /// A quorum has granted.
    Won,
    /// So many refused that no quorum can grant any more.
    Lost,
}

/// Those whose agreement decides: the voters of the configuration, and while it is joint also
/// the voters of the old one, separately (paper §6).
#[derive(Clone, Debug)]
pub struct Electorate<'a> {
    incoming: Cow<'a, [NodeId]>,
    outgoing: &'a [NodeId],
    needed: fn(usize) -> usize,
}

impl<'a> Electorate<'a> {
    /// `incoming` are the voters of the (new) configuration, `outgoing` those of the old one
    /// while it is joint and empty otherwise. `needed` says how many of so many voters decide:
    /// [`majority`], unless that very rule is switched off.
    pub fn new(
        incoming: impl Into<Cow<'a, [NodeId]>>,
        outgoing: &'a [NodeId],
        needed: fn(usize) -> usize,
    ) -> Electorate<'a> {
        Electorate {
            incoming: incoming.into(),
            outgoing,
            needed,
        }
    }

    /// The outcome of an election in which `answer` tells what each voter said: granted,
    /// refused, or nothing yet. Without any voter nothing can be won.
    pub fn vote_result(&self, answer: impl Fn(NodeId) -> Option<bool>) -> VoteResult {
        if self.incoming.is_empty() {
            return VoteResult::Lost;
        }
        let new = self.half_result(&self.incoming, &answer);
        let old = self.half_result(self.outgoing, &answer);
        match (new, old) {
            (VoteResult::Won, VoteResult::Won) => VoteResult::Won,
            (VoteResult::Lost, _) | (_, VoteResult::Lost) => VoteResult::Lost,
            _ => VoteResult::Pending,
        }
    }

    /// The largest value that a quorum has reached: the k-th largest of the voters' values,
    /// where k voters decide; the smaller one of both halves while joint. `None` if there is
    /// no voter at all.
    ///
    /// Over match indexes this is the index that is stored on a quorum (paper §5.3), over times
    /// of confirmed heartbeats the time at which a quorum was last known to follow.
    pub fn reached<T: Ord + Copy>(&self, value: impl Fn(NodeId) -> T) -> Option<T> {
        let new = self.half_reached(&self.incoming, &value);
        let old = self.half_reached(self.outgoing, &value);
        match (new, old) {
            (Some(new), Some(old)) => Some(new.min(old)),
            (new, None) => new,
            (None, Some(_)) => None,
        }
    }

    /// Whether the node decides anything.
    pub fn contains(&self, id: NodeId) -> bool {
        self.incoming.contains(&id) || self.outgoing.contains(&id)
    }

    /// Everybody who decides, each once, in order.
    pub fn voters(&self) -> Vec<NodeId> {
        let mut all: Vec<NodeId> = self.incoming.iter().chain(self.outgoing).copied().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether this node is the only one that decides.
    pub fn is_only(&self, id: NodeId) -> bool {
        !self.incoming.is_empty()
            && self.incoming.iter().all(|voter| *voter == id)
            && self.outgoing.iter().all(|voter| *voter == id)
    }

    /// The election among one half. A half without voters agrees to everything.
    fn half_result(
        &self,
        voters: &[NodeId],
        answer: impl Fn(NodeId) -> Option<bool>,
    ) -> VoteResult {
        let needed = (self.needed)(voters.len()).min(voters.len());
        let granted = voters.iter().filter(|id| answer(**id) == Some(true));
        let refused = voters.iter().filter(|id| answer(**id) == Some(false));
        if granted.count() >= needed {
            VoteResult::Won
        } else if voters.len() - refused.count() < needed {
            VoteResult::Lost
        } else {
            VoteResult::Pending
        }
    }

    /// The k-th largest value of one half, where k decide.
    fn half_reached<T: Ord + Copy>(
        &self,
        voters: &[NodeId],
        value: impl Fn(NodeId) -> T,
    ) -> Option<T> {
        let needed = (self.needed)(voters.len()).min(voters.len());
        // In falling order. Leaders ask for every answer: a handful of voters needs no list on the heap.
        let first = value(*voters.first()?);
        let (mut few, mut many) = ([first; 9], Vec::new());
        let values = match few.get_mut(..voters.len()) {
            Some(few) => few,
            None => {
                many.resize(voters.len(), first);
                &mut many[..]
            }
        };
        for (count, id) in voters.iter().enumerate().skip(1) {
            let value = value(*id);
            let mut place = count;
            while place > 0 && values[place - 1] < value {
                values[place] = values[place - 1];
                place -= 1;
            }
            values[place] = value;
        }
        values.get(needed.max(1) - 1).copied()
    }
}
