//! Functions, versions, aliases and tags: their rules and the snapshot that invocations read.
