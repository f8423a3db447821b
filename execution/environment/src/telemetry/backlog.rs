//! What happened in an init before anybody subscribed, for those who will.

use super::document::Document;

/// As much as the largest batch that a subscriber can ask for; what comes then is lost to those who subscribe later.
const MAX_BYTES: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Backlog {
    documents: Vec<Document>,
    bytes: usize,
}

impl Backlog {
    pub(super) fn push(&mut self, document: Document) {
        let size = document.size();
        if self.bytes + size <= MAX_BYTES {
            self.bytes += size;
            self.documents.push(document);
        }
    }

    pub(super) fn documents(&self) -> &[Document] {
        &self.documents
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::super::document::Stream;
    use super::*;

    #[test]
    fn keeps_the_first_megabyte() {
        let mut backlog = Backlog::default();
        let line = vec![b'x'; 100 * 1024];
        for _ in 0..50 {
            backlog.push(Document::line(Stream::Function, Timestamp::default(), &line));
        }
        assert_eq!(backlog.documents().len(), 10);
        let empty = vec![];
        for _ in 0..10_000 {
            backlog.push(Document::line(Stream::Function, Timestamp::default(), &empty));
        }
        assert!(backlog.documents().len() < 100);
    }
}
