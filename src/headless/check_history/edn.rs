//! Histories as Jepsen and Knossos write them.

use super::events::{Call, Events, History, Unreadable, cas, compared, get, got, put};
use crate::check::spec::{Input, Output, Reply, Span};
use bytes::Bytes;
use clojure_reader::parse::{Node, NodeKind, SourceReader, parse};

/// An event as it is written.
struct Event<'e> {
    line: usize,
    process: String,
    kind: &'e str,
    f: &'e str,
    value: &'e NodeKind<'e>,
}

/// Reads events, one after the other or in one vector.
pub(super) fn read(text: &str) -> Result<History, Unreadable> {
    let mut reader = SourceReader::new(text);
    let mut events = Events::default();
    loop {
        let node = parse(&mut reader).map_err(|error| Unreadable {
            line: error.line.unwrap_or(1),
            message: format!("this is not EDN: {:?}", error.code),
        })?;
        let end = reader.remaining().is_empty();
        if end && node.kind == NodeKind::Nil {
            return Ok(events.finish());
        }
        take(&mut events, &node, DEPTH)?;
    }
}

/// A list, with tagged maps in it.
const DEPTH: usize = 3;

fn take(events: &mut Events, node: &Node<'_>, depth: usize) -> Result<(), Unreadable> {
    match &node.kind {
        NodeKind::Vector(nodes, _) | NodeKind::List(nodes, _) if depth > 0 => nodes
            .iter()
            .try_for_each(|node| take(events, node, depth - 1)),
        // `#jepsen.history.Op{…}` and the like.
        NodeKind::Tagged(_, _, node) if depth > 0 => take(events, node, depth - 1),
        NodeKind::Map(fields, _) => match event(node, fields)? {
            Some(event) => happen(events, &event),
            None => Ok(()),
        },
        _ => Err(wrong(
            node,
            "an operation is a map such as {:process 0, :type :invoke, :f :read, :value nil}",
        )),
    }
}

fn wrong(node: &Node<'_>, message: impl Into<String>) -> Unreadable {
    Unreadable {
        line: node.span().0.line,
        message: message.into(),
    }
}

/// Reads the fields of an event; `None` if it is not a client's.
fn event<'e>(
    node: &'e Node<'e>,
    fields: &'e [(Node<'e>, Node<'e>)],
) -> Result<Option<Event<'e>>, Unreadable> {
    const NIL: &NodeKind<'_> = &NodeKind::Nil;
    let field = |name: &str| {
        let mut found = fields
            .iter()
            .filter(|(key, _)| key.kind == NodeKind::Key(name));
        found.next().map(|(_, value)| &value.kind)
    };
    let process = match field("process") {
        Some(NodeKind::Int(process)) => process.to_string(),
        Some(_) => return Ok(None),
        None => {
            return Err(wrong(
                node,
                "this operation has no :process: give it a number",
            ));
        }
    };
    let name = |key: &'static str, choices: &str| match field(key) {
        Some(NodeKind::Key(name)) => Ok(*name),
        _ => Err(wrong(
            node,
            format!("this operation has no :{key}: write one of {choices}"),
        )),
    };
    Ok(Some(Event {
        line: node.span().0.line,
        process,
        kind: name("type", ":invoke, :ok, :fail, :info")?,
        f: name("f", ":read, :write, :cas")?,
        value: field("value").unwrap_or(NIL),
    }))
}

fn happen(events: &mut Events, event: &Event<'_>) -> Result<(), Unreadable> {
    let (line, process) = (event.line, &event.process);
    match event.kind {
        "invoke" => events.call(line, process.clone(), call(event)?),
        "ok" => {
            let (operation, input) = events.end(line, process)?;
            let (output, words) = answer(event, &input)?;
            let reply = Reply {
                revision: None,
                output: Some(output),
            };
            events.answered(line, operation, reply, words);
            Ok(())
        }
        "fail" => {
            let (operation, _) = events.end(line, process)?;
            events.never(operation);
            Ok(())
        }
        "info" => {
            let (operation, _) = events.end(line, process)?;
            events.unknown(line, operation);
            Ok(())
        }
        other => Err(Unreadable {
            line,
            message: format!(":type is :{other}: write one of :invoke, :ok, :fail, :info"),
        }),
    }
}

