//! Files: the same session, for people to keep.

use crate::links::lesson;
use crate::support::{crash, eventful, snapshot};
use quorum::sim::SimTime;
use quorum::timeline::{OpenError, Saved};

#[test]
fn a_file_gives_the_same_session_again() {
    let mut session = lesson();
    session.seek(SimTime(1_500_000));
    session.act(crash(2)).unwrap();
    session.advance(100_000);
    session.seek(SimTime(1_400_000));
    let saved = session.save();
    assert_eq!(saved.branches.len(), 2);
    let opened = Saved::from_text(&saved.to_file()).unwrap();
    assert_eq!(opened, saved);
    assert_eq!(snapshot(&opened.replay().unwrap()), snapshot(&session));
}

#[test]
fn a_file_says_what_it_is_and_has_the_link() {
    let saved = eventful(1).save();
    let file = saved.to_file();
    let expected = format!(
        "quorum recording, version 1\nmembers: 3, seed: 1, branches: 1, actions: 6\n\
         Open this file on the page of Quorum, or put what follows behind the page's address.\n\
         #r={}\n",
        saved.to_code()
    );
    assert_eq!(file, expected);
    // As an editor or a mail may change it.
    let changed = format!(
        "\u{feff}> {}  \r\n",
        file.trim_end().replace('\n', "\r\n> ")
    );
    assert_eq!(Saved::from_text(&changed), Ok(saved));
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let file = eventful(1).save().to_file();
    let cut = &file[..file.len() - 9];
    assert_eq!(Saved::from_text(cut), Err(OpenError::Damaged));
    let other = file.replace("#r=", "#r=!");
    assert_eq!(Saved::from_text(&other), Err(OpenError::Foreign));
    assert_eq!(Saved::from_text("{\"a\": 1}"), Err(OpenError::Foreign));
}
