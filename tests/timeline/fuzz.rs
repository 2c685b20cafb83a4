//! Random changes of good links and files: whatever they become, opening them ends soon, without
//! a panic, and with a reason or a session.

use crate::hostile::{body, code};
use crate::links::kept_links;
use proptest::prelude::*;
use proptest::sample::Index;
use quorum::timeline::{Replay, Replayer, Saved};

/// A change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Flip(Index, u8),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    /// Copies a part to another place.
    Copy(Index, Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    let bytes = prop::collection::vec(any::<u8>(), 1..12);
    let huge = prop::sample::select(vec![
        b"18446744073709551615".to_vec(),
        b"1e999".to_vec(),
        b"[[[[[[[[".to_vec(),
        vec![0xff; 10],
        vec![0xff, 0xff, 0xff, 0xff, 0x0f],
    ]);
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (place(), 1..20_u8).prop_map(|(at, count)| Change::Remove(at, count)),
        (place(), bytes).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), huge).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), place(), any::<u8>()).prop_map(|(from, to, count)| Change::Copy(from, to, count)),
    ]
}

fn apply(changes: &[Change], bytes: &mut Vec<u8>) {
    for change in changes {
        if bytes.is_empty() {
            return;
        }
        let len = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(len)] = *byte,
            Change::Flip(at, bit) => bytes[at.index(len)] ^= 1 << bit,
            Change::Remove(at, count) => {
                let at = at.index(len);
                bytes.drain(at..(at + usize::from(*count)).min(len));
            }
            Change::Insert(at, more) => {
                let at = at.index(len);
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Copy(from, to, count) => {
                let (from, to) = (from.index(len), to.index(len));
                let part = bytes[from..(from + usize::from(*count)).min(len)].to_vec();
                bytes.splice(to..to, part);
            }
        }
    }
}

/// Opens a text as a page would, for a while.
fn open(text: &str) -> Result<(), TestCaseError> {
    let saved = match Saved::from_text(text) {
        Ok(saved) => saved,
        Err(error) => {
            prop_assert!(!error.to_string().is_empty());
            return Ok(());
        }
    };
    prop_assert_eq!(Saved::from_text(&saved.to_file()), Ok(saved.clone()));
    let mut replay = match Replayer::new(saved) {
        Ok(replayer) => Replay::Running(Box::new(replayer)),
        Err(_) => return Ok(()),
    };
    for _ in 0..20 {
        let Replay::Running(replayer) = replay else {
            return Ok(());
        };
        replay = match replayer.advance(500) {
            Ok(replay) => replay,
            Err(_) => return Ok(()),
        };
    }
    Ok(())
}

/// The link and the file of each kept link.
fn corpus() -> Vec<(String, String)> {
    let parts = kept_links().into_iter().map(|(_, text)| {
        let (link, _) = text.split_once('\n').expect("a link and more");
        let file = Saved::from_text(link).expect("a good link").to_file();
        (link["#r=".len()..].to_owned(), file)
    });
    parts.collect()
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(), 1..6)
}

/// So many cases, unless `PROPTEST_CASES` says otherwise.
fn cases(usual: u32) -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = usual;
    }
    config.failure_persistence = None;
    config
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn changed_letters_of_a_link_are_survived(which: Index, changes in changes()) {
        let mut text = which.get(&corpus()).0.clone().into_bytes();
        apply(&changes, &mut text);
        open(&String::from_utf8_lossy(&text))?;
    }

    /// The checksum is made to fit, so that the changes are really read.
    #[test]
    fn changed_fields_of_a_link_are_survived(which: Index, changes in changes()) {
        let mut fields = body(&which.get(&corpus()).0);
        apply(&changes, &mut fields);
        open(&code(2, &fields))?;
        open(&code(3, &fields))?;
    }

    #[test]
    fn changed_files_are_survived(which: Index, changes in changes()) {
        let mut text = which.get(&corpus()).1.clone().into_bytes();
        apply(&changes, &mut text);
        open(&String::from_utf8_lossy(&text))?;
    }

    #[test]
    fn any_text_is_survived(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        open(&text)?;
        open(&code(2, &bytes))?;
        open(&code(3, &bytes))?;
    }
}
