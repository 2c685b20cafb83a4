//! The catalogue of strings: complete, without leftovers, and the same places in every language.

use quorum::words::{Language, lines};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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

/// All string literals of the source that are shaped like keys: `part.name`, lower case.
fn source() -> String {
    fn read(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, text);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut text = String::new();
    read(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut text,
    );
    text
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
    for call in ["say(\"", "tell(\"", "pieces(\"", "phrase(\""] {
        for after in source.split(call).skip(1) {
            let key = after.split('"').next().unwrap();
            assert!(
                english.contains_key(key) || key == "no such key",
                "en.txt lacks {key}"
            );
        }
    }
}

#[test]
fn no_key_of_english_is_left_over() {
    let source = source();
    for key in catalogue(Language::English).keys() {
        assert!(
            source.contains(&format!("\"{key}\"")),
            "nothing in src asks for {key}"
        );
    }
}

#[test]
fn other_languages_have_the_keys_and_places_of_english() {
    let english = catalogue(Language::English);
    let other = catalogue(Language::Portuguese);
    assert_eq!(
        english.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    for (key, text) in english {
        assert_eq!(places(text), places(other[key]), "{key}");
    }
}
