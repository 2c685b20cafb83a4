//! `get`, `put`, `del`, `compaction`.

use super::{connect, exactly, number, timeout};
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{Call, Command};
use crate::etcdctl::flags::{Flag, Kind};
use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::etcdctl::task::Format;
use crate::etcdctl::view::What;
use crate::kv::{
    CompactionRequest, DeleteRangeRequest, LeaseId, PutRequest, RangeRequest, Request, SortOrder,
    SortTarget, prefix_end,
};

pub(crate) static GET: Command = Command {
    name: "get",
    usage: "[options] <key> [range_end]",
    about: "Read a key, or a range of keys",
    flags: &[
        Flag::new(
            "consistency",
            Kind::Text,
            "l",
            "l: the newest there is; s: what the member has",
        ),
        Flag::new(
            "order",
            Kind::Text,
            "",
            "the order of the results: ASCEND or DESCEND",
        ),
        Flag::new(
            "sort-by",
            Kind::Text,
            "",
            "sort by CREATE, KEY, MODIFY, VALUE or VERSION",
        ),
        Flag::new("limit", Kind::Int, "0", "the most results to show"),
        Flag::off("prefix", "all keys that begin with the key"),
        Flag::off("from-key", "all keys from the key on"),
        Flag::new("rev", Kind::Int, "0", "read as of this revision"),
        Flag::off("keys-only", "leave the values out"),
        Flag::off("count-only", "only count"),
        Flag::off("print-value-only", "print the values alone (simple output)"),
    ],
    run: Some(|call| {
        let request = range_request(call)?;
        let limit = timeout(call);
        let client = connect(call)?;
        // What does not go together is found out only after the answer has come.
        let complaint = if call.on("count-only") && client.format != Format::Fields {
            Some("--count-only is only for `--write-out=fields`")
        } else if call.on("print-value-only") && client.format != Format::Simple {
            Some("print-value-only is only for `--write-out=simple`")
        } else {
            None
        };
        let value_only = call.on("print-value-only");
        let what = What::Get {
            value_only,
            complaint,
        };
        client.run(call, limit, store(Request::Range(request)), what)
    }),
    ..Command::EMPTY
};

pub(crate) static PUT: Command = Command {
    name: "put",
    usage: "[options] <key> <value> (the value may come from standard input)",
    about: "Store a value under a key",
    flags: &[
        Flag::new(
            "lease",
            Kind::Text,
            "0",
            "the lease to attach the key to, in hexadecimal",
        ),
        Flag::off("prev-kv", "print what was there before"),
        Flag::off("ignore-value", "keep the value that is there"),
        Flag::off("ignore-lease", "keep the lease that the key has"),
    ],
    run: Some(|call| {
        let request = put_request(call)?;
        let limit = timeout(call);
        let client = connect(call)?;
        client.run(call, limit, store(Request::Put(request)), What::Put)
    }),
    ..Command::EMPTY
};

pub(crate) static DEL: Command = Command {
    name: "del",
    usage: "[options] <key> [range_end]",
    about: "Delete a key, or a range of keys",
    flags: &[
        Flag::off("prefix", "all keys that begin with the key"),
        Flag::off("prev-kv", "print what was deleted"),
        Flag::off("from-key", "all keys from the key on"),
        Flag::off("range", "a range is meant, no warning is needed"),
    ],
    run: Some(|call| {
        let request = delete_request(call)?;
        let limit = timeout(call);
        let client = connect(call)?;
        client.run(call, limit, store(Request::DeleteRange(request)), What::Del)
    }),
    ..Command::EMPTY
};

pub(crate) static COMPACTION: Command = Command {
    name: "compaction",
    usage: "[options] <revision>",
    about: "Forget what was before a revision",
    flags: &[Flag::off("physical", "wait until the space is free")],
    run: Some(|call| {
        let [text] = exactly(call, "compaction command needs 1 argument")?;
        let revision = number(&text).or_else(|why| fail(exit::ERROR, why))?;
        let physical = call.on("physical");
        let client = connect(call)?;
        let request = Request::Compaction(CompactionRequest { revision, physical });
        let limit = timeout(call);
        client.run(call, limit, store(request), What::Compaction(revision))
    }),
    ..Command::EMPTY
};

fn store(request: Request) -> Job {
    Job::Call(cluster::Call::Store(request))
}

