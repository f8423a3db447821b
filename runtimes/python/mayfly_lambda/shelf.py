"""Modules that are loaded ahead of need and lie ready: an import takes one from here instead of running its code.

Until then they are not among `sys.modules`, so a program sees what it would see without them. What is taken brings
along what its code would have imported, and what the program has of its own comes first: a module that is found
earlier on the path is imported from there, and whatever is built on its namesake is loaded anew.

Who hooks into imports gets real ones: the shelf is cleared.
"""

import builtins
import itertools
import os
import sys
import warnings

# What importlib.machinery names so; importing that would load modules unseen.
from importlib._bootstrap import ModuleSpec
from importlib._bootstrap_external import PathFinder

# What is loaded, with all that these import. boto3 is there when it was prepared for the runtime.
PRELOADED = (
    "asyncio",
    "base64",
    "concurrent.futures.thread",
    "contextlib",
    "copy",
    "csv",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "email.message",
    "enum",
    "gzip",
    "hashlib",
    "hmac",
    "html",
    "http.client",
    "inspect",
    "json",
    "logging",
    "pathlib",
    "queue",
    "random",
    "re",
    "secrets",
    "socket",
    "ssl",
    "string",
    "subprocess",
    "tempfile",
    "threading",
    "typing",
    "urllib.parse",
    "urllib.request",
    "uuid",
    "xml.etree.ElementTree",
    "zipfile",
    "boto3",
)


def fill(before):
    """Loads what is on the list. Names in `before` are every program's and stay where they are."""
    finders, filters = list(sys.meta_path), list(warnings.filters)
    recorder = _Recorder()
    with recorder:
        for name in PRELOADED:
            try:
                __import__(name)
            except ImportError:
                # Not every interpreter was built with everything, and not every runtime was prepared.
                pass
    return Shelf(set(sys.modules) - set(before), recorder.needs, finders, filters)


class _Recorder:
    """Notes which module's code has imported which others."""

    def __init__(self):
        self.needs = {}
        self._import = builtins.__import__
        self._under_way = []

    def __enter__(self):
        builtins.__import__ = self._record

    def __exit__(self, *_):
        builtins.__import__ = self._import

    def _record(self, name, globals=None, locals=None, fromlist=(), level=0):
        own = globals or {}
        absolute = _absolute(name, own.get("__package__"), level)
        needed = self.needs.setdefault(self._importer(own), set())
        needed.add(absolute)
        # Packages are there also when a part of them is not.
        needed.update(_parents(absolute))
        needed.update("%s.%s" % (absolute, item) for item in fromlist or ())
        self._under_way.append(absolute)
        try:
            return self._import(name, globals, locals, fromlist, level)
        finally:
            self._under_way.pop()

    def _importer(self, own):
        """The module whose code runs: a function of an older one, or native code, works for the one being loaded."""
        if getattr(own.get("__spec__"), "_initializing", False):
            return own["__name__"]
        return self._under_way[-1] if self._under_way else None


