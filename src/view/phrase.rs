//! Sentences of the catalogue with members and commands in them.

use super::frame::Span;
use crate::words::{Key, Piece, pieces};
use std::fmt::Display;

/// The text of a key with its places filled by spans. A place without a span stays empty.
pub fn phrase(key: Key, fills: &[(&str, Span)]) -> Vec<Span> {
    pieces(key)
        .filter_map(|piece| match piece {
            Piece::Words(words) => Some(Span::Text(words.to_owned())),
            Piece::Place(name) => fills
                .iter()
                .find(|(other, _)| *other == name)
                .map(|(_, span)| span.clone()),
        })
        .collect()
}

/// A number or a word as a span.
pub fn word(value: impl Display) -> Span {
    Span::Text(value.to_string())
}
