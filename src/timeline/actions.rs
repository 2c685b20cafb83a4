//! What was done on a line of history.
//!
//! Nearly all of it are requests, and of these the run knows all but the step already: they are its operations. So they
//! are not kept a second time.

use super::machine::Operations;
use super::position::Position;
use super::recording::RecordedAction;
use crate::base::SharedVec;
use crate::cluster::Action;
use std::sync::Arc;

/// Actions in the order of their steps. The operations that all of this is about are those of the line's end.
#[derive(Clone, Debug, Default)]
pub(super) struct Actions(SharedVec<Done>);

/// An action, in short.
#[derive(Clone, Debug)]
struct Done {
    at: Position,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// A client asked for something: the operation at this place of the list.
    Request(usize),
    /// Anything else.
    Other(Arc<Action>),
}

impl Actions {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The number of actions up to and including this step.
    pub fn count_until(&self, step: u64) -> usize {
        self.0.partition_point(|done| done.at.step <= step)
    }

    /// Forgets all that was done after this step.
    pub fn forget_after(&mut self, step: u64) {
        self.0.truncate(self.count_until(step));
    }

    /// The step of an action by its place, counted from 0.
    pub fn step(&self, place: usize) -> Option<u64> {
        Some(self.0.get(place)?.at.step)
    }

    /// An action by its place.
    pub fn get(&self, place: usize, operations: &Operations) -> Option<RecordedAction> {
        Some(self.0.get(place)?.unfold(operations))
    }

    /// All actions from a place on.
    pub fn from<'a>(
        &'a self,
        place: usize,
        operations: &'a Operations,
    ) -> impl Iterator<Item = RecordedAction> + 'a {
        let list = self.0.range(place, self.0.len());
        list.map(|done| done.unfold(operations))
    }

    /// Adds an action that has just been done. What it asked for, if it did, is the latest operation.
    pub fn push(&mut self, at: Position, action: Kept, operations: &Operations) {
        let what = match action.0 {
            Some(action) => What::Other(action),
            None => What::Request(operations.len() - 1),
        };
        self.0.push(Done { at, what });
    }
}

/// What has to be kept of an action: nothing of a request.
pub(super) struct Kept(Option<Arc<Action>>);

impl Kept {
    pub fn of(action: &Action) -> Kept {
        let is_request = matches!(action, Action::Request { .. });
        Kept((!is_request).then(|| Arc::new(action.clone())))
    }
}

impl Done {
    fn unfold(&self, operations: &Operations) -> RecordedAction {
        let action = match &self.what {
            What::Other(action) => (**action).clone(),
            What::Request(place) => {
                let asked = &operations[*place];
                Action::Request {
                    client: asked.client,
                    member: asked.member,
                    request: asked.request().expect("it was a request").clone(),
                }
            }
        };
        let Position { step, time } = self.at;
        RecordedAction { step, time, action }
    }
}
