//! Nodes of the tree of version 2 as text, and what happened at an endpoint.

use crate::cluster::V2Failure;
use crate::etcdctl::json::Json;
use crate::etcdctl::output::Output;
use crate::kv::V2Node;

/// Prints a directory, and what is below it.
pub(super) fn list(nodes: &[V2Node], slash: bool, out: &mut Output) {
    for node in nodes {
        let slash_after = if node.dir && slash { "/" } else { "" };
        out.line(&format!("{}{slash_after}", node.key));
        list(&node.nodes, slash, out);
    }
}

/// The value of a node.
pub(super) fn value(node: &V2Node) -> &str {
    node.value.as_deref().unwrap_or_default()
}

/// Writes a node as JSON.
pub(super) fn write_node(json: &mut Json, node: &V2Node) {
    json.open('{').name("key").text(&node.key);
    json.some_flag("dir", node.dir);
    json.name("value").text(value(node));
    json.name("nodes");
    if node.nodes.is_empty() {
        json.plain("null");
    } else {
        json.open('[');
        node.nodes.iter().for_each(|node| write_node(json, node));
        json.close(']');
    }
    json.name("createdIndex").plain(node.created_index);
    json.name("modifiedIndex").plain(node.modified_index);
    if node.expiration > 0 {
        json.name("expiration").text(&time(node.expiration));
    }
    json.some_number("ttl", node.ttl).close('}');
}

/// A time as RFC 3339 writes it, from microseconds since 1970.
fn time(us: u64) -> String {
    let (seconds, micros) = (us / 1_000_000, us % 1_000_000);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March here, so that the day that may be missing is the last one.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = format!(".{micros:06}");
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// What happened at an endpoint.
pub(super) fn failure_text(endpoint: &str, failure: V2Failure) -> String {
    let host = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, host)| host);
    let host = host.split('/').next().unwrap_or(host);
    match failure {
        V2Failure::Refused => format!("dial tcp {host}: connect: connection refused"),
        V2Failure::HeaderTimeout => {
            format!("client: endpoint {endpoint} exceeded header timeout")
        }
        V2Failure::NoLeader => format!("client: etcd member {endpoint} has no leader"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_go_does() {
        for (us, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696_500_000, "2000-02-29T12:34:56.5Z"),
            (1_726_056_672_000_001, "2024-09-11T12:11:12.000001Z"),
        ] {
            assert_eq!(time(us), text);
        }
    }
}
