//! Whole watches: a watch tells every change of its keys once, in order, all of a revision together,
//! also when it has to begin again at another member.
//!
//! Two things are compared with the past of the keys ([`Past`]): the parts of each stream as the
//! client takes them, and what the client's program makes of them. A program that begins a stream
//! again asks the same question, so what a watch knows goes on from stream to stream.

use super::past::{Change, Past, Print};
use super::report::{Moment, Report};
use super::spec::Span;
use crate::cluster::{
    Answer, AnswerBody, Claim, OperationId, Property, Question, RunId, WatchAnswer, WatchRequest,
};
use crate::kv::{Event, EventType};
use bytes::Bytes;
use std::sync::Arc;

/// All watches that are under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches {
    list: Vec<Watch>,
    /// What the clients' programs took in this step and have to say.
    taken: Vec<(RunId, Arc<Answer>)>,
}

#[derive(Clone, Debug)]
struct Watch {
    question: Question,
    request: Arc<WatchRequest>,
    span: Span,
    /// Whether its program says what it hears.
    told: bool,
    /// The first revision that was not told; `None` before the watch is set up.
    next: Option<u64>,
    /// When that was found out.
    heard: Moment,
    /// The stream that it listens to, and how many parts of it have come.
    stream: Option<(OperationId, u64)>,
}

impl Watches {
    /// A stream begins.
    pub fn called(
        &mut self,
        report: &Report,
        operation: OperationId,
        question: Question,
        request: &WatchRequest,
        told: bool,
    ) {
        let stream = Some((operation, 0));
        let known = |watch: &&mut Watch| watch.question == question;
        if let Some(watch) = self.list.iter_mut().find(known) {
            watch.stream = stream;
            return;
        }
        self.list.push(Watch {
            question,
            span: Span::range(&request.key, &request.range_end),
            request: Arc::new(request.clone()),
            told,
            next: None,
            heard: report.now(),
            stream,
        });
    }

    /// A stream ends; its watch may go on in another one.
    pub fn returned(
        &mut self,
        report: &mut Report,
        past: &Past,
        operation: OperationId,
        answer: Option<&Arc<Answer>>,
    ) {
        let Some(place) = self.listening(operation) else {
            return;
        };
        if let Some(answer) = answer
            && let AnswerBody::Watch(part) = &answer.body
        {
            self.list[place].ends(report, past, operation, part);
        }
        self.list[place].stream = None;
    }

    /// A program has ended, and its watches with it.
    pub fn ended(&mut self, run: RunId) {
        self.list.retain(|watch| watch.question.run != run);
    }

    /// A part of a stream comes to its client, who takes it if it is the next one.
    pub fn arrived(
        &mut self,
        report: &mut Report,
        past: &Past,
        (operation, number): (OperationId, u64),
        answer: &Arc<Answer>,
    ) {
        let Some(place) = self.listening(operation) else {
            return;
        };
        let watch = &mut self.list[place];
        let (Some((_, parts)), AnswerBody::Watch(part)) = (&mut watch.stream, &answer.body) else {
            return;
        };
        if number != *parts + 1 {
            return;
        }
        *parts = number;
        if part.created {
            let wanted = u64::try_from(watch.request.start_revision).unwrap_or(0);
            let from_now = answer.header.revision + 1;
            watch
                .next
                .get_or_insert(if wanted > 0 { wanted } else { from_now });
            watch.heard = report.now();
            return;
        }
        watch.takes(report, past, operation, part, answer.header.revision);
        if watch.told {
            self.taken.push((watch.question.run, answer.clone()));
        }
    }

    /// A program says something to its user.
    pub fn says(&mut self, report: &mut Report, run: RunId, answer: &Answer) {
        let AnswerBody::Watch(part) = &answer.body else {
            return;
        };
        if part.canceled.is_some() {
            return;
        }
        let of_run = |(other, _): &(RunId, Arc<Answer>)| *other == run;
        let place = self.taken.iter().position(of_run);
        let taken = place.map(|place| self.taken.remove(place).1);
        let same = taken.as_deref() == Some(answer);
        self.expect_said(report, run, same, &part.events);
    }

    /// The step is over: whatever was taken was said.
    pub fn end_step(&mut self, report: &mut Report) {
        if self.taken.is_empty() {
            return;
        }
        for (run, answer) in std::mem::take(&mut self.taken) {
            // The program may have ended in this very step.
            if let AnswerBody::Watch(part) = &answer.body
                && self.list.iter().any(|watch| watch.question.run == run)
            {
                self.expect_said(report, run, false, &part.events);
            }
        }
    }

    /// How many watches that are set up were not told everything yet, of programs that still run.
    pub fn behind(&self, past: &Past) -> usize {
        let behind = self.list.iter().filter(|watch| {
            let next = watch.next.unwrap_or(u64::MAX);
            (next..=past.revision()).any(|revision| watch.wanted(past, revision).next().is_some())
        });
        behind.count()
    }

    fn listening(&self, operation: OperationId) -> Option<usize> {
        let hears = |watch: &Watch| watch.stream.is_some_and(|(it, _)| it == operation);
        self.list.iter().position(hears)
    }

