//! The catalogues as the program carries them: the texts, made of the files when the program is compiled. Keys are
//! their places by then; only what stands in tables that speak English is looked up as the program runs, by a
//! fingerprint of three bytes.
//!
//! The languages have their keys in the same order, English first, so that one place does for all (`tests/words.rs` sees
//! to it, and that no two fingerprints are the same).

// Reading two files takes the compiler a few million steps.
#![allow(long_running_const_eval)]

use super::Language;

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

/// The fingerprints of all keys, or of those from a place on.
const fn fingerprints<const N: usize>(file: &[u8], first: usize) -> [[u8; 3]; N] {
    let mut found = [[0; 3]; N];
    let (mut from, mut count) = (0, 0);
    while from < file.len() {
        let line = Line::at(file, from);
        if line.has_key() {
            if count >= first {
                let [low, middle, high, _] = fingerprint(file, line.from, line.key).to_le_bytes();
                found[count - first] = [low, middle, high];
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

/// How many texts all languages have. What follows them only other languages than English need.
const SHARED: usize = size(EN).0;
const FINGERPRINTS: [[u8; 3]; SHARED] = fingerprints(EN, 0);
static OF_TABLES: [[u8; 3]; size(PT).0 - SHARED] = fingerprints(PT, SHARED);
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

/// Where these stand in a list.
const fn find(fingerprints: &[[u8; 3]], key: &str) -> Option<usize> {
    let wanted = fingerprint(key.as_bytes(), 0, key.len());
    let mut at = 0;
    while at < fingerprints.len() {
        let [low, middle, high] = fingerprints[at];
        if u32::from_le_bytes([low, middle, high, 0]) == wanted {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Which text has this key; for the compiler, which refuses a key that no text has.
pub(super) const fn place(key: &str) -> usize {
    match find(&FINGERPRINTS, key) {
        Some(place) => place,
        None => panic!("no text of the catalogue has this key"),
    }
}

/// Which text that English lacks has this key.
pub(super) fn place_of_table(key: &str) -> Option<usize> {
    find(&OF_TABLES, key).map(|at| SHARED + at)
}
