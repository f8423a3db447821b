//! The zip that a function's code is sent in.

use std::fs::{self, Metadata};
use std::io::{self, Cursor, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::limits::{UNZIPPED_CODE_MAX_BYTES, ZIPPED_CODE_MAX_BYTES};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Never part of a function's code.
const LEFT_OUT: [&str; 5] = [".git", ".hg", ".svn", "__pycache__", ".DS_Store"];

#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{} has no files.", path.display())]
    Empty { path: PathBuf },
    #[error("{} is a link to a folder, which a package cannot hold; copy the folder there.", path.display())]
    LinkedFolder { path: PathBuf },
    #[error("{} is neither a file nor a folder, and a package can hold nothing else.", path.display())]
    Kind { path: PathBuf },
    #[error("{} is not a name that a package can hold.", path.display())]
    Name { path: PathBuf },
    #[error("{} is {actual} bytes; a function's unpacked code may be {UNZIPPED_CODE_MAX_BYTES}.", path.display())]
    TooLarge { path: PathBuf, actual: u64 },
    #[error(
        "The package is {actual} bytes; a package sent inline may be {ZIPPED_CODE_MAX_BYTES}. Leave something out, or put it into S3."
    )]
    PackageTooLarge { actual: u64 },
    #[error("{}: {source}", path.display())]
    Zip { path: PathBuf, source: ZipError },
}

/// A zip, with what is needed to guess how to run it.
#[derive(Debug)]
pub(crate) struct Package {
    zip: Vec<u8>,
    /// The files at the top.
    names: Vec<String>,
}

impl Package {
    /// From a folder, a zip, or one file of code.
    pub(crate) fn read(path: &Path) -> Result<Package, PackageError> {
        let zip = if path.extension().is_some_and(|extension| extension == "zip") {
            check_zipped_size(metadata(path)?.len())?;
            fs::read(path).map_err(at(path))?
        } else {
            pack(path)?
        };
        check_zipped_size(zip.len() as u64)?;
        let names =
            open(&zip, path)?.file_names().filter(|name| !name.contains('/')).map(str::to_owned).collect();
        Ok(Package { zip, names })
    }

    pub(crate) fn zip(&self) -> &[u8] {
        &self.zip
    }

    /// The files at the top of the package.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The text of one file: None when it is not there, or no text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let mut archive = ZipArchive::new(Cursor::new(&self.zip)).ok()?;
        io::read_to_string(archive.by_name(name).ok()?).ok()
    }
}

fn open<'a>(zip: &'a [u8], path: &Path) -> Result<ZipArchive<Cursor<&'a [u8]>>, PackageError> {
    ZipArchive::new(Cursor::new(zip)).map_err(|source| PackageError::Zip { path: path.to_owned(), source })
}

/// The same files give the same bytes, whenever and wherever they are packed.
fn pack(path: &Path) -> Result<Vec<u8>, PackageError> {
    let mut files = Vec::new();
    if metadata(path)?.is_dir() {
        collect(path, path, &mut files)?;
    } else {
        files.push(File::new(path, path.parent().unwrap_or(Path::new("")))?);
    }
    if files.is_empty() {
        return Err(PackageError::Empty { path: path.to_owned() });
    }
    check_size(path, &files)?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in &files {
        file.write(&mut writer)?;
    }
    let written = writer.finish().map_err(|source| PackageError::Zip { path: path.to_owned(), source })?;
    Ok(written.into_inner())
}

/// Of a file or a folder, wherever links lead. Reading anything else might never end.
fn metadata(path: &Path) -> Result<Metadata, PackageError> {
    let metadata = fs::metadata(path).map_err(at(path))?;
    if metadata.is_file() || metadata.is_dir() {
        return Ok(metadata);
    }
    Err(PackageError::Kind { path: path.to_owned() })
}

fn check_zipped_size(actual: u64) -> Result<(), PackageError> {
    if actual > ZIPPED_CODE_MAX_BYTES as u64 {
        return Err(PackageError::PackageTooLarge { actual });
    }
    Ok(())
}

fn check_size(path: &Path, files: &[File]) -> Result<(), PackageError> {
    let actual = files.iter().map(|file| file.size).sum::<u64>();
    if actual > UNZIPPED_CODE_MAX_BYTES {
        return Err(PackageError::TooLarge { path: path.to_owned(), actual });
    }
    Ok(())
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<File>) -> Result<(), PackageError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        if LEFT_OUT.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let is_link = entry.file_type().map_err(at(&path))?.is_symlink();
        match metadata(&path)?.is_dir() {
            // Following it might never end.
            true if is_link => return Err(PackageError::LinkedFolder { path }),
            true => collect(&path, root, files)?,
            false => files.push(File::new(&path, root)?),
        }
    }
    Ok(())
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// In the package.
    name: String,
    size: u64,
    is_executable: bool,
}

