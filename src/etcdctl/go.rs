//! How Go writes and reads values: etcdctl's words come from its standard library.

use std::fmt::Write;

/// A text in double quotes as `%q` prints it (`strconv.Quote`). Bytes that are no UTF-8 become
/// `\x..`.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            quote_char(&mut text, c);
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push('"');
    text
}

fn quote_char(text: &mut String, c: char) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => "",
    };
    if !short.is_empty() {
        text.push_str(short);
    } else if c < ' ' || c == '\u{7f}' {
        let _ = write!(text, "\\x{:02x}", u32::from(c));
    } else if c.is_control() || (c.is_whitespace() && c != ' ') {
        let _ = write!(text, "\\u{:04x}", u32::from(c));
    } else {
        text.push(c);
    }
}

/// Reads a text in double quotes or backquotes at the beginning of `text` (`strconv.Unquote`), and
/// returns it with what follows.
pub(crate) fn unquote(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let end = rest.find('`')?;
        return Some((rest[..end].replace('\r', ""), &rest[end + 1..]));
    }
    let mut rest = text.strip_prefix('"')?;
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let c = rest.chars().next()?;
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => return Some((String::from_utf8_lossy(&bytes).into_owned(), rest)),
            '\n' => return None,
            '\\' => rest = unescape(rest, &mut bytes)?,
            c => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Reads what follows a backslash.
fn unescape<'a>(text: &'a str, bytes: &mut Vec<u8>) -> Option<&'a str> {
    let c = text.chars().next()?;
    let rest = &text[c.len_utf8()..];
    let (digits, radix) = match c {
        'x' => (2, 16),
        'u' => (4, 16),
        'U' => (8, 16),
        '0'..='7' => (3, 8),
        _ => {
            bytes.push(match c {
                'a' => 7,
                'b' => 8,
                'f' => 12,
                'n' => b'\n',
                'r' => b'\r',
                't' => b'\t',
                'v' => 11,
                '\\' => b'\\',
                '"' => b'"',
                _ => return None,
            });
            return Some(rest);
        }
    };
    let from = if radix == 8 { text } else { rest };
    let code = u32::from_str_radix(from.get(..digits)?, radix).ok()?;
    if matches!(c, 'u' | 'U') {
        let c = char::from_u32(code)?;
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        bytes.push(u8::try_from(code).ok()?);
    }
    Some(&from[digits..])
}

/// A signed number as `strconv.ParseInt` reads it. Base 0 takes `0x`, `0o` and `0b` into account.
pub(crate) fn parse_int(text: &str, base: u32) -> Result<i64, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = magnitude(digits, base).and_then(|value| {
        let limit = i64::MAX.unsigned_abs() + u64::from(negative);
        (value <= limit).then_some(value).ok_or(RANGE)
    });
    match value {
        Ok(value) if negative => Ok((value as i64).wrapping_neg()),
        Ok(value) => Ok(value as i64),
        Err(why) => Err(number_error("ParseInt", text, why)),
    }
}

/// An unsigned number as `strconv.ParseUint` reads it.
pub(crate) fn parse_uint(text: &str, base: u32) -> Result<u64, String> {
    magnitude(text, base).map_err(|why| number_error("ParseUint", text, why))
}

const SYNTAX: &str = "invalid syntax";
const RANGE: &str = "value out of range";

fn number_error(function: &str, text: &str, why: &str) -> String {
    let text = quote(text.as_bytes());
    format!("strconv.{function}: parsing {text}: {why}")
}

fn magnitude(text: &str, base: u32) -> Result<u64, &'static str> {
    let (base, digits, underscores) = if base != 0 {
        (base, text.to_owned(), false)
    } else {
        let lower = text.to_ascii_lowercase();
        let (base, from) = match lower.as_bytes() {
            [b'0', b'x', ..] => (16, 2),
            [b'0', b'b', ..] => (2, 2),
            [b'0', b'o', ..] => (8, 2),
            [b'0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        (base, lower[from..].replace('_', ""), true)
    };
    let _ = underscores;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(SYNTAX);
    }
    u64::from_str_radix(&digits, base).map_err(|_| RANGE)
}

