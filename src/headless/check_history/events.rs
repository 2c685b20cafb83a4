//! Calls and returns become operations.

use crate::check::linear::Operation;
use crate::check::spec::{Compare, Input, Output, Relation, Reply, Seen, Span, Target};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Why a history cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Something that a process asks for.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub input: Input,
    /// In words.
    pub words: String,
}

/// A history that was read.
#[derive(Debug, Default)]
pub(super) struct History {
    operations: Vec<Operation>,
    shown: Vec<Shown>,
}

/// How an operation is shown.
#[derive(Debug)]
struct Shown {
    process: String,
    call: (usize, String),
    end: Option<(usize, String)>,
}

/// A history in the making.
#[derive(Debug, Default)]
pub(super) struct Events {
    history: History,
    /// What each process waits for: the number of its operation.
    waiting: BTreeMap<String, (usize, Input)>,
    events: u64,
    /// What became of each operation.
    ends: Vec<Option<End>>,
}

/// How an operation ended.
#[derive(Debug)]
struct End {
    time: u64,
    /// The answer; `None` if it certainly did not happen.
    reply: Option<Reply>,
}

impl Events {
    /// A process asks for something.
    pub fn call(&mut self, line: usize, process: String, call: Call) -> Result<(), Unreadable> {
        if let Some((operation, _)) = self.waiting.get(&process) {
            let message = format!(
                "process {process} calls while its call of line {} is still open: one process does one thing \
                 at a time",
                self.history.shown[*operation].call.0
            );
            return Err(Unreadable { line, message });
        }
        let id = self.ends.len();
        let called = self.tick();
        self.history.operations.push(Operation {
            id: id as u64,
            input: call.input.clone(),
            reply: Reply::default(),
            called,
            returned: None,
        });
        self.history.shown.push(Shown {
            process: process.clone(),
            call: (line, call.words),
            end: None,
        });
        self.ends.push(None);
        self.waiting.insert(process, (id, call.input));
        Ok(())
    }

    /// What a process waits for. It ends by this.
    pub fn end(&mut self, line: usize, process: &str) -> Result<(usize, Input), Unreadable> {
        self.waiting.remove(process).ok_or_else(|| Unreadable {
            line,
            message: format!(
                "process {process} has no open call that this could be the end of: put an invoke before it"
            ),
        })
    }

    /// An operation was answered.
    pub fn answered(&mut self, line: usize, operation: usize, reply: Reply, words: String) {
        let time = self.tick();
        let reply = Some(reply);
        self.ends[operation] = Some(End { time, reply });
        self.history.shown[operation].end = Some((line, words));
    }

    /// An operation certainly did not happen.
    pub fn never(&mut self, operation: usize) {
        let time = self.tick();
        self.ends[operation] = Some(End { time, reply: None });
    }

    /// Nobody knows what became of an operation.
    pub fn unknown(&mut self, line: usize, operation: usize) {
        self.history.shown[operation].end = Some((line, "nobody knows".to_owned()));
    }

    /// The history. Whatever is still open has an unknown outcome.
    pub fn finish(self) -> History {
        let Events { history, ends, .. } = self;
        let mut operations = Vec::with_capacity(ends.len());
        for (operation, end) in history.operations.into_iter().zip(ends) {
            match end {
                Some(End {
                    time,
                    reply: Some(reply),
                }) => operations.push(Operation {
                    reply,
                    returned: Some(time),
                    ..operation
                }),
                Some(_) => {}
                None => {
                    let Operation {
                        id, input, called, ..
                    } = operation;
                    operations.extend(Operation::unknown(id, input, called));
                }
            }
        }
        History {
            operations,
            ..history
        }
    }

    fn tick(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}

impl History {
    /// The operations in the order of their calls. Those that did nothing are left out.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// `120 operations, 3 of them with an unknown outcome`.
    pub fn size(&self) -> String {
        let unknown = self.operations.iter().filter(|o| o.returned.is_none());
        let all = self.shown.len();
        match unknown.count() {
            0 => format!("{all} operations"),
            unknown => format!("{all} operations, {unknown} of them with an unknown outcome"),
        }
    }

    /// An operation in a line of words.
    pub fn describe(&self, operation: u64) -> String {
        let Some(shown) = usize::try_from(operation)
            .ok()
            .and_then(|id| self.shown.get(id))
        else {
            return String::new();
        };
        let Shown { process, call, end } = shown;
        let (line, words) = call;
        match end {
            Some((end, told)) => {
                format!("lines {line} to {end}, process {process}: {words} → {told}")
            }
            None => format!("line {line}, process {process}: {words} → never answered"),
        }
    }
}

/// What one key holds, as the answer to a read of it.
pub(super) fn got(key: &Bytes, value: Option<Bytes>) -> Output {
    got_all(
        value
            .map(|value| (key.clone(), value))
            .into_iter()
            .collect(),
    )
}

/// What some keys hold, as the answer to a read of a range.
pub(super) fn got_all(values: Vec<(Bytes, Bytes)>) -> Output {
    let records = values.into_iter().map(|(key, value)| (key, seen(value)));
    Output::Got {
        records: records.collect(),
        count: None,
    }
}

pub(super) fn seen(value: Bytes) -> Seen {
    Seen {
        value: Some(value),
        ..Seen::default()
    }
}

pub(super) fn get(span: Span) -> Input {
    Input::Get {
        span,
        limit: 0,
        filtered: false,
    }
}

pub(super) fn put(key: &Bytes, value: Bytes) -> Input {
    Input::Put {
        key: key.clone(),
        value: Some(value),
        lease: Some(0),
    }
}

/// That a key has a value, or is not there.
pub(super) fn has(key: &Bytes, value: Option<Bytes>) -> Compare {
    Compare {
        span: Span::key(key),
        relation: Relation::Equal,
        target: value.map_or(Target::Created(0), Target::Value),
    }
}

/// A key that has one value is given another.
pub(super) fn cas(key: &Bytes, from: Option<Bytes>, to: Bytes) -> Input {
    Input::Txn {
        compare: vec![has(key, from)],
        then: vec![put(key, to)],
        otherwise: Vec::new(),
    }
}

/// How a comparison came out, and nothing else.
pub(super) fn compared(succeeded: bool) -> Output {
    Output::Txn {
        succeeded,
        outputs: None,
    }
}
