//! Answers in the form that `-w` asks for.
//!
//! Sources: etcdctl 3.5.16, `printer_simple.go`, `printer_fields.go`, `printer_json.go` and
//! `printer_table.go`. What a printer there lacks is refused here with the same exit code; where
//! etcdctl crashes, a sentence says so (exit code 2, as a Go program that panics).

use super::go;
use super::json::Json;
use super::output::{Output, Stop, Stream, exit, fail};
use super::table;
use super::task::Format;
use super::v3::VERSION;
use super::view::{SavedFile, Spawn, View, What, member_state};
use super::writer::{Value, Writer};
use crate::cluster::{Header, MemberInfo, WatchAnswer};
use crate::kv::{
    AlarmMember, AlarmType, AuthStatus, DeleteRangeResponse, EventType, KeyValue, Lease, Permission,
    PermissionType, RangeResponse, ResponseBody, Store, TxnResponse,
};
use bytes::Bytes;

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
    fail(exit::BAD_FEATURE, format!("{name} not supported as output format"))
}

/// Refuses a format other than JSON that only the simple format and JSON can do.
fn not_fields(view: &View) -> Result<(), Stop> {
    match view.format {
        Format::Fields => unsupported(Format::Fields),
        _ => Ok(()),
    }
}

fn crash(what: &str) -> Result<(), Stop> {
    fail(2, format!("etcdctl 3.5.16 cannot print {what} in this format"))
}

/// A key and its value as the simple format has them.
fn pair(view: &View, out: &mut Output, kv: &KeyValue) {
    let value_only = matches!(view.what, What::Get { value_only: true, .. });
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
                ResponseBody::Put(prev) => write_put(writer, prev.as_ref()),
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
                ResponseBody::Put(prev) => put(view, header, prev.as_ref(), out)?,
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
    let written = write(view, out, |writer| {
        if !writer.is_json() {
            return write_events(writer, header, watch);
        }
        writer.begin("Header");
        writer.header_fields(header);
        writer.end();
        writer.begin_list("Events");
        for event in &watch.events {
            writer.begin("");
            writer.number("type", "", event.kind as i64);
            writer.key_value("kv", "", &event.kv);
            if let Some(prev) = &event.prev_kv {
                writer.key_value("prev_kv", "", prev);
            }
            writer.end();
        }
        writer.end_list();
        let compacted = Value::Number(watch.compact_revision.into());
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

pub(super) fn granted(
    view: &View,
    header: &Header,
    lease: &Lease,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("ID", "ID", Value::Number(lease.id.0.into()));
        writer.always("TTL", "TTL", Value::Number(lease.ttl.into()));
        writer.always("Error", "", Value::Text(""));
    });
    written.unwrap_or_else(|| {
        out.line(&format!("lease {} granted with TTL({}s)", lease.id, lease.ttl));
        Ok(())
    })
}

pub(super) fn kept_alive(
    view: &View,
    header: &Header,
    id: i64,
    ttl: i64,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("ID", "ID", Value::Number(id.into()));
        writer.always("TTL", "TTL", Value::Number(ttl.into()));
    });
    written.unwrap_or_else(|| {
        out.line(&format!("lease {id:016x} keepalived with TTL({ttl})"));
        Ok(())
    })
}

pub(super) fn time_to_live(
    view: &View,
    header: &Header,
    (id, ttl, granted): (i64, i64, i64),
    keys: &[Bytes],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("id", "ID", Value::Number(id.into()));
        writer.always("ttl", "TTL", Value::Number(ttl.into()));
        writer.always("granted-ttl", "GrantedTTL", Value::Number(granted.into()));
        match writer.json() {
            Some(json) if keys.is_empty() => {
                json.name("keys").plain("null");
            }
            Some(json) => {
                json.name("keys").open('[');
                keys.iter().for_each(|key| {
                    json.base64(key);
                });
                json.close(']');
            }
            None => {
                for key in keys {
                    writer.field("", "Key", Value::Bytes(key));
                }
            }
        }
    });
    written.unwrap_or_else(|| {
        if granted == 0 && ttl == -1 {
            out.line(&format!("lease {id:016x} already expired"));
            return Ok(());
        }
        let mut line = format!("lease {id:016x} granted with TTL({granted}s), remaining({ttl}s)");
        if let What::TimeToLive { keys: true } = view.what {
            let keys: Vec<_> = keys.iter().map(|key| String::from_utf8_lossy(key)).collect();
            line.push_str(&format!(", attached keys([{}])", keys.join(" ")));
        }
        out.line(&line);
        Ok(())
    })
}

