//! The root file systems made so far, each a mount namespace that sandboxes copy, and with a ward if it is a template
//! that has a zygote.
//!
//! Templates are known when the launcher starts and stay. Images come and go, named by their tree alone, so only the
//! ones used last are kept. A tree may be removed and made again under the same name; the folder's inode, which the
//! namespace keeps alive and the file system so cannot give away, tells the two apart.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::process::Uid;

use crate::failure::At;
use crate::process::Command;
use crate::protocol::Failure;
use crate::spec::{Root, TemplateId, TemplateTable, TreeId};
use crate::template::HostProc;
use crate::uids::Uids;
use crate::{image_root, template};

use super::config::open_below;
use super::ward::Ward;

/// A namespace with its mounts takes some tens of kilobytes of kernel memory; making one takes a millisecond.
const IMAGES_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct Roots {
    table: TemplateTable,
    /// Whether the launcher itself is in a user namespace of Mayfly's own.
    rootless: bool,
    /// Built at first use.
    templates: HashMap<TemplateId, TemplateRoot>,
    /// The one used last stands last.
    images: VecDeque<ImageRoot>,
}

#[derive(Debug)]
struct TemplateRoot {
    namespace: OwnedFd,
    ward: Option<Ward>,
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

/// A root that was prepared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared<'a> {
    /// To copy.
    pub(super) namespace: BorrowedFd<'a>,
    /// What the copy shall belong to, if not the launcher's user namespace.
    pub(super) ward: Option<&'a Ward>,
}

impl Prepared<'_> {
    /// How the user namespace to which its sandboxes belong names an id of the launcher's.
    pub(super) fn inner(&self, uid: Uid) -> Uid {
        self.ward.map_or(uid, |ward| ward.inner(uid))
    }
}

impl Roots {
    pub(super) fn new(table: TemplateTable, rootless: bool) -> Self {
        Self { table, rootless, templates: HashMap::new(), images: VecDeque::new() }
    }

    pub(super) fn get(&self, root: Root) -> Result<Prepared<'_>, Failure> {
        let prepared = match root {
            Root::Template(id) => self.templates.get(&id).map(TemplateRoot::prepared),
            Root::Image(tree) => {
                let image = self.images.iter().rfind(|image| image.tree == tree);
                image.map(|image| Prepared { namespace: image.namespace.as_fd(), ward: None })
            }
        };
        prepared.ok_or(Errno::NOENT).at("find the root")
    }

    /// What the template's zygote runs, if it has one.
    pub(super) fn zygote(&self, id: TemplateId) -> Option<&Command> {
        self.table.templates.get(usize::from(id.0))?.zygote.as_ref()
    }

    pub(super) fn has_zygote(&self, root: Root) -> bool {
        matches!(root, Root::Template(id) if self.zygote(id).is_some())
    }

    /// Makes the namespace if it is not there. `home` is the caller's own, to which it returns.
    pub(super) fn prepare(
        &mut self,
        root: Root,
        trees: &OwnedFd,
        home: &OwnedFd,
        uids: &mut Uids,
    ) -> Result<(), Failure> {
        match root {
            Root::Template(id) => self.prepare_template(id, home, uids),
            Root::Image(tree) => self.prepare_image(tree, trees, home),
        }
    }

    fn prepare_template(&mut self, id: TemplateId, home: &OwnedFd, uids: &mut Uids) -> Result<(), Failure> {
        if self.templates.contains_key(&id) {
            return Ok(());
        }
        let template =
            self.table.templates.get(usize::from(id.0)).ok_or(Errno::NOENT).at("find the template")?;
        let in_ward = !self.rootless && template.zygote.is_some();
        let ward = if in_ward { Some(make_ward(uids)?) } else { None };
        let proc = self.host_proc(in_ward);
        let namespace = match &template.root {
            Some(root) => image_root::build_template(root, &template.binds, home, proc)?,
            None => template::build(template, home, proc)?,
        };
        self.templates.insert(id, TemplateRoot { namespace, ward });
        Ok(())
    }

    fn host_proc(&self, in_ward: bool) -> HostProc {
        match (self.rootless, in_ward) {
            (true, _) => HostProc::ReadOnly,
            (false, true) => HostProc::Shown,
            (false, false) => HostProc::Absent,
        }
    }

    fn prepare_image(&mut self, tree: TreeId, trees: &OwnedFd, home: &OwnedFd) -> Result<(), Failure> {
        let folder = open_below(trees, &tree.to_string()).at("open the image's tree")?;
        let identity = Identity::of(&folder).at("look at the image's tree")?;
        let known = self.images.iter().position(|image| image.tree == tree);
        let known = known.and_then(|index| self.images.remove(index));
        let image = match known {
            Some(known) if known.identity == identity => known,
            _ => {
                let namespace = image_root::build(&folder, &[], home, self.host_proc(false))?;
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

impl TemplateRoot {
    fn prepared(&self) -> Prepared<'_> {
        Prepared { namespace: self.namespace.as_fd(), ward: self.ward.as_ref() }
    }
}

fn make_ward(uids: &mut Uids) -> Result<Ward, Failure> {
    let ids = uids.all().ok_or(Errno::INVAL).at("find ids for a ward")?;
    let keeper = uids.lease().ok_or(Errno::USERS).at("lease a uid")?;
    Ward::make(ids, keeper).at("make a ward")
}
