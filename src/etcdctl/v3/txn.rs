//! `txn`: comparisons and requests from standard input.

use super::keys::{DEL, GET, PUT, delete_request, put_request, range_request};
use super::{compare, connect, exactly, timeout};
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
        let [] = exactly(call, "txn command does not accept argument")?;
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
///
/// Of a text in single quotes etcdctl 3.5.16 keeps what lies between its first byte and the byte with
/// the number of the line's last word (it means: of the text's last byte). So `put k 'v'` stores `v`,
/// but `put k 'value'` stores `v` too; and where that byte does not exist, it crashes (exit code 2).
pub(super) fn words(line: &str) -> Result<Vec<String>, Stop> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => quoted(rest),
            '\'' => rest[1..].find('\'').map(|at| at + 2),
            c if is_space(c) => None,
            _ => rest.find(is_space).or(Some(rest.len())),
        };
        // What opens no quotation is passed over.
        let Some(end) = end else {
            rest = &rest[c.len_utf8()..];
            continue;
        };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    let last = found.len().saturating_sub(1);
    let words = found.iter().map(|word| match word.as_bytes()[0] {
        b'\'' => match word.as_bytes().get(1..last) {
            Some(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
            None => fail(
                2,
                format!("etcdctl 3.5.16 cannot read the quotes of {word}"),
            ),
        },
        b'"' => match go::unquote(word) {
            Some((text, _)) => Ok(text),
            None => fail(exit::INVALID_INPUT, "invalid syntax"),
        },
        _ => Ok((*word).to_owned()),
    });
    words.collect()
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
            ("put a 'b  \"c'", &["put", "a", "b"]),
            ("put a 'bc' --prev-kv", &["put", "a", "bc", "--prev-kv"]),
            ("put a 'b' --prev-kv", &["put", "a", "b'", "--prev-kv"]),
            (r#"put a"b c""#, &["put", "a\"b", "c\""]),
            ("put a 'b", &["put", "a", "b"]),
            ("put \"\" ''", &["put", "", "'"]),
            ("", &[]),
        ] {
            assert_eq!(words(line).unwrap(), expected, "{line}");
        }
        assert!(words(r#"put "\z""#).is_err());
        assert!(words("put a '' --prev-kv --lease 1").is_err());
        assert!(words("'a'").is_err());
    }
}
