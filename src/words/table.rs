//! The catalogues as the program carries them: the texts, and for each key a fingerprint of three bytes. All of it is
//! made of the files when the program is compiled.
//!
//! The languages have their keys in the same order, English first, so that one list of fingerprints does for all
//! (`tests/words.rs` sees to it, and that no two fingerprints are the same).

// Reading two files takes the compiler a few million steps.
#![allow(long_running_const_eval)]

use super::Language;
use std::sync::OnceLock;

const EN: &[u8] = include_str!("en.txt").as_bytes();
const PT: &[u8] = include_str!("pt-BR.txt").as_bytes();

/// Where a line begins, where its key ends and where it ends itself.
struct Line {
    from: usize,
    key: usize,
    to: usize,
}

impl Line {
    /// The line from here on. Comments and what has no ` = ` have no key.
    const fn at(file: &[u8], from: usize) -> Line {
        let (mut to, mut key) = (from, from);
        while to < file.len() && file[to] != b'\n' {
            if key == from && file[to] == b'=' && to > from && file[from] != b'#' {
                key = to - 1;
            }
            to += 1;
        }
        Line { from, key, to }
    }

    const fn has_key(&self) -> bool {
        self.key > self.from
    }

    /// Where the text begins, after ` = `.
    const fn text(&self) -> usize {
        self.key + 3
    }
}

/// How many texts a file has, and how many bytes with a line's end after each.
const fn size(file: &[u8]) -> (usize, usize) {
    let (mut from, mut count, mut bytes) = (0, 0, 0);
    while from < file.len() {
        let line = Line::at(file, from);
        if line.has_key() {
            count += 1;
            bytes += line.to + 1 - line.text();
        }
        from = line.to + 1;
    }
    (count, bytes)
}

/// The texts of a file, one in a line.
const fn strip<const N: usize>(file: &[u8]) -> [u8; N] {
    let mut texts = [b'\n'; N];
    let (mut from, mut end) = (0, 0);
    while from < file.len() {
        let line = Line::at(file, from);
        if line.has_key() {
            let mut at = line.text();
            while at < line.to {
                texts[end] = file[at];
                end += 1;
                at += 1;
            }
            end += 1;
        }
        from = line.to + 1;
    }
    texts
}

/// FNV-1a, folded to three bytes.
const fn fingerprint(text: &[u8], from: usize, to: usize) -> u32 {
    let (mut hash, mut at) = (0x811c_9dc5_u32, from);
    while at < to {
        hash = (hash ^ text[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ (hash >> 24)) & 0xff_ffff
}

/// The fingerprints of all keys but the known ones, which nobody asks for.
const fn fingerprints<const N: usize>(file: &[u8]) -> [[u8; 3]; N] {
    let mut found = [[0; 3]; N];
    let (mut from, mut count, mut end) = (0, 0, 0);
    while from < file.len() {
        let line = Line::at(file, from);
        if line.has_key() {
            if count < KNOWN.0 || count >= KNOWN.1 {
                let [low, middle, high, _] = fingerprint(file, line.from, line.key).to_le_bytes();
                found[end] = [low, middle, high];
                end += 1;
            }
            count += 1;
        }
        from = line.to + 1;
    }
    found
}

/// From where to where the keys begin with `known.`.
const fn known(file: &[u8]) -> (usize, usize) {
    let start = b"known.";
    let (mut from, mut count, mut first, mut end) = (0, 0, 0, 0);
    while from < file.len() {
        let line = Line::at(file, from);
        if line.has_key() {
            let mut at = 0;
            while at < start.len() && file[line.from + at] == start[at] {
                at += 1;
            }
            if at == start.len() {
                if end == 0 {
                    first = count;
                }
                end = count + 1;
            }
            count += 1;
        }
        from = line.to + 1;
    }
    (first, end)
}

/// The places of the texts that are recognized.
pub(super) const KNOWN: (usize, usize) = known(EN);

const FINGERPRINTS: [[u8; 3]; size(PT).0 - (KNOWN.1 - KNOWN.0)] = fingerprints(PT);
static KEYS: [[u8; 3]; FINGERPRINTS.len()] = FINGERPRINTS;
static EN_TEXTS: [u8; size(EN).1] = strip(EN);
static PT_TEXTS: [u8; size(PT).1] = strip(PT);

/// The texts of a language, in the order of its file.
pub(super) fn texts(language: Language) -> Vec<&'static str> {
    let texts: &[u8] = match language {
        Language::English => &EN_TEXTS,
        Language::Portuguese => &PT_TEXTS,
    };
    // They were cut at ends of lines only.
    let texts = std::str::from_utf8(texts).unwrap_or_default();
    texts.lines().collect()
}

/// The place of the text with the fingerprint that stands here.
const fn place_of(at: usize) -> usize {
    if at < KNOWN.0 {
        at
    } else {
        at + (KNOWN.1 - KNOWN.0)
    }
}

/// Which text has this key; for the compiler, which refuses a key that no text has.
pub(super) const fn known_place(key: &str) -> usize {
    let wanted = fingerprint(key.as_bytes(), 0, key.len());
    let mut at = 0;
    while at < FINGERPRINTS.len() {
        let [low, middle, high] = FINGERPRINTS[at];
        if u32::from_le_bytes([low, middle, high, 0]) == wanted {
            return place_of(at);
        }
        at += 1;
    }
    panic!("no text of the catalogue has this key")
}

/// Which text has this key.
pub(super) fn place(key: &str) -> Option<usize> {
    static SORTED: OnceLock<Vec<(u32, u16)>> = OnceLock::new();
    let sorted = SORTED.get_or_init(|| {
        let keys = KEYS.iter().enumerate();
        let mut all: Vec<_> = keys
            .map(|(place, [low, middle, high])| {
                let place = u16::try_from(place_of(place)).unwrap_or(u16::MAX);
                (u32::from_le_bytes([*low, *middle, *high, 0]), place)
            })
            .collect();
        all.sort_unstable();
        all
    });
    let wanted = fingerprint(key.as_bytes(), 0, key.len());
    let at = sorted.binary_search_by_key(&wanted, |(key, _)| *key).ok()?;
    Some(usize::from(sorted[at].1))
}
