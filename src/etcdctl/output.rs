//! What commands print, and how they end.

/// Where a text is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// What a command has printed, in order. Texts hold whole lines, but for those of prompts.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Output {
    /// The texts, neighbours on different streams.
    pub texts: Vec<(Stream, String)>,
}

impl Output {
    /// Prints a text.
    pub fn print(&mut self, stream: Stream, text: &str) {
        match self.texts.last_mut() {
            _ if text.is_empty() => {}
            Some((last, before)) if *last == stream => before.push_str(text),
            _ => self.texts.push((stream, text.to_owned())),
        }
    }

    /// Prints a line to standard output.
    pub fn line(&mut self, text: &str) {
        self.print(Stream::Out, text);
        self.print(Stream::Out, "\n");
    }

    /// Prints a line to standard error.
    pub fn error(&mut self, text: &str) {
        self.print(Stream::Err, text);
        self.print(Stream::Err, "\n");
    }

    /// Prints all of another output.
    pub fn append(&mut self, other: Output) {
        for (stream, text) in other.texts {
            self.print(stream, &text);
        }
    }

    /// How many bytes were printed.
    pub(crate) fn len(&self) -> usize {
        self.texts.iter().map(|(_, text)| text.len()).sum()
    }

    /// What was printed after so many bytes.
    pub(crate) fn after(self, mut bytes: usize) -> Output {
        let mut rest = Output::default();
        for (stream, text) in self.texts {
            let skipped = bytes.min(text.len());
            bytes -= skipped;
            rest.print(stream, text.get(skipped..).unwrap_or_default());
        }
        rest
    }

    /// All that was printed on a stream.
    pub fn all(&self, stream: Stream) -> String {
        let texts = self.texts.iter().filter(|(on, _)| *on == stream);
        texts.map(|(_, text)| text.as_str()).collect()
    }
}

/// How a command ends before its time: with an exit code, after a last message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// It prints `Error: ` and the message to standard error and ends with the code.
    Fail(u8, String),
    /// It ends with the code, having said what there was to say.
    Exit(u8),
    /// It has to be told more on standard input, which is still open: run it again when there is.
    More,
}

/// A failure with an exit code and a message.
pub(crate) fn fail<T>(code: u8, message: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Fail(code, message.into()))
}

/// etcdctl's exit codes.
pub(crate) mod exit {
    /// A refusal, mostly by the server.
    pub const ERROR: u8 = 1;
    /// The client could not be made.
    pub const BAD_CONNECTION: u8 = 2;
    /// Standard input that cannot be understood.
    pub const INVALID_INPUT: u8 = 3;
    /// A flag with a value that is not supported.
    pub const BAD_FEATURE: u8 = 4;
    /// Interrupted, or the watch is over.
    pub const INTERRUPTED: u8 = 5;
    /// Wrong arguments.
    pub const BAD_ARGS: u8 = 128;
}
