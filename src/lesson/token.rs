//! A line of a script, cut into words.

use super::error::{Place, ScriptError};
use super::script::Comparison;

/// What a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TokenKind {
    /// A word without quotes.
    Word(String),
    /// A word in quotes, with its escapes resolved. Never a keyword.
    Quoted(String),
    /// `|`
    Bar,
    /// `=`, `<` and so on.
    Comparison(Comparison),
    /// `->`
    Arrow,
    /// `<->`
    BothWays,
}

/// A token and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) place: Place,
}

impl Token {
    /// The token as the author of a script would recognise it.
    pub(super) fn shown(&self) -> String {
        match &self.kind {
            TokenKind::Word(word) => format!("`{}`", clip(word)),
            TokenKind::Quoted(text) => format!("\"{}\"", clip(text)),
            TokenKind::Bar => "`|`".to_owned(),
            TokenKind::Comparison(comparison) => format!("`{comparison}`"),
            TokenKind::Arrow => "`->`".to_owned(),
            TokenKind::BothWays => "`<->`".to_owned(),
        }
    }
}

/// The first characters of a long word.
fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Cuts a line into tokens. A `#` where a token could begin starts a comment.
pub(super) fn tokens(line: usize, source: &str) -> Result<Vec<Token>, ScriptError> {
    let mut reader = Reader {
        line,
        source,
        characters: source.chars().collect(),
        at: 0,
    };
    let mut tokens = Vec::new();
    while let Some(c) = reader.peek() {
        if c.is_whitespace() {
            reader.at += 1;
            continue;
        }
        if c == '#' {
            break;
        }
        let start = reader.at;
        let kind = reader.token(c)?;
        let place = reader.place(start);
        tokens.push(Token { kind, place });
    }
    Ok(tokens)
}

struct Reader<'a> {
    line: usize,
    source: &'a str,
    characters: Vec<char>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    /// From the position `start` to the present one.
    fn place(&self, start: usize) -> Place {
        Place {
            line: self.line,
            column: start + 1,
            length: (self.at - start).max(1),
        }
    }

    fn error(&self, start: usize, message: impl Into<String>, help: &str) -> ScriptError {
        ScriptError {
            place: self.place(start),
            source: self.source.to_owned(),
            message: message.into(),
            help: (!help.is_empty()).then(|| help.to_owned()),
        }
    }

    fn token(&mut self, first: char) -> Result<TokenKind, ScriptError> {
        for (arrow, kind) in [("->", TokenKind::Arrow), ("<->", TokenKind::BothWays)] {
            let length = arrow.chars().count();
            let here = self.characters[self.at..].iter().take(length);
            if here.copied().eq(arrow.chars()) {
                self.at += length;
                return Ok(kind);
            }
        }
        match first {
            '"' => self.quoted(),
            '|' => {
                self.at += 1;
                Ok(TokenKind::Bar)
            }
            '=' | '<' | '>' | '!' => self.comparison(),
            _ => Ok(self.word()),
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| !c.is_whitespace() && !"|\"=<>!".contains(c))
        {
            self.at += 1;
        }
        TokenKind::Word(self.characters[start..self.at].iter().collect())
    }

    fn comparison(&mut self) -> Result<TokenKind, ScriptError> {
        let start = self.at;
        while self.peek().is_some_and(|c| "=<>!".contains(c)) {
            self.at += 1;
        }
        let text: String = self.characters[start..self.at].iter().collect();
        match Comparison::from_symbol(&text) {
            Some(comparison) => Ok(TokenKind::Comparison(comparison)),
            None => {
                let help = match text.as_str() {
                    "==" => "equality is written `=`",
                    "<>" => "inequality is written `!=`",
                    "=<" => "write `<=`",
                    "=>" => "write `>=`",
                    _ => "in a key or a value these characters need quotes: \"a=b!\"",
                };
                Err(self.error(start, format!("there is no comparison `{text}`"), help))
            }
        }
    }

    fn quoted(&mut self) -> Result<TokenKind, ScriptError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(self.error(
                        start,
                        "this quote is never closed",
                        "add a \" at the end of the text, on the same line",
                    ));
                }
                Some('"') => break,
                Some('\\') => text.push(self.escape()?),
                Some(c) => text.push(c),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(TokenKind::Quoted(text))
    }

    /// Reads an escape and stays on its last character.
    fn escape(&mut self) -> Result<char, ScriptError> {
        let start = self.at;
        self.at += 1;
        let known = match self.peek() {
            Some(c @ ('"' | '\\')) => Some(c),
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            _ => None,
        };
        known.ok_or_else(|| {
            self.at = (self.at + 1).min(self.characters.len());
            let message = "there is no such escape in quotes";
            self.error(
                start,
                message,
                r#"the escapes are \" \\ \n \t \r \0; a backslash itself is written \\"#,
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::TokenKind::{Bar, Quoted, Word};
    use super::*;

    fn kinds(source: &str) -> Vec<TokenKind> {
        let tokens = tokens(1, source).unwrap();
        tokens.into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn words_end_at_spaces_bars_quotes_and_comparisons() {
        assert_eq!(
            kinds("a|b \"c\" d>=1"),
            [
                Word("a".into()),
                Bar,
                Word("b".into()),
                Quoted("c".into()),
                Word("d".into()),
                TokenKind::Comparison(Comparison::AtLeast),
                Word("1".into()),
            ]
        );
    }

    #[test]
    fn a_comment_begins_only_where_a_token_could() {
        assert_eq!(kinds("a#b # c"), [Word("a#b".into())]);
        assert_eq!(kinds("# nothing"), []);
        assert_eq!(kinds("\"# no\""), [Quoted("# no".into())]);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            kinds(r#""a \"b\" \\ \n""#),
            [Quoted("a \"b\" \\ \n".into())]
        );
    }

    #[test]
    fn open_quotes_and_unknown_escapes_are_named_with_their_place() {
        let error = tokens(3, "put a \"b").unwrap_err();
        assert_eq!((error.place.column, error.place.length), (7, 2));
        let error = tokens(3, r#"put a "b\q""#).unwrap_err();
        assert_eq!((error.place.column, error.place.length), (9, 2));
        let error = tokens(3, "term == 2").unwrap_err();
        assert_eq!(error.help.as_deref(), Some("equality is written `=`"));
    }

    #[test]
    fn columns_count_characters() {
        let tokens = tokens(1, "put ключ значение via infra1").unwrap();
        assert_eq!(tokens[2].place.column, 10);
    }
}
