//! Flags as data, and their values as they stand on a command line.
//!
//! The splitting into options and arguments is `lexopt`'s; the rules on top of it and the words of
//! the errors are those of pflag 1.0.5, the library that etcdctl is written with.

use super::go;
use lexopt::{Arg, Parser};
use std::ffi::OsString;

/// A flag of a command.
#[derive(Debug)]
pub(crate) struct Flag {
    /// The name, without dashes.
    pub name: &'static str,
    /// The letter of its short form.
    pub short: Option<char>,
    /// What its value is.
    pub kind: Kind,
    /// The value when it is not given.
    pub default: &'static str,
    /// What it does, for the help.
    pub about: &'static str,
}

/// What the value of a flag is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A truth value; the flag alone means true.
    Bool,
    /// A signed number.
    Int,
    /// An unsigned number.
    Uint,
    /// A time span like `5s`.
    Span,
    /// Any text.
    Text,
    /// A list, separated by commas; given twice, the lists are joined.
    List,
}

impl Flag {
    /// A flag of a kind that has no short form.
    pub const fn new(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        about: &'static str,
    ) -> Flag {
        Flag {
            name,
            short: None,
            kind,
            default,
            about,
        }
    }

    /// A flag that is on or off, and off unless it is given.
    pub const fn off(name: &'static str, about: &'static str) -> Flag {
        Flag::new(name, Kind::Bool, "false", about)
    }

    /// The same flag with a short form.
    pub const fn short(mut self, letter: char) -> Flag {
        self.short = Some(letter);
        self
    }

    /// Whether a value is one that the flag can take; the error is pflag's.
    pub fn check(&self, value: &str) -> Result<(), String> {
        let result = match self.kind {
            Kind::Bool => go::parse_bool(value).map(|_| ()),
            Kind::Int => go::parse_int(value, 0).map(|_| ()),
            Kind::Uint => go::parse_uint(value, 0).map(|_| ()),
            Kind::Span => go::parse_duration(value).map(|_| ()),
            Kind::List => list(value).map(|_| ()),
            Kind::Text => Ok(()),
        };
        result.map_err(|why| {
            let name = match self.short {
                Some(short) => format!("-{short}, --{}", self.name),
                None => format!("--{}", self.name),
            };
            let value = go::quote(value.as_bytes());
            format!("invalid argument {value} for \"{name}\" flag: {why}")
        })
    }
}

/// `--help`, which every command has.
pub(crate) static HELP: Flag = Flag::off("help", "show this text").short('h');

