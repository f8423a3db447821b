//! Writes zip files byte by byte, so that they can say what no tool would write.

use std::io::Write;

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    name: Vec<u8>,
    content: Vec<u8>,
    mode: u32,
    method: u16,
    checksum: u32,
    claimed_size: u32,
}

impl Entry {
    pub(crate) fn named(name: &[u8], content: &[u8]) -> Entry {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        Entry {
            name: name.to_vec(),
            content: content.to_vec(),
            mode: 0o100_644,
            method: 0,
            checksum: crc.sum(),
            claimed_size: u32::try_from(content.len()).unwrap(),
        }
    }

    pub(crate) fn file(name: &str, content: &[u8]) -> Entry {
        Entry::named(name.as_bytes(), content)
    }

    pub(crate) fn directory(name: &str) -> Entry {
        Entry::file(name, b"").mode(0o040_755)
    }

    pub(crate) fn link(name: &str, target: &str) -> Entry {
        Entry::file(name, target.as_bytes()).mode(0o120_777)
    }

    pub(crate) fn deflated(name: &str, content: &[u8]) -> Entry {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        Entry { content: encoder.finish().unwrap(), method: 8, ..Entry::file(name, content) }
    }

    pub(crate) fn mode(self, mode: u32) -> Entry {
        Entry { mode, ..self }
    }

    pub(crate) fn claiming(self, claimed_size: u32) -> Entry {
        Entry { claimed_size, ..self }
    }

    pub(crate) fn with_wrong_checksum(self) -> Entry {
        Entry { checksum: self.checksum ^ 1, ..self }
    }

    /// What the local and the central header have in common.
    fn header(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for half in [20, 0, self.method, 0, 0x21] {
            bytes.extend_from_slice(&u16::to_le_bytes(half));
        }
        let compressed = u32::try_from(self.content.len()).unwrap();
        for word in [self.checksum, compressed, self.claimed_size] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(&u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&[0; 2]);
        bytes
    }

    fn central(&self, offset: u32) -> Vec<u8> {
        let made_on_unix = 0x031e_u16;
        let mut bytes = b"PK\x01\x02".to_vec();
        bytes.extend_from_slice(&made_on_unix.to_le_bytes());
        bytes.extend_from_slice(&self.header());
        bytes.extend_from_slice(&[0; 6]);
        bytes.extend_from_slice(&(self.mode << 16).to_le_bytes());
        bytes.extend_from_slice(&offset.to_le_bytes());
        bytes.extend_from_slice(&self.name);
        bytes
    }
}

pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        directory.extend(entry.central(u32::try_from(bytes.len()).unwrap()));
        bytes.extend_from_slice(b"PK\x03\x04");
        bytes.extend(entry.header());
        bytes.extend_from_slice(&entry.name);
        bytes.extend_from_slice(&entry.content);
    }
    let start = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    bytes.extend_from_slice(&directory);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&count);
    bytes.extend_from_slice(&count);
    bytes.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes
}
