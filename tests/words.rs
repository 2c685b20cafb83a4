//! The catalogue of strings: complete, without leftovers, and the same places in every language.

mod sources;

use quorum::cluster::Property;
use quorum::lesson::SCENARIOS;
use quorum::raft::rules::Rule;
use quorum::view::rules;
use quorum::view::scenario::comment;
use quorum::words::{self, Key, Language, lines};
use std::collections::{BTreeMap, BTreeSet};

fn catalogue(language: Language) -> BTreeMap<&'static str, &'static str> {
    let mut found = BTreeMap::new();
    for (key, text) in lines(language.file()) {
        assert!(
            found.insert(key, text).is_none(),
            "{}: {key} is there twice",
            language.tag()
        );
    }
    found
}

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}

/// The whole source.
fn source() -> String {
    sources::files("src")
        .into_iter()
        .map(|(_, text)| text)
        .collect()
}

/// Texts that other parts of the program speak, and texts that only other languages need: nobody asks for them by key.
fn is_recognized(key: &str) -> bool {
    key.starts_with("known.")
}

fn is_of_a_table(key: &str) -> bool {
    key.starts_with("rule.") || key.starts_with("property.") || key.starts_with("script.")
}

#[test]
fn every_line_of_a_catalogue_is_a_key_with_a_text() {
    for language in Language::ALL {
        for line in language
            .file()
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            assert!(
                line.split_once(" = ")
                    .is_some_and(|(key, text)| !key.contains(' ') && !text.is_empty()),
                "{line}"
            );
        }
    }
}

#[test]
fn every_key_that_the_code_asks_for_is_in_english() {
    let english = catalogue(Language::English);
    let source = source();
    for call in ["say(\"", "key!(\""] {
        for after in source.split(call).skip(1) {
            let key = after.split('"').next().unwrap();
            assert!(english.contains_key(key), "en.txt lacks {key}");
        }
    }
}

#[test]
fn languages_have_their_keys_in_the_same_order_and_all_are_found() {
    let keys = |language: Language| lines(language.file()).map(|(key, _)| key);
    let portuguese: Vec<&'static str> = keys(Language::Portuguese).collect();
    let english: Vec<&'static str> = keys(Language::English).collect();
    let differ = english.iter().zip(&portuguese).find(|(a, b)| a != b);
    assert_eq!(differ, None, "the order of the files differs from here on");
    // If two keys have the same fingerprint, one must be renamed.
    for language in Language::ALL {
        words::speak(language);
        for (key, text) in lines(language.file()).filter(|(key, _)| !is_recognized(key)) {
            let said = match is_of_a_table(key) {
                true => words::other(key, "nothing"),
                false => words::say(Key::named(key)),
            };
            assert_eq!(said, text, "{key}");
        }
    }
    words::speak(Language::English);
    assert_eq!(words::other("rule.no-such", "English"), "English");
    let known = english.iter().filter(|key| is_recognized(key)).count();
    let first = english.iter().position(|key| is_recognized(key)).unwrap();
    let together = &english[first..first + known];
    assert!(
        together.iter().all(|key| is_recognized(key)),
        "the known ones stand together"
    );
}

#[test]
fn no_key_of_english_is_left_over() {
    let source = source();
    for key in catalogue(Language::English).keys() {
        if is_recognized(key) {
            continue;
        }
        assert!(
            source.contains(&format!("\"{key}\"")),
            "nothing in src asks for {key}"
        );
    }
}

#[test]
fn other_languages_have_the_keys_and_places_of_english() {
    let english = catalogue(Language::English);
    let mut other = catalogue(Language::Portuguese);
    other.retain(|key, _| !is_of_a_table(key));
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (key, text) in english {
        assert_eq!(places(text), places(other[key]), "{key}");
    }
}

/// What `body` gives in Portuguese.
fn in_portuguese<T>(body: impl FnOnce() -> T) -> T {
    words::speak(Language::Portuguese);
    let result = body();
    words::speak(Language::English);
    result
}

#[test]
fn every_rule_and_every_property_is_said_in_every_language() {
    let portuguese = catalogue(Language::Portuguese);
    let mut of_tables: BTreeSet<&str> = portuguese.keys().copied().collect();
    of_tables.retain(|key| is_of_a_table(key) && !key.starts_with("script."));
    assert_eq!(of_tables.len(), 2 * Rule::ALL.len() + Property::ALL.len());
    for rule in Rule::ALL {
        let info = rule.info();
        assert_eq!(rules::sentence(rule), info.sentence);
        let (sentence, without) = in_portuguese(|| (rules::sentence(rule), rules::without(rule)));
        assert_ne!(sentence, info.sentence, "{}", info.name);
        assert_ne!(without, info.without, "{}", info.name);
        // A name and a year are the same everywhere.
        let section = (rule != Rule::ChangeAfterOwnCommit).then_some(info.section);
        for text in section.into_iter().chain([info.property]) {
            assert_ne!(
                in_portuguese(|| words::translate(text)),
                text,
                "{}",
                info.name
            );
        }
    }
    for property in Property::ALL {
        assert_eq!(rules::demand(property), property.sentence());
        let (name, demand) = in_portuguese(|| (rules::name(property), rules::demand(property)));
        assert_ne!(name, property.name());
        assert_ne!(demand, property.sentence());
    }
}