/// What `get` asks for.
pub(super) fn range_request(call: &mut Call) -> Result<RangeRequest, Stop> {
    let args = call.args();
    let Some(key) = args.first() else {
        let message = "get command needs one argument as key and an optional argument as range_end";
        return fail(exit::BAD_ARGS, message);
    };
    let (prefix, from_key) = (call.on("prefix"), call.on("from-key"));
    if prefix && from_key {
        return fail(exit::BAD_ARGS, both("--prefix", "--from-key"));
    }
    if call.on("keys-only") && call.on("count-only") {
        return fail(exit::BAD_ARGS, both("--keys-only", "--count-only"));
    }
    let serializable = match call.text("consistency") {
        "s" => true,
        "l" => false,
        other => {
            let other = go::quote(other.as_bytes());
            return fail(
                exit::BAD_FEATURE,
                format!("unknown consistency flag {other}"),
            );
        }
    };
    let (key, range_end) = range(key, args.get(1), prefix, from_key)?;
    let (order, target) = (call.text("order"), call.text("sort-by"));
    let mut sort_order = match order.to_ascii_uppercase().as_str() {
        "" => SortOrder::None,
        "ASCEND" => SortOrder::Ascend,
        "DESCEND" => SortOrder::Descend,
        _ => return fail(exit::BAD_FEATURE, format!("bad sort order {order}")),
    };
    let sort_target = match target.to_ascii_uppercase().as_str() {
        "" | "KEY" => SortTarget::Key,
        "CREATE" => SortTarget::Create,
        "MODIFY" => SortTarget::Mod,
        "VALUE" => SortTarget::Value,
        "VERSION" => SortTarget::Version,
        _ => return fail(exit::BAD_FEATURE, format!("bad sort target {target}")),
    };
    if sort_target == SortTarget::Key && sort_order == SortOrder::Ascend {
        // That is how keys come anyway.
        sort_order = SortOrder::None;
    }
    Ok(RangeRequest {
        key: key.into(),
        range_end: range_end.into(),
        limit: call.int("limit"),
        revision: call.int("rev").max(0),
        sort_order,
        sort_target,
        serializable,
        keys_only: call.on("keys-only"),
        count_only: call.on("count-only"),
        ..RangeRequest::default()
    })
}

/// What `put` asks for.
pub(super) fn put_request(call: &mut Call) -> Result<PutRequest, Stop> {
    const NEEDS: &str = "put command needs 1 argument and input from stdin or 2 arguments";
    let args = call.args();
    let Some(key) = args.first().cloned() else {
        return fail(exit::BAD_ARGS, NEEDS);
    };
    let ignore_value = call.on("ignore-value");
    if ignore_value && args.len() > 1 {
        let message = "put command needs only 1 argument when 'ignore-value' is set";
        return fail(exit::BAD_ARGS, message);
    }
    let value = match args.get(1) {
        _ if ignore_value => String::new(),
        Some(value) => value.clone(),
        None => match call.input.rest()? {
            "" => return fail(exit::BAD_ARGS, NEEDS),
            value => value.to_owned(),
        },
    };
    let lease = go::parse_int(call.text("lease"), 16).or_else(|why| {
        let message = format!("bad lease ID ({why}), expecting ID in Hex");
        fail(exit::BAD_ARGS, message)
    })?;
    Ok(PutRequest {
        key: key.into(),
        value: value.into(),
        lease: LeaseId(lease),
        prev_kv: call.on("prev-kv"),
        ignore_value,
        ignore_lease: call.on("ignore-lease"),
    })
}

/// What `del` asks for.
pub(super) fn delete_request(call: &mut Call) -> Result<DeleteRangeRequest, Stop> {
    let args = call.args();
    let (prefix, from_key) = (call.on("prefix"), call.on("from-key"));
    let key = match args {
        [key] | [key, _] => key,
        _ => {
            let message =
                "del command needs one argument as key and an optional argument as range_end";
            return fail(exit::BAD_ARGS, message);
        }
    };
    if prefix && from_key {
        return fail(exit::BAD_ARGS, both("--prefix", "--from-key"));
    }
    let (key, range_end) = range(key, args.get(1), prefix, from_key)?;
    if args.len() > 1 && !call.on("range") {
        call.out.error(
            "In etcd v3.6, the operation will be suspended for a few seconds to provide the user \
             time to verify range.",
        );
    }
    Ok(DeleteRangeRequest {
        key: key.into(),
        range_end: range_end.into(),
        prev_kv: call.on("prev-kv"),
    })
}

fn both(one: &str, other: &str) -> String {
    format!("`{one}` and `{other}` cannot be set at the same time, choose one")
}

/// The first key and the end of a range.
fn range(
    key: &str,
    end: Option<&String>,
    prefix: bool,
    from_key: bool,
) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    if end.is_some() && (prefix || from_key) {
        return fail(
            exit::BAD_ARGS,
            "too many arguments, only accept one argument when `--prefix` or `--from-key` is set",
        );
    }
    let bytes = key.as_bytes().to_vec();
    Ok(match end {
        _ if (prefix || from_key) && key.is_empty() => (vec![0], vec![0]),
        _ if prefix => {
            let end = prefix_end(&bytes).to_vec();
            (bytes, end)
        }
        _ if from_key => (bytes, vec![0]),
        Some(end) => (bytes, end.as_bytes().to_vec()),
        None => (bytes, Vec::new()),
    })
}
