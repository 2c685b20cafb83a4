//! The latest operations of all clients, as the console below the logs shows them.
//!
//! A frame knows only the latest operation of each client; this keeps those before.

use crate::cluster::OperationId;
use crate::raft::NodeId;
use crate::view::{ClientView, OperationView};
use std::borrow::Borrow;

/// How many are kept.
const KEPT: usize = 60;

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
    /// Whether these clients do something that is not known yet.
    pub fn is_outdated<C: Borrow<ClientView>>(&self, clients: &[C]) -> bool {
        let mut operations = clients.iter().filter_map(|c| c.borrow().operation.as_ref());
        operations.any(|operation| match self.position(operation.id) {
            Ok(i) => self.0[i].operation != *operation,
            Err(_) => true,
        })
    }

    /// Takes over what the clients of a new frame do.
    pub fn observe<C: Borrow<ClientView>>(&mut self, clients: &[C]) {
        for client in clients.iter().map(Borrow::borrow) {
            let Some(operation) = &client.operation else {
                continue;
            };
            match self.position(operation.id) {
                Ok(i) if self.0[i].operation == *operation => {}
                Ok(i) => self.0[i].operation = operation.clone(),
                Err(i) => self.0.insert(
                    i,
                    Answer {
                        member: client.member,
                        client: client.name.clone(),
                        operation: operation.clone(),
                    },
                ),
            }
        }
        let surplus = self.0.len().saturating_sub(KEPT);
        self.0.drain(..surplus);
    }

    /// The operations, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Answer> {
        self.0.iter()
    }

    fn position(&self, id: OperationId) -> Result<usize, usize> {
        self.0
            .binary_search_by_key(&id, |answer| answer.operation.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ClientId;
    use crate::sim::SimTime;
    use crate::view::OutcomeView;

    fn client(operation: u64, outcome: OutcomeView) -> ClientView {
        ClientView {
            id: ClientId(0),
            name: "client A".to_string(),
            member: NodeId(1),
            operation: Some(OperationView {
                id: OperationId(operation),
                command: format!("put k {operation}"),
                called: SimTime(operation),
                returned: None,
                outcome,
            }),
        }
    }

    #[test]
    fn operations_stay_after_their_client_goes_on() {
        let mut answers = Answers::default();
        answers.observe(&[client(1, OutcomeView::Pending)]);
        answers.observe(&[client(1, OutcomeView::Done(vec!["OK".to_string()]))]);
        answers.observe(&[client(2, OutcomeView::Pending)]);
        let outcomes: Vec<_> = answers
            .iter()
            .map(|a| a.operation.outcome.clone())
            .collect();
        let done = OutcomeView::Done(vec!["OK".to_string()]);
        assert_eq!(outcomes, [done, OutcomeView::Pending]);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let mut answers = Answers::default();
        for operation in 1..=200 {
            answers.observe(&[client(operation, OutcomeView::Pending)]);
        }
        assert_eq!(answers.iter().count(), KEPT);
        assert_eq!(
            answers.iter().next().unwrap().operation.id,
            OperationId(141)
        );
    }
}
