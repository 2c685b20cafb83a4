//! What clients ask and are told.

use super::Checker;
use crate::cluster::{Call, OperationId, Outcome};

impl Checker {
    /// A client asks.
    pub(super) fn called(&mut self, operation: OperationId, call: &Call) {
        if let Call::Store(request) = call
            && !request.is_serializable()
        {
            self.answers.called(operation);
            self.histories.called(&mut self.report, operation, request);
        }
    }

    /// A client's question has come to an end.
    pub(super) fn returned(&mut self, operation: OperationId, outcome: &Outcome) {
        match outcome {
            Outcome::Answered(answer) => {
                let report = &mut self.report;
                self.answers.answered(report, operation, answer.revision());
                if let Some(response) = answer.response() {
                    self.histories.answered(report, operation, response);
                }
            }
            Outcome::Failed(error) => {
                self.answers.failed(operation);
                let never = error.is_certain();
                self.histories.failed(&mut self.report, operation, never);
            }
        }
    }
}
