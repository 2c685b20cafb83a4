//! Standard input of a command.

use super::output::Stop;

/// Standard input: what is there, how far it is read, and whether more may come.
#[derive(Clone, Debug)]
pub(crate) struct Input<'a> {
    text: &'a str,
    open: bool,
}

impl<'a> Input<'a> {
    /// A standard input that holds a text. `open`: more may be typed.
    pub fn new(text: &'a str, open: bool) -> Input<'a> {
        Input { text, open }
    }

    /// The next line with its end, or the last one without; `None` at the end.
    ///
    /// # Errors
    /// [`Stop::More`] if the line is not whole yet.
    pub fn line(&mut self) -> Result<Option<&'a str>, Stop> {
        let end = match self.text.find('\n') {
            Some(at) => at + 1,
            None if self.open => return Err(Stop::More),
            None => self.text.len(),
        };
        let (line, rest) = self.text.split_at(end);
        self.text = rest;
        Ok((!line.is_empty()).then_some(line))
    }

    /// Everything up to the end.
    ///
    /// # Errors
    /// [`Stop::More`] if it is still open.
    pub fn rest(&mut self) -> Result<&'a str, Stop> {
        if self.open {
            return Err(Stop::More);
        }
        Ok(std::mem::take(&mut self.text))
    }
}
