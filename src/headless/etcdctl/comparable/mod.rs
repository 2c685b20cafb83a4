//! What two clusters print alike once ids, times, sizes and undefined orders are out of the way:
//! the rules of the page on transcripts (`docs/etcdctl.md`).

mod order;
mod table;

use super::session::{Ran, Record};
use crate::etcdctl::{Inspection, inspect};
use regex_lite::{Captures, Regex};
use std::collections::BTreeMap;

/// The ids of a cluster.
#[derive(Clone, Default, Debug)]
pub(super) struct Ids {
    /// The members, in the order of their names.
    pub members: Vec<u64>,
    /// The cluster.
    pub cluster: Option<u64>,
}

/// Makes a session comparable, part by part.
pub(super) struct Normaliser {
    leases: Vec<u64>,
    hashes: Vec<u64>,
    /// Whether commands talk to more than one endpoint, unless they say otherwise.
    many: bool,
    /// The version of etcdctl that the environment asks for.
    api: String,
    patterns: Patterns,
}

struct Patterns {
    token: Regex,
    values: Vec<(Regex, &'static str)>,
    hash: Regex,
    wide_id: Regex,
    timed_out: Regex,
    any_member: Regex,
}

impl Normaliser {
    pub fn new() -> Normaliser {
        let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is right");
        let values = [
            (r#""(raft_term|raftTerm)":\d+"#, r#""$1":<TERM>"#),
            (r#"^"RaftTerm" : \d+$"#, r#""RaftTerm" : <TERM>"#),
            (r#""(raftIndex|raftAppliedIndex)":\d+"#, r#""$1":<INDEX>"#),
            (
                r#"^"(RaftIndex|RaftAppliedIndex)" : \d+$"#,
                r#""$1" : <INDEX>"#,
            ),
            (r#""(dbSize|dbSizeInUse|totalSize)":\d+"#, r#""$1":<SIZE>"#),
            (r#"^"(DBSize|Size)" : \d+$"#, r#""$1" : <SIZE>"#),
            (r#""totalKey":\d+"#, r#""totalKey":<KEYS>"#),
            (r#"^"Keys" : \d+$"#, r#""Keys" : <KEYS>"#),
            (r"took = \S+$", "took = <TOOK>"),
            (r#""took":"[^"]*""#, r#""took":"<TOOK>""#),
            (r#"^"Took" : .*$"#, r#""Took" : <TOOK>"#),
            (r"remaining\(\d+s\)", "remaining(<TTL>s)"),
            (r#""ttl":\d+,"granted-ttl""#, r#""ttl":<TTL>,"granted-ttl""#),
        ];
        Normaliser {
            leases: Vec::new(),
            hashes: Vec::new(),
            many: false,
            api: "3".to_owned(),
            patterns: Patterns {
                token: regex("[0-9A-Za-z]+"),
                values: values.map(|(pattern, to)| (regex(pattern), to)).into(),
                hash: regex(r#"^"Hash" : (\d+)$|"hash":(\d+)"#),
                wide_id: regex("(Member|cluster) +"),
                timed_out: regex("etcdserver: request timed out, possibly due to .*"),
                any_member: regex(r#""member_id":("?)[^,}"]+"#),
            },
        }
    }

    /// The leases that have appeared, in that order.
    pub fn leases(&self) -> &[u64] {
        &self.leases
    }

    /// Applies the rules to a part.
    ///
    /// # Errors
    /// A table that is not laid out as etcdctl does.
    pub fn apply(&mut self, record: &mut Record, ids: &Ids) -> Result<(), String> {
        match record {
            Record::Plain(line) => {
                if let Some(which) = line.strip_prefix("@endpoint ") {
                    self.many = which.contains(',') || which == "all";
                }
                Ok(())
            }
            Record::Command(ran) => self.command(ran, ids),
        }
    }

    fn command(&mut self, ran: &mut Ran, ids: &Ids) -> Result<(), String> {
        if let Some(version) = ran.line.trim().strip_prefix("export ETCDCTL_API=") {
            self.api = version.trim_matches(['"', '\'']).to_owned();
        }
        let asked = inspect(&ran.line, &self.api);
        let api = asked.api.clone().unwrap_or_else(|| self.api.clone());
        ran.err.retain(|line| !line.starts_with(r#"{"level":""#));
        if !asked.help {
            ran.out = without_usage(&ran.out);
            ran.err = without_usage(&ran.err);
        }
        let many = asked
            .endpoints
            .as_ref()
            .map_or(self.many, |all| all.len() > 1);
        let any = many && asked.path.first() != Some(&"endpoint");
        let mut lines = ran.out.clone();
        self.lines(&mut lines, &asked, ids, any, &api)?;
        order::sort(&mut lines, &asked, &api);
        ran.out = lines;
        let mut lines = ran.err.clone();
        self.lines(&mut lines, &asked, ids, any, &api)?;
        order::sort(&mut lines, &asked, &api);
        order::numbered_errors(&mut lines);
        ran.err = lines;
        Ok(())
    }

    fn lines(
        &mut self,
        lines: &mut Vec<String>,
        asked: &Inspection,
        ids: &Ids,
        any: bool,
        api: &str,
    ) -> Result<(), String> {
        let names = id_names(ids);
        let sorted = order::tables_are_sorted(asked);
        let mut done: Vec<String> = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            if let Some(mut table) = table::read(&lines[at..])? {
                at += table.height;
                // `snapshot status` shows its hash in hexadecimal, and its size.
                let of_file = table.heading.iter().any(|heading| heading == "TOTAL SIZE");
                for (column, heading) in table.heading.iter().enumerate() {
                    let is_hex = of_file && heading == "HASH";
                    let heading = if is_hex { "HEX HASH" } else { heading };
                    for row in &mut table.rows {
                        row[column] = self.cell(heading, &row[column], &names);
                    }
                }
                if sorted {
                    table.rows.sort_by_cached_key(|row| order::natural(&row[0]));
                }
                done.extend(table.draw());
                continue;
            }
            let line = self.tokens(&lines[at], &names);
            let line = self.columns(&line, asked);
            let line = self.line(line, any, api);
            at += 1;
            let repeated = line.contains(" keepalived ") && done.last() == Some(&line);
            if !repeated {
                done.push(line);
            }
        }
        for at in 1..done.len() {
            let before = done[at - 1].clone();
            let line = &mut done[at];
            if any
                && before.starts_with(r#""ClusterID" : "#)
                && line.starts_with(r#""MemberID" : "#)
            {
                *line = r#""MemberID" : <ANY>"#.to_owned();
            }
            if line.starts_with(r#""GrantedTTL" : "#)
                && before.starts_with(r#""TTL" : "#)
                && !before.ends_with("-1")
            {
                done[at - 1] = r#""TTL" : <TTL>"#.to_owned();
            }
        }
        *lines = done;
        Ok(())
    }

    /// Puts names in the place of ids of members, the cluster and leases.
    fn tokens(&mut self, line: &str, names: &BTreeMap<u64, String>) -> String {
        let line = self.patterns.wide_id.replace_all(line, "$1 ").into_owned();
        let leases = &mut self.leases;
        let found = self.patterns.token.replace_all(&line, |found: &Captures| {
            let token = &found[0];
            let hexadecimal = u64::from_str_radix(token, 16).ok();
            let decimal = token.parse::<u64>().ok();
            let name = |id: Option<u64>| names.get(&id?);
            if let Some(name) = name(hexadecimal).or(name(decimal)) {
                return name.clone();
            }
            let lease = match token.len() {
                _ if token.starts_with("0000") => None,
                14..=16 => hexadecimal,
                17..=20 => decimal,
                _ => None,
            };
            let lower = token.chars().all(|c| !c.is_ascii_uppercase());
            let Some(lease) = lease.filter(|_| lower) else {
                return token.to_owned();
            };
            let at = leases.iter().position(|known| *known == lease);
            let at = at.unwrap_or_else(|| {
                leases.push(lease);
                leases.len() - 1
            });
            format!("<LEASE{}>", at + 1)
        });
        found.into_owned()
    }

    /// A hash in a number system.
    fn hash(&mut self, hash: &str, radix: u32) -> String {
        let Ok(hash) = u64::from_str_radix(hash, radix) else {
            return hash.to_owned();
        };
        let at = self.hashes.iter().position(|known| *known == hash);
        let at = at.unwrap_or_else(|| {
            self.hashes.push(hash);
            self.hashes.len() - 1
        });
        format!("<HASH{}>", at + 1)
    }

    /// The columns of the simple format.
    fn columns(&mut self, line: &str, asked: &Inspection) -> String {
        let mut cells: Vec<String> = line.split(", ").map(str::to_owned).collect();
        let names: &[&str] = match (&asked.path[..], cells.len()) {
            (["endpoint", "status"], 10..) if cells[1].starts_with("<ID") => &[
                "",
                "",
                "",
                "DB SIZE",
                "",
                "",
                "RAFT TERM",
                "RAFT INDEX",
                "RAFT INDEX",
            ],
            (["endpoint", "hashkv"], 2) => &["", "HASH"],
            (["snapshot", "status"], 4) => &["HEX HASH", "", "TOTAL KEYS", "TOTAL SIZE"],
            _ => return line.to_owned(),
        };
        for (name, cell) in names.iter().zip(&mut cells) {
            if let Some(value) = self.named(name, cell) {
                *cell = value;
            }
        }
        cells.join(", ")
    }

    fn cell(&mut self, heading: &str, cell: &str, names: &BTreeMap<u64, String>) -> String {
        match self.named(heading, cell) {
            Some(value) => value,
            None => self.tokens(cell, names),
        }
    }

    fn named(&mut self, name: &str, cell: &str) -> Option<String> {
        let fixed = match name {
            "HASH" => return Some(self.hash(cell, 10)),
            "HEX HASH" => return Some(self.hash(cell, 16)),
            "DB SIZE" | "TOTAL SIZE" => "<SIZE>",
            "RAFT TERM" => "<TERM>",
            "RAFT INDEX" | "RAFT APPLIED INDEX" => "<INDEX>",
            "TOTAL KEYS" => "<KEYS>",
            "TOOK" => "<TOOK>",
            _ => return None,
        };
        Some(fixed.to_owned())
    }

    /// Values that differ from run to run.
    fn line(&mut self, mut line: String, any: bool, api: &str) -> String {
        for (pattern, to) in &self.patterns.values {
            line = pattern.replace_all(&line, *to).into_owned();
        }
        let found = self.patterns.hash.captures(&line);
        let hash = found.and_then(|found| found.get(1).or(found.get(2)));
        if let Some((range, text)) = hash.map(|hash| (hash.range(), hash.as_str().to_owned())) {
            // In lists there is a hash for each endpoint.
            let name = self.hash(&text, 10);
            line.replace_range(range, &name);
            return self.line(line, any, api);
        }
        let short = "etcdserver: request timed out";
        line = self
            .patterns
            .timed_out
            .replace_all(&line, short)
            .into_owned();
        if any {
            let to = r#""member_id":$1<ANY>"#;
            line = self.patterns.any_member.replace_all(&line, to).into_owned();
        }
        if api == "2" {
            second_version(line)
        } else {
            line
        }
    }
}

/// What differs from run to run in version 2.
fn second_version(line: String) -> String {
    let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is right");
    let line = regex(r#""ttl":\d+"#)
        .replace_all(&line, r#""ttl":<TTL>"#)
        .into_owned();
    let time = regex(r#""expiration":"[^"]*""#);
    let line = time
        .replace_all(&line, r#""expiration":"<TIME>""#)
        .into_owned();
    let ttl = line.strip_prefix("TTL: ");
    match ttl.is_some_and(|ttl| ttl != "0" && ttl.parse::<u64>().is_ok()) {
        true => "TTL: <TTL>".to_owned(),
        false => line,
    }
}

fn id_names(ids: &Ids) -> BTreeMap<u64, String> {
    let members = ids.members.iter().enumerate();
    let members = members.map(|(at, id)| (*id, format!("<ID{}>", at + 1)));
    members
        .chain(ids.cluster.map(|id| (id, "<CLUSTER>".to_owned())))
        .collect()
}

/// Texts on how a command is used become one line.
fn without_usage(lines: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut within = false;
    for line in lines {
        if line == "NAME:" || line == "Usage:" {
            if !within {
                kept.push("<USAGE>".to_owned());
            }
            within = true;
        }
        within &= !line.starts_with("Error: ");
        if !within {
            kept.push(line.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::session::read_transcript;
    use super::*;

    /// What is comparable already stays as it is.
    #[test]
    fn recorded_transcripts_are_comparable() {
        for (name, text) in super::super::tests::recorded("transcripts") {
            let mut normaliser = Normaliser::new();
            let mut written = String::new();
            for mut record in read_transcript(&text) {
                normaliser.apply(&mut record, &Ids::default()).unwrap();
                record.write(&mut written);
            }
            assert_eq!(written, text, "{name}");
        }
    }

    fn apply(line: &str, many: bool, out: &str) -> String {
        let mut normaliser = Normaliser::new();
        let ids = Ids {
            members: vec![0x8211_f1d0_f64f_3269, 0x91bc_3c39_8fb3_c146],
            cluster: Some(0xef37_ad9d_c622_a7c4),
        };
        if many {
            let mut all = Record::Plain("@endpoint all".to_owned());
            normaliser.apply(&mut all, &ids).unwrap();
        }
        let mut record = Record::Command(Ran {
            line: line.to_owned(),
            out: out.lines().map(str::to_owned).collect(),
            ..Ran::default()
        });
        normaliser.apply(&mut record, &ids).unwrap();
        let Record::Command(ran) = record else {
            unreachable!()
        };
        ran.out.join("\n")
    }

    #[test]
    fn ids_become_names() {
        for (line, many, out, expected) in [
            (
                "etcdctl member list",
                false,
                "91bc3c398fb3c146, started\n8211f1d0f64f3269, started",
                "<ID1>, started\n<ID2>, started",
            ),
            (
                "etcdctl get k -w json",
                false,
                r#"{"header":{"cluster_id":17237436991929493444,"member_id":9372538179322589801,"raft_term":2},"count":7587881837498}"#,
                r#"{"header":{"cluster_id":<CLUSTER>,"member_id":<ID1>,"raft_term":<TERM>},"count":7587881837498}"#,
            ),
            (
                "etcdctl get k -w json",
                true,
                r#"{"header":{"member_id":9372538179322589801,"lease":7587881837498734123}"#,
                r#"{"header":{"member_id":<ANY>,"lease":<LEASE1>}"#,
            ),
            (
                "etcdctl get k --endpoints=127.0.0.1:2379 -w json",
                true,
                r#"{"header":{"member_id":9372538179322589801}}"#,
                r#"{"header":{"member_id":<ID1>}}"#,
            ),
            (
                "etcdctl get m --prefix",
                false,
                "m/694d8a1b2c3d4e5f\n000000001234abcd\n694d8a1b2c3d4e5f 7587881837498734175",
                "m/<LEASE1>\n000000001234abcd\n<LEASE1> <LEASE2>",
            ),
            (
                "etcdctl member add x",
                false,
                "Member 8211f1d0f64f3269 added to cluster  ef37ad9dc622a7c4",
                "Member <ID1> added to cluster <CLUSTER>",
            ),
        ] {
            assert_eq!(apply(line, many, out), expected, "{line}");
        }
    }

    #[test]
    fn values_and_orders_become_fixed() {
        for (line, out, expected) in [
            (
                "etcdctl endpoint hashkv -w json",
                r#"[{"Endpoint":"a:22379","HashKV":{"hash":5}},{"Endpoint":"a:2379","HashKV":{"hash":6}},{"Endpoint":"b","HashKV":{"hash":5}}]"#,
                r#"[{"Endpoint":"a:22379","HashKV":{"hash":<HASH1>}},{"Endpoint":"a:2379","HashKV":{"hash":<HASH2>}},{"Endpoint":"b","HashKV":{"hash":<HASH1>}}]"#,
            ),
            (
                "etcdctl endpoint health",
                "127.0.0.1:22379 is healthy: successfully committed proposal: took = 1.2ms\n127.0.0.1:2379 is healthy: successfully committed proposal: took = 3s",
                "127.0.0.1:2379 is healthy: successfully committed proposal: took = <TOOK>\n127.0.0.1:22379 is healthy: successfully committed proposal: took = <TOOK>",
            ),
            (
                "etcdctl endpoint status",
                "127.0.0.1:2379, 8211f1d0f64f3269, 3.5.16, 20 kB, true, false, 2, 9, 9, ",
                "127.0.0.1:2379, <ID1>, 3.5.16, <SIZE>, true, false, <TERM>, <INDEX>, <INDEX>, ",
            ),
            (
                "etcdctl lease keep-alive 1",
                "lease 694d8a1b2c3d4e5f keepalived with TTL(3)\nlease 694d8a1b2c3d4e5f keepalived with TTL(3)\nlease 694d8a1b2c3d4e5f expired or revoked.",
                "lease <LEASE1> keepalived with TTL(3)\nlease <LEASE1> expired or revoked.",
            ),
            (
                "etcdctl lease timetolive 1 --keys -w fields",
                "\"ID\" : 1\n\"TTL\" : 55\n\"GrantedTTL\" : 60\n\"Key\" : \"b\"\n\"Key\" : \"a\"",
                "\"ID\" : 1\n\"TTL\" : <TTL>\n\"GrantedTTL\" : 60\n\"Key\" : \"a\"\n\"Key\" : \"b\"",
            ),
            (
                "etcdctl bogus --x",
                "Error: a\nNAME:\n\tx\n\nError: b",
                "Error: a\n<USAGE>\nError: b",
            ),
            ("etcdctl get --help", "NAME:\n\tx", "NAME:\n\tx"),
        ] {
            assert_eq!(apply(line, false, out), expected, "{line}");
        }
    }
}
