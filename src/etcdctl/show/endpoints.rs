//! Answers of each endpoint, and what is in a file that was saved.

use super::{unsupported, write};
use crate::etcdctl::go;
use crate::etcdctl::json::Json;
use crate::etcdctl::output::{Output, Stop, Stream};
use crate::etcdctl::table;
use crate::etcdctl::task::Format;
use crate::etcdctl::v3::VERSION;
use crate::etcdctl::view::{SavedFile, View, What};
use crate::etcdctl::writer::{Value, Writer};
use crate::kv::Store;
use bytes::Bytes;

pub(in crate::etcdctl) fn health(view: &View, out: &mut Output) -> Result<(), Stop> {
    let What::Health { rows, .. } = &view.what else {
        return Ok(());
    };
    let well = |error: &str| error.is_empty();
    match view.format {
        Format::Simple => {
            for row in rows {
                let (endpoint, took, error) = (&row.endpoint, &row.took, &row.error);
                if well(error) {
                    out.line(&format!(
                        "{endpoint} is healthy: successfully committed proposal: took = {took}"
                    ));
                } else {
                    out.error(&format!(
                        "{endpoint} is unhealthy: failed to commit proposal: {error}"
                    ));
                }
            }
        }
        Format::Fields => {
            for row in rows {
                out.line(&format!(
                    "\"Endpoint\" : {}",
                    go::quote(row.endpoint.as_bytes())
                ));
                out.line(&format!("\"Health\" : {}", well(&row.error)));
                out.line(&format!("\"Took\" : {}", row.took));
                out.line(&format!("\"Error\" : {}\n", row.error));
            }
        }
        Format::Json => {
            let mut json = Json::default();
            json.open('[');
            for row in rows {
                json.open('{').name("endpoint").text(&row.endpoint);
                json.name("health").plain(well(&row.error));
                json.name("took").text(&row.took);
                json.some_text("error", &row.error).close('}');
            }
            json.close(']');
            out.line(&json.finish());
        }
        Format::Table => {
            let rows: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    let health = well(&row.error).to_string();
                    vec![
                        row.endpoint.clone(),
                        health,
                        row.took.clone(),
                        row.error.clone(),
                    ]
                })
                .collect();
            let heading = ["endpoint", "health", "took", "error"];
            out.print(Stream::Out, &table::draw(&heading, &rows));
        }
        Format::Protobuf => return unsupported(view.format),
    }
    Ok(())
}

/// Writes a list of answers of endpoints.
fn rows<T>(
    view: &View,
    out: &mut Output,
    rows: &[T],
    heading: &[&str],
    cells: impl Fn(&T) -> Vec<String>,
    fields: impl Fn(&mut Writer, &T),
) -> Result<(), Stop> {
    match view.format {
        Format::Simple => {
            for row in rows {
                out.line(&cells(row).join(", "));
            }
        }
        Format::Table => {
            let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            out.print(Stream::Out, &table::draw(heading, &rows));
        }
        Format::Json | Format::Fields => {
            let mut all = Vec::new();
            for row in rows {
                let mut writer = Writer::new(view.format);
                fields(&mut writer, row);
                all.push(writer.finish());
            }
            if view.format == Format::Fields {
                out.print(Stream::Out, &all.concat());
            } else {
                let all: Vec<&str> = all.iter().map(|row| row.trim_end()).collect();
                out.line(&format!("[{}]", all.join(",")));
            }
        }
        Format::Protobuf => return unsupported(view.format),
    }
    Ok(())
}