class Shelf:
    """A finder and loader of what is on it."""

    def __init__(self, names, needs, finders, filters):
        self._modules = {name: sys.modules[name] for name in sorted(names)}
        self._needs = {name: self._direct_needs(name, needs) for name in self._modules}
        self._needed_by = {}
        for name, needed in self._needs.items():
            for other in needed:
                self._needed_by.setdefault(other, set()).add(name)
        self._finders = [finder for finder in sys.meta_path if finder not in finders]
        self._filters = _added(warnings.filters, filters)
        self._path = list(sys.path)

    def get(self, name):
        return self._modules.get(name)

    def _direct_needs(self, name, needs):
        needed = set(needs.get(name, ()))
        needed.update(_parents(name))
        # Some modules make others by themselves.
        needed.update(other for other in self._modules if _maker(other, self._modules[other]) == name)
        return {other for other in needed if other in self._modules and other != name}

    def install(self):
        """Takes the modules out of sight."""
        for name in self._modules:
            del sys.modules[name]
        for name, module in self._modules.items():
            _part(name, module)
        sys.meta_path[:] = [self] + [finder for finder in sys.meta_path if finder not in self._finders]
        for filter, _ in self._filters:
            warnings.filters.remove(filter)

    def find_spec(self, name, path=None, target=None):
        if sys.meta_path[0] is not self:
            self._modules.clear()
        if name not in self._modules:
            return None
        self._give_way(self._all_needs(name))
        own = getattr(self._modules.get(name), "__spec__", None)
        return own and self._spec(name, own)

    def create_module(self, spec):
        """Shows what comes along, too."""
        taken = self._all_needs(spec.name)
        module = self._modules.get(spec.name) or sys.modules[spec.name]
        for name in taken:
            # Another thread may ask for one meanwhile; it is in one place or both.
            sys.modules[name] = self._modules[name]
        for name in taken:
            _join(name, self._modules.pop(name))
        self._show_finders()
        self._show_filters(taken)
        return module

    def exec_module(self, module):
        """Its code has run already. The import has just made this loader's description the module's."""
        module.__spec__ = module.__spec__.loader_state

    def _spec(self, name, own):
        spec = ModuleSpec(name, self, origin=own.origin, loader_state=own)
        spec.submodule_search_locations = own.submodule_search_locations
        return spec

    def _all_needs(self, name):
        return _reached(name, self._needs).intersection(self._modules)

    def _give_way(self, names):
        """Forgets what the program has of its own, and what was made with the shelf's."""
        for top in _tops(names).intersection(self._brought()):
            own = PathFinder.find_spec(top)
            preloaded = self._modules.get(top)
            if own and preloaded and own.origin != preloaded.__spec__.origin:
                self._forget(top)

    def _forget(self, top):
        for name in [name for name in self._modules if name.partition(".")[0] == top]:
            for built_on_it in _reached(name, self._needed_by):
                self._modules.pop(built_on_it, None)

    def _brought(self):
        """The names of whatever could be imported from places that the zygote has not."""
        for place in [place for place in sys.path if place not in self._path]:
            try:
                yield from (name.partition(".")[0] for name in os.listdir(place or "."))
            except NotADirectoryError:
                # An archive may hold anything.
                yield from _tops(self._modules)
            except OSError:
                pass

    def _show_finders(self):
        """A module's own finder is there from when the module is."""
        for finder in [finder for finder in self._finders if getattr(finder, "__module__", None) in sys.modules]:
            self._finders.remove(finder)
            sys.meta_path.append(finder)

    def _show_filters(self, taken):
        """What is done with a module's own warnings, too. None was given before, so nobody has to forget one."""
        for filter, is_last in [filter for filter in self._filters if filter[0][2].__module__ in taken]:
            self._filters.remove((filter, is_last))
            warnings.filters.insert(len(warnings.filters) if is_last else 0, filter)


def _added(filters, before):
    """Those that are new, oldest first, and whether they were put last. All others were put first."""
    first = list(itertools.takewhile(lambda filter: filter not in before, filters))
    last = [filter for filter in filters if filter not in before and filter not in first]
    return [(filter, False) for filter in reversed(first)] + [(filter, True) for filter in last]


def _absolute(name, package, level):
    if not level:
        return name
    base = package.rsplit(".", level - 1)[0]
    return "%s.%s" % (base, name) if name else base


def _part(name, module):
    """A package that is in sight does not name its parts that are not."""
    parent, _, leaf = name.rpartition(".")
    if getattr(sys.modules.get(parent), leaf, None) is module:
        delattr(sys.modules[parent], leaf)


def _join(name, module):
    parent, _, leaf = name.rpartition(".")
    if parent and leaf not in vars(sys.modules[parent]):
        setattr(sys.modules[parent], leaf, module)


def _parents(name):
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _maker(name, module):
    """The parent of a module that was not imported but made."""
    own = getattr(getattr(module, "__spec__", None), "name", None)
    return None if own == name else name.rpartition(".")[0]


def _tops(names):
    return {name.partition(".")[0] for name in names}


def _reached(start, edges):
    """Everything that the edges lead to, and the start."""
    reached = {start}
    waiting = [start]
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached
