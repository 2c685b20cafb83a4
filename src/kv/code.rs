//! How requests, answers and stores become bytes.
//!
//! Each type has one function that visits its fields, and a [`Coder`] that either writes what it is
//! shown or overwrites it with what it reads. That makes both directions agree by construction, and
//! it is the lightest way that was found: the page holds one small function per type. Numbers are
//! written seven bits at a time, lists and texts behind their length.

use crate::base::varint;
use bytes::Bytes;
use std::sync::Arc;
use thiserror::Error;

/// Bytes that nobody wrote with `encode`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("these bytes are not what this version of the store writes")]
pub struct CodeError;

/// How deep lists may lie in each other: deeper than transactions and directories may.
const MAX_DEPTH: usize = 300;

/// What can be written and read.
pub(crate) trait Code {
    /// Shows every field to the coder, in order.
    fn code(&mut self, coder: &mut Coder<'_>);
}

/// The bytes of a value.
pub(crate) fn encode<T: Code + Clone>(value: &T) -> Vec<u8> {
    encode_owned(value.clone())
}

/// The bytes of a value that is not needed any more.
pub(crate) fn encode_owned<T: Code>(mut value: T) -> Vec<u8> {
    let mut coder = Coder {
        // Room for a small request, so that the list need not grow.
        written: Vec::with_capacity(64),
        reads: false,
        rest: &[],
        whole: None,
        depth: 0,
        failed: false,
    };
    value.code(&mut coder);
    coder.written
}

/// The value that the bytes were made of.
pub(crate) fn decode<T: Code + Default>(bytes: &[u8]) -> Result<T, CodeError> {
    read(bytes, None).ok_or(CodeError)
}

/// The value that the bytes were made of. Keys and values in it are slices of them: nothing is
/// copied, and all of the bytes live as long as any of these. `None` if nobody wrote them with `encode`.
pub(crate) fn decode_shared<T: Code + Default>(bytes: &Bytes) -> Option<T> {
    read(bytes, Some(bytes))
}

fn read<T: Code + Default>(bytes: &[u8], whole: Option<&Bytes>) -> Option<T> {
    let mut coder = Coder {
        written: Vec::new(),
        reads: true,
        rest: bytes,
        whole,
        depth: 0,
        failed: false,
    };
    let mut value = T::default();
    value.code(&mut coder);
    (!coder.failed && coder.rest.is_empty()).then_some(value)
}

/// Writes or reads, one after the other. After a failure everything that is read is empty.
pub(crate) struct Coder<'a> {
    written: Vec<u8>,
    reads: bool,
    rest: &'a [u8],
    /// What is read, to take slices of.
    whole: Option<&'a Bytes>,
    depth: usize,
    failed: bool,
}

impl<'a> Coder<'a> {
    /// Whether what is shown is to be overwritten.
    pub fn reads(&self) -> bool {
        self.reads
    }

    /// Whether everything is read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes are not what they should be.
    pub fn fail(&mut self) {
        self.failed = true;
        self.rest = &[];
    }

    /// A list begins. What is read may not be so deep that the stack would not hold it.
    fn enter(&mut self) {
        self.depth += 1;
        if self.reads && self.depth > MAX_DEPTH {
            self.fail();
        }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// A number, seven bits to a byte, the lowest first.
    pub fn number(&mut self, value: u64) -> u64 {
        if !self.reads {
            varint::write(value, &mut self.written);
            return value;
        }
        varint::read(&mut self.rest).unwrap_or_else(|| {
            self.fail();
            0
        })
    }

    /// The length of something of which each item takes at least one byte.
    pub fn length(&mut self, length: usize) -> usize {
        let length = self.number(length as u64);
        if self.reads && length > self.rest.len() as u64 {
            self.fail();
            return 0;
        }
        length as usize
    }

    /// Makes room for about so many bytes more.
    pub fn expect(&mut self, bytes: u64) {
        self.written.reserve(bytes as usize);
    }

    /// Writes these bytes behind their length, or returns those that are read.
    pub fn text(&mut self, text: &[u8]) -> &'a [u8] {
        let length = self.length(text.len());
        if !self.reads {
            self.written.extend_from_slice(text);
            return &[];
        }
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        text
    }
}