pub(in crate::etcdctl) fn status(view: &View, out: &mut Output) -> Result<(), Stop> {
    const HEADING: [&str; 10] = [
        "endpoint",
        "ID",
        "version",
        "db size",
        "is leader",
        "is learner",
        "raft term",
        "raft index",
        "raft applied index",
        "errors",
    ];
    let What::Status { rows: all, .. } = &view.what else {
        return Ok(());
    };
    rows(
        view,
        out,
        all,
        &HEADING,
        |(endpoint, header, status)| {
            vec![
                endpoint.clone(),
                format!("{:x}", header.member_id),
                VERSION.to_owned(),
                go::bytes(status.db_size),
                (status.leader == header.member_id).to_string(),
                status.is_learner.to_string(),
                status.raft_term.to_string(),
                status.raft_index.to_string(),
                status.raft_applied_index.to_string(),
                status.errors.join(", "),
            ]
        },
        |writer, (endpoint, header, status)| {
            writer.field("Endpoint", "", Value::Text(endpoint));
            writer.begin("Status");
            writer.header(header);
            writer.field("version", "Version", Value::Text(VERSION));
            writer.number("dbSize", "DBSize", status.db_size);
            writer.number("leader", "Leader", status.leader);
            if !writer.is_json() {
                writer.field("", "IsLearner", Value::Flag(status.is_learner));
            }
            writer.number("raftIndex", "RaftIndex", status.raft_index);
            writer.number("raftTerm", "RaftTerm", status.raft_term);
            writer.number(
                "raftAppliedIndex",
                "RaftAppliedIndex",
                status.raft_applied_index,
            );
            if let Some(json) = writer.json() {
                json.some_texts("errors", &status.errors);
                json.some_number("dbSizeInUse", status.db_size_in_use as i64);
                json.some_flag("isLearner", status.is_learner);
            }
            writer.end();
            writer.plain(&format!("\"Errors\" : [{}]", status.errors.join(" ")));
            if !writer.is_json() {
                writer.field("", "Endpoint", Value::Text(endpoint));
            }
            writer.plain("");
        },
    )
}

pub(in crate::etcdctl) fn hash(view: &View, out: &mut Output) -> Result<(), Stop> {
    let What::HashKv { rows: all, .. } = &view.what else {
        return Ok(());
    };
    rows(
        view,
        out,
        all,
        &["endpoint", "hash"],
        |(endpoint, _, hash, _)| vec![endpoint.clone(), hash.to_string()],
        |writer, (endpoint, header, hash, compacted)| {
            if writer.is_json() {
                writer.field("Endpoint", "", Value::Text(endpoint));
            }
            writer.begin("HashKV");
            writer.header(header);
            if !writer.is_json() {
                writer.field("", "Endpoint", Value::Text(endpoint));
            }
            writer.number("hash", "Hash", u64::from(*hash));
            writer.number("compact_revision", "", *compacted);
            writer.end();
            writer.plain("");
        },
    )
}

/// What `snapshot status` will say about a snapshot.
pub(in crate::etcdctl) fn saved_file(bytes: &Bytes) -> SavedFile {
    let revision = Store::restore(bytes).map_or(0, |store| store.revision().0);
    SavedFile {
        hash: hash_of(bytes),
        revision,
        keys: revision.max(1) - 1,
        size: bytes.len() as u64,
    }
}

fn hash_of(bytes: &[u8]) -> u32 {
    crc::Crc::<u32>::new(&crc::CRC_32_ISCSI).checksum(bytes)
}

/// `snapshot status`.
pub(crate) fn saved(file: &SavedFile, format: Format, out: &mut Output) -> Result<(), Stop> {
    let view = View::new(What::Put, format, false);
    let cells = |file: &SavedFile| {
        vec![
            format!("{:x}", file.hash),
            file.revision.to_string(),
            file.keys.to_string(),
            go::bytes(file.size),
        ]
    };
    if let Format::Simple | Format::Table = format {
        let heading = ["hash", "revision", "total keys", "total size"];
        return rows(
            &view,
            out,
            std::slice::from_ref(file),
            &heading,
            cells,
            |_, _| {},
        );
    }
    write(&view, out, |writer| {
        writer.always("hash", "Hash", Value::from(u64::from(file.hash)));
        writer.always("revision", "Revision", Value::from(file.revision));
        writer.always("totalKey", "Keys", Value::from(file.keys));
        writer.always("totalSize", "Size", Value::from(file.size));
    })
    .unwrap_or(Ok(()))
}
