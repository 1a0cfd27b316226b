//! Server-sent events, as the HTML standard describes them. In: bytes as they arrive, cut anywhere. Out: messages. Pure.

/// A message of the stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Its name; empty when it has none.
    pub(super) event: String,
    /// Where to go on after it.
    pub(super) id: Option<String>,
    /// What it holds.
    pub(super) data: String,
}

/// Cuts a stream into messages.
#[derive(Debug, Default)]
pub(super) struct Reader {
    bytes: Vec<u8>,
    message: Message,
    has_data: bool,
}

impl Reader {
    /// Takes what arrived and returns the messages that are whole now.
    pub(super) fn take(&mut self, chunk: &[u8]) -> Vec<Message> {
        self.bytes.extend_from_slice(chunk);
        let mut messages = Vec::new();
        let mut rest = 0;
        while let Some(length) = self.bytes[rest..].iter().position(|byte| *byte == b'\n') {
            let line = &self.bytes[rest..rest + length];
            let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
            rest += length + 1;
            messages.extend(self.line(&line));
        }
        self.bytes.drain(..rest);
        messages
    }

    /// How much has arrived that is no line yet.
    pub(super) fn pending(&self) -> usize {
        self.bytes.len() + self.message.data.len()
    }

    fn line(&mut self, line: &str) -> Option<Message> {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return std::mem::take(&mut self.has_data).then_some(message);
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.message.event),
            "id" => self.message.id = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.message.data.push('\n');
                }
                self.has_data = true;
                self.message.data.push_str(value);
            }
            // Comments, which keep the connection alive, and what a later version may add.
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = ": connected\nretry: 1000\n\nevent: audit\nid: c1\ndata: {\"a\":\ndata: \"ü\"}\r\n\r\n: \n\nevent: skipped\ndata\n\n";

    fn expected() -> Vec<Message> {
        let data = "{\"a\":\n\"ü\"}".to_owned();
        let audit = Message { event: "audit".to_owned(), id: Some("c1".to_owned()), data };
        vec![audit, Message { event: "skipped".to_owned(), ..Message::default() }]
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_cut(cuts in proptest::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let (mut reader, mut found, mut from) = (Reader::default(), Vec::new(), 0);
            for to in cuts.into_iter().chain([STREAM.len()]) {
                found.extend(reader.take(&STREAM.as_bytes()[from..to]));
                from = to;
            }
            prop_assert_eq!(found, expected());
            prop_assert_eq!(reader.pending(), 0);
        }
    }
}
