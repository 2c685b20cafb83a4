//! The latest operations of all clients, as the console below the logs shows them.

use crate::cluster::Operation;
use crate::raft::NodeId;
use crate::timeline::Operations;
use crate::view::{OperationView, client_name, operation_view};

/// How many are shown.
const SHOWN: usize = 60;

/// An operation with the actors that took part.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// The member that the client talked to.
    pub member: NodeId,
    /// The client's name.
    pub client: String,
    /// The operation.
    pub operation: OperationView,
}

/// The latest operations, oldest first.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answers(Vec<Answer>);

impl Answers {
    /// The latest of a run's operations.
    pub fn latest(operations: &Operations) -> Answers {
        let latest = shown(operations).map(|operation| Answer {
            member: operation.member,
            client: client_name(operation.client),
            operation: operation_view(operation),
        });
        Answers(latest.collect())
    }

    /// Whether these are the latest operations as they stand.
    pub fn are_latest(&self, operations: &Operations) -> bool {
        let same = |(answer, operation): (&Answer, &Operation)| {
            let returned = operation.returned.as_ref().map(|(at, _)| *at);
            answer.operation.id == operation.id && answer.operation.returned == returned
        };
        let count = operations.len().min(SHOWN);
        self.0.len() == count && self.0.iter().zip(shown(operations)).all(same)
    }

    /// The operations, oldest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Answer> {
        self.0.iter()
    }
}

fn shown(operations: &Operations) -> impl Iterator<Item = &Operation> {
    let first = operations.len().saturating_sub(SHOWN);
    (first..operations.len()).filter_map(|i| operations.get(i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Call, ClientError, ClientId, OperationId, Outcome};
    use crate::kv::Request;
    use crate::sim::SimTime;
    use crate::view::OutcomeView;

    fn operation(id: u64) -> Operation {
        Operation {
            id: OperationId(id),
            client: ClientId(0),
            member: NodeId(1),
            call: Call::Store(Request::delete(format!("k{id}"))).into(),
            called: SimTime(id),
            returned: None,
        }
    }

    #[test]
    fn an_answer_that_arrives_is_taken_over() {
        let mut operations: Operations = [operation(1), operation(2)].into_iter().collect();
        let answers = Answers::latest(&operations);
        assert!(answers.are_latest(&operations));
        let late = Outcome::Failed(ClientError::DeadlineExceeded);
        let mut first = operation(1);
        first.returned = Some((SimTime(9), late));
        operations = operations.set(0, first).unwrap();
        assert!(!answers.are_latest(&operations));
        let answers = Answers::latest(&operations);
        let first = answers.iter().next().unwrap();
        assert!(matches!(first.operation.outcome, OutcomeView::Unknown(_)));
    }

    #[test]
    fn only_the_latest_are_shown() {
        let operations: Operations = (1..=200).map(operation).collect();
        let answers = Answers::latest(&operations);
        assert_eq!(answers.iter().count(), SHOWN);
        assert_eq!(
            answers.iter().next().unwrap().operation.id,
            OperationId(141)
        );
        assert!(answers.are_latest(&operations));
    }
}
