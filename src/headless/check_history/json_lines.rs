//! Histories as JSON, one event per line: `docs/history.md`.

use super::events::{
    Call, Events, History, Unreadable, cas, compared, get, got, got_all, has, put, seen,
};
use crate::check::spec::{Input, Output, Reply, Span};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

/// An event as it is written.
#[derive(Deserialize)]
struct Event {
    process: Value,
    #[serde(rename = "type")]
    kind: Kind,
    /// What is said of the call or of its end.
    #[serde(flatten)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Invoke,
    Ok,
    Fail,
    Info,
}

/// Fields that mean nothing here.
const COMMENTS: [&str; 4] = ["time", "index", "error", "comment"];

type Fields = Map<String, Value>;

/// Reads events, one on each line. Empty lines mean nothing.
pub(super) fn read(text: &str) -> Result<History, Unreadable> {
    let mut events = Events::default();
    for (line, text) in (1..).zip(text.lines()) {
        if !text.trim().is_empty() {
            happen(&mut events, line, text).map_err(|wrong| match wrong {
                Wrong::Here(message) => Unreadable { line, message },
                Wrong::Order(unreadable) => unreadable,
            })?;
        }
    }
    Ok(events.finish())
}

/// What is wrong with a line.
enum Wrong {
    /// In itself.
    Here(String),
    /// With what was before.
    Order(Unreadable),
}

impl From<String> for Wrong {
    fn from(message: String) -> Wrong {
        Wrong::Here(message)
    }
}

impl From<Unreadable> for Wrong {
    fn from(unreadable: Unreadable) -> Wrong {
        Wrong::Order(unreadable)
    }
}

fn happen(events: &mut Events, line: usize, text: &str) -> Result<(), Wrong> {
    let event: Event = serde_json::from_str(text)
        .map_err(|error| format!("this is not an event: {}", without_place(&error)))?;
    let mut fields = event.fields;
    COMMENTS.iter().for_each(|name| drop(fields.remove(*name)));
    let process = match event.process {
        Value::Number(process) => process.to_string(),
        // What somebody does to the cluster is no operation.
        Value::String(_) => return Ok(()),
        _ => return Err("the process is a number".to_owned().into()),
    };
    match event.kind {
        Kind::Invoke => {
            let call = call(&mut fields)?;
            nothing_else(&fields)?;
            events.call(line, process, call)?;
        }
        Kind::Ok => {
            let (operation, input) = events.end(line, &process)?;
            let revision = number(&mut fields, "revision")?;
            let output = output(&input, &mut fields)?;
            nothing_else(&fields)?;
            let words = told(&output);
            let output = Some(output);
            events.answered(line, operation, Reply { revision, output }, words);
        }
        Kind::Fail => {
            let (operation, _) = events.end(line, &process)?;
            events.never(operation);
        }
        Kind::Info => {
            let (operation, _) = events.end(line, &process)?;
            events.unknown(line, operation);
        }
    }
    Ok(())
}

/// A complaint of the JSON reader, whose line is always the first.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((text, _)) => format!("{text} (column {})", error.column()),
        None => text,
    }
}

/// What is asked for.
fn call(fields: &mut Fields) -> Result<Call, String> {
    let words = words(fields);
    let input = input(fields)?;
    Ok(Call { input, words })
}

fn input(fields: &mut Fields) -> Result<Input, String> {
    let op = match fields.remove("op") {
        Some(Value::String(op)) => op,
        _ => return Err(format!("say what is asked for: \"op\" is one of {OPS}")),
    };
    if op == "txn" {
        return Ok(Input::Txn {
            compare: items(fields, "compare")?
                .into_iter()
                .map(|mut fields| {
                    let (key, value) = (key(&mut fields)?, value(&mut fields, "value")?);
                    nothing_else(&fields)?;
                    Ok(has(&key, value))
                })
                .collect::<Result<_, String>>()?,
            then: inputs(fields, "then")?,
            otherwise: inputs(fields, "else")?,
        });
    }
    let key = key(fields)?;
    match op.as_str() {
        "get" | "read" => {
            // Histories of registers say so before they know.
            if let Some(Value::Null) = fields.get("value") {
                fields.remove("value");
            }
            Ok(get(span(key, fields)?))
        }
        "put" | "write" => Ok(put(&key, some(fields, "value")?)),
        "delete" => Ok(Input::Delete {
            span: span(key, fields)?,
        }),
        "cas" => Ok(cas(&key, value(fields, "from")?, some(fields, "to")?)),
        other => Err(format!("there is no \"op\" {other:?}: write one of {OPS}")),
    }
}

const OPS: &str = "get, put, delete, cas, txn";

/// The parts of a transaction. A transaction has no transactions in it.
fn inputs(fields: &mut Fields, name: &str) -> Result<Vec<Input>, String> {
    let parts = items(fields, name)?.into_iter().map(|mut fields| {
        match fields.get("op").and_then(Value::as_str) {
            Some("get" | "put" | "delete") => {}
            _ => return Err(format!("the parts of {name:?} are get, put and delete")),
        }
        let input = input(&mut fields)?;
        nothing_else(&fields).map(|()| input)
    });
    parts.collect()
}

fn items(fields: &mut Fields, name: &str) -> Result<Vec<Fields>, String> {
    let list = match fields.remove(name) {
        None => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(format!("{name:?} is a list")),
    };
    let items = list.into_iter().map(|item| match item {
        Value::Object(fields) => Ok(fields),
        _ => Err(format!("{name:?} is a list of objects")),
    });
    items.collect()
}

