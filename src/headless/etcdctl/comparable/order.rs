//! Orders that are not defined become one that is.

use crate::etcdctl::Inspection;
use regex_lite::Regex;

/// What a text is sorted by: numbers in it count as numbers, hence with leading zeros.
pub(super) fn natural(text: &str) -> String {
    let mut key = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(words);
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, after) = after.split_at(digits);
        key.push_str(word);
        if !number.is_empty() {
            key.push_str(&format!("{number:0>24}"));
        }
        rest = after;
    }
    key
}

/// Whether the rows of the tables of a command have no defined order.
pub(super) fn tables_are_sorted(asked: &Inspection) -> bool {
    by_member(asked) || by_endpoint(asked)
}

fn by_member(asked: &Inspection) -> bool {
    asked.path.first() == Some(&"member")
}

fn by_endpoint(asked: &Inspection) -> bool {
    asked.path[..] == ["endpoint", "health"]
        || asked.cluster && matches!(asked.path.first(), Some(&"endpoint" | &"defrag"))
}

/// Sorts what a command has printed.
pub(super) fn sort(lines: &mut Vec<String>, asked: &Inspection, api: &str) {
    let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is right");
    let path = &asked.path[..];
    if api == "2" {
        if path == ["ls"] {
            rows(lines, |line| line.starts_with('/'));
            lists(lines, "nodes");
        }
        return;
    }
    if by_member(asked) {
        rows(lines, |line| line.starts_with("<ID"));
        blocks(lines, r#""ID" : "#);
        lists(lines, "members");
        let setting = "ETCD_INITIAL_CLUSTER=\"";
        for line in lines.iter_mut() {
            let members = line
                .strip_prefix(setting)
                .and_then(|rest| rest.strip_suffix('"'));
            let Some(members) = members else { continue };
            let mut members: Vec<&str> = members.split(',').collect();
            members.sort_by_cached_key(|member| natural(member));
            *line = format!("{setting}{}\"", members.join(","));
        }
    }
    if by_endpoint(asked) {
        let endpoint = regex(r"(https?://)?[A-Za-z0-9.\[\]]+:\d+");
        let not_an_error = |line: &str| endpoint.is_match(line) && !line.starts_with("Error: ");
        if !lines
            .iter()
            .any(|line| line.starts_with(['[', '{', '"', '+', '|']))
        {
            rows(lines, not_an_error);
        }
        blocks(lines, r#""Endpoint" : "#);
        lists(lines, "");
    }
    if path == ["lease", "timetolive"] {
        lists(lines, "keys");
        rows(lines, |line| line.starts_with(r#""Key" : "#));
        for line in lines.iter_mut() {
            let Some((before, keys)) = line.split_once("attached keys([") else {
                continue;
            };
            let Some(keys) = keys.strip_suffix("])") else {
                continue;
            };
            let mut keys: Vec<&str> = keys.split(' ').collect();
            keys.sort_by_cached_key(|key| natural(key));
            *line = format!("{before}attached keys([{}])", keys.join(" "));
        }
    }
    if path.first() == Some(&"alarm") {
        rows(lines, |line| line.starts_with("memberID:"));
        blocks(lines, r#""MemberID" : "#);
        lists(lines, "alarms");
    }
}

/// Sorts neighbouring lines of a kind.
fn rows(lines: &mut [String], is_row: impl Fn(&str) -> bool) {
    let mut at = 0;
    while at < lines.len() {
        let end = lines[at..].iter().take_while(|line| is_row(line)).count() + at;
        lines[at..end].sort_by_cached_key(|line| natural(line));
        at = end + 1;
    }
}

/// Sorts blocks that an empty line ends each, by the line in them that begins so. Four lines of a
/// header may stand before the first.
fn blocks(lines: &mut Vec<String>, key: &str) {
    if !lines.first().is_some_and(|line| line.starts_with('"')) {
        return;
    }
    // A list of members or alarms has one header, one of endpoints has a header for each.
    let one_header = lines
        .iter()
        .filter(|line| line.starts_with(r#""ClusterID" : "#))
        .count()
        == 1;
    let header = if one_header && key != r#""Endpoint" : "# {
        4.min(lines.len())
    } else {
        0
    };
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let mut block = Vec::new();
    for line in lines.drain(header..) {
        let ends = line.is_empty();
        block.push(line);
        if ends {
            blocks.push(std::mem::take(&mut block));
        }
    }
    blocks.sort_by_cached_key(|block| {
        let line = block.iter().find(|line| line.starts_with(key));
        natural(line.map_or("", |line| line))
    });
    lines.extend(blocks.concat());
    lines.extend(block);
}

/// Sorts the lists of JSON that have this name; without a name, the list that a line is.
fn lists(lines: &mut [String], name: &str) {
    let start = if name.is_empty() {
        "[".to_owned()
    } else {
        format!("\"{name}\":[")
    };
    for line in lines {
        let is_json = line.starts_with(if name.is_empty() { '[' } else { '{' });
        let Some(at) = line.find(&start).filter(|_| is_json) else {
            continue;
        };
        let from = at + start.len();
        let Some(mut items) = items(&line[from..]) else {
            continue;
        };
        let length: usize = items.iter().map(|item| item.len() + 1).sum();
        items.sort_by_cached_key(|item| natural(item));
        let sorted = items.join(",");
        let end = from + length.saturating_sub(1);
        line.replace_range(from..end, &sorted);
    }
}

/// The items of a list of JSON, up to its closing bracket.
fn items(text: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut from = 0;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' => depth += 1,
            ']' | ',' if depth == 0 => {
                if at > from || c == ',' {
                    items.push(text[from..at].to_owned());
                }
                if c == ']' {
                    return Some(items);
                }
                from = at + 1;
            }
            '}' | ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The numbered errors of one failure of version 2, sorted and numbered again.
pub(super) fn numbered_errors(lines: &mut [String]) {
    let number = Regex::new(r"^(|.*; |; )error #\d+: (.*)$").expect("the pattern is right");
    let mut at = 0;
    while at < lines.len() {
        let listed = |line: &String, first: bool| -> Option<(String, String)> {
            let found = number.captures(line)?;
            let before = found[1].to_owned();
            // A list begins with a sentence before it, or with nothing.
            (first || before == "; " || before.is_empty()).then(|| (before, found[2].to_owned()))
        };
        let mut found: Vec<(String, String)> = Vec::new();
        while let Some(error) = lines
            .get(at + found.len())
            .and_then(|line| listed(line, found.is_empty()))
        {
            found.push(error);
        }
        if found.is_empty() {
            at += 1;
            continue;
        }
        let mut errors: Vec<String> = found.iter().map(|(_, error)| error.clone()).collect();
        errors.sort_by_cached_key(|error| natural(error));
        for (place, ((before, _), error)) in found.iter().zip(&errors).enumerate() {
            lines[at + place] = format!("{before}error #{place}: {error}");
        }
        at += found.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        let mut all = [
            "b", "a:22379", "/d2/", "lk2", "a:2379", "/d/x", "lk", "/d/", "<ID10>", "<ID2>",
        ];
        all.sort_by_cached_key(|text| natural(text));
        assert_eq!(
            all,
            [
                "/d/", "/d/x", "/d2/", "<ID2>", "<ID10>", "a:2379", "a:22379", "b", "lk", "lk2"
            ]
        );
    }

    #[test]
    fn errors_are_numbered_again() {
        let mut lines = [
            "Error:  client: x; error #0: dial tcp 127.0.0.1:22379: no",
            "; error #1: dial tcp 127.0.0.1:4001: no",
            "",
            "error #0: dial tcp 127.0.0.1:22379: no",
            "error #1: dial tcp 127.0.0.1:4001: no",
        ]
        .map(str::to_owned);
        numbered_errors(&mut lines);
        assert_eq!(
            lines,
            [
                "Error:  client: x; error #0: dial tcp 127.0.0.1:4001: no",
                "; error #1: dial tcp 127.0.0.1:22379: no",
                "",
                "error #0: dial tcp 127.0.0.1:4001: no",
                "error #1: dial tcp 127.0.0.1:22379: no",
            ]
        );
    }

    #[test]
    fn lists_of_json_are_sorted() {
        let mut lines =
            vec![r#"{"a":1,"members":[{"ID":2,"x":["b","a"]},{"ID":1}],"z":[2,1]}"#.to_owned()];
        lists(&mut lines, "members");
        assert_eq!(
            lines[0],
            r#"{"a":1,"members":[{"ID":1},{"ID":2,"x":["b","a"]}],"z":[2,1]}"#
        );
        let mut lines = vec![
            r#"[{"e":"a:22379"},{"e":"a:2379"}]"#.to_owned(),
            "[]".to_owned(),
        ];
        lists(&mut lines, "");
        assert_eq!(lines, [r#"[{"e":"a:2379"},{"e":"a:22379"}]"#, "[]"]);
    }
}
