//! A writer of JSON as Go's `encoding/json` prints it: no spaces, fields in the order in which they
//! are written, `<`, `>` and `&` escaped, byte strings in base64, numbers with all their digits.

use base64ct::{Base64, Encoding};
use std::fmt::{Display, Write};

/// A piece of JSON in the making.
#[derive(Default)]
pub(crate) struct Json(String);

impl Json {
    /// The text.
    pub fn finish(self) -> String {
        self.0
    }

    /// Begins an object or a list: `{` or `[`, in a list after a comma if one is needed.
    pub fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.0.push(bracket);
        self
    }

    /// Ends an object or a list.
    pub fn close(&mut self, bracket: char) -> &mut Self {
        self.0.push(bracket);
        self
    }

    /// The name of the next field.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.separate();
        string(&mut self.0, name);
        self.0.push(':');
        self
    }

    fn separate(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with(['{', '[', ':', ',']) {
            self.0.push(',');
        }
    }

    /// A number, `true`, `false` or `null`.
    pub fn plain(&mut self, value: impl Display) -> &mut Self {
        self.separate();
        let _ = write!(self.0, "{value}");
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        string(&mut self.0, text);
        self
    }

    /// A byte string.
    pub fn base64(&mut self, bytes: &[u8]) -> &mut Self {
        let text = Base64::encode_string(bytes);
        self.text(&text)
    }

    /// A field with a number, left out if it is 0 (`omitempty`).
    pub fn some_number(&mut self, name: &str, value: i64) -> &mut Self {
        if value != 0 {
            self.name(name).plain(value);
        }
        self
    }

    /// A field that is `true`, or left out.
    pub fn some_flag(&mut self, name: &str, value: bool) -> &mut Self {
        if value {
            self.name(name).plain(value);
        }
        self
    }

    /// A field with a text, left out if it is empty.
    pub fn some_text(&mut self, name: &str, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.name(name).text(text);
        }
        self
    }

    /// A field with a list of texts, left out if it is empty.
    pub fn some_texts(&mut self, name: &str, texts: &[String]) -> &mut Self {
        if !texts.is_empty() {
            self.name(name).texts(texts);
        }
        self
    }

    /// A list of texts.
    pub fn texts(&mut self, texts: &[String]) -> &mut Self {
        self.open('[');
        for text in texts {
            self.text(text);
        }
        self.close(']')
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | ..' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_gos() {
        let mut json = Json::default();
        json.open('{')
            .name("header")
            .open('{')
            .some_number("revision", 2)
            .close('}');
        json.some_flag("more", false).some_number("count", 0);
        json.name("kvs").open('[');
        for key in ["foo", "<&>"] {
            json.open('{').name("key").base64(key.as_bytes()).close('}');
        }
        json.close(']')
            .name("took")
            .text("1.2ms \"<&>\"\n")
            .name("ok")
            .plain(true);
        json.name("id").plain(u64::MAX).close('}');
        assert_eq!(
            json.finish(),
            concat!(
                r#"{"header":{"revision":2},"kvs":[{"key":"Zm9v"},{"key":"PCY+"}],"#,
                r#""took":"1.2ms \"\u003c\u0026\u003e\"\n","ok":true,"id":18446744073709551615}"#
            )
        );
    }
}