/// What was answered.
fn output(input: &Input, fields: &mut Fields) -> Result<Output, String> {
    match input {
        Input::Get { span, .. } if span.is_key() => match fields.contains_key("value") {
            true => Ok(got(&span.start, value(fields, "value")?)),
            false => Err("say what was read: \"value\", null for nothing".to_owned()),
        },
        Input::Get { .. } => match fields.remove("values") {
            Some(values) => Ok(got_all(records(values)?)),
            None => Err("say what was read: \"values\", an object of keys and values".to_owned()),
        },
        Input::Put { .. } => {
            // It may be repeated.
            fields.remove("value");
            let before = match fields.contains_key("before") {
                true => Some(value(fields, "before")?.map(seen)),
                false => None,
            };
            Ok(Output::Put { before })
        }
        Input::Delete { .. } | Input::Revoke { .. } => Ok(Output::Deleted {
            count: number(fields, "deleted")?,
            before: None,
        }),
        Input::Txn {
            then, otherwise, ..
        } => {
            let succeeded = match fields.remove("succeeded") {
                Some(Value::Bool(succeeded)) => succeeded,
                _ => {
                    return Err("say whether it succeeded: \"succeeded\", true or false".to_owned());
                }
            };
            let branch = if succeeded { then } else { otherwise };
            match fields.remove("results") {
                None => Ok(compared(succeeded)),
                Some(results) => Ok(Output::Txn {
                    succeeded,
                    outputs: Some(outputs(branch, results)?),
                }),
            }
        }
    }
}

/// The results of the parts of a transaction, each as short as it gets.
fn outputs(branch: &[Input], results: Value) -> Result<Vec<Output>, String> {
    let results = match results {
        Value::Array(results) if results.len() == branch.len() => results,
        _ => return Err(format!("\"results\" is a list of {} results", branch.len())),
    };
    let outputs = branch.iter().zip(results).map(|(input, result)| {
        let name = match input {
            Input::Get { span, .. } if span.is_key() => "value",
            Input::Get { .. } => "values",
            Input::Delete { .. } if !result.is_null() => "deleted",
            _ => return output(input, &mut Fields::new()),
        };
        output(input, &mut Fields::from_iter([(name.to_owned(), result)]))
    });
    outputs.collect()
}

fn records(values: Value) -> Result<Vec<(Bytes, Bytes)>, String> {
    let Value::Object(values) = values else {
        return Err("\"values\" is an object of keys and values".to_owned());
    };
    let records = values.into_iter().map(|(key, value)| match bytes(value)? {
        Some(value) => Ok((key.into(), value)),
        None => Err("a key that is not there is left out of \"values\"".to_owned()),
    });
    records.collect()
}

fn key(fields: &mut Fields) -> Result<Bytes, String> {
    Ok(value(fields, "key")?.unwrap_or_default())
}

/// One key, or all from it up to `end`.
fn span(key: Bytes, fields: &mut Fields) -> Result<Span, String> {
    let end = value(fields, "end")?;
    Ok(end.map_or(Span::key(&key), |end| Span::range(&key, &end)))
}

fn value(fields: &mut Fields, name: &str) -> Result<Option<Bytes>, String> {
    let value = fields.remove(name).unwrap_or(Value::Null);
    bytes(value).map_err(|error| format!("{name:?}: {error}"))
}

fn some(fields: &mut Fields, name: &str) -> Result<Bytes, String> {
    value(fields, name)?.ok_or_else(|| format!("{name:?} is missing"))
}

fn number(fields: &mut Fields, name: &str) -> Result<Option<u64>, String> {
    let value = fields.remove(name);
    let number = value.map(|value| value.as_u64().ok_or(format!("{name:?} is a number")));
    number.transpose()
}

/// Strings are what they say; numbers and truths are what they are written as.
fn bytes(value: Value) -> Result<Option<Bytes>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.into())),
        Value::Number(number) => Ok(Some(number.to_string().into())),
        Value::Bool(truth) => Ok(Some(truth.to_string().into())),
        Value::Array(_) | Value::Object(_) => {
            Err("a value is a string, a number, a boolean or null".to_owned())
        }
    }
}

fn nothing_else(fields: &Fields) -> Result<(), String> {
    match fields.keys().next() {
        Some(name) => Err(format!("{name:?} means nothing here: leave it out")),
        None => Ok(()),
    }
}

/// A call as it was written.
fn words(fields: &Fields) -> String {
    let mut words = String::new();
    let told = [
        "op", "key", "end", "from", "to", "value", "compare", "then", "else",
    ];
    for name in told {
        match fields.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if name != "value" => words += &format!("{text} "),
            Some(value) => words += &format!("{value} "),
        }
    }
    words.trim_end().to_owned()
}

/// An answer in words.
fn told(output: &Output) -> String {
    let text = |value: &Bytes| String::from_utf8_lossy(value).into_owned();
    match output {
        Output::Got { records, .. } => match &records[..] {
            [] => "nothing".to_owned(),
            [(_, seen)] => seen.value.as_ref().map_or(String::new(), text),
            records => format!("{} keys", records.len()),
        },
        Output::Put { .. } => "ok".to_owned(),
        Output::Deleted { count, .. } => {
            count.map_or("ok".to_owned(), |count| format!("{count} deleted"))
        }
        Output::Txn { succeeded, .. } => format!("succeeded: {succeeded}"),
    }
}
