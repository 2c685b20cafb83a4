//! Answers about members and alarms.

use super::{crash, not_fields, write};
use crate::cluster::{Header, MemberInfo};
use crate::etcdctl::go;
use crate::etcdctl::json::Json;
use crate::etcdctl::output::{Output, Stop, Stream};
use crate::etcdctl::table;
use crate::etcdctl::task::Format;
use crate::etcdctl::view::{View, What, member_state};
use crate::etcdctl::writer::{Value, Writer};
use crate::kv::{AlarmMember, AlarmType};

pub(in crate::etcdctl) fn members(
    view: &View,
    header: &Header,
    member: Option<&MemberInfo>,
    members: &[MemberInfo],
    out: &mut Output,
) -> Result<(), Stop> {
    match &view.what {
        What::MemberList => return member_list(view, header, members, out),
        What::MemberChange {
            done: "promoted in",
            ..
        } if view.format != Format::Simple => {
            return crash("a promotion");
        }
        // A list that follows the answer is for whoever waits until it is known.
        What::MemberAdd { .. } if member.is_none() => return Ok(()),
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
            out.line(&format!(
                "Member {:16x} added to cluster {cluster:16x}",
                member.id
            ));
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
pub(in crate::etcdctl) fn join_settings(
    name: &str,
    id: u64,
    members: &[MemberInfo],
) -> [String; 2] {
    let mut all = Vec::new();
    for member in members {
        let name = if member.id == id { name } else { &member.name };
        all.extend(member.peer_urls.iter().map(|url| format!("{name}={url}")));
    }
    [
        format!("ETCD_NAME={}", go::quote(name.as_bytes())),
        format!(
            "ETCD_INITIAL_CLUSTER={}",
            go::quote(all.join(",").as_bytes())
        ),
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
        for (name, urls) in [
            ("peerURLs", &member.peer_urls),
            ("clientURLS", &member.client_urls),
        ] {
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

pub(in crate::etcdctl) fn moved(
    view: &View,
    from: u64,
    to: u64,
    out: &mut Output,
) -> Result<(), Stop> {
    not_fields(view)?;
    let target = match view.what {
        What::MoveLeader { target, .. } => target,
        _ => to,
    };
    write(view, out, |_| {}).unwrap_or_else(|| {
        out.line(&format!(
            "Leadership transferred from {from:x} to {target:x}"
        ));
        Ok(())
    })
}

pub(in crate::etcdctl) fn alarms(
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
