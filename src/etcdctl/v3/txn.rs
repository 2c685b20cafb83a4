//! `txn`: comparisons and requests from standard input.

use super::keys::{DEL, GET, PUT, delete_request, put_request, range_request};
use super::{compare, connect, timeout};
use crate::cluster::{self, Job};
use crate::etcdctl::cobra::{self, Call, Command};
use crate::etcdctl::flags::{Flag, Values};
use crate::etcdctl::go;
use crate::etcdctl::help;
use crate::etcdctl::input::Input;
use crate::etcdctl::output::{Stop, Stream, exit, fail};
use crate::etcdctl::view::What;
use crate::kv::{Request, RequestOp, TxnRequest};

pub(crate) static TXN: Command = Command {
    name: "txn",
    usage: "[options]",
    about: "Compare, then do one of two lists of requests, all at once",
    flags: &[Flag::off("interactive", "ask for each part").short('i')],
    run: Some(|call| {
        if !call.args().is_empty() {
            return fail(exit::BAD_ARGS, "txn command does not accept argument");
        }
        let client = connect(call)?;
        let mut request = TxnRequest::default();
        prompt(call, "compares:");
        while let Some(line) = line(call)? {
            request.compare.push(compare::parse(line)?);
        }
        prompt(call, "success requests (get, put, del):");
        while let Some(line) = line(call)? {
            request.success.push(operation(call, line)?);
        }
        prompt(call, "failure requests (get, put, del):");
        while let Some(line) = line(call)? {
            request.failure.push(operation(call, line)?);
        }
        let job = Job::Patient(cluster::Call::Store(Request::Txn(request)));
        let limit = timeout(call);
        client.run(call, limit, job, What::Txn)
    }),
    ..Command::EMPTY
};

/// The requests of a transaction.
static REQUESTS: Command = Command {
    sub: &[&PUT, &GET, &DEL],
    ..Command::EMPTY
};

fn prompt(call: &mut Call, text: &str) {
    if call.on("interactive") {
        call.out.line(text);
    }
}

/// The next line; nothing for an empty one, which ends a part.
fn line<'a>(call: &mut Call<'a>) -> Result<Option<&'a str>, Stop> {
    match call.input.line()? {
        Some(line) if line.ends_with('\n') => {
            let line = line.trim();
            Ok((!line.is_empty()).then_some(line))
        }
        _ => fail(exit::INVALID_INPUT, "EOF"),
    }
}

/// Reads a request.
fn operation(call: &mut Call, line: &str) -> Result<RequestOp, Stop> {
    let words = words(line)?;
    if words.len() < 2 {
        return fail(
            exit::INVALID_INPUT,
            format!("invalid txn compare request: {line}"),
        );
    }
    let invalid = || fail(exit::INVALID_INPUT, format!("invalid txn request: {line}"));
    let (path, rest) = cobra::find(&REQUESTS, &words);
    let [_, command] = path[..] else {
        return invalid();
    };
    let flags = cobra::flags_of(&path);
    let values = match Values::parse(&rest, &flags) {
        Ok(values) if !values.given("help") => values,
        _ => {
            // Only here does cobra itself say how the command is used, on the other stream.
            call.out.print(Stream::Err, &help::short_usage(&path));
            return invalid();
        }
    };
    let mut inner = Call {
        path: path.clone(),
        flags,
        values,
        words: call.words,
        env: call.env,
        // What is there is taken by the transaction: a put has to name its value.
        input: Input::new("", false),
        out: std::mem::take(&mut call.out),
    };
    let operation = match command.name {
        "put" => put_request(&mut inner).map(RequestOp::Put),
        "get" => range_request(&mut inner).map(RequestOp::Range),
        _ => delete_request(&mut inner).map(RequestOp::DeleteRange),
    };
    call.out = inner.out;
    operation
}

/// Splits a line of `txn` or `watch -i` as etcdctl does: `"double quotes"` as in Go, `'single
/// quotes'` as they are, everything else by spaces.
pub(super) fn words(line: &str) -> Result<Vec<String>, Stop> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => quoted(rest),
            '\'' => rest[1..].find('\'').map(|at| at + 2),
            c if c.is_whitespace() => None,
            _ => rest.find(char::is_whitespace).or(Some(rest.len())),
        };
        // What opens no quotation is passed over.
        let Some(end) = end else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        let word = &rest[..end];
        words.push(match c {
            '\'' => word[1..end - 1].to_owned(),
            '"' => match go::unquote(word) {
                Some((text, _)) => text,
                None => return fail(exit::INVALID_INPUT, "invalid syntax"),
            },
            _ => word.to_owned(),
        });
        rest = &rest[end..];
    }
    Ok(words)
}

/// Where a text in double quotes ends.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_etcdctl_does() {
        for (line, expected) in [
            ("put a  b", &["put", "a", "b"][..]),
            (r#"put a "b \"c\"\n""#, &["put", "a", "b \"c\"\n"]),
            ("put a 'b  \"c'", &["put", "a", "b  \"c"]),
            (r#"put a"b c""#, &["put", "a\"b", "c\""]),
            ("put a 'b", &["put", "a", "b"]),
            ("put \"\" ''", &["put", "", ""]),
            ("", &[]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        assert!(words(r#"put "\z""#).is_err());
    }
}
