//! Fresh answers: what a client sees is never older than what any client saw before it asked.
//!
//! Every answer carries the revision of the store that it shows, and revisions are in the order
//! of the log. So linearizability in real time needs one number: the highest revision that any
//! client had seen when the question was asked. Serializable reads promise nothing and are left
//! out. (That answers hold the right values for their revision follows from State Machine Safety.)

use super::report::{Moment, Report};
use super::sorted::Sorted;
use crate::cluster::{Claim, OperationId, Property};
use crate::kv::Revision;

/// What clients have seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// The answer with the highest revision so far.
    highest: Option<Seen>,
    /// What had been seen when each of the waiting operations was called.
    waiting: Sorted<OperationId, Option<Seen>>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    operation: OperationId,
    revision: Revision,
    when: Moment,
}

impl Answers {
    /// A client asks something that must see the newest state.
    pub fn called(&mut self, operation: OperationId) {
        self.waiting.get_or_insert(operation, self.highest);
    }

    /// An operation ended without an answer.
    pub fn failed(&mut self, operation: OperationId) {
        self.waiting.remove(operation);
    }

    /// An operation was answered.
    pub fn answered(&mut self, report: &mut Report, operation: OperationId, revision: Revision) {
        let Some(floor) = self.waiting.remove(operation) else {
            return;
        };
        let fresh = floor.is_none_or(|floor| revision >= floor.revision);
        report.expect(Property::FreshAnswers, fresh, || {
            let floor = floor.expect("a stale answer is older than another one");
            let claim = |operation, revision| Claim::Saw {
                operation,
                revision,
            };
            let earlier = floor.when.saw(claim(floor.operation, floor.revision));
            (earlier, claim(operation, revision))
        });
        if self
            .highest
            .is_none_or(|highest| revision > highest.revision)
        {
            self.highest = Some(Seen {
                operation,
                revision,
                when: report.now(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call (`None`) or an answer with a revision, of an operation.
    fn check(events: &[(u64, Option<u64>)]) -> Vec<Property> {
        let mut answers = Answers::default();
        let mut report = Report::default();
        for (step, (operation, revision)) in (1..).zip(events) {
            let operation = OperationId(*operation);
            match revision {
                None => answers.called(operation),
                Some(revision) => {
                    answers.answered(report.at(step), operation, Revision(*revision));
                }
            }
        }
        report.violated()
    }

    #[test]
    fn an_answer_older_than_one_seen_before_the_call_is_reported() {
        let stale = [(1, None), (1, Some(5)), (2, None), (2, Some(4))];
        assert_eq!(check(&stale), [Property::FreshAnswers]);
    }

    #[test]
    fn overlapping_operations_may_see_either_state() {
        let overlapping = [(1, None), (2, None), (1, Some(5)), (2, Some(4))];
        assert_eq!(check(&overlapping), []);
    }

    #[test]
    fn the_same_revision_is_fresh_enough() {
        assert_eq!(
            check(&[(1, None), (1, Some(5)), (2, None), (2, Some(5))]),
            []
        );
    }
}
