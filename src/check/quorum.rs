//! Counting, done again by the definition and not by the protocol's own arithmetic.

use crate::raft::{ConfState, NodeId};

/// Whether those of whom `has` is true can decide: more than half of the voters, and while the
/// configuration is joint also more than half of the old ones.
pub(super) fn is_quorum(conf: &ConfState, has: impl Fn(NodeId) -> bool) -> bool {
    let most = |voters: &[NodeId]| voters.iter().filter(|id| has(**id)).count() * 2 > voters.len();
    most(&conf.voters) && (conf.voters_outgoing.is_empty() || most(&conf.voters_outgoing))
}

/// Whether every quorum of one configuration shares a member with every quorum of the other. By
/// trying all groups: configurations are small and change seldom.
pub(super) fn overlap(one: &ConfState, other: &ConfState) -> bool {
    let lists = [
        &one.voters,
        &one.voters_outgoing,
        &other.voters,
        &other.voters_outgoing,
    ];
    let mut everybody: Vec<NodeId> = lists.into_iter().flatten().copied().collect();
    everybody.sort();
    everybody.dedup();
    let position = |id| everybody.iter().position(|other| *other == id);
    (0..1_u64 << everybody.len()).all(|group| {
        let inside = |id| position(id).is_some_and(|place| group >> place & 1 == 1);
        !(is_quorum(one, inside) && is_quorum(other, |id| !inside(id)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conf(voters: &[u64], outgoing: &[u64]) -> ConfState {
        ConfState {
            voters_outgoing: outgoing.iter().copied().map(NodeId).collect(),
            ..ConfState::voters(voters.iter().copied().map(NodeId))
        }
    }

    #[test]
    fn a_quorum_is_more_than_half() {
        let four = conf(&[1, 2, 3, 4], &[]);
        assert!(!is_quorum(&four, |id| id.0 <= 2));
        assert!(is_quorum(&four, |id| id.0 <= 3));
        assert!(!is_quorum(&conf(&[], &[]), |_| true));
        let joint = conf(&[1, 2, 3], &[3, 4, 5]);
        assert!(!is_quorum(&joint, |id| id.0 <= 3), "one of the old voters");
        assert!(is_quorum(&joint, |id| id.0 != 1 && id.0 != 5));
    }

    #[test]
    fn one_voter_more_or_less_overlaps_and_two_do_not() {
        assert!(overlap(&conf(&[1, 2, 3], &[]), &conf(&[1, 2, 3, 4], &[])));
        assert!(overlap(&conf(&[1, 2], &[]), &conf(&[2], &[])));
        assert!(!overlap(
            &conf(&[1, 2, 3], &[]),
            &conf(&[1, 2, 3, 4, 5], &[])
        ));
        assert!(!overlap(&conf(&[1, 2], &[]), &conf(&[3, 4], &[])));
    }

    #[test]
    fn a_joint_configuration_overlaps_with_both_its_halves() {
        let joint = conf(&[4, 5, 6], &[1, 2, 3]);
        assert!(overlap(&joint, &conf(&[1, 2, 3], &[])));
        assert!(overlap(&joint, &conf(&[4, 5, 6], &[])));
        assert!(!overlap(&joint, &conf(&[7, 8, 9], &[])));
    }
}
