//! A registry that holds one image, in memory: just what a pull asks for.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Serves until the program ends.
#[derive(Debug)]
pub(crate) struct Registry {
    reference: String,
}

#[derive(Debug)]
struct Image {
    manifest: Vec<u8>,
    parts: [Part; 2],
}

/// Named by its digest, which takes seconds to compute for a large one.
#[derive(Debug)]
struct Part {
    kind: &'static str,
    digest: String,
    bytes: Vec<u8>,
}

impl Part {
    fn new(kind: &'static str, bytes: Vec<u8>) -> Part {
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
        Part { kind, digest, bytes }
    }

    fn described(&self) -> serde_json::Value {
        json!({ "mediaType": self.kind, "digest": self.digest, "size": self.bytes.len() })
    }
}

impl Registry {
    /// With an image of one layer that starts `entry_point`.
    pub(crate) fn start(layer: Vec<u8>, entry_point: &[&str]) -> io::Result<Registry> {
        let config = json!({ "config": { "Entrypoint": entry_point } }).to_string().into_bytes();
        let parts = [Part::new(CONFIG, config), Part::new(LAYER, layer)];
        let [config, layer] = parts.each_ref().map(Part::described);
        let manifest =
            json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer] });
        let image = Arc::new(Image { manifest: manifest.to_string().into_bytes(), parts });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let reference = format!("{}/bench:latest", listener.local_addr()?);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let image = Arc::clone(&image);
                std::thread::spawn(move || image.serve(&stream));
            }
        });
        Ok(Registry { reference })
    }

    pub(crate) fn reference(&self) -> &str {
        &self.reference
    }
}

impl Image {
    /// One request a connection, which is closed at its end.
    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let part = self.parts.iter().find(|part| request.contains(&part.digest));
        let body = part.map_or(&self.manifest, |part| &part.bytes);
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: {MANIFEST}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        )?;
        stream.write_all(body)
    }
}

/// An archive of programs.
pub(crate) fn tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    const BLOCK_BYTES: usize = 512;
    let mut archive = Vec::new();
    for (name, content) in files {
        archive.extend_from_slice(&header(name, content.len()));
        archive.extend_from_slice(content);
        archive.resize(archive.len().next_multiple_of(BLOCK_BYTES), 0);
    }
    archive.resize(archive.len() + 2 * BLOCK_BYTES, 0);
    archive
}

/// Of POSIX's format, in which numbers are octal.
fn header(name: &str, size: usize) -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000755");
    put(124, &format!("{size:011o}"));
    put(136, "00000000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum = header.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}
