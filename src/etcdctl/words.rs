//! A line of a shell: variables, comments, here-documents, and the words of the rest.

use super::env::Env;

/// A line that was understood.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Words {
    /// Its words, without quotes.
    pub words: Vec<String>,
    /// The word that ends the here-document that follows, if one does.
    pub here: Option<String>,
}

/// Reads a line.
///
/// # Errors
/// What this console does not do, or quotes that are not closed.
pub(crate) fn read(line: &str, env: &Env) -> Result<Words, String> {
    let (text, here) = expand(line, env)?;
    match shlex::split(&text) {
        Some(words) => Ok(Words { words, here }),
        None => Err("a quote is not closed".to_owned()),
    }
}

/// Whether something stands in quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// Puts the values of variables in, cuts comments off, and takes out the mark of a here-document.
fn expand(line: &str, env: &Env) -> Result<(String, Option<String>), String> {
    let mut text = String::new();
    let mut here = None;
    let mut quotes = Quotes::None;
    let mut rest = line.chars();
    let mut at_word = true;
    while let Some(c) = rest.next() {
        let starts_word = std::mem::replace(&mut at_word, c.is_whitespace());
        match (quotes, c) {
            (Quotes::Single, '\'') | (Quotes::Double, '"') => quotes = Quotes::None,
            (Quotes::Single, _) => {}
            (_, '\\') => {
                text.push(c);
                text.extend(rest.next());
                continue;
            }
            (_, '$') => {
                variable(&mut text, &mut rest, quotes, env);
                continue;
            }
            (Quotes::Double, '`') => return Err(too_much("`")),
            (Quotes::Double, _) => {}
            (Quotes::None, '\'') => quotes = Quotes::Single,
            (Quotes::None, '"') => quotes = Quotes::Double,
            (Quotes::None, '#') if starts_word => break,
            (Quotes::None, '<') if rest.as_str().starts_with('<') => {
                rest.next();
                here = Some(delimiter(&mut rest)?);
                at_word = true;
                continue;
            }
            (Quotes::None, '|' | '&' | ';' | '<' | '>' | '(' | ')' | '`') => {
                return Err(too_much(&c.to_string()));
            }
            (Quotes::None, _) => {}
        }
        text.push(c);
    }
    Ok((text, here))
}

fn too_much(what: &str) -> String {
    format!(
        "this console runs one command at a time and knows no `{what}`: put it in quotes to mean it \
         as it is"
    )
}

/// Puts the value of the variable in that follows a `$`.
fn variable(text: &mut String, rest: &mut std::str::Chars<'_>, quotes: Quotes, env: &Env) {
    let after = rest.as_str();
    let braced = after
        .strip_prefix('{')
        .and_then(|inner| inner.split_once('}'));
    let length = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let (name, taken) = match braced {
        Some((name, _)) => (name, name.len() + 2),
        None => {
            let length = length.unwrap_or(after.len());
            (&after[..length], length)
        }
    };
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        text.push_str("\\$");
        return;
    }
    for c in env.variable(name).unwrap_or_default().chars() {
        let special = match quotes {
            Quotes::Double => "\"\\$`".contains(c),
            _ => "\"'\\$`#".contains(c),
        };
        if special {
            text.push('\\');
        }
        text.push(c);
    }
    *rest = after[taken..].chars();
}

/// The word after `<<`.
fn delimiter(rest: &mut std::str::Chars<'_>) -> Result<String, String> {
    let after = rest.as_str();
    let word = after.strip_prefix('-').unwrap_or(after).trim_start();
    let end = word.find(char::is_whitespace).unwrap_or(word.len());
    let (word, after) = word.split_at(end);
    *rest = after.chars();
    let word = word.trim_matches(['\'', '"']);
    if word.is_empty() || word.starts_with('<') {
        return Err("after << the word must follow that ends the text, as in <<EOF".to_owned());
    }
    Ok(word.to_owned())
}

/// A word like `NAME=value`.
pub(crate) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let good = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (good && starts).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        let mut env = Env::default();
        env.export("A", "one two");
        env.export("Q", "it's \"$A\" # \\");
        read(line, &env).unwrap().words
    }

    #[test]
    fn quotes_and_escapes() {
        for (line, expected) in [
            (
                r#"etcdctl put foo "hello world""#,
                &["etcdctl", "put", "foo", "hello world"][..],
            ),
            (
                r#"a "quote \" and <tag> & more" '' """#,
                &["a", "quote \" and <tag> & more", "", ""],
            ),
            (
                r"a\ b 'c\d' \#x x#y # comment",
                &["a b", r"c\d", "#x", "x#y"],
            ),
            ("", &[]),
            ("  # nothing", &[]),
            ("Grüße 'a'\"b\"c", &["Grüße", "abc"]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }

    #[test]
    fn variables() {
        for (line, expected) in [
            ("$A", &["one", "two"][..]),
            (
                "\"$A\" ${A}x '$A' \\$A $ $1 $NONE",
                &["one two", "one", "twox", "$A", "$A", "$", "$1"],
            ),
            ("\"$Q\"", &["it's \"$A\" # \\"]),
            ("x$Q", &["xit's", "\"$A\"", "#", "\\"]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }

    #[test]
    fn here_documents() {
        let env = Env::default();
        for line in [
            "etcdctl txn <<EOF",
            "etcdctl txn <<'EOF' ",
            "etcdctl txn << \"EOF\"",
            "etcdctl txn <<-EOF",
        ] {
            let read = read(line, &env).unwrap();
            assert_eq!(read.words, ["etcdctl", "txn"], "{line}");
            assert_eq!(read.here.as_deref(), Some("EOF"), "{line}");
        }
    }

    #[test]
    fn what_is_not_done_is_said() {
        let env = Env::default();
        for (line, part) in [
            ("a | b", "`|`"),
            ("a > b", "`>`"),
            ("a; b", "`;`"),
            ("a `b`", "``"),
            ("a <<", "EOF"),
            ("a <<< b", "EOF"),
            ("a 'b", "quote"),
            ("a \"b", "quote"),
        ] {
            let error = read(line, &env).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
