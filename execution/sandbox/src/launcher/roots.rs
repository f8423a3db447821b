//! The root file systems made so far, each a mount namespace that sandboxes copy.
//!
//! Templates are known when the launcher starts and stay. Images come and go, named by their tree alone, so only the
//! ones used last are kept. A tree may be removed and made again under the same name; the folder's inode, which the
//! namespace keeps alive and the file system so cannot give away, tells the two apart.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::failure::At;
use crate::protocol::Failure;
use crate::spec::{Root, TemplateId, TemplateTable, TreeId};
use crate::{image_root, template};

use super::config::open_below;

/// A namespace with its mounts takes some tens of kilobytes of kernel memory; making one takes a millisecond.
const IMAGES_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct Roots {
    table: TemplateTable,
    /// Whether a user namespace of Mayfly's own must see a whole `/proc`.
    keep_proc: bool,
    /// Built at first use.
    templates: HashMap<TemplateId, OwnedFd>,
    /// The one used last stands last.
    images: VecDeque<ImageRoot>,
}

#[derive(Debug)]
struct ImageRoot {
    tree: TreeId,
    identity: Identity,
    namespace: OwnedFd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(folder: &OwnedFd) -> io::Result<Self> {
        let status = rustix::fs::fstat(folder)?;
        Ok(Self { device: status.st_dev, inode: status.st_ino })
    }
}

impl Roots {
    pub(super) fn new(table: TemplateTable, keep_proc: bool) -> Self {
        Self { table, keep_proc, templates: HashMap::new(), images: VecDeque::new() }
    }

    /// The namespace to copy; there once it was prepared.
    pub(super) fn namespace(&self, root: Root) -> Option<BorrowedFd<'_>> {
        match root {
            Root::Template(id) => self.templates.get(&id).map(AsFd::as_fd),
            Root::Image(tree) => {
                let image = self.images.iter().rfind(|image| image.tree == tree);
                image.map(|image| image.namespace.as_fd())
            }
        }
    }

    /// Makes the namespace if it is not there. `home` is the caller's own, to which it returns.
    pub(super) fn prepare(&mut self, root: Root, trees: &OwnedFd, home: &OwnedFd) -> Result<(), Failure> {
        match root {
            Root::Template(id) => self.prepare_template(id, home),
            Root::Image(tree) => self.prepare_image(tree, trees, home),
        }
    }

    fn prepare_template(&mut self, id: TemplateId, home: &OwnedFd) -> Result<(), Failure> {
        if !self.templates.contains_key(&id) {
            let template =
                self.table.templates.get(usize::from(id.0)).ok_or(Errno::NOENT).at("find the template")?;
            let namespace = match &template.root {
                Some(root) => image_root::build_template(root, &template.binds, home, self.keep_proc)?,
                None => template::build(template, home, self.keep_proc)?,
            };
            self.templates.insert(id, namespace);
        }
        Ok(())
    }

    fn prepare_image(&mut self, tree: TreeId, trees: &OwnedFd, home: &OwnedFd) -> Result<(), Failure> {
        let folder = open_below(trees, &tree.to_string()).at("open the image's tree")?;
        let identity = Identity::of(&folder).at("look at the image's tree")?;
        let known = self.images.iter().position(|image| image.tree == tree);
        let known = known.and_then(|index| self.images.remove(index));
        let image = match known {
            Some(known) if known.identity == identity => known,
            _ => {
                let namespace = image_root::build(&folder, &[], home, self.keep_proc)?;
                ImageRoot { tree, identity, namespace }
            }
        };
        if self.images.len() >= IMAGES_MAX {
            self.images.pop_front();
        }
        self.images.push_back(image);
        Ok(())
    }
}