impl Code for u64 {
    fn code(&mut self, coder: &mut Coder<'_>) {
        *self = coder.number(*self);
    }
}

/// Numbers near zero are short, whatever their sign.
impl Code for i64 {
    fn code(&mut self, coder: &mut Coder<'_>) {
        *self = varint::unfolded(coder.number(varint::folded(*self)));
    }
}

impl Code for bool {
    fn code(&mut self, coder: &mut Coder<'_>) {
        let read = coder.number(u64::from(*self));
        if read > 1 {
            coder.fail();
        }
        *self = read == 1;
    }
}

impl Code for Bytes {
    fn code(&mut self, coder: &mut Coder<'_>) {
        let read = coder.text(self);
        if !read.is_empty() {
            *self = match coder.whole {
                Some(whole) => whole.slice_ref(read),
                None => Bytes::copy_from_slice(read),
            };
        }
    }
}

impl Code for String {
    fn code(&mut self, coder: &mut Coder<'_>) {
        match std::str::from_utf8(coder.text(self.as_bytes())) {
            Ok("") => {}
            Ok(text) => *self = text.to_owned(),
            Err(_) => coder.fail(),
        }
    }
}

impl<T: Code + Default> Code for Vec<T> {
    fn code(&mut self, coder: &mut Coder<'_>) {
        let length = coder.length(self.len());
        coder.enter();
        if coder.reads() {
            for _ in 0..length {
                let mut item = T::default();
                item.code(coder);
                if coder.failed {
                    break;
                }
                self.push(item);
            }
        } else {
            self.iter_mut().for_each(|item| item.code(coder));
        }
        coder.leave();
    }
}

impl<T: Code + Clone> Code for Arc<T> {
    fn code(&mut self, coder: &mut Coder<'_>) {
        Arc::make_mut(self).code(coder);
    }
}

impl<T: Code> Code for Box<T> {
    fn code(&mut self, coder: &mut Coder<'_>) {
        (**self).code(coder);
    }
}

impl<T: Code + Default> Code for Option<T> {
    fn code(&mut self, coder: &mut Coder<'_>) {
        let mut some = self.is_some();
        some.code(coder);
        if coder.reads() && some {
            *self = Some(T::default());
        }
        if let Some(value) = self {
            value.code(coder);
        }
    }
}

/// A struct is its fields, one after the other.
macro_rules! fields {
    ($($name:ty { $($field:tt),* $(,)? })*) => {$(
        impl $crate::kv::code::Code for $name {
            fn code(&mut self, _coder: &mut $crate::kv::code::Coder<'_>) {
                $($crate::kv::code::Code::code(&mut self.$field, _coder);)*
            }
        }
    )*};
}

/// An enum is a number and the fields of the variant with that number.
macro_rules! choices {
    ($($name:ty { $($number:literal => $variant:ident $(($field:ident))?),* $(,)? })*) => {$(
        impl $crate::kv::code::Code for $name {
            fn code(&mut self, coder: &mut $crate::kv::code::Coder<'_>) {
                let number = coder.number(match self {
                    $(choices!(@pattern $variant $($field)?) => $number,)*
                });
                if coder.reads() {
                    *self = match number {
                        $($number => choices!(@default $variant $($field)?),)*
                        _ => return coder.fail(),
                    };
                }
                match self {
                    $(choices!(@bind $variant $($field)?) => {
                        $($crate::kv::code::Code::code($field, coder);)?
                    })*
                }
            }
        }
    )*};
    (@pattern $variant:ident $field:ident) => { Self::$variant(_) };
    (@pattern $variant:ident) => { Self::$variant };
    (@default $variant:ident $field:ident) => { Self::$variant(Default::default()) };
    (@default $variant:ident) => { Self::$variant };
    (@bind $variant:ident $field:ident) => { Self::$variant($field) };
    (@bind $variant:ident) => { Self::$variant };
}

/// For whoever writes with serde: these types are their bytes.
macro_rules! serde_as_bytes {
    ($($name:ty),* $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.serialize_bytes(&$crate::kv::code::encode(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let bytes = bytes::Bytes::deserialize(input)?;
                $crate::kv::code::decode(&bytes).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

pub(crate) use {choices, fields, serde_as_bytes};
