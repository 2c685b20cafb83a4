//! Answers in the form that `-w` asks for.
//!
//! Sources: etcdctl 3.5.16, `printer_simple.go`, `printer_fields.go`, `printer_json.go` and
//! `printer_table.go`. What a printer there lacks is refused here with the same exit code; where
//! etcdctl crashes, a sentence says so (exit code 2, as a Go program that panics).

mod auth;
mod endpoints;
mod leases;
mod members;

use super::go;
use super::output::{Output, Stop, Stream, exit, fail};
use super::task::Format;
use super::view::{Spawn, View, What};
use super::writer::{Value, Writer};
use crate::cluster::{Header, WatchAnswer};
use crate::kv::{
    DeleteRangeResponse, EventType, KeyValue, RangeResponse, ResponseBody, TxnResponse,
};
use bytes::Bytes;

pub(super) use auth::{auth_status, done, names, role};
pub(super) use endpoints::{hash, health, saved, saved_file, status};
pub(super) use leases::{granted, kept_alive, leases, time_to_live};
pub(super) use members::{alarms, join_settings, members, moved};

/// Writes an answer as JSON or fields; `None` for the simple format.
fn write(
    view: &View,
    out: &mut Output,
    fill: impl FnOnce(&mut Writer),
) -> Option<Result<(), Stop>> {
    match view.format {
        Format::Simple => None,
        Format::Json | Format::Fields => {
            let mut writer = Writer::new(view.format);
            fill(&mut writer);
            out.print(Stream::Out, &writer.finish());
            Some(Ok(()))
        }
        Format::Table | Format::Protobuf => Some(unsupported(view.format)),
    }
}

fn unsupported(format: Format) -> Result<(), Stop> {
    let name = format.name();
    fail(
        exit::BAD_FEATURE,
        format!("{name} not supported as output format"),
    )
}

/// Refuses a format other than JSON that only the simple format and JSON can do.
fn not_fields(view: &View) -> Result<(), Stop> {
    match view.format {
        Format::Fields => unsupported(Format::Fields),
        _ => Ok(()),
    }
}

fn crash(what: &str) -> Result<(), Stop> {
    fail(
        2,
        format!("etcdctl 3.5.16 cannot print {what} in this format"),
    )
}

/// A key and its value as the simple format has them.
fn pair(view: &View, out: &mut Output, kv: &KeyValue) {
    let value_only = matches!(
        view.what,
        What::Get {
            value_only: true,
            ..
        }
    );
    if !value_only {
        out.line(&text(view, &kv.key));
    }
    out.line(&text(view, &kv.value));
}

fn text(view: &View, bytes: &[u8]) -> String {
    if !view.hex {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}

pub(super) fn range(
    view: &View,
    header: &Header,
    range: &RangeResponse,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        write_range(writer, range);
    });
    written.unwrap_or_else(|| {
        range.kvs.iter().for_each(|kv| pair(view, out, kv));
        Ok(())
    })
}

fn write_range(writer: &mut Writer, range: &RangeResponse) {
    writer.key_values("kvs", "", &range.kvs);
    writer.field("more", "More", Value::Flag(range.more));
    writer.number("count", "Count", range.count);
}

pub(super) fn put(
    view: &View,
    header: &Header,
    prev: Option<&KeyValue>,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        write_put(writer, prev);
    });
    written.unwrap_or_else(|| {
        out.line("OK");
        prev.iter().for_each(|kv| pair(view, out, kv));
        Ok(())
    })
}

fn write_put(writer: &mut Writer, prev: Option<&KeyValue>) {
    if let Some(prev) = prev {
        writer.key_value("prev_kv", "Prev", prev);
    }
}

pub(super) fn delete(
    view: &View,
    header: &Header,
    delete: &DeleteRangeResponse,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        write_delete(writer, delete);
    });
    written.unwrap_or_else(|| {
        out.line(&delete.deleted.to_string());
        delete.prev_kvs.iter().for_each(|kv| pair(view, out, kv));
        Ok(())
    })
}

fn write_delete(writer: &mut Writer, delete: &DeleteRangeResponse) {
    writer.number("deleted", "Deleted", delete.deleted);
    writer.key_values("prev_kvs", "Prev", &delete.prev_kvs);
}