/// The flags that a command line gives, in order, and its other words.
#[derive(Clone, Default, Debug)]
pub(crate) struct Values {
    given: Vec<(&'static Flag, String)>,
    /// The words that are no flags and no values of flags.
    pub args: Vec<String>,
}

impl Values {
    /// Reads the words of a command that has these flags.
    ///
    /// # Errors
    /// What is wrong, in pflag's words.
    pub fn parse(words: &[String], flags: &[&'static Flag]) -> Result<Values, String> {
        let mut values = Values::default();
        let mut parser = Parser::from_args(words.iter().map(OsString::from));
        parser.set_short_equals(false);
        // Without short forms with `=`, `next` can only fail for a value that nobody asked for,
        // and all are asked for below.
        while let Ok(Some(arg)) = parser.next() {
            match arg {
                Arg::Value(word) => values.args.push(text(word)),
                Arg::Long(name) => {
                    let name = name.to_owned();
                    values.long(&name, &mut parser, flags)?;
                }
                Arg::Short(first) => {
                    let rest = parser.optional_value().map(text).unwrap_or_default();
                    values.short(format!("{first}{rest}"), &mut parser, flags)?;
                }
            }
        }
        Ok(values)
    }

    fn long(
        &mut self,
        name: &str,
        parser: &mut Parser,
        flags: &[&'static Flag],
    ) -> Result<(), String> {
        let inline = parser.optional_value().map(text);
        if name.is_empty() || name.starts_with('-') {
            let rest = inline.map(|value| format!("={value}")).unwrap_or_default();
            return Err(format!("bad flag syntax: --{name}{rest}"));
        }
        let Some(flag) = flags.iter().find(|flag| flag.name == name) else {
            return Err(format!("unknown flag: --{name}"));
        };
        let value = match inline {
            Some(value) => value,
            None if flag.kind == Kind::Bool => "true".to_owned(),
            None => match parser.value() {
                Ok(value) => text(value),
                Err(_) => return Err(format!("flag needs an argument: --{name}")),
            },
        };
        self.set(flag, value)
    }

    /// A group of short flags, without its dash.
    fn short(
        &mut self,
        mut group: String,
        parser: &mut Parser,
        flags: &[&'static Flag],
    ) -> Result<(), String> {
        while let Some(letter) = group.chars().next() {
            let Some(flag) = flags.iter().find(|flag| flag.short == Some(letter)) else {
                return Err(format!("unknown shorthand flag: '{letter}' in -{group}"));
            };
            let rest = group[letter.len_utf8()..].to_owned();
            let (value, rest) = match rest.strip_prefix('=') {
                Some(value) if !value.is_empty() => (value.to_owned(), String::new()),
                _ if flag.kind == Kind::Bool => ("true".to_owned(), rest),
                _ if !rest.is_empty() => (rest, String::new()),
                _ => match parser.value() {
                    Ok(value) => (text(value), String::new()),
                    Err(_) => {
                        return Err(format!("flag needs an argument: '{letter}' in -{group}"));
                    }
                },
            };
            self.set(flag, value)?;
            group = rest;
        }
        Ok(())
    }

    /// Reads words as Go's own `flag` does, which version 2 of etcdctl is written with: one dash
    /// or two, and nothing is a flag after the first word that is none.
    ///
    /// # Errors
    /// What is wrong, in Go's words.
    pub fn parse_go(words: &[String], flags: &[&'static Flag]) -> Result<Values, String> {
        let mut values = Values::default();
        let mut rest = words.iter();
        while let Some(word) = rest.as_slice().first() {
            if word.len() < 2 || !word.starts_with('-') {
                break;
            }
            rest.next();
            if word == "--" {
                break;
            }
            let name = word.strip_prefix("--").unwrap_or(&word[1..]);
            if name.is_empty() || name.starts_with(['-', '=']) {
                return Err(format!("bad flag syntax: {word}"));
            }
            let (name, inline) = match name.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            let named = |flag: &&&'static Flag| {
                flag.name == name || flag.short.is_some_and(|c| name == c.to_string())
            };
            let Some(flag) = flags.iter().find(named) else {
                return Err(format!("flag provided but not defined: -{name}"));
            };
            let value = match (inline, flag.kind) {
                (Some(value), _) => value,
                (None, Kind::Bool) => "true".to_owned(),
                (None, _) => match rest.next() {
                    Some(value) => value.clone(),
                    None => return Err(format!("flag needs an argument: -{name}")),
                },
            };
            if flag.check(&value).is_err() {
                let value = go::quote(value.as_bytes());
                return Err(match flag.kind {
                    Kind::Bool => format!("invalid boolean value {value} for -{name}: parse error"),
                    _ => format!("invalid value {value} for flag -{name}: parse error"),
                });
            }
            values.given.push((flag, value));
        }
        values.args = rest.cloned().collect();
        Ok(values)
    }

    /// Gives a flag a value.
    ///
    /// # Errors
    /// A value that the flag cannot take.
    pub fn set(&mut self, flag: &'static Flag, value: String) -> Result<(), String> {
        flag.check(&value)?;
        self.given.push((flag, value));
        Ok(())
    }

    /// These values, and others that outdo them.
    pub fn with(mut self, other: Values) -> Values {
        self.given.extend(other.given);
        self.args = other.args;
        self
    }

    /// Whether a flag is given.
    pub fn given(&self, name: &str) -> bool {
        self.given.iter().any(|(flag, _)| flag.name == name)
    }

    /// The value of a flag as text: the last one that is given, or else the default.
    pub fn text<'a>(&'a self, flags: &[&'a Flag], name: &str) -> &'a str {
        let given = self.given.iter().rev().find(|(flag, _)| flag.name == name);
        match given {
            Some((_, value)) => value,
            None => {
                let flag = flags.iter().find(|flag| flag.name == name);
                flag.map_or("", |flag| flag.default)
            }
        }
    }

    /// The lists that are given for a flag, joined.
    pub fn lists(&self, name: &str) -> Vec<String> {
        let given = self.given.iter().filter(|(flag, _)| flag.name == name);
        given
            .flat_map(|(_, value)| list(value).unwrap_or_default())
            .collect()
    }
}

/// Reads a list: a line of comma-separated values, where a value in double quotes may hold commas.
pub(crate) fn list(text: &str) -> Result<Vec<String>, String> {
    let mut items = Vec::new();
    let mut rest = text;
    if text.is_empty() {
        return Ok(items);
    }
    loop {
        let (item, after) = if let Some(quoted) = rest.strip_prefix('"') {
            let mut item = String::new();
            let mut from = quoted;
            loop {
                let Some(end) = from.find('"') else {
                    return Err(bad_list(text, "extraneous or missing \" in quoted-field"));
                };
                item.push_str(&from[..end]);
                from = &from[end + 1..];
                match from.strip_prefix('"') {
                    Some(more) => {
                        item.push('"');
                        from = more;
                    }
                    None => break,
                }
            }
            if !from.is_empty() && !from.starts_with(',') {
                return Err(bad_list(text, "extraneous or missing \" in quoted-field"));
            }
            (item, from)
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let item = &rest[..end];
            if item.contains('"') {
                return Err(bad_list(text, "bare \" in non-quoted-field"));
            }
            (item.to_owned(), &rest[end..])
        };
        items.push(item);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None => return Ok(items),
        }
    }
}

fn bad_list(text: &str, why: &str) -> String {
    let column = text.rfind('"').unwrap_or(0) + 1;
    format!("parse error on line 1, column {column}: {why}")
}

fn text(word: OsString) -> String {
    word.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIMIT: Flag = Flag::new("limit", Kind::Int, "0", "");
    static PREFIX: Flag = Flag::off("prefix", "");
    static OUT: Flag = Flag::new("write-out", Kind::Text, "simple", "").short('w');
    static ALL: Flag = Flag::off("all", "").short('a');
    static ENDPOINTS: Flag = Flag::new("endpoints", Kind::List, "", "");
    static WAIT: Flag = Flag::new("wait", Kind::Span, "5s", "");

    fn flags() -> [&'static Flag; 7] {
        [&LIMIT, &PREFIX, &OUT, &ALL, &ENDPOINTS, &WAIT, &HELP]
    }

    fn parse(line: &str) -> Result<Values, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Values::parse(&words, &flags())
    }

    #[test]
    fn flags_stand_anywhere() {
        for line in [
            "--limit=3 foo -w json --prefix",
            "foo --limit 3 -wjson --prefix=true",
            "--prefix --prefix=false -a -w=json --limit 0x3 --prefix=T foo",
            "-aw json foo --limit 3 --prefix",
        ] {
            let values = parse(line).unwrap();
            assert_eq!(values.args, ["foo"], "{line}");
            let flags = flags();
            assert_eq!(values.text(&flags, "write-out"), "json", "{line}");
            assert!(
                go::parse_bool(values.text(&flags, "prefix")).unwrap(),
                "{line}"
            );
            assert_eq!(
                go::parse_int(values.text(&flags, "limit"), 0),
                Ok(3),
                "{line}"
            );
            assert_eq!(values.text(&flags, "wait"), "5s");
        }
    }

    #[test]
    fn two_dashes_end_the_flags() {
        let values = parse("-w simple -- -dash --prefix").unwrap();
        assert_eq!(values.args, ["-dash", "--prefix"]);
        assert!(!values.given("prefix"));
        assert_eq!(parse("- x").unwrap().args, ["-", "x"]);
        // A flag takes what follows, whatever it is.
        let values = parse("-w -- --prefix").unwrap();
        assert_eq!(values.text(&flags(), "write-out"), "--");
        assert!(values.given("prefix"));
    }

    #[test]
    fn errors_are_pflags() {
        for (line, error) in [
            ("--bogus", "unknown flag: --bogus"),
            ("--bogus=3", "unknown flag: --bogus"),
            ("-x", "unknown shorthand flag: 'x' in -x"),
            ("-axy", "unknown shorthand flag: 'x' in -xy"),
            ("--limit", "flag needs an argument: --limit"),
            ("-w", "flag needs an argument: 'w' in -w"),
            ("-aw", "flag needs an argument: 'w' in -w"),
            ("---x", "bad flag syntax: ---x"),
            ("--=x", "bad flag syntax: --=x"),
            (
                "--limit=x",
                r#"invalid argument "x" for "--limit" flag: strconv.ParseInt: parsing "x": invalid syntax"#,
            ),
            (
                "-a=maybe",
                r#"invalid argument "maybe" for "-a, --all" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#,
            ),
            (
                "--wait=5",
                r#"invalid argument "5" for "--wait" flag: time: missing unit in duration "5""#,
            ),
        ] {
            assert_eq!(parse(line).unwrap_err(), error, "{line}");
        }
    }

    #[test]
    fn lists_are_joined() {
        let values = parse("--endpoints=a,b --endpoints c").unwrap();
        assert_eq!(values.lists("endpoints"), ["a", "b", "c"]);
        assert_eq!(list("").unwrap(), Vec::<String>::new());
        assert_eq!(list("a,").unwrap(), ["a", ""]);
        assert_eq!(list("\"a,b\",\"c\"\"d\"").unwrap(), ["a,b", "c\"d"]);
        for bad in ["a\"b", "\"a", "\"a\"b"] {
            assert!(
                list(bad).unwrap_err().starts_with("parse error on line 1"),
                "{bad}"
            );
        }
    }
}