impl File {
    fn new(path: &Path, root: &Path) -> Result<File, PackageError> {
        let name = path.strip_prefix(root).ok().and_then(Path::to_str).map(str::to_owned);
        let name = name.ok_or_else(|| PackageError::Name { path: path.to_owned() })?;
        let metadata = metadata(path)?;
        let is_executable = metadata.permissions().mode() & 0o111 != 0;
        Ok(File { path: path.to_owned(), name, size: metadata.len(), is_executable })
    }

    fn write(&self, writer: &mut ZipWriter<Cursor<Vec<u8>>>) -> Result<(), PackageError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(if self.is_executable { 0o755 } else { 0o644 });
        let content = fs::read(&self.path).map_err(at(&self.path))?;
        writer
            .start_file(self.name.as_str(), options)
            .map_err(|source| PackageError::Zip { path: self.path.clone(), source })?;
        writer.write_all(&content).map_err(at(&self.path))
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> PackageError {
    let path = path.to_owned();
    move |source| PackageError::File { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use rustix::fs::{FileType, Mode};

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn names(package: &Package) -> Vec<String> {
        let archive = ZipArchive::new(Cursor::new(package.zip())).unwrap();
        archive.file_names().map(str::to_owned).collect()
    }

    #[test]
    fn a_folder_is_packed_without_what_is_not_code() {
        let folder = folder(&[
            ("index.py", "x"),
            ("lib/a.py", "y"),
            (".git/config", ""),
            ("lib/__pycache__/a.pyc", ""),
        ]);
        let package = Package::read(folder.path()).unwrap();
        assert_eq!(names(&package), ["index.py", "lib/a.py"]);
        assert_eq!(package.names().collect::<Vec<_>>(), ["index.py"]);
        assert_eq!(package.text("lib/a.py").as_deref(), Some("y"));
        assert_eq!(package.text("nothing"), None);
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let files = [("b.py", "2"), ("a.py", "1")];
        let (one, other) = (folder(&files), folder(&files));
        assert_eq!(Package::read(one.path()).unwrap().zip(), Package::read(other.path()).unwrap().zip());
    }

    #[test]
    fn executables_stay_executable() {
        let folder = folder(&[("bootstrap", "#!/bin/sh"), ("data", "")]);
        fs::set_permissions(folder.path().join("bootstrap"), fs::Permissions::from_mode(0o700)).unwrap();
        let package = Package::read(folder.path()).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(package.zip())).unwrap();
        assert_eq!(archive.by_name("bootstrap").unwrap().unix_mode().unwrap() & 0o777, 0o755);
        assert_eq!(archive.by_name("data").unwrap().unix_mode().unwrap() & 0o777, 0o644);
    }

    #[test]
    fn one_file_is_a_package_and_a_zip_is_sent_as_it_is() {
        let folder = folder(&[("index.py", "x")]);
        let package = Package::read(&folder.path().join("index.py")).unwrap();
        assert_eq!(names(&package), ["index.py"]);
        let zip = folder.path().join("f.zip");
        fs::write(&zip, package.zip()).unwrap();
        assert_eq!(Package::read(&zip).unwrap().zip(), package.zip());
    }

    #[test]
    fn what_cannot_be_packed_is_named() {
        let folder = folder(&[("zip/broken.zip", "no zip"), ("empty/.git/x", ""), ("loop/f", "")]);
        symlink(folder.path(), folder.path().join("loop/back")).unwrap();
        let read = |name: &str| Package::read(&folder.path().join(name)).unwrap_err();
        assert!(matches!(read("zip/broken.zip"), PackageError::Zip { .. }));
        assert!(matches!(read("empty"), PackageError::Empty { .. }));
        assert!(matches!(read("loop"), PackageError::LinkedFolder { .. }));
        assert!(matches!(read("nothing"), PackageError::File { .. }));
    }

    #[test]
    fn what_is_neither_file_nor_folder_is_refused_unread() {
        let folder = folder(&[("code/index.py", "x"), ("linked/index.py", "x")]);
        let path = |name: &str| folder.path().join(name);
        let fifo = path("code/pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, FileType::Fifo, Mode::RUSR, 0).unwrap();
        symlink("/dev/zero", path("linked/zero")).unwrap();
        symlink(&fifo, path("pipe.zip")).unwrap();
        let cases = [
            (path("code"), fifo.clone()),
            (path("linked"), path("linked/zero")),
            (path("pipe.zip"), path("pipe.zip")),
            (PathBuf::from("/dev/zero"), PathBuf::from("/dev/zero")),
        ];
        for (given, named) in cases {
            let refused = Package::read(&given).unwrap_err().to_string();
            let expected = "is neither a file nor a folder, and a package can hold nothing else.";
            assert_eq!(refused, format!("{} {expected}", named.display()));
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_unread() {
        let folder = folder(&[("huge.zip", ""), ("huge.py", "")]);
        let read = |name: &str| {
            let path = folder.path().join(name);
            // More than any machine could read: it is one hole.
            fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
            Package::read(&path).unwrap_err()
        };
        assert!(matches!(read("huge.zip"), PackageError::PackageTooLarge { actual } if actual == 1 << 40));
        assert!(matches!(read("huge.py"), PackageError::TooLarge { actual, .. } if actual == 1 << 40));
    }
}
