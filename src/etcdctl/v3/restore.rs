//! `snapshot restore`: a file becomes the data directory of a member that nobody starts here. What
//! etcd checks before it does so, in its order and its words.

use super::check_url;
use super::snapshot::deprecated;
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::Step;

pub(super) static RESTORE: Command = Command {
    name: "restore",
    usage: "<filename> [options]",
    about: "Make a member's data directory of a file",
    flags: &[
        Flag::new("data-dir", Kind::Text, "", "the data directory to make"),
        Flag::new(
            "wal-dir",
            Kind::Text,
            "",
            "the directory of the log, if it is another",
        ),
        Flag::new(
            "initial-cluster",
            Kind::Text,
            "default=http://localhost:2380",
            "the members of the new cluster",
        ),
        Flag::new(
            "initial-cluster-token",
            Kind::Text,
            "etcd-cluster",
            "the new cluster's token",
        ),
        Flag::new(
            "initial-advertise-peer-urls",
            Kind::Text,
            "http://localhost:2380",
            "where the other members will reach this one",
        ),
        Flag::new("name", Kind::Text, "default", "the member's name"),
        Flag::off("skip-hash-check", "take the file as it is"),
        Flag::new(
            "bump-revision",
            Kind::Uint,
            "0",
            "how much to raise the revision",
        ),
        Flag::off("mark-compacted", "count what was before as compacted"),
        Flag::new(
            "initial-memory-map-size",
            Kind::Uint,
            "0",
            "the size of the memory map",
        ),
    ],
    run: Some(run),
    ..Command::EMPTY
};

fn run(call: &mut Call) -> Result<Step, Stop> {
    deprecated(call, "restore");
    let [path] = call.args() else {
        return fail(
            exit::BAD_ARGS,
            "snapshot restore requires exactly one argument",
        );
    };
    let path = path.clone();
    let bump = go::parse_uint(call.text("bump-revision"), 0).unwrap_or_default();
    if (bump > 0) != call.on("mark-compacted") {
        let message = "--mark-compacted required if --revision-bump > 0";
        return fail(exit::BAD_ARGS, message);
    }
    let name = call.text("name").to_owned();
    let data_dir = match call.text("data-dir") {
        "" => format!("{name}.etcd"),
        directory => directory.trim_end_matches('/').to_owned(),
    };
    check_cluster(call, &name).or_else(|why| fail(exit::ERROR, why))?;
    if call.env.is_directory(&data_dir) {
        let quoted = go::quote(data_dir.as_bytes());
        let message = format!("data-dir {quoted} not empty or could not be read");
        return fail(exit::ERROR, message);
    }
    let wal_dir = call.text("wal-dir");
    if !wal_dir.is_empty() && call.env.is_directory(wal_dir) {
        let quoted = go::quote(wal_dir.as_bytes());
        return fail(exit::ERROR, format!("wal-dir {quoted} exists"));
    }
    let Some(file) = call.env.file(&path) else {
        let message = format!("open {path}: no such file or directory");
        return fail(exit::ERROR, message);
    };
    let mut file = file.clone();
    file.revision += bump;
    Ok(Step::Saved(format!("{data_dir}/member/snap/db"), file))
}

/// Whether the members of the new cluster and this one's URLs fit together.
fn check_cluster(call: &Call, name: &str) -> Result<(), String> {
    let mut advertised = urls(call.text("initial-advertise-peer-urls").split(','))?;
    let parts = call.text("initial-cluster").split(',');
    let cluster: Vec<(&str, &str)> = parts
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect();
    urls(cluster.iter().map(|(_, url)| *url))?;
    let own = cluster.iter().filter(|(member, _)| *member == name);
    let mut own = urls(own.map(|(_, url)| *url))?;
    if own.is_empty() {
        let name = go::quote(name.as_bytes());
        return Err(format!(
            "couldn't find local name {name} in the initial cluster configuration"
        ));
    }
    own.sort();
    advertised.sort();
    if let Err(why) = equal(&advertised, &own) {
        return Err(mismatch(name, &advertised, &own, &why));
    }
    let mut all: Vec<&str> = cluster.iter().map(|(_, url)| *url).collect();
    all.sort_unstable();
    if all.windows(2).any(|pair| pair[0] == pair[1]) {
        let mut parts: Vec<String> = cluster
            .iter()
            .map(|(member, url)| format!("{member}={url}"))
            .collect();
        parts.sort();
        let parts = parts.join(",");
        return Err(format!("initial cluster {parts} has duplicate url"));
    }
    Ok(())
}

fn urls<'a>(parts: impl Iterator<Item = &'a str>) -> Result<Vec<String>, String> {
    let mut urls = Vec::new();
    for part in parts {
        let url = part.trim();
        check_url(url)?;
        urls.push(url.to_owned());
    }
    Ok(urls)
}

/// Whether the URLs are the same. There is nobody to ask for the addresses of names.
fn equal(a: &[String], b: &[String]) -> Result<(), String> {
    if a.len() != b.len() {
        return Err(format!("len({}) != len({})", quoted(a), quoted(b)));
    }
    match a.iter().zip(b).find(|(a, b)| a != b) {
        None => Ok(()),
        Some((a, b)) => {
            let (a, b) = (go::quote(a.as_bytes()), go::quote(b.as_bytes()));
            Err(format!("resolved urls: {a} != {b}"))
        }
    }
}

fn quoted(urls: &[String]) -> String {
    let urls: Vec<String> = urls.iter().map(|url| go::quote(url.as_bytes())).collect();
    format!("[{}]", urls.join(" "))
}

fn mismatch(name: &str, advertised: &[String], own: &[String], why: &str) -> String {
    let missing = without(own, advertised);
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(|url| format!("{name}={url}")).collect();
        return format!(
            "--initial-cluster has {} but missing from --initial-advertise-peer-urls={} ({why})",
            missing.join(","),
            advertised.join(",")
        );
    }
    let all: Vec<String> = advertised
        .iter()
        .map(|url| format!("{name}={url}"))
        .collect();
    format!(
        "--initial-advertise-peer-urls has {} but missing from --initial-cluster={}",
        without(advertised, own).join(","),
        all.join(",")
    )
}

fn without<'a>(urls: &'a [String], among: &[String]) -> Vec<&'a str> {
    let missing = urls.iter().filter(|url| !among.contains(url));
    missing.map(String::as_str).collect()
}