#[test]
fn every_comment_of_a_scenario_is_said_in_every_language() {
    let portuguese = catalogue(Language::Portuguese);
    let mut left_over: BTreeSet<&str> = portuguese.keys().copied().collect();
    left_over.retain(|key| key.starts_with("script."));
    for scenario in SCENARIOS {
        for (at, line) in scenario.script.lines().enumerate() {
            let Some(english) = line.strip_prefix("# ") else {
                continue;
            };
            let number = at + 1;
            assert_eq!(comment(scenario, number, english), english);
            let told = in_portuguese(|| comment(scenario, number, english));
            let key = format!("script.{}.{number}", scenario.name);
            assert_ne!(told, english, "pt-BR.txt lacks {key}");
            assert_eq!(numbers(told), numbers(english), "{key}");
            left_over.remove(&key[..]);
        }
    }
    assert!(left_over.is_empty(), "nobody says {left_over:?}");
}

/// The names of members and of the figure's logs in a text, in order.
fn numbers(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !"()=|".contains(c))
        .filter(|word| word.starts_with("infra") || word.starts_with('(') || word.contains('='))
        .collect();
    names.sort_unstable();
    names
}

/// A format string with 7 in its places.
fn filled(literal: &str) -> String {
    let mut parts = literal.split('{');
    let first = parts.next().unwrap();
    let rest = parts.map(|part| part.split_once('}').unwrap().1);
    rest.fold(first.to_owned(), |text, part| text + "7" + part)
}

/// The texts of errors, with 7 in their places: `#[error("…")]`.
fn errors(file: &str) -> Vec<String> {
    let source = sources::text(file);
    let mut texts = Vec::new();
    for after in source.split("#[error(").skip(1) {
        let literal = after.split('"').nth(1).unwrap();
        let text = filled(literal);
        if text != "7" {
            texts.push(text);
        }
    }
    assert!(!texts.is_empty(), "{file} has no errors");
    texts
}

#[test]
fn errors_that_a_person_sees_are_recognized() {
    for file in [
        "src/cluster/action_error.rs",
        "src/cluster/load.rs",
        "src/cluster/options.rs",
        "src/cluster/program.rs",
        "src/raft/membership.rs",
        "src/raft/options.rs",
        "src/raft/ready.rs",
        "src/timeline/replay.rs",
        "src/timeline/session/branches.rs",
        "src/timeline/wire/error.rs",
    ] {
        for text in errors(file) {
            let told = in_portuguese(|| words::translate(&text));
            assert_ne!(told, text, "pt-BR.txt does not know this error of {file}");
        }
    }
}

#[test]
fn impossible_values_of_recordings_are_recognized() {
    let wire: String = sources::files("src/timeline")
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let values: Vec<&str> = wire
        .split("OpenError::Value(\"")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .collect();
    assert!(!values.is_empty());
    for text in values {
        assert_ne!(in_portuguese(|| words::translate(text)), text);
    }
}

#[test]
fn nothing_is_recognized_that_nobody_says() {
    let source = source();
    for (key, text) in catalogue(Language::English) {
        if !is_recognized(key) {
            continue;
        }
        let parts = text
            .split('{')
            .enumerate()
            .map(|(place, part)| match place {
                0 => part,
                _ => part.split_once('}').unwrap().1,
            });
        let longest = parts.max_by_key(|part| part.len()).unwrap();
        assert!(
            source.contains(longest),
            "nobody says {key} any more: {longest}"
        );
    }
}

#[test]
fn claims_of_the_checks_are_recognized() {
    // The literals of Display for Claim and Counter.
    let source = sources::text("src/cluster/claim.rs");
    let display = source.split("impl fmt::Display for Claim").nth(1).unwrap();
    let display = display.split("fn write_instead").next().unwrap();
    let mut seen = 0;
    for literal in display.split('"').skip(1).step_by(2) {
        let text = filled(literal);
        // The rest of these is written by another function.
        let whole = match text.trim_start() {
            " only, of " | "only, of " => continue,
            other if other.ends_with("the disks of ") => {
                format!("{other}infra7 only, of the voters infra7")
            }
            other if other.ends_with("can be ") || other.ends_with("answers to ") => {
                format!("{other}operations 7, 8")
            }
            other if other.ends_with("decides by ") => format!("{other}the voters infra7"),
            other => other.to_owned(),
        };
        let told = in_portuguese(|| words::translate(&whole));
        assert_ne!(told, whole, "pt-BR.txt does not know this claim");
        seen += 1;
    }
    assert!(seen >= 15, "{seen}");
}

/// Names and signs that are the same in every language.
const SAME_EVERYWHERE: [&str; 3] = ["Tab", "SVG", "RPC"];

#[test]
fn components_have_no_words_of_their_own() {
    for (file, text) in sources::files("src/ui") {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.trim();
            if line.starts_with("//") {
                continue;
            }
            // What a person reads or hears: texts in braces, names, titles.
            for mark in [
                "{\"",
                "aria-label=\"",
                "title=\"",
                "placeholder=\"",
                "aria-description=\"",
            ] {
                for after in line.split(mark).skip(1) {
                    let literal = after.split('"').next().unwrap();
                    let words = literal.split(|c: char| !c.is_alphabetic());
                    for word in words.filter(|word| word.chars().count() > 1) {
                        assert!(
                            SAME_EVERYWHERE.contains(&word) || !is_shown(mark, after),
                            "{}:{}: “{literal}” belongs into the catalogue",
                            file.display(),
                            number + 1
                        );
                    }
                }
            }
        }
    }
}

/// Whether the literal is shown: between braces it must stand alone, or it is part of an expression.
fn is_shown(mark: &str, after: &str) -> bool {
    mark != "{\""
        || after
            .split_once('"')
            .is_some_and(|(_, rest)| rest.starts_with('}'))
}
