//! What clients ask and are told.

use super::Checker;
use crate::cluster::{
    Call, Job, OperationId, Outcome, Packet, ProgramEvent, Question, RunId, World,
};
use crate::kv::{Request, ResponseBody};
use crate::raft::NodeId;

impl Checker {
    /// A client asks.
    pub(super) fn called(
        &mut self,
        operation: OperationId,
        member: NodeId,
        call: &Call,
        question: Option<Question>,
        world: &World,
    ) {
        match call {
            Call::Store(request) => {
                if let Request::Range(range) = request {
                    self.one_revision
                        .called(&self.past, operation, member, range);
                }
                if !request.is_serializable() {
                    self.answers.called(operation);
                    self.histories.called(&mut self.report, operation, request);
                }
            }
            Call::Watch(watch) => {
                if let Some(question) = question {
                    let running = world.program(question.run);
                    let told = running.is_some_and(|it| matches!(it.job, Job::Watch(_)));
                    self.watches
                        .called(&self.report, operation, question, &watch.request, told);
                }
            }
            _ => {}
        }
    }

    /// A client's question has come to an end.
    pub(super) fn returned(&mut self, operation: OperationId, outcome: &Outcome) {
        let report = &mut self.report;
        let past = &self.past;
        match outcome {
            Outcome::Answered(answer) => {
                self.answers.answered(report, operation, answer.revision());
                let response = answer.response();
                let found = response.and_then(|response| match &response.body {
                    ResponseBody::Range(found) => Some((response.revision, found)),
                    _ => None,
                });
                self.one_revision.returned(report, past, operation, found);
                self.watches.returned(report, past, operation, Some(answer));
                if let Some(response) = response {
                    self.histories.answered(report, operation, response);
                }
            }
            Outcome::Failed(error) => {
                self.answers.failed(operation);
                self.one_revision.returned(report, past, operation, None);
                self.watches.returned(report, past, operation, None);
                let never = error.is_certain();
                self.histories.failed(report, operation, never);
            }
        }
    }

    /// A client gets something.
    pub(super) fn streamed(&mut self, packet: &Packet) {
        if let Packet::Streamed {
            operation,
            number,
            answer,
        } = packet
        {
            let part = (*operation, *number);
            self.watches
                .arrived(&mut self.report, &self.past, part, answer);
        }
    }

    /// A program says something.
    pub(super) fn ran(&mut self, run: RunId, event: &ProgramEvent) {
        match event {
            ProgramEvent::Watched { answer, .. } => {
                self.watches.says(&mut self.report, run, answer);
            }
            ProgramEvent::Ended(_) => self.watches.ended(run),
            _ => {}
        }
    }
}