pub(super) fn leases(
    view: &View,
    header: &Header,
    ids: &[i64],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.begin_list("leases");
        for id in ids {
            writer.begin("");
            writer.always("id", "ID", Value::Number((*id).into()));
            writer.end();
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        out.line(&format!("found {} leases", ids.len()));
        ids.iter().for_each(|id| out.line(&format!("{id:016x}")));
        Ok(())
    })
}

pub(super) fn members(
    view: &View,
    header: &Header,
    member: Option<&MemberInfo>,
    members: &[MemberInfo],
    out: &mut Output,
) -> Result<(), Stop> {
    match &view.what {
        What::MemberList => return member_list(view, header, members, out),
        What::MemberChange { done: "promoted in", .. } if view.format != Format::Simple => {
            return crash("a promotion");
        }
        _ => not_fields(view)?,
    }
    let written = write(view, out, |writer| {
        writer.header(header);
        if let Some(member) = member {
            write_member(writer, "member", member);
        }
        write_members(writer, members);
    });
    if let Some(result) = written {
        return result;
    }
    let cluster = header.cluster_id;
    match (&view.what, member) {
        (What::MemberAdd { name, urls }, Some(member)) => {
            out.line(&format!("Member {:16x} added to cluster {cluster:16x}", member.id));
            added(name, urls, member.id, members, out);
        }
        (What::MemberChange { id, done }, _) => {
            out.line(&format!("Member {id:16x} {done} cluster {cluster:16x}"));
        }
        _ => {}
    }
    Ok(())
}

/// What the new member has to be told to join.
fn added(name: &str, urls: &str, id: u64, members: &[MemberInfo], out: &mut Output) {
    out.line("");
    for line in join_settings(name, id, members) {
        out.line(&line);
    }
    let urls = go::quote(urls.as_bytes());
    out.line(&format!("ETCD_INITIAL_ADVERTISE_PEER_URLS={urls}"));
    out.line("ETCD_INITIAL_CLUSTER_STATE=\"existing\"");
}

/// The name of a new member and the list of all, as settings of its environment.
pub(super) fn join_settings(name: &str, id: u64, members: &[MemberInfo]) -> [String; 2] {
    let mut all = Vec::new();
    for member in members {
        let name = if member.id == id { name } else { &member.name };
        all.extend(member.peer_urls.iter().map(|url| format!("{name}={url}")));
    }
    [
        format!("ETCD_NAME={}", go::quote(name.as_bytes())),
        format!("ETCD_INITIAL_CLUSTER={}", go::quote(all.join(",").as_bytes())),
    ]
}

fn write_members(writer: &mut Writer, members: &[MemberInfo]) {
    writer.begin_list("members");
    for member in members {
        write_member(writer, "", member);
    }
    writer.end_list();
}

fn write_member(writer: &mut Writer, name: &str, member: &MemberInfo) {
    writer.begin(name);
    writer.number("ID", "ID", member.id);
    writer.field("name", "Name", Value::Text(&member.name));
    match writer.json() {
        Some(json) => {
            json.some_texts("peerURLs", &member.peer_urls);
            json.some_texts("clientURLs", &member.client_urls);
        }
        None => {
            for url in &member.peer_urls {
                writer.field("", "PeerURL", Value::Text(url));
            }
            for url in &member.client_urls {
                writer.field("", "ClientURL", Value::Text(url));
            }
        }
    }
    writer.field("isLearner", "IsLearner", Value::Flag(member.is_learner));
    writer.plain("");
    writer.end();
}