pub(super) fn txn(
    view: &View,
    header: &Header,
    txn: &TxnResponse,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        writer.field("succeeded", "Succeeded", Value::Flag(txn.succeeded));
        if txn.responses.is_empty() {
            return;
        }
        writer.begin_list("responses");
        for response in &txn.responses {
            let name = match &response.body {
                ResponseBody::Range(_) => "response_range",
                ResponseBody::Put(_) => "response_put",
                ResponseBody::DeleteRange(_) => "response_delete_range",
                _ => "response_txn",
            };
            writer.begin("");
            writer.begin("Response");
            writer.begin(name);
            // Of the header of an operation etcd fills in the revision alone.
            writer.header(&Header {
                revision: response.revision.0,
                ..Header::default()
            });
            match &response.body {
                ResponseBody::Range(range) => write_range(writer, range),
                ResponseBody::Put(prev) => write_put(writer, prev.as_deref()),
                ResponseBody::DeleteRange(delete) => write_delete(writer, delete),
                _ => {}
            }
            (0..3).for_each(|_| writer.end());
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        out.line(if txn.succeeded { "SUCCESS" } else { "FAILURE" });
        for response in &txn.responses {
            out.line("");
            match &response.body {
                ResponseBody::Range(response) => range(view, header, response, out)?,
                ResponseBody::Put(prev) => put(view, header, prev.as_deref(), out)?,
                ResponseBody::DeleteRange(response) => delete(view, header, response, out)?,
                _ => {}
            }
        }
        Ok(())
    })
}

pub(super) fn watch(
    view: &View,
    header: &Header,
    watch: &WatchAnswer,
    out: &mut Output,
) -> Result<(), Stop> {
    // Of a watch that was refused or lost, etcd's client hands on the reason alone.
    let refused = watch.canceled.is_some() && watch.compact_revision == 0;
    let header = if refused { &Header::default() } else { header };
    let written = write(view, out, |writer| {
        if !writer.is_json() {
            return write_events(writer, header, watch);
        }
        writer.begin("Header");
        writer.header_fields(header);
        writer.end();
        if refused {
            writer.null("Events");
        } else {
            writer.begin_list("Events");
        }
        for event in &watch.events {
            writer.begin("");
            writer.number("type", "", event.kind as i64);
            writer.key_value("kv", "", &event.kv);
            if let Some(prev) = &event.prev_kv {
                writer.key_value("prev_kv", "", prev);
            }
            writer.end();
        }
        if !refused {
            writer.end_list();
        }
        let compacted = Value::from(watch.compact_revision);
        writer.always("CompactRevision", "", compacted);
        writer.always("Canceled", "", Value::Flag(watch.canceled.is_some()));
        writer.always("Created", "", Value::Flag(false));
    });
    written.unwrap_or_else(|| {
        for event in &watch.events {
            out.line(event_name(event.kind));
            event.prev_kv.iter().for_each(|kv| pair(view, out, kv));
            pair(view, out, &event.kv);
        }
        Ok(())
    })
}

fn write_events(writer: &mut Writer, header: &Header, watch: &WatchAnswer) {
    writer.header(header);
    for event in &watch.events {
        writer.plain(&format!("\"Type\" : {}", event_name(event.kind)));
        if let Some(prev) = &event.prev_kv {
            writer.key_value("", "Prev", prev);
        }
        writer.key_value("", "", &event.kv);
    }
}

fn event_name(kind: EventType) -> &'static str {
    match kind {
        EventType::Put => "PUT",
        EventType::Delete => "DELETE",
    }
}

/// The command of a watch, once for each event.
pub(super) fn spawns(command: &[String], header: &Header, watch: &WatchAnswer) -> Vec<Spawn> {
    let events = watch.events.iter();
    events
        .map(|event| {
            let quoted = |bytes: &Bytes| go::quote(bytes);
            Spawn {
                words: command.to_vec(),
                env: vec![
                    ("ETCD_WATCH_REVISION".into(), header.revision.to_string()),
                    (
                        "ETCD_WATCH_EVENT_TYPE".into(),
                        go::quote(event_name(event.kind).as_bytes()),
                    ),
                    ("ETCD_WATCH_KEY".into(), quoted(&event.kv.key)),
                    ("ETCD_WATCH_VALUE".into(), quoted(&event.kv.value)),
                ],
            }
        })
        .collect()
}