/// A truth value as `strconv.ParseBool` reads it.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(number_error("ParseBool", text, SYNTAX)),
    }
}

/// A time span as `time.ParseDuration` reads it (`1.5s`, `2m30s`), in microseconds; what is
/// shorter is cut off.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    let quoted = quote(text.as_bytes());
    let invalid = || format!("time: invalid duration {quoted}");
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut nanos: u64 = 0;
    while !rest.is_empty() {
        let whole = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (digits, after) = rest.split_at(whole);
        let fraction = after.strip_prefix('.').map(|after| {
            let len = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            after.split_at(len)
        });
        let (fraction, after) = fraction.unwrap_or(("", after));
        if digits.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        // A unit is so many times a power of ten of nanoseconds.
        let (times, power): (u64, u32) = match unit {
            "" => return Err(format!("time: missing unit in duration {quoted}")),
            "ns" => (1, 0),
            "us" | "µs" | "μs" => (1, 3),
            "ms" => (1, 6),
            "s" => (1, 9),
            "m" => (6, 10),
            "h" => (36, 11),
            _ => {
                let unit = quote(unit.as_bytes());
                return Err(format!("time: unknown unit {unit} in duration {quoted}"));
            }
        };
        let value: u64 = if digits.is_empty() {
            0
        } else {
            digits.parse().map_err(|_| invalid())?
        };
        nanos = value
            .checked_mul(times * 10u64.pow(power))
            .and_then(|value| value.checked_add(nanos))
            .filter(|nanos| *nanos <= i64::MAX as u64)
            .ok_or_else(invalid)?;
        // More digits would not fit, and are less than a nanosecond of any unit.
        let fraction = &fraction[..fraction.len().min(17)];
        if !fraction.is_empty() {
            let parts: u64 = fraction.parse().map_err(|_| invalid())?;
            let (parts, digits) = (parts * times, fraction.len() as u32);
            nanos += match digits <= power {
                true => parts * 10u64.pow(power - digits),
                false => parts / 10u64.pow(digits - power),
            };
        }
        rest = after;
    }
    let micros = (nanos / 1_000) as i64;
    Ok(if negative { -micros } else { micros })
}

/// A time span in microseconds as Go prints it: `1.25ms`, `5.001s`, `2m0.5s`.
pub(crate) fn duration(us: u64) -> String {
    match us {
        0 => "0s".to_owned(),
        1..1_000 => format!("{us}µs"),
        1_000..1_000_000 => format!("{}ms", thousandths(us)),
        _ => {
            let seconds = us / 1_000_000;
            let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
            let mut text = String::new();
            if hours > 0 {
                let _ = write!(text, "{hours}h");
            }
            if seconds >= 60 {
                let _ = write!(text, "{minutes}m");
            }
            let rest = us % 60_000_000;
            let whole = rest / 1_000_000;
            let micros = format!("{:06}", rest % 1_000_000);
            let micros = micros.trim_end_matches('0');
            let dot = if micros.is_empty() { "" } else { "." };
            let _ = write!(text, "{whole}{dot}{micros}s");
            text
        }
    }
}

fn thousandths(value: u64) -> String {
    let rest = format!("{:03}", value % 1_000);
    let rest = rest.trim_end_matches('0');
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{}{dot}{rest}", value / 1_000)
}