fn member_list(
    view: &View,
    header: &Header,
    members: &[MemberInfo],
    out: &mut Output,
) -> Result<(), Stop> {
    if view.format == Format::Json && view.hex {
        out.line(&hex_member_list(header, members));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|member| {
            vec![
                format!("{:x}", member.id),
                member_state(member).to_owned(),
                member.name.clone(),
                member.peer_urls.join(","),
                member.client_urls.join(","),
                member.is_learner.to_string(),
            ]
        })
        .collect();
    if view.format == Format::Table {
        const HEADING: [&str; 6] = [
            "ID",
            "Status",
            "Name",
            "Peer Addrs",
            "Client Addrs",
            "Is Learner",
        ];
        out.print(Stream::Out, &table::draw(&HEADING, &rows));
        return Ok(());
    }
    let written = write(view, out, |writer| {
        writer.header(header);
        write_members(writer, members);
    });
    written.unwrap_or_else(|| {
        rows.iter().for_each(|row| out.line(&row.join(", ")));
        Ok(())
    })
}

/// The list of members with hexadecimal ids. etcdctl writes it by hand, hence the other names.
fn hex_member_list(header: &Header, members: &[MemberInfo]) -> String {
    let mut json = Json::default();
    let hex = |id: u64| format!("{id:x}");
    json.open('{').name("header").open('{');
    json.name("cluster_id").text(&hex(header.cluster_id));
    json.name("member_id").text(&hex(header.member_id));
    json.name("raft_term").plain(header.raft_term).close('}');
    json.name("members").open('[');
    for member in members {
        json.open('{').name("ID").text(&hex(member.id));
        json.name("name").text(&member.name);
        for (name, urls) in [("peerURLs", &member.peer_urls), ("clientURLS", &member.client_urls)] {
            json.name(name);
            if urls.is_empty() {
                json.plain("null");
            } else {
                json.texts(urls);
            }
        }
        json.close('}');
    }
    json.close(']').close('}');
    json.finish()
}

pub(super) fn moved(view: &View, from: u64, to: u64, out: &mut Output) -> Result<(), Stop> {
    not_fields(view)?;
    let target = match view.what {
        What::MoveLeader { target, .. } => target,
        _ => to,
    };
    write(view, out, |_| {}).unwrap_or_else(|| {
        out.line(&format!("Leadership transferred from {from:x} to {target:x}"));
        Ok(())
    })
}

pub(super) fn alarms(
    view: &View,
    header: Option<&Header>,
    alarms: &[AlarmMember],
    out: &mut Output,
) -> Result<(), Stop> {
    if header.is_none() && view.format == Format::Fields {
        return crash("disarmed alarms");
    }
    let written = write(view, out, |writer| {
        if let Some(header) = header {
            writer.header(header);
        }
        if alarms.is_empty() {
            return;
        }
        writer.begin_list("alarms");
        for alarm in alarms {
            writer.begin("");
            writer.number("memberID", "MemberID", alarm.member);
            writer.number("alarm", "", alarm.alarm as i64);
            writer.plain(&format!("\"AlarmType\" : {}\n", alarm_name(alarm.alarm)));
            writer.end();
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        for alarm in alarms {
            let name = alarm_name(alarm.alarm);
            out.line(&format!("memberID:{} alarm:{name} ", alarm.member));
        }
        Ok(())
    })
}

fn alarm_name(alarm: AlarmType) -> &'static str {
    match alarm {
        AlarmType::None => "NONE",
        AlarmType::NoSpace => "NOSPACE",
        AlarmType::Corrupt => "CORRUPT",
    }
}