    fn expect_said(&self, report: &mut Report, run: RunId, same: bool, events: &[Event]) {
        let of_run = |watch: &&Watch| watch.question.run == run;
        report.expect(Property::WholeWatches, same, || {
            let watch = self.list.iter().find(of_run);
            let (operation, next, heard) = watch.map_or_else(Default::default, |watch| {
                let operation = watch.stream.map(|(operation, _)| operation);
                (operation.unwrap_or_default(), watch.next, watch.heard)
            });
            let revision = |event: &Event| event.kv.mod_revision.0;
            let knows = Claim::Knows {
                operation,
                before: next.unwrap_or_default(),
            };
            let told = Claim::Told {
                operation,
                revision: events.first().map_or(0, revision),
                keys: events.iter().map(|event| event.kv.key.clone()).collect(),
            };
            (heard.saw(knows), told)
        });
    }
}

impl Watch {
    /// What a revision has for this watch.
    fn wanted<'a>(&'a self, past: &'a Past, revision: u64) -> impl Iterator<Item = &'a Change> {
        let list = past
            .changes(revision)
            .map_or(&[][..], |changes| &changes.list);
        list.iter().filter(|change| {
            let unwanted = match change.now {
                Some(_) => self.request.no_put,
                None => self.request.no_delete,
            };
            !unwanted && self.span.contains(&change.key)
        })
    }

    /// Takes a part: events, or nothing, which says that there are none up to the store's revision.
    fn takes(
        &mut self,
        report: &mut Report,
        past: &Past,
        operation: OperationId,
        part: &WatchAnswer,
        revision: u64,
    ) {
        let (Some(next), false) = (self.next, past.is_blind()) else {
            return;
        };
        let last = part.events.last().map(|event| event.kv.mod_revision.0);
        let up_to = last.unwrap_or(revision);
        let mut told = part.events.iter().peekable();
        let mut wrong = None;
        // Whatever is told from before, or from a future that nobody knows, is not in the list.
        for revision in next..=up_to.min(past.revision()) {
            for change in self.wanted(past, revision) {
                if told
                    .next_if(|event| self.tells(past, event, revision, change))
                    .is_none()
                {
                    wrong = wrong.or(Some(revision));
                }
            }
            if wrong.is_some() {
                break;
            }
        }
        if let Some(event) = told.peek() {
            wrong = wrong.or(Some(event.kv.mod_revision.0));
        }
        let whole = wrong.is_none() && up_to <= past.revision();
        let heard = self.heard;
        report.expect(Property::WholeWatches, whole, || {
            let revision = wrong.unwrap_or(up_to);
            let of = |event: &&Event| event.kv.mod_revision.0 == revision;
            let keys = part
                .events
                .iter()
                .filter(of)
                .map(|event| event.kv.key.clone());
            let claim = Claim::Told {
                operation,
                revision,
                keys: keys.collect(),
            };
            match past.changes(revision) {
                Some(changes) if revision >= next => {
                    let keys = self.wanted(past, revision).map(|change| change.key.clone());
                    let keys: Vec<Bytes> = keys.collect();
                    (changes.seen.saw(Claim::Changed { revision, keys }), claim)
                }
                _ => {
                    let before = next;
                    (heard.saw(Claim::Knows { operation, before }), claim)
                }
            }
        });
        self.next = Some(next.max(up_to + 1));
        self.heard = report.now();
    }

    /// Whether an event says what a revision made of a key.
    fn tells(&self, past: &Past, event: &Event, revision: u64, change: &Change) -> bool {
        let kind = match event.kind {
            EventType::Put => Some(Print::of_told(&event.kv)),
            EventType::Delete => None,
        };
        let same =
            event.kv.key == change.key && event.kv.mod_revision.0 == revision && kind == change.now;
        let before = past.change_of(&change.key, change.before);
        let before = before.and_then(|before| before.now);
        let told = event.prev_kv.as_ref().map(Print::of_told);
        same && match (self.request.prev_kv, told) {
            (true, None) => before.is_none() || revision <= past.compacted(),
            (true, told) => told == before,
            (false, told) => told.is_none(),
        }
    }

    /// The member ends the stream for good. If it says that what is wanted is forgotten, it is.
    fn ends(
        &mut self,
        report: &mut Report,
        past: &Past,
        operation: OperationId,
        part: &WatchAnswer,
    ) {
        let forgotten = part.compact_revision;
        if forgotten == 0 || past.is_blind() {
            return;
        }
        let wanted = u64::try_from(self.request.start_revision).unwrap_or(0);
        let next = self.next.unwrap_or(wanted);
        let true_words = next < forgotten && forgotten <= past.compacted();
        let heard = self.heard;
        report.expect(Property::WholeWatches, true_words, || {
            let before = next;
            let told = Claim::Told {
                operation,
                revision: forgotten,
                keys: Vec::new(),
            };
            (heard.saw(Claim::Knows { operation, before }), told)
        });
    }
}

#[cfg(test)]
mod tests;
