//! The comparisons of `txn`: `mod("key") > "0"`.

use crate::etcdctl::go;
use crate::etcdctl::output::{Stop, exit, fail};
use crate::kv::{Compare, CompareResult, CompareTarget};

/// Reads a comparison.
pub(super) fn parse(line: &str) -> Result<Compare, Stop> {
    let malformed = |more: &str| {
        let message = format!("malformed comparison: {line}{more}");
        fail(exit::INVALID_INPUT, message)
    };
    let Some((target, rest)) = line.split_once('(') else {
        return malformed("");
    };
    let (key, operator, value, whole) = scan(rest);
    if !whole {
        let (key, value) = (go::quote(key.as_bytes()), go::quote(value.as_bytes()));
        return malformed(&format!("; got {target}({key}) {operator} {value}"));
    }
    let number = || {
        go::parse_int(&value, 10).or_else(|_| {
            let message = format!("invalid txn compare request: {line}");
            fail(exit::INVALID_INPUT, message)
        })
    };
    let target = match target {
        "ver" | "version" => CompareTarget::Version(number()?),
        "c" | "create" => CompareTarget::Create(number()?),
        "m" | "mod" => CompareTarget::Mod(number()?),
        "val" | "value" => CompareTarget::Value(value.into()),
        // etcdctl crashes here (exit code 2).
        "lease" => return fail(2, format!("leases cannot be compared by etcdctl: {line}")),
        other => return malformed(&format!(" (unknown target {other})")),
    };
    let result = match operator.as_str() {
        "=" => CompareResult::Equal,
        "!=" => CompareResult::NotEqual,
        ">" => CompareResult::Greater,
        "<" => CompareResult::Less,
        // And here.
        other => {
            let message = format!("unknown operator {other} (use =, !=, < or >): {line}");
            return fail(2, message);
        }
    };
    Ok(Compare {
        key: key.into(),
        result,
        target,
        ..Compare::default()
    })
}

/// Reads `"key") operator "value"` as Go's `Sscanf` does, as far as it goes.
fn scan(text: &str) -> (String, String, String, bool) {
    let (mut key, mut operator, mut value) = Default::default();
    let mut read = || -> Option<()> {
        let (found, rest) = go::unquote(text.trim_start())?;
        key = found;
        let rest = rest.strip_prefix(')')?;
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return None;
        }
        let rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        operator = rest[..end].to_owned();
        value = go::unquote(rest[end..].trim_start())?.0;
        Some(())
    };
    let whole = read().is_some();
    (key, operator, value, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(line: &str) -> (u8, String) {
        match parse(line) {
            Err(Stop::Fail(code, message)) => (code, message),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn comparisons_are_read() {
        let mut compare = Compare {
            key: "k".into(),
            result: CompareResult::Greater,
            target: CompareTarget::Mod(7),
            ..Compare::default()
        };
        assert_eq!(parse(r#"mod("k") > "7""#), Ok(compare.clone()));
        assert_eq!(parse(r#"m( "k")   >  "7" and more"#), Ok(compare.clone()));
        compare.target = CompareTarget::Value("a \"b\"".into());
        compare.result = CompareResult::NotEqual;
        assert_eq!(parse(r#"val(`k`) != "a \"b\"""#), Ok(compare));
    }

    #[test]
    fn errors_are_etcdctls() {
        for (line, code, message) in [
            ("garbage", 3, "malformed comparison: garbage"),
            (
                r#"mod("k") = 1"#,
                3,
                r#"malformed comparison: mod("k") = 1; got mod("k") = """#,
            ),
            (
                r#"mod(k) = "1""#,
                3,
                r#"malformed comparison: mod(k) = "1"; got mod("")  """#,
            ),
            (
                r#"mod("k")="1""#,
                3,
                r#"malformed comparison: mod("k")="1"; got mod("k")  """#,
            ),
            (
                r#"mod("k") ="1""#,
                3,
                r#"malformed comparison: mod("k") ="1"; got mod("k") ="1" """#,
            ),
            (
                r#"mod("k""#,
                3,
                r#"malformed comparison: mod("k"; got mod("k")  """#,
            ),
            (
                r#"bogus("k") = "1""#,
                3,
                r#"malformed comparison: bogus("k") = "1" (unknown target bogus)"#,
            ),
            (
                r#"mod("k") = "abc""#,
                3,
                r#"invalid txn compare request: mod("k") = "abc""#,
            ),
        ] {
            assert_eq!(error(line), (code, message.to_owned()));
        }
        assert_eq!(error(r#"mod("k") >= "1""#).0, 2);
        assert_eq!(error(r#"lease("k") = "1""#).0, 2);
    }
}
