//! Deployment packages for fixture functions.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// A zip of the given files, each executable, since a `bootstrap` must be.
pub fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        archive.start_file(*path, options).expect("a fixture's path is valid");
        archive.write_all(content).expect("memory takes what is written");
    }
    archive.finish().expect("memory takes what is written").into_inner()
}
