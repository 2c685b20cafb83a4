//! Answers about leases.

use super::write;
use crate::cluster::Header;
use crate::etcdctl::output::{Output, Stop};
use crate::etcdctl::view::{View, What};
use crate::etcdctl::writer::Value;
use crate::kv::{Lease, LeaseId};
use bytes::Bytes;

pub(in crate::etcdctl) fn granted(
    view: &View,
    header: &Header,
    lease: &Lease,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("ID", "ID", Value::from(lease.id.0));
        writer.always("TTL", "TTL", Value::from(lease.ttl));
        writer.always("Error", "", Value::Text(""));
    });
    written.unwrap_or_else(|| {
        out.line(&format!(
            "lease {} granted with TTL({}s)",
            lease.id, lease.ttl
        ));
        Ok(())
    })
}

pub(in crate::etcdctl) fn kept_alive(
    view: &View,
    header: &Header,
    id: LeaseId,
    ttl: i64,
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("ID", "ID", Value::from(id.0));
        writer.always("TTL", "TTL", Value::from(ttl));
    });
    written.unwrap_or_else(|| {
        out.line(&format!("lease {id} keepalived with TTL({ttl})"));
        Ok(())
    })
}

pub(in crate::etcdctl) fn time_to_live(
    view: &View,
    header: &Header,
    (id, ttl, granted): (LeaseId, i64, i64),
    keys: &[Bytes],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.always("id", "ID", Value::from(id.0));
        writer.always("ttl", "TTL", Value::from(ttl));
        writer.always("granted-ttl", "GrantedTTL", Value::from(granted));
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
            out.line(&format!("lease {id} already expired"));
            return Ok(());
        }
        let mut line = format!("lease {id} granted with TTL({granted}s), remaining({ttl}s)");
        if let What::TimeToLive { keys: true } = view.what {
            let keys: Vec<_> = keys
                .iter()
                .map(|key| String::from_utf8_lossy(key))
                .collect();
            line.push_str(&format!(", attached keys([{}])", keys.join(" ")));
        }
        out.line(&line);
        Ok(())
    })
}

pub(in crate::etcdctl) fn leases(
    view: &View,
    header: &Header,
    ids: &[LeaseId],
    out: &mut Output,
) -> Result<(), Stop> {
    let written = write(view, out, |writer| {
        writer.header_fields(header);
        writer.begin_list("leases");
        for id in ids {
            writer.begin("");
            writer.always("id", "ID", Value::from(id.0));
            writer.end();
        }
        writer.end_list();
    });
    written.unwrap_or_else(|| {
        out.line(&format!("found {} leases", ids.len()));
        ids.iter().for_each(|id| out.line(&format!("{id}")));
        Ok(())
    })
}