pub(super) fn health(view: &View, out: &mut Output) -> Result<(), Stop> {
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
                out.line(&format!("\"Endpoint\" : {}", go::quote(row.endpoint.as_bytes())));
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
                    vec![row.endpoint.clone(), health, row.took.clone(), row.error.clone()]
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

pub(super) fn status(view: &View, out: &mut Output) -> Result<(), Stop> {
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
            writer.number("raftAppliedIndex", "RaftAppliedIndex", status.raft_applied_index);
            if let Some(json) = writer.json() {
                json.some_texts("errors", &status.errors);
                json.some_number("dbSizeInUse", status.db_size_in_use.into());
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

pub(super) fn hash(view: &View, out: &mut Output) -> Result<(), Stop> {
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
            writer.number("hash", "Hash", *hash);
            writer.number("compact_revision", "", *compacted);
            writer.end();
            writer.plain("");
        },
    )
}

/// What a change of leases, users or roles says: its sentence, or its header.
pub(super) fn done(
    view: &View,
    header: &Header,
    said: &str,
    out: &mut Output,
) -> Result<(), Stop> {
    write(view, out, |writer| writer.header(header)).unwrap_or_else(|| {
        out.line(said);
        Ok(())
    })
}

pub(super) fn auth_status(
    view: &View,
    header: &Header,
    status: &AuthStatus,
    out: &mut Output,
) -> Result<(), Stop> {
    not_fields(view)?;
    let written = write(view, out, |writer| {
        writer.header(header);
        writer.field("enabled", "", Value::Flag(status.enabled));
        writer.number("authRevision", "", status.revision);
    });
    written.unwrap_or_else(|| {
        out.line(&format!("Authentication Status: {}", status.enabled));
        out.line(&format!("AuthRevision: {}", status.revision));
        Ok(())
    })
}

/// The roles of a user, all users, or all roles.
pub(super) fn names(
    view: &View,
    header: &Header,
    names: &[String],
    out: &mut Output,
) -> Result<(), Stop> {
    let of_users = matches!(view.what, What::UserList);
    let all_roles = matches!(view.what, What::RoleList);
    if !all_roles {
        not_fields(view)?;
    }
    let written = write(view, out, |writer| {
        writer.header(header);
        match writer.json() {
            Some(json) => {
                json.some_texts(if of_users { "users" } else { "roles" }, names);
            }
            None => {
                let names: String = names
                    .iter()
                    .map(|name| format!(" {}", go::quote(name.as_bytes())))
                    .collect();
                writer.plain(&format!("\"Roles\" :{names}"));
            }
        }
    });
    written.unwrap_or_else(|| {
        match &view.what {
            What::UserGet(user) => {
                out.line(&format!("User: {user}"));
                let names: String = names.iter().map(|name| format!(" {name}")).collect();
                out.line(&format!("Roles:{names}"));
            }
            _ => names.iter().for_each(|name| out.line(name)),
        }
        Ok(())
    })
}

pub(super) fn role(
    view: &View,
    header: &Header,
    role: &str,
    permissions: &[Permission],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header(header);
        if permissions.is_empty() {
            return;
        }
        writer.begin_list("perm");
        for permission in permissions {
            writer.begin("");
            writer.number("permType", "", permission.kind as i64);
            let name = ["READ", "WRITE", "READWRITE"][permission.kind as usize];
            writer.plain(&format!("\"PermType\" :  {name}"));
            writer.field("key", "Key", Value::Bytes(&permission.key));
            writer.field("range_end", "RangeEnd", Value::Bytes(&permission.range_end));
            writer.end();
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        out.line(&format!("Role {role}"));
        let kinds = [
            ("KV Read:", PermissionType::Write),
            ("KV Write:", PermissionType::Read),
        ];
        for (title, other) in kinds {
            out.line(title);
            for permission in permissions.iter().filter(|permission| permission.kind != other) {
                out.line(&format!("\t{}", permission_text(permission)));
            }
        }
        Ok(())
    })
}

fn permission_text(permission: &Permission) -> String {
    let key = String::from_utf8_lossy(&permission.key);
    let end = String::from_utf8_lossy(&permission.range_end);
    let mut text = match &permission.range_end[..] {
        [] => return key.into_owned(),
        [0] => format!("[{key}, <open ended>"),
        _ => format!("[{key}, {end})"),
    };
    if super::v3::prefix_end(&permission.key) == permission.range_end {
        text.push_str(&format!(" (prefix {key})"));
    }
    text
}

/// What `snapshot status` will say about a snapshot.
pub(super) fn saved_file(bytes: &Bytes) -> SavedFile {
    let store = Store::restore(bytes);
    SavedFile {
        hash: hash_of(bytes),
        revision: store.revision().0,
        keys: store.revision().0.max(1) - 1,
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
        return rows(&view, out, std::slice::from_ref(file), &heading, cells, |_, _| {});
    }
    write(&view, out, |writer| {
        writer.always("hash", "Hash", Value::Number(file.hash.into()));
        writer.always("revision", "Revision", Value::Number(file.revision.into()));
        writer.always("totalKey", "Keys", Value::Number(file.keys.into()));
        writer.always("totalSize", "Size", Value::Number(file.size.into()));
    })
    .unwrap_or(Ok(()))
}
