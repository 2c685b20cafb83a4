//! Keys and values as something to read, whatever bytes they are.

use super::json;
use std::fmt::Write;

/// So many bytes of a value are shown.
pub const MAX_BYTES: usize = 16_384;
/// So many bytes stand in a line of a binary value.
const LINE: usize = 8;

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Plain text.
    Text,
    /// JSON, shown with a line for each item.
    Json,
    /// YAML, shown as it is.
    Yaml,
    /// Anything else, shown as hexadecimal bytes.
    Binary,
}

/// A value to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Formatted {
    /// What it is.
    pub kind: Kind,
    /// Its lines.
    pub text: String,
    /// How many bytes are left out at the end.
    pub left_out: usize,
}

/// Bytes in one line: characters as they are, everything else as `\n` or `\xff`.
pub fn legible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                c if is_odd(c) => c.to_string().bytes().for_each(|byte| hex(&mut text, byte)),
                c => text.push(c),
            }
        }
        chunk
            .invalid()
            .iter()
            .for_each(|byte| hex(&mut text, *byte));
    }
    text
}

/// Characters that nobody can see, or that turn the text around them.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn hex(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\\x{byte:02x}");
}

/// The beginning of a text, at most `max` characters.
pub fn clipped(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A value as it is shown when there is room for it.
pub fn formatted(value: &[u8]) -> Formatted {
    let whole = std::str::from_utf8(value).ok().filter(|text| is_text(text));
    if let Some(text) = whole.and_then(json::indented) {
        let end = text.floor_char_boundary(2 * MAX_BYTES);
        return Formatted {
            kind: Kind::Json,
            text: text[..end].to_owned(),
            left_out: text.len() - end,
        };
    }
    let shown = &value[..value.len().min(MAX_BYTES)];
    let (kind, text) = match whole {
        Some(text) => {
            let kind = if is_yaml(text) {
                Kind::Yaml
            } else {
                Kind::Text
            };
            // A character that is cut in two is left out.
            let shown = shown.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            (kind, shown.to_owned())
        }
        None => (Kind::Binary, dump(shown)),
    };
    Formatted {
        kind,
        text,
        left_out: value.len() - shown.len(),
    }
}

fn is_text(text: &str) -> bool {
    !text
        .chars()
        .any(|c| is_odd(c) && !matches!(c, '\n' | '\t' | '\r'))
}

/// Whether it reads like YAML: several lines, each one at the margin a `key: value`, an item or a
/// comment, and none indented with tabs.
fn is_yaml(text: &str) -> bool {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let at_margin = |line: &str| {
        let line = line.trim_end();
        let named = line.split_once(": ").map(|(name, _)| name);
        let name = named.or(line.strip_suffix(':'));
        line.starts_with(['#', '%'])
            || matches!(line, "---" | "..." | "-")
            || line.starts_with("- ")
            || name.is_some_and(|name| !name.is_empty() && !name.contains(' '))
    };
    lines().count() > 1
        && !text.contains("\n\t")
        && lines().all(|line| match line.as_bytes()[0] {
            b' ' => true,
            _ => at_margin(line),
        })
        && lines().next().is_some_and(at_margin)
}

/// Bytes in hexadecimal, with their places and what of them is text.
fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (place, line) in bytes.chunks(LINE).enumerate() {
        let _ = write!(text, "{:04x} ", place * LINE);
        for at in 0..LINE {
            let _ = match line.get(at) {
                Some(byte) => write!(text, " {byte:02x}"),
                None => write!(text, "   "),
            };
        }
        text.push_str("  ");
        text.extend(line.iter().map(|byte| match byte {
            b' '..=b'~' => char::from(*byte),
            _ => '·',
        }));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &[u8]) -> (Kind, String) {
        let formatted = formatted(value);
        (formatted.kind, formatted.text)
    }

    #[test]
    fn json_has_a_line_for_each_item_and_stays_as_written() {
        let value = br#"{"b":1.50,"a":[1, {"x":"{\"y\":,"}],"e":{},"big":12345678901234567890123}"#;
        let text = "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {\n      \"x\": \"{\\\"y\\\":,\"\n    }\n  ],\n  \
                    \"e\": {},\n  \"big\": 12345678901234567890123\n}";
        assert_eq!(shown(value), (Kind::Json, text.to_owned()));
        assert_eq!(shown(b"[]"), (Kind::Json, "[]".to_owned()));
        assert_eq!(shown(b"{\"a\":").0, Kind::Text);
        assert_eq!(shown(b"17").0, Kind::Text);
    }

    #[test]
    fn json_is_what_a_json_library_takes_for_json() {
        let texts = [
            "{}",
            "[ ]",
            "[1,]",
            "[,1]",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "[01]",
            "[-0.5e+7]",
            "[1.]",
            "[.5]",
            "[-]",
            "[1e]",
            "[true,false,null]",
            "[tru]",
            "[\"\\u00e9\\n\"]",
            "[\"\\x\"]",
            "[\"\\u12\"]",
            "[\"a\nb\"]",
            "[\"é\"]",
            "[1] 2",
            " [1] ",
            "[1",
            "{\"a\":{\"b\":[[]]}}",
            "[\"",
            "{\"a\"",
            "[1 2]",
            "]",
        ];
        for text in texts {
            let taken = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            assert_eq!(shown(text.as_bytes()).0 == Kind::Json, taken, "{text}");
        }
    }

    #[test]
    fn deep_json_is_text_instead_of_a_crash() {
        let deep = "[".repeat(100_000);
        assert_eq!(shown(deep.as_bytes()).0, Kind::Text);
    }

    #[test]
    fn yaml_is_told_from_prose() {
        for yaml in [
            "name: joe\nage: 7",
            "---\n- a\n- b: 1\n  c: 2",
            "# x\nspec:\n  image: a:b\n",
        ] {
            assert_eq!(shown(yaml.as_bytes()), (Kind::Yaml, yaml.to_owned()));
        }
        for text in [
            "name: joe",
            "Dear all: hi\nas I said",
            "one\ntwo",
            "a:\n\tb: 1",
        ] {
            assert_eq!(shown(text.as_bytes()).0, Kind::Text, "{text}");
        }
    }

    #[test]
    fn what_is_no_text_is_shown_byte_by_byte() {
        let value = [0x00, 0xff, b'o', b'k', 1, 2, 3, 4, 5];
        let dump = "0000  00 ff 6f 6b 01 02 03 04  ··ok····\n0008  05                       ·\n";
        assert_eq!(shown(&value), (Kind::Binary, dump.to_owned()));
        assert_eq!(legible(b"a\x00\xffb\n\\\xc3\xa9"), "a\\x00\\xffb\\n\\\\é");
        assert_eq!(legible("a\u{202e}b".as_bytes()), "a\\xe2\\x80\\xaeb");
    }

    #[test]
    fn long_values_are_cut_and_say_how_much_is_missing() {
        let long = formatted(&vec![b'x'; MAX_BYTES + 5]);
        assert_eq!((long.text.len(), long.left_out), (MAX_BYTES, 5));
        assert_eq!(clipped("äöü", 2), "äö…");
        assert_eq!(clipped("äö", 2), "äö");
    }
}
