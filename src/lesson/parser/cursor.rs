//! Reading one line, token by token, and remembering what could have stood where.

use super::super::error::{Place, ScriptError, nearest};
use super::super::script::Comparison;
use super::super::token::{Token, TokenKind};

/// A line being read.
///
/// Each question that is answered with "no" (`is there the word via?`) is remembered until the
/// next token is taken. When none is left to ask, [`Cursor::unexpected`] knows everything that
/// could have stood there.
pub(super) struct Cursor<'a> {
    line: usize,
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
    keywords: Vec<&'static str>,
    things: Vec<&'static str>,
}

pub(super) type Parsed<T> = Result<T, ScriptError>;

impl<'a> Cursor<'a> {
    pub(super) fn new(line: usize, source: &'a str, tokens: &'a [Token]) -> Self {
        Cursor {
            line,
            source,
            tokens,
            at: 0,
            keywords: Vec::new(),
            things: Vec::new(),
        }
    }

    /// The next token.
    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The next token's text if it is a word without quotes.
    pub(super) fn peek_word(&self) -> Option<&'a str> {
        self.word_at(self.at)
    }

    /// The same for the token after the next one.
    pub(super) fn peek_second_word(&self) -> Option<&'a str> {
        self.word_at(self.at + 1)
    }

    fn word_at(&self, at: usize) -> Option<&'a str> {
        match &self.tokens.get(at)?.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether the line is at its end.
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The number of tokens read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Where the next token stands; behind the last one at the end of the line.
    pub(super) fn place(&self) -> Place {
        match (self.peek(), self.tokens.last()) {
            (Some(token), _) => token.place,
            (None, Some(last)) => Place {
                line: self.line,
                column: last.place.column + last.place.length + 1,
                length: 1,
            },
            (None, None) => Place {
                line: self.line,
                column: 1,
                length: 1,
            },
        }
    }

    /// Where the token at this position stands.
    pub(super) fn place_of(&self, position: usize) -> Place {
        self.tokens
            .get(position)
            .map_or_else(|| self.place(), |token| token.place)
    }

    /// From the token at `start` to the last one read.
    pub(super) fn place_since(&self, start: usize) -> Place {
        let last = self.at.max(start + 1) - 1;
        match (self.tokens.get(start), self.tokens.get(last)) {
            (Some(first), Some(last)) => first.place.to(last.place),
            _ => self.place(),
        }
    }

    /// What the next token looks like to the author of the line.
    pub(super) fn found(&self) -> String {
        match self.peek() {
            Some(token) => token.shown(),
            None => "the end of the line".to_owned(),
        }
    }

    /// What was written from the token at `start` to the last one read.
    pub(super) fn text_since(&self, start: usize) -> String {
        let place = self.place_since(start);
        let from = self.source.chars().skip(place.column - 1);
        from.take(place.length).collect()
    }

    /// Takes the next token.
    pub(super) fn advance(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        self.keywords.clear();
        self.things.clear();
        token
    }

    /// Takes the next token if it is this word.
    pub(super) fn keyword(&mut self, word: &'static str) -> bool {
        let found = self.peek_word() == Some(word);
        if found {
            self.advance();
        } else {
            self.keywords.push(word);
        }
        found
    }

    /// Takes the next token if it is one of these words, and says what that word stands for.
    pub(super) fn one_of<T: Copy>(&mut self, words: &[(&'static str, T)]) -> Option<T> {
        words
            .iter()
            .find(|(word, _)| self.keyword(word))
            .map(|(_, meaning)| *meaning)
    }

    /// Takes the next token, which has to be this word.
    pub(super) fn need(&mut self, word: &'static str) -> Parsed<()> {
        if self.keyword(word) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// Takes the next token if it is a comparison.
    pub(super) fn comparison(&mut self) -> Option<Comparison> {
        if let TokenKind::Comparison(comparison) = self.peek()?.kind {
            self.advance();
            return Some(comparison);
        }
        self.could_be("a comparison");
        None
    }

    /// Takes the next token, which has to be a word or a text in quotes: a key, a value, a name.
    /// Says whether it was in quotes.
    pub(super) fn text(&mut self, thing: &'static str) -> Parsed<(&'a str, bool)> {
        let read = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => (word.as_str(), false),
            Some(TokenKind::Quoted(text)) => (text.as_str(), true),
            _ => {
                self.could_be(thing);
                return Err(self.unexpected());
            }
        };
        self.advance();
        Ok(read)
    }

    /// Takes the next token, which has to be a number from `min` to `max`.
    pub(super) fn number(&mut self, thing: &'static str, min: u64, max: u64) -> Parsed<u64> {
        let Some(word) = self.peek_word() else {
            self.could_be(thing);
            return Err(self.unexpected());
        };
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
            self.could_be(thing);
            return Err(self.unexpected());
        }
        match word.parse() {
            Ok(number) if (min..=max).contains(&number) => {
                self.advance();
                Ok(number)
            }
            _ => Err(self.error_here(format!(
                "{thing} has to be a number from {min} to {max}, not {word}"
            ))),
        }
    }

    /// Remembers that something else than a keyword could stand here.
    pub(super) fn could_be(&mut self, thing: &'static str) {
        self.things.push(thing);
    }

    /// The line has to be at its end.
    pub(super) fn end(&mut self) -> Parsed<()> {
        if self.at_end() {
            return Ok(());
        }
        self.could_be("the end of the line");
        Err(self.unexpected())
    }

    /// An error at the next token.
    pub(super) fn error_here(&self, message: impl Into<String>) -> ScriptError {
        self.error_at(self.place(), message)
    }

    /// An error somewhere in this line.
    pub(super) fn error_at(&self, place: Place, message: impl Into<String>) -> ScriptError {
        ScriptError {
            place,
            source: self.source.to_owned(),
            message: message.into(),
            help: None,
        }
    }

    /// The error for a token, or an end of the line, that nothing expected.
    pub(super) fn unexpected(&self) -> ScriptError {
        let found = self.found();
        let mut expected: Vec<String> = self.things.iter().map(|t| (*t).to_owned()).collect();
        expected.extend(self.keywords.iter().map(|word| format!("`{word}`")));
        expected.dedup();
        let mut error = self.error_here(format!("expected {}, found {found}", list(&expected)));
        error.help = self.guess();
        error
    }

    /// What the author of an unexpected token probably meant.
    fn guess(&self) -> Option<String> {
        match &self.peek()?.kind {
            TokenKind::Word(word) => {
                let near = nearest(word, self.keywords.iter().copied())?;
                Some(format!("did you mean `{near}`?"))
            }
            TokenKind::Comparison(_) if !self.things.contains(&"a comparison") => {
                Some("a key or a value with one of = < > ! needs quotes: \"a=b\"".to_owned())
            }
            _ => None,
        }
    }
}

/// `a, b or c`
fn list(items: &[String]) -> String {
    match items {
        [] => "nothing more".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