/// A number of bytes for people, as go-humanize writes it: `20 kB`, `1.5 MB`.
pub(crate) fn bytes(count: u64) -> String {
    if count < 10 {
        return format!("{count} B");
    }
    let (mut unit, mut name) = (1u64, 0);
    while name + 1 < UNITS.len() && count / unit >= 1_000 {
        unit *= 1_000;
        name += 1;
    }
    let tenths = count / unit * 10 + (count % unit * 10 + unit / 2) / unit;
    let (whole, rest) = (tenths / 10, tenths % 10);
    let unit = UNITS[name];
    if whole < 10 {
        return format!("{whole}.{rest} {unit}");
    }
    // `%.0f` rounds halves to even.
    let up = rest > 5 || (rest == 5 && whole % 2 == 1);
    format!("{} {unit}", whole + u64::from(up))
}

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(
            quote(b"a \"b\" \\ c\n\x01\xff"),
            r#""a \"b\" \\ c\n\x01\xff""#
        );
        assert_eq!(quote("Grüße\u{85}".as_bytes()), "\"Grüße\\u0085\"");
        for text in ["", "a\"b\\", "tab\there", "Grüße", "\u{1}"] {
            let quoted = quote(text.as_bytes()) + " rest";
            assert_eq!(unquote(&quoted), Some((text.to_owned(), " rest")));
        }
        assert_eq!(unquote(r#""\x41\u00e9\101""#).unwrap().0, "AéA");
        assert_eq!(unquote("`a\\n`x"), Some(("a\\n".to_owned(), "x")));
        for bad in [
            "",
            "a",
            "\"a",
            "\"\\",
            "\"\\z\"",
            "\"\\x4",
            "\"\\u12",
            "\"\\ud800\"",
            "`a",
        ] {
            assert_eq!(unquote(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_read_as_go_does() {
        assert_eq!(parse_int("-42", 10), Ok(-42));
        assert_eq!(parse_int("0x1F", 0), Ok(31));
        assert_eq!(parse_int("010", 0), Ok(8));
        assert_eq!(parse_int("-8000000000000000", 16), Ok(i64::MIN));
        assert_eq!(
            parse_int("zz", 16),
            Err(r#"strconv.ParseInt: parsing "zz": invalid syntax"#.to_owned())
        );
        assert_eq!(
            parse_int("99999999999999999999", 10),
            Err(
                r#"strconv.ParseInt: parsing "99999999999999999999": value out of range"#
                    .to_owned()
            )
        );
        assert_eq!(
            parse_uint("-1", 16),
            Err(r#"strconv.ParseUint: parsing "-1": invalid syntax"#.to_owned())
        );
        assert_eq!(parse_uint("ffffffffffffffff", 16), Ok(u64::MAX));
        assert!(parse_int("", 10).is_err() && parse_int("0x", 0).is_err());
        assert!(parse_bool("True").unwrap() && !parse_bool("f").unwrap());
    }

    #[test]
    fn durations_are_read_and_written_as_go_does() {
        for (text, us) in [
            ("5s", 5_000_000),
            ("1.5s", 1_500_000),
            ("500ms", 500_000),
            ("1h2m3s", 3_723_000_000),
            (".5s", 500_000),
            ("0", 0),
            ("-1s", -1_000_000),
            ("7ns", 0),
        ] {
            assert_eq!(parse_duration(text), Ok(us), "{text}");
        }
        assert_eq!(
            parse_duration("5"),
            Err(r#"time: missing unit in duration "5""#.to_owned())
        );
        assert_eq!(
            parse_duration("5x"),
            Err(r#"time: unknown unit "x" in duration "5x""#.to_owned())
        );
        for bad in ["", "x", ".", "s", "-", "99999999999h"] {
            assert!(
                parse_duration(bad)
                    .unwrap_err()
                    .contains("invalid duration"),
                "{bad}"
            );
        }
        for (us, text) in [
            (0, "0s"),
            (7, "7µs"),
            (1_250, "1.25ms"),
            (5_001_000, "5.001s"),
            (60_000_000, "1m0s"),
            (3_723_500_000, "1h2m3.5s"),
        ] {
            assert_eq!(duration(us), text);
        }
    }

    #[test]
    fn sizes_are_written_for_people() {
        for (count, text) in [
            (9, "9 B"),
            (82, "82 B"),
            (1_000, "1.0 kB"),
            (20_480, "20 kB"),
            (25_500, "26 kB"),
            (24_500, "24 kB"),
            (2_097_152, "2.1 MB"),
            (999_999, "1000 kB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
