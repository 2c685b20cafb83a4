//! Session files and transcripts: what was typed, and what came of it.

use std::fmt::Write;

/// An item of a session file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Item {
    /// A comment, as it is.
    Comment(String),
    /// Something that happens to the cluster or the console, without its `@`.
    Directive(Typed),
    /// A command.
    Command(Typed),
}

/// A line with the standard input that follows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Typed {
    /// Where it stands in the file, from 1.
    pub number: usize,
    /// The line, without the mark of a here-document.
    pub line: String,
    /// The lines of standard input; `None` if it has none.
    pub input: Option<Vec<String>>,
}

/// Reads a session file.
///
/// # Errors
/// A sentence that says what is wrong in which line.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    while let Some((number, line)) = lines.next() {
        if line.starts_with('#') {
            items.push(Item::Comment(line.to_owned()));
            continue;
        }
        if line.trim().is_empty() {
            continue;
        }
        let (line, end) = here_document(line);
        let input = match end {
            None => None,
            Some(end) => {
                let mut input = Vec::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if line == end => break Some(input),
                        Some((_, line)) => input.push(line.to_owned()),
                        None => {
                            return Err(format!(
                                "line {number}: the standard input has no end: a line `{end}` is \
                                 missing"
                            ));
                        }
                    }
                }
            }
        };
        items.push(match line.strip_prefix('@') {
            Some(line) => Item::Directive(Typed {
                number,
                line: line.to_owned(),
                input,
            }),
            None => Item::Command(Typed {
                number,
                line: line.to_owned(),
                input,
            }),
        });
    }
    Ok(items)
}

/// Separates the mark of a here-document at the end of a line.
fn here_document(line: &str) -> (&str, Option<&str>) {
    let Some((before, end)) = line.rsplit_once("<<") else {
        return (line, None);
    };
    let word = end.trim().trim_matches(['\'', '"']);
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match is_word && !end.starts_with('<') {
        true => (before.trim_end(), Some(word)),
        false => (line, None),
    }
}

/// A part of a transcript.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Record {
    /// A comment or a directive, as it is shown.
    Plain(String),
    /// A command, or the end of one in the background.
    Command(Ran),
}

/// A command and what it printed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Ran {
    /// The line that is shown: `$ …`, or `@watch-end …`.
    pub title: String,
    /// The command itself.
    pub line: String,
    /// Its standard input.
    pub input: Vec<String>,
    /// Standard output, in lines.
    pub out: Vec<String>,
    /// Standard error, in lines.
    pub err: Vec<String>,
    /// The exit code.
    pub exit: u8,
    /// How long it took, in whole seconds, if that is worth saying.
    pub took: Option<u64>,
    /// It was interrupted after so many seconds.
    pub interrupted: Option<u64>,
}

impl Record {
    /// Writes it as it stands in a transcript.
    pub fn write(&self, text: &mut String) {
        let ran = match self {
            Record::Plain(line) => {
                let _ = writeln!(text, "{line}");
                return;
            }
            Record::Command(ran) => ran,
        };
        let _ = writeln!(text, "{}", ran.title);
        for (mark, lines) in [("<", &ran.input), ("", &ran.out), ("!", &ran.err)] {
            for line in lines {
                let space = if mark.is_empty() || line.is_empty() {
                    ""
                } else {
                    " "
                };
                let _ = writeln!(text, "{mark}{space}{line}");
            }
        }
        if ran.exit != 0 {
            let _ = writeln!(text, "[exit {}]", ran.exit);
        }
        if let Some(seconds) = ran.took {
            let _ = writeln!(text, "[took {seconds}s]");
        }
        if let Some(seconds) = ran.interrupted {
            let _ = writeln!(text, "[interrupted after {seconds}s]");
        }
    }
}

/// The lines of a text; a missing line break at the end does not matter.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Reads a transcript back.
#[cfg(test)]
pub(super) fn read_transcript(text: &str) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    let mut begun: Vec<(String, String)> = Vec::new();
    let number = |text: &str| -> u64 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    for line in text.lines() {
        let plain = line.starts_with('#') || line.starts_with('@');
        let command = |title: &str, line: &str| {
            Record::Command(Ran {
                title: title.to_owned(),
                line: line.to_owned(),
                ..Ran::default()
            })
        };
        if let Some(name) = line.strip_prefix("@watch-end ") {
            let found = begun.iter().rev().find(|(begun, _)| begun == name).unwrap();
            records.push(command(line, &found.1));
        } else if plain {
            if let Some((name, command)) = line
                .strip_prefix("@watch-begin ")
                .and_then(|rest| rest.split_once(' '))
            {
                begun.push((name.to_owned(), command.to_owned()));
                // Its input follows, which no rule touches.
                records.push(Record::Command(Ran {
                    title: line.to_owned(),
                    ..Ran::default()
                }));
            } else {
                records.push(Record::Plain(line.to_owned()));
            }
        } else if let Some(typed) = line.strip_prefix("$ ") {
            records.push(command(line, typed));
        } else if let Some(Record::Command(ran)) = records.last_mut() {
            let after = |mark: &str| -> Option<String> {
                let rest = line.strip_prefix(mark)?;
                Some(rest.strip_prefix(' ').unwrap_or(rest).to_owned())
            };
            if let Some(input) = after("<").filter(|_| !line.starts_with("<ID") && !is_token(line))
            {
                ran.input.push(input);
            } else if let Some(err) = after("!") {
                ran.err.push(err);
            } else if line.starts_with("[exit ") {
                ran.exit = number(line) as u8;
            } else if line.starts_with("[took ") {
                ran.took = Some(number(line));
            } else if line.starts_with("[interrupted ") {
                ran.interrupted = Some(number(line));
            } else {
                ran.out.push(line.to_owned());
            }
        } else {
            panic!("{line}");
        }
    }
    records
}

/// Whether a line begins with something that stands for an id.
#[cfg(test)]
fn is_token(line: &str) -> bool {
    ["<LEASE", "<HASH", "<USAGE", "<CLUSTER"]
        .iter()
        .any(|token| line.starts_with(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_read() {
        let text = "# about\n@server --x\n\netcdctl put k <<EOF\na\n\nEOF\n@watch-begin i etcdctl watch -i <<END\nwatch a\nEND\netcdctl get k\n";
        let items = parse(text).unwrap();
        assert_eq!(items.len(), 5);
        assert_eq!(
            items[2],
            Item::Command(Typed {
                number: 4,
                line: "etcdctl put k".to_owned(),
                input: Some(vec!["a".to_owned(), String::new()]),
            })
        );
        let Item::Directive(typed) = &items[3] else {
            panic!()
        };
        assert_eq!(typed.line, "watch-begin i etcdctl watch -i");
        assert_eq!(typed.input.as_deref(), Some(&["watch a".to_owned()][..]));
        assert!(
            parse("etcdctl put k <<EOF\na\n")
                .unwrap_err()
                .contains("line 1")
        );
    }

    #[test]
    fn transcripts_are_written_as_they_were_read() {
        for (name, text) in super::super::tests::recorded("transcripts") {
            let mut written = String::new();
            read_transcript(&text)
                .iter()
                .for_each(|record| record.write(&mut written));
            assert_eq!(written, text, "{name}");
        }
    }
}
