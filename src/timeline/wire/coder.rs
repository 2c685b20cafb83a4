//! Numbered fields, in the encoding of Protocol Buffers.
//!
//! Each kind of message has one function that visits its fields in the order of their numbers, and
//! a [`Coder`] that either writes what it is shown or overwrites it with what it reads, so that both
//! directions agree. A field that has its default is not written. What is read has to be exactly
//! what writing it gives: a field that nobody asks for, a default that is written out or a number
//! that could be shorter may mean something in a later version, and to ignore it would give another
//! run.

use super::error::OpenError;
use crate::base::varint;
use bytes::Bytes;

/// How deep messages may lie in each other: deeper than actions may.
const MAX_DEPTH: usize = 100;

/// How a field is written: the low bits of its key.
const NUMBER: u64 = 0;
const BLOCK: u64 = 2;

/// Writes or reads fields, one after the other.
pub(super) struct Coder<'a> {
    reads: bool,
    written: Vec<u8>,
    rest: &'a [u8],
    depth: usize,
    error: Option<OpenError>,
}

impl<'a> Coder<'a> {
    /// A coder that writes.
    pub fn writer() -> Coder<'a> {
        Coder {
            reads: false,
            written: Vec::new(),
            rest: &[],
            depth: 0,
            error: None,
        }
    }

    /// A coder that reads these bytes.
    pub fn reader(bytes: &'a [u8]) -> Coder<'a> {
        Coder {
            reads: true,
            rest: bytes,
            ..Coder::writer()
        }
    }

    /// Whether what is shown is to be overwritten.
    pub fn reads(&self) -> bool {
        self.reads
    }

    /// What was written.
    pub fn written(self) -> Vec<u8> {
        self.written
    }

    /// Nothing may be left, and nothing may have failed.
    pub fn finish(mut self) -> Result<(), OpenError> {
        self.end();
        self.check()
    }

    /// Whether nothing has failed so far.
    pub fn check(&self) -> Result<(), OpenError> {
        self.error.clone().map_or(Ok(()), Err)
    }

    /// The bytes cannot be read, for this reason or an earlier one. There is nothing more to read.
    pub fn fail(&mut self, error: OpenError) {
        self.error.get_or_insert(error);
        self.rest = &[];
    }

    fn end(&mut self) {
        if !self.rest.is_empty() {
            self.fail(OpenError::Unknown);
        }
    }

    /// Seven bits to a byte, the lowest first.
    fn varint(&mut self, value: u64) -> u64 {
        if !self.reads {
            varint::write(value, &mut self.written);
            return value;
        }
        let before = self.rest;
        let Some(read) = varint::read(&mut self.rest) else {
            self.fail(OpenError::Damaged);
            return 0;
        };
        let written = &before[..before.len() - self.rest.len()];
        if written.len() > 1 && written.ends_with(&[0]) {
            self.fail(OpenError::Unknown);
        }
        read
    }

    /// Whether this field is there: what is written always is. Goes on behind its key.
    fn key(&mut self, field: u32, kind: u64, differs: bool) -> bool {
        let key = u64::from(field) << 3 | kind;
        if !self.reads {
            if differs {
                self.varint(key);
            }
            return differs;
        }
        let before = self.rest;
        if !before.is_empty() && self.varint(0) == key {
            return true;
        }
        self.rest = before;
        false
    }

    /// The number of the field that comes next, or would be written; 0 at the end.
    pub fn choice(&mut self, field: u32) -> u32 {
        if !self.reads {
            return field;
        }
        let before = self.rest;
        if before.is_empty() {
            return 0;
        }
        let key = self.varint(0);
        self.rest = before;
        u32::try_from(key >> 3).unwrap_or(0)
    }

    /// A number that is always written.
    pub fn always(&mut self, field: u32, value: &mut u64) {
        if self.key(field, NUMBER, true) {
            *value = self.varint(*value);
        } else {
            self.fail(OpenError::Unknown);
        }
    }

    /// A number that is written unless it is as usual.
    pub fn unless(&mut self, usual: u64, field: u32, value: &mut u64) {
        if !self.key(field, NUMBER, *value != usual) {
            *value = usual;
            return;
        }
        *value = self.varint(*value);
        if *value == usual {
            self.fail(OpenError::Unknown);
        }
    }

    /// A number that is written unless it is 0.
    pub fn number(&mut self, field: u32, value: &mut u64) {
        self.unless(0, field, value);
    }

    /// A number that is at most `most`; `what` it is, if it is larger.
    pub fn small(
        &mut self,
        usual: u64,
        field: u32,
        value: &mut u64,
        most: u64,
        what: &'static str,
    ) {
        self.unless(usual, field, value);
        if *value > most {
            *value = usual;
            self.fail(OpenError::Value(what));
        }
    }

    /// A number that fits into 32 bits; `what` it is, if it does not.
    pub fn size(&mut self, usual: u64, field: u32, value: usize, what: &'static str) -> usize {
        let mut value = value as u64;
        self.small(usual, field, &mut value, u32::MAX.into(), what);
        value as usize
    }

    /// A share of messages, in parts per million.
    pub fn share(&mut self, field: u32, ppm: &mut u32) {
        let mut value = u64::from(*ppm);
        self.small(0, field, &mut value, u32::MAX.into(), "a share of messages");
        *ppm = value as u32;
    }

    /// Yes or no.
    pub fn flag(&mut self, usual: bool, field: u32, value: &mut bool) {
        let mut number = u64::from(*value);
        self.unless(u64::from(usual), field, &mut number);
        if number > 1 {
            self.fail(OpenError::Unknown);
        }
        *value = number == 1;
    }

    /// A number that is written unless it is 0, and near 0 whatever its sign is in a few bytes.
    pub fn signed(&mut self, field: u32, value: &mut i64) {
        let mut folded = varint::folded(*value);
        self.number(field, &mut folded);
        *value = varint::unfolded(folded);
    }

    /// Bytes that are written unless there are none.
    pub fn bytes(&mut self, field: u32, bytes: &mut Bytes) {
        let shown = bytes.clone();
        if !self.key(field, BLOCK, !shown.is_empty()) {
            *bytes = Bytes::new();
            return;
        }
        self.framed(&mut |coder| {
            if coder.reads {
                *bytes = Bytes::copy_from_slice(coder.rest);
                coder.rest = &[];
            } else {
                coder.written.extend_from_slice(&shown);
            }
        });
        if bytes.is_empty() {
            self.fail(OpenError::Unknown);
        }
    }

    /// A text that is written unless it is empty.
    pub fn text(&mut self, field: u32, text: &mut String) {
        let mut bytes = Bytes::from(std::mem::take(text));
        self.bytes(field, &mut bytes);
        match String::from_utf8(bytes.into()) {
            Ok(read) => *text = read,
            Err(_) => self.fail(OpenError::Damaged),
        }
    }

    /// A message that is always written; one that is not there is read as an empty one.
    pub fn message(&mut self, field: u32, visit: &mut dyn FnMut(&mut Self)) {
        if self.key(field, BLOCK, true) {
            self.framed(visit);
        } else {
            let rest = std::mem::take(&mut self.rest);
            visit(self);
            if self.error.is_none() {
                self.rest = rest;
            }
        }
    }

    /// Messages, at most so many; `what` they are, if there are more.
    pub fn messages<T: Clone>(
        &mut self,
        field: u32,
        list: &mut Vec<T>,
        blank: T,
        (most, what): (usize, &'static str),
        visit: fn(&mut Self, &mut T),
    ) {
        if self.reads {
            while self.key(field, BLOCK, true) {
                if list.len() == most {
                    return self.fail(OpenError::Value(what));
                }
                let mut item = blank.clone();
                self.framed(&mut |coder| visit(coder, &mut item));
                list.push(item);
            }
        } else {
            for item in list {
                self.key(field, BLOCK, true);
                self.framed(&mut |coder| visit(coder, item));
            }
        }
    }

    /// Numbers, at most so many; `what` they are, if there are more.
    pub fn numbers(
        &mut self,
        field: u32,
        list: &mut Vec<u64>,
        (most, what): (usize, &'static str),
    ) {
        if !self.key(field, BLOCK, !list.is_empty()) {
            return;
        }
        self.framed(&mut |coder| {
            for value in &mut *list {
                coder.varint(*value);
            }
            while !coder.rest.is_empty() {
                if list.len() == most {
                    return coder.fail(OpenError::Value(what));
                }
                let value = coder.varint(0);
                list.push(value);
            }
        });
        if list.is_empty() {
            self.fail(OpenError::Unknown);
        }
    }

    /// What is visited, behind its length.
    pub fn framed(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        self.depth += 1;
        if self.reads {
            let length = usize::try_from(self.varint(0)).unwrap_or(usize::MAX);
            match self.rest.split_at_checked(length) {
                Some((inside, after)) if self.depth <= MAX_DEPTH => {
                    self.rest = inside;
                    visit(self);
                    self.end();
                    if self.error.is_none() {
                        self.rest = after;
                    }
                }
                _ => self.fail(OpenError::Damaged),
            }
        } else {
            let start = self.written.len();
            visit(self);
            let inside = self.written.split_off(start);
            self.varint(inside.len() as u64);
            self.written.extend(inside);
        }
        self.depth -= 1;
    }
}
