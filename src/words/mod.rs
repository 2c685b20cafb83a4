//! The catalogue: every string that a person sees, by key, in each language.
//!
//! A catalogue is a text file, `en.txt` or `pt-BR.txt`: a line per string, `key = text`, with the places to fill in
//! braces (`{member}`). `#` begins a comment. English is complete; what another language lacks is shown in English.
//! Parts of the program that know no languages say what they have to say in English: [`translate`] recognizes
//! their texts, [`other`] those of tables.
//! The program carries the texts without their keys (`table`), since the keys would weigh as much again; in the
//! code `key!` makes a number of a key.
//! `tests/words.rs` compares the files with each other and with the keys that the code asks for.
//!
//! The language belongs to the thread that draws. Nothing that a run computes depends on it.

mod table;

use std::cell::Cell;
use std::fmt::{Display, Write};
use std::sync::OnceLock;

/// A language of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// English.
    English,
    /// Brazilian Portuguese.
    Portuguese,
}

impl Language {
    /// All of them, in the order of the switch.
    pub const ALL: [Language; 2] = [Language::English, Language::Portuguese];

    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Portuguese => "pt-BR",
        }
    }

    /// Its own name.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Portuguese => "Português",
        }
    }

    /// The language for a browser's tag: `pt-PT` is closer to Brazilian Portuguese than to English.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let primary = tag.split('-').next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| {
            language.tag().starts_with(&primary.to_ascii_lowercase()) && !primary.is_empty()
        })
    }

    /// The text of the catalogue's file.
    pub fn file(self) -> &'static str {
        match self {
            Language::English => include_str!("en.txt"),
            Language::Portuguese => include_str!("pt-BR.txt"),
        }
    }

    /// Its texts, in the order of its file.
    fn texts(self) -> &'static [&'static str] {
        static TEXTS: [OnceLock<Vec<&str>>; 2] = [const { OnceLock::new() }; 2];
        TEXTS[self as usize].get_or_init(|| table::texts(self))
    }
}

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::English) };
}

/// Speaks this language from now on, in this thread.
pub fn speak(language: Language) {
    LANGUAGE.set(language);
}

/// The language that is spoken in this thread; English at first.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// The keys and texts of a catalogue's file, in its order.
pub fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
}

/// A key of the catalogue: the place of its text there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key(u16);

impl Key {
    /// The key with this name. It is looked for among all, so it is the compiler that should do it: see `key!`.
    pub const fn named(name: &str) -> Key {
        Key(place(name) as u16)
    }
}

/// `key!("write.title")` is that [`Key`]. A key that no catalogue has does not compile.
macro_rules! key {
    ($name:literal) => {
        const { $crate::words::Key::named($name) }
    };
}
pub(crate) use key;

/// The text of a key.
pub fn say(key: Key) -> &'static str {
    say_at(usize::from(key.0))
}

/// Where the catalogue has the text of a key, found out when the program is compiled; for [`say_at`].
pub const fn place(key: &str) -> usize {
    table::place(key)
}

/// The text at a place of the catalogue.
pub fn say_at(place: usize) -> &'static str {
    let text = |language: Language| language.texts().get(place).copied();
    let english = || text(Language::English);
    text(language()).or_else(english).unwrap_or_default()
}

/// A piece of a text with places to fill.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Words as they are.
    Words(&'static str),
    /// The name of a place.
    Place(&'static str),
}

/// The text of a key in pieces, for callers that fill the places with more than text.
pub fn pieces(key: Key) -> impl Iterator<Item = Piece> {
    split(say(key))
}

fn split(text: &'static str) -> impl Iterator<Item = Piece> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            rest = after;
            return Some(Piece::Place(name));
        }
        // Bytes, since the first character may be longer than one; a brace never is part of one.
        let next = rest.bytes().skip(1).position(|byte| byte == b'{');
        let end = next.map_or(rest.len(), |at| at + 1);
        let (words, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Words(words))
    })
}

/// The text of a key with its places filled.
pub fn tell(key: Key, values: &[(&str, &dyn Display)]) -> String {
    fill(say(key), values)
}

fn fill(text: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let mut told = String::new();
    for piece in split(text) {
        match piece {
            Piece::Words(words) => told.push_str(words),
            Piece::Place(name) => {
                if let Some((_, value)) = values.iter().find(|(other, _)| *other == name) {
                    // Writing to a string cannot fail.
                    let _ = write!(told, "{value}");
                }
            }
        }
    }
    told
}

