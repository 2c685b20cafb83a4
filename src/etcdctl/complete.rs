//! Completion: what the last word of a line could go on to be.

use super::shell::PROGRAMS;
use super::v3;

/// What a word could be.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Completion {
    /// Where the word begins in the line, in bytes.
    pub from: usize,
    /// What it could be, in order.
    pub words: Vec<String>,
}

impl Completion {
    /// What all of them begin with.
    pub fn common(&self) -> &str {
        let Some(first) = self.words.first() else {
            return "";
        };
        let mut common = first.as_str();
        for word in &self.words[1..] {
            let same = common.char_indices().zip(word.chars());
            let differs = same
                .clone()
                .find(|((_, a), b)| a != b)
                .map(|((at, _), _)| at);
            let end = differs.unwrap_or(common.len().min(word.len()));
            common = &common[..end];
        }
        common
    }
}

/// Completes the last word of a line.
pub(super) fn complete(line: &str, keys: &[String]) -> Completion {
    let from = line.rfind(char::is_whitespace).map_or(0, |at| {
        at + line[at..].chars().next().map_or(0, char::len_utf8)
    });
    let last = &line[from..];
    let mut before: Vec<String> = line[..from].split_whitespace().map(str::to_owned).collect();
    let leading = before
        .iter()
        .take_while(|word| super::words::assignment(word).is_some());
    before.drain(..leading.count());
    let mut words: Vec<String> = Vec::new();
    if before.is_empty() {
        words.extend(PROGRAMS.iter().map(|name| (*name).to_owned()));
    } else if before[0] == "etcdctl" {
        let (commands, flags) = v3::below(&before[1..]);
        if last.starts_with('-') {
            words.extend(flags.iter().map(|flag| format!("--{}", flag.name)));
        } else if !commands.is_empty() {
            words.extend(commands.iter().map(|name| (*name).to_owned()));
        } else {
            words.extend_from_slice(keys);
        }
    }
    words.retain(|word| word.starts_with(last));
    words.sort_unstable();
    words.dedup();
    Completion { from, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_flags_and_keys_are_completed() {
        let keys = ["foo".to_owned(), "foobar".to_owned(), "x".to_owned()];
        for (line, from, words) in [
            ("etc", 0, &["etcdctl"][..]),
            ("etcdctl e", 8, &["elect", "endpoint"]),
            ("ETCDCTL_API=3 etcdctl lease k", 28, &["keep-alive"]),
            ("etcdctl get --pre", 12, &["--prefix"]),
            ("etcdctl --endpoints=x mem li", 26, &["list"]),
            ("etcdctl get fo", 12, &["foo", "foobar"]),
            ("etcdctl get foo --consistency s fooba", 32, &["foobar"]),
            ("echo f", 5, &[]),
        ] {
            let found = complete(line, &keys);
            assert_eq!(found.from, from, "{line}");
            assert_eq!(found.words, words, "{line}");
        }
        assert_eq!(complete("etcdctl get f", &keys).common(), "foo");
        assert_eq!(complete("etcdctl e", &keys).common(), "e");
        assert_eq!(complete("etcdctl zzz", &[]).common(), "");
    }
}