/// What is asked for.
fn call(event: &Event<'_>) -> Result<Call, Unreadable> {
    let (key, value) = keyed(event)?;
    let of = match key.is_empty() {
        true => String::new(),
        false => format!(" {}", String::from_utf8_lossy(&key)),
    };
    let (input, words) = match (event.f, value) {
        ("read", _) => (get(Span::key(&key)), format!("read{of}")),
        ("write", value) => {
            let Some(value) = text(event, value)? else {
                return Err(bad(event, "a write has a :value that is not nil"));
            };
            let words = format!("write{of} {}", String::from_utf8_lossy(&value));
            (put(&key, value), words)
        }
        ("cas", NodeKind::Vector(pair, _)) if pair.len() == 2 => {
            let (from, to) = (text(event, &pair[0].kind)?, text(event, &pair[1].kind)?);
            let Some(to) = to else {
                return Err(bad(event, "a cas cannot write nil"));
            };
            let words = format!("cas{of} {} {}", shown(from.as_ref()), shown(Some(&to)));
            (cas(&key, from, to), words)
        }
        ("cas", _) => return Err(bad(event, "a cas has a :value such as [1 2]: from, and to")),
        (other, _) => {
            let message = format!(":f is :{other}: write one of :read, :write, :cas");
            return Err(bad(event, message));
        }
    };
    Ok(Call { input, words })
}

/// What was answered.
fn answer(event: &Event<'_>, input: &Input) -> Result<(Output, String), Unreadable> {
    match input {
        Input::Get { span, .. } => {
            let (_, value) = keyed(event)?;
            let value = text(event, value)?;
            let words = shown(value.as_ref());
            Ok((got(&span.start, value), words))
        }
        Input::Txn { .. } => Ok((compared(true), "ok".to_owned())),
        _ => Ok((Output::Put { before: None }, "ok".to_owned())),
    }
}

/// The key and the value proper: several registers have values such as `[key value]`, and
/// `[key [from to]]` for a cas.
fn keyed<'e>(event: &Event<'e>) -> Result<(Bytes, &'e NodeKind<'e>), Unreadable> {
    let NodeKind::Vector(pair, _) = event.value else {
        return Ok((Bytes::new(), event.value));
    };
    match (event.f, &pair[..]) {
        ("cas", [_, second]) if !matches!(second.kind, NodeKind::Vector(..)) => {
            Ok((Bytes::new(), event.value))
        }
        (_, [key, value]) => match text(event, &key.kind)? {
            Some(key) => Ok((key, &value.kind)),
            None => Err(bad(event, "the key of a [key value] pair is not nil")),
        },
        _ => Err(bad(
            event,
            "a vector as :value has two items: [key value] or [from to]",
        )),
    }
}

fn bad(event: &Event<'_>, message: impl Into<String>) -> Unreadable {
    Unreadable {
        line: event.line,
        message: message.into(),
    }
}

/// A value as bytes; `None` for nil.
fn text(event: &Event<'_>, value: &NodeKind<'_>) -> Result<Option<Bytes>, Unreadable> {
    let text = match value {
        NodeKind::Nil => return Ok(None),
        NodeKind::Int(number) => number.to_string(),
        NodeKind::Double(number) => number.to_string(),
        NodeKind::Bool(truth) => truth.to_string(),
        NodeKind::Str(text) => (*text).to_owned(),
        NodeKind::Key(name) => format!(":{name}"),
        NodeKind::Symbol(name) => (*name).to_owned(),
        NodeKind::Char(letter) => letter.to_string(),
        _ => {
            return Err(bad(
                event,
                "a value is nil, a number, a string, a keyword or a boolean",
            ));
        }
    };
    Ok(Some(text.into()))
}

fn shown(value: Option<&Bytes>) -> String {
    value.map_or("nil".to_owned(), |value| {
        String::from_utf8_lossy(value).into_owned()
    })
}