/// A text of a table that speaks English, under the key that it has in other languages.
pub fn other(key: &str, english: &'static str) -> &'static str {
    let spoken = language().texts();
    let place = table::place_of_table(key);
    place
        .and_then(|place| spoken.get(place))
        .unwrap_or(&english)
}

/// What a part of the program that knows no languages says in English (errors, claims of the checks), in
/// the language that is spoken: the lines of the catalogue whose keys begin with `known.` have the texts
/// with their places. What they do not have stays as it is: etcd's own texts are English everywhere.
pub fn translate(text: &str) -> String {
    if language() == Language::English {
        return text.to_owned();
    }
    let known = table::KNOWN.0..table::KNOWN.1;
    let english = &Language::English.texts()[known.clone()];
    let spoken = &language().texts()[known];
    let mut best = None;
    for (english, spoken) in english.iter().zip(spoken) {
        // Of several the one that says most by itself.
        if let Some((said, fills)) = recognize(english, text)
            && best.as_ref().is_none_or(|(_, most, _)| said > *most)
        {
            best = Some((*spoken, said, fills));
        }
    }
    let Some((told, _, fills)) = best else {
        return text.to_owned();
    };
    let translated = |(name, value)| (name, translate(value));
    let fills: Vec<(&str, String)> = fills.into_iter().map(translated).collect();
    let fills: Vec<(&str, &dyn Display)> = fills
        .iter()
        .map(|(name, value)| (*name, value as &dyn Display))
        .collect();
    fill(told, &fills)
}

/// Whether this can stand in a place: these names are for one word, the others for any words.
fn fits(name: &str, text: &str) -> bool {
    let one_word = ["member", "leader", "index", "term", "n"].contains(&name);
    !(one_word && text.contains(' '))
}

/// What stands in the places of a text with places, and how many bytes do not.
fn recognize<'a>(
    template: &'static str,
    text: &'a str,
) -> Option<(usize, Vec<(&'static str, &'a str)>)> {
    let pieces: Vec<Piece> = split(template).collect();
    let mut fills = Vec::new();
    let found = recognize_rest(&pieces, text, &mut fills);
    let filled: usize = fills.iter().map(|(_, value)| value.len()).sum();
    found.then(|| (text.len() - filled, fills))
}

fn recognize_rest<'a>(
    pieces: &[Piece],
    text: &'a str,
    fills: &mut Vec<(&'static str, &'a str)>,
) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Words(words), more @ ..] => text
            .strip_prefix(words)
            .is_some_and(|rest| recognize_rest(more, rest, fills)),
        [Piece::Place(name), more @ ..] => {
            let ends = text.char_indices().map(|(at, one)| at + one.len_utf8());
            for end in ends {
                if !fits(name, &text[..end]) {
                    return false;
                }
                fills.push((name, &text[..end]));
                if recognize_rest(more, &text[end..], fills) {
                    return true;
                }
                fills.pop();
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_texts_of_other_parts_are_recognized() {
        speak(Language::Portuguese);
        assert_eq!(
            translate("infra2 is paused; let it go on first"),
            "infra2 está pausado; retome-o primeiro"
        );
        // The longer of two that fit, and a text within a text.
        assert_eq!(
            translate(
                "Log Matching is violated: infra1 in term 2 lacks entry 5 and holds one of term 1 there (step 7, 0.012 s), but nobody (step 8, 0.013 s)"
            ),
            "Correspondência dos logs foi violada: infra1 no mandato 2 não tem a entrada 5 e tem ali uma do mandato 1 (passo 7, 0.012 s), mas ninguém (passo 8, 0.013 s)"
        );
        assert_eq!(
            translate("infra1 has commit index 5"),
            "infra1 tem índice de confirmação 5"
        );
        assert_eq!(translate("etcdserver: no leader"), "etcdserver: no leader");
        assert_eq!(translate(""), "");
        speak(Language::English);
        assert_eq!(translate("infra2 is not paused"), "infra2 is not paused");
    }

    #[test]
    fn places_are_filled_and_words_kept() {
        assert_eq!(
            tell(key!("words.test"), &[("member", &"infra1"), ("n", &2)]),
            "infra1 has 2 votes"
        );
    }

    #[test]
    fn each_thread_speaks_its_language() {
        speak(Language::Portuguese);
        assert_eq!(
            tell(key!("words.test"), &[("member", &"infra1"), ("n", &2)]),
            "infra1 tem 2 votos"
        );
        speak(Language::English);
    }

    #[test]
    fn tags_of_browsers_find_their_language() {
        assert_eq!(Language::of_tag("pt"), Some(Language::Portuguese));
        assert_eq!(Language::of_tag("en-GB"), Some(Language::English));
        assert_eq!(Language::of_tag("de"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
