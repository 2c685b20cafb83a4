//! Answers as JSON or as fields, one line each: the same walk over an answer writes either.
//!
//! JSON leaves out what is zero, false or empty; fields leave out nothing.

use super::go;
use super::json::Json;
use super::task::Format;
use crate::cluster::Header;
use crate::kv::{KeyValue, LeaseId};
use std::fmt::Write;

/// A value of a field.
pub(super) enum Value<'a> {
    /// A number.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// A truth value.
    Flag(bool),
    /// Bytes: base64 in JSON, quoted in fields.
    Bytes(&'a [u8]),
    /// A text, quoted in both.
    Text(&'a str),
}

/// An answer in the making.
pub(super) struct Writer {
    json: Option<Json>,
    text: String,
    /// What stands before the names of fields.
    prefix: &'static str,
}

impl Writer {
    /// Begins an answer, in JSON with an opening brace.
    pub fn new(format: Format) -> Writer {
        let mut writer = Writer {
            json: (format == Format::Json).then(Json::default),
            text: String::new(),
            prefix: "",
        };
        writer.begin("");
        writer
    }

    /// Whether it is JSON.
    pub fn is_json(&self) -> bool {
        self.json.is_some()
    }

    /// Ends the answer, with a line break.
    pub fn finish(mut self) -> String {
        self.end();
        match self.json {
            Some(json) => json.finish() + "\n",
            None => self.text,
        }
    }

    /// Begins an object of JSON, in a list without a name.
    pub fn begin(&mut self, name: &str) {
        if let Some(json) = &mut self.json {
            if !name.is_empty() {
                json.name(name);
            }
            json.open('{');
        }
    }

    /// Ends an object of JSON.
    pub fn end(&mut self) {
        if let Some(json) = &mut self.json {
            json.close('}');
        }
    }

    /// Begins a list of JSON.
    pub fn begin_list(&mut self, name: &str) {
        if let Some(json) = &mut self.json {
            if !name.is_empty() {
                json.name(name);
            }
            json.open('[');
        }
    }

    /// Writes `null` in JSON.
    pub fn null(&mut self, name: &str) {
        if let Some(json) = &mut self.json {
            json.name(name).plain("null");
        }
    }

    /// Ends a list of JSON.
    pub fn end_list(&mut self) {
        if let Some(json) = &mut self.json {
            json.close(']');
        }
    }

    /// Writes a value with its two names. One of them may be empty: then it is not written so.
    pub fn field(&mut self, json: &str, field: &str, value: Value<'_>) {
        if self.json.is_none() {
            self.line(field, &value);
        } else if !value.is_zero() {
            self.always(json, field, value);
        }
    }

    /// Writes a value in JSON, too, if it is zero.
    pub fn always(&mut self, name: &str, field: &str, value: Value<'_>) {
        let Some(json) = &mut self.json else {
            return self.line(field, &value);
        };
        if name.is_empty() {
            return;
        }
        json.name(name);
        match value {
            Value::Number(number) => json.plain(number),
            Value::Signed(number) => json.plain(number),
            Value::Flag(flag) => json.plain(flag),
            Value::Bytes(bytes) => json.base64(bytes),
            Value::Text(text) => json.text(text),
        };
    }

    /// Writes a number.
    pub fn number(&mut self, json: &str, field: &str, number: impl Into<Value<'static>>) {
        self.field(json, field, number.into());
    }

    fn line(&mut self, name: &str, value: &Value<'_>) {
        if name.is_empty() {
            return;
        }
        let prefix = self.prefix;
        let _ = match value {
            Value::Number(number) => writeln!(self.text, "\"{prefix}{name}\" : {number}"),
            Value::Signed(number) => writeln!(self.text, "\"{prefix}{name}\" : {number}"),
            Value::Flag(flag) => writeln!(self.text, "\"{prefix}{name}\" : {flag}"),
            Value::Bytes(bytes) => {
                writeln!(self.text, "\"{prefix}{name}\" : {}", go::quote(bytes))
            }
            Value::Text(text) => {
                writeln!(
                    self.text,
                    "\"{prefix}{name}\" : {}",
                    go::quote(text.as_bytes())
                )
            }
        };
    }

    /// Writes a text as fields have it: without quotes, or an empty line.
    pub fn plain(&mut self, text: &str) {
        if self.json.is_none() {
            self.text.push_str(text);
            self.text.push('\n');
        }
    }

    /// JSON for what no two names fit.
    pub fn json(&mut self) -> Option<&mut Json> {
        self.json.as_mut()
    }

    /// The fields of a header.
    pub fn header_fields(&mut self, header: &Header) {
        self.number("cluster_id", "ClusterID", header.cluster_id);
        self.number("member_id", "MemberID", header.member_id);
        self.number("revision", "Revision", header.revision);
        self.number("raft_term", "RaftTerm", header.raft_term);
    }

    /// A header, in JSON as an object of its own.
    pub fn header(&mut self, header: &Header) {
        self.begin("header");
        self.header_fields(header);
        self.end();
    }

    /// A key with its value, with a prefix for the names of its fields.
    pub fn key_value(&mut self, name: &str, prefix: &'static str, kv: &KeyValue) {
        self.prefix = prefix;
        self.begin(name);
        self.field("key", "Key", Value::Bytes(&kv.key));
        self.number("create_revision", "CreateRevision", kv.create_revision.0);
        self.number("mod_revision", "ModRevision", kv.mod_revision.0);
        self.number("version", "Version", kv.version);
        self.field("value", "Value", Value::Bytes(&kv.value));
        let LeaseId(lease) = kv.lease;
        self.number("lease", "Lease", lease);
        self.end();
        self.prefix = "";
    }

    /// A list of keys with their values, which JSON leaves out if it is empty.
    pub fn key_values(&mut self, name: &str, prefix: &'static str, kvs: &[KeyValue]) {
        if kvs.is_empty() {
            return;
        }
        self.begin_list(name);
        for kv in kvs {
            self.key_value("", prefix, kv);
        }
        self.end_list();
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Number(number)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Signed(number)
    }
}

impl Value<'_> {
    fn is_zero(&self) -> bool {
        match self {
            Value::Number(number) => *number == 0,
            Value::Signed(number) => *number == 0,
            Value::Flag(flag) => !flag,
            Value::Bytes(bytes) => bytes.is_empty(),
            Value::Text(text) => text.is_empty(),
        }
    }
}
