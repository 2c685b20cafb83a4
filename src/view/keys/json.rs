//! JSON with a line for each item. A JSON library would weigh as much as all of the tab.

/// Lists within lists are not followed any deeper.
const DEEPEST: usize = 100;

/// The text with a line for each item, if it is a JSON object or list. Numbers, names and their order stay
/// as they are written.
pub(super) fn indented(text: &str) -> Option<String> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        lines: String::new(),
    };
    reader.skip_space();
    if !matches!(reader.peek(), b'{' | b'[') {
        return None;
    }
    reader.value()?;
    reader.skip_space();
    (reader.at == text.len()).then_some(reader.lines)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    lines: String,
}

impl Reader<'_> {
    /// The next byte; 0, which JSON has nowhere, at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip(&mut self, is: fn(u8) -> bool) -> usize {
        let from = self.at;
        while is(self.peek()) && self.at < self.text.len() {
            self.at += 1;
        }
        self.at - from
    }

    fn skip_space(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn skip_if(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    /// Takes over what was read since `from`.
    fn keep(&mut self, from: usize) -> Option<()> {
        self.lines.push_str(self.text.get(from..self.at)?);
        Some(())
    }

    fn line(&mut self) {
        self.lines.push('\n');
        self.lines.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn value(&mut self) -> Option<()> {
        let from = self.at;
        match self.peek() {
            b'{' => return self.list(b'}'),
            b'[' => return self.list(b']'),
            b'"' => return self.string(),
            b't' | b'f' | b'n' => {
                self.skip(|byte| byte.is_ascii_lowercase());
                let word = &self.text[from..self.at];
                if !["true", "false", "null"].contains(&word) {
                    return None;
                }
            }
            _ => self.number()?,
        }
        self.keep(from)
    }

    fn number(&mut self) -> Option<()> {
        self.skip_if(b'-');
        let zero = self.peek() == b'0';
        let digits = self.skip(|byte| byte.is_ascii_digit());
        if digits == 0 || (zero && digits > 1) {
            return None;
        }
        if self.skip_if(b'.') && self.skip(|byte| byte.is_ascii_digit()) == 0 {
            return None;
        }
        if self.skip_if(b'e') || self.skip_if(b'E') {
            let _ = self.skip_if(b'+') || self.skip_if(b'-');
            if self.skip(|byte| byte.is_ascii_digit()) == 0 {
                return None;
            }
        }
        Some(())
    }

    fn string(&mut self) -> Option<()> {
        let from = self.at;
        if !self.skip_if(b'"') {
            return None;
        }
        while !self.skip_if(b'"') {
            if self.peek() < b' ' {
                return None;
            }
            if self.skip_if(b'\\') {
                let hex = |byte: &u8| byte.is_ascii_hexdigit();
                match self.peek() {
                    b'u' => {
                        let digits = self.text.as_bytes().get(self.at + 1..self.at + 5)?;
                        if !digits.iter().all(hex) {
                            return None;
                        }
                        self.at += 4;
                    }
                    byte if !b"\"\\/bfnrt".contains(&byte) => return None,
                    _ => {}
                }
            }
            self.at += 1;
        }
        self.keep(from)
    }

    /// A list, or an object, in which each value has a name.
    fn list(&mut self, close: u8) -> Option<()> {
        let from = self.at;
        self.at += 1;
        self.keep(from)?;
        self.depth += 1;
        self.skip_space();
        let empty = self.peek() == close;
        loop {
            if empty {
                break;
            }
            self.line();
            if close == b'}' {
                self.string()?;
                self.skip_space();
                if !self.skip_if(b':') {
                    return None;
                }
                self.lines.push_str(": ");
                self.skip_space();
            }
            if self.depth > DEEPEST {
                return None;
            }
            self.value()?;
            self.skip_space();
            if !self.skip_if(b',') {
                break;
            }
            self.lines.push(',');
            self.skip_space();
        }
        self.depth -= 1;
        if !empty {
            self.line();
        }
        let from = self.at;
        if !self.skip_if(close) {
            return None;
        }
        self.keep(from)
    }
}
