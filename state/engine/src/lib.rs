//! The durable engine: documents with compare-and-set and a change feed, and blobs.
