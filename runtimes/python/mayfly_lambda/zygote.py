"""A process that has loaded what functions commonly import, and forks the runtimes that serve them.

It is the same program as any runtime, so nothing of the fork shows in a child's arguments and variables. The library
that Mayfly puts beside it says which sandbox the next child belongs to and takes it there. A zygote never sees
anything of a function.
"""

import gc
import io
import logging
import os
import site
import sys
import threading
import time

from . import shelf

_NO_MORE_ORDERS = 61  # ENODATA
_SEED_BYTES = 32

# Where the user of every sandbox is at home; the zygote's own is another.
_HOME = "/home/sbx_user1051"


def become_child(path, before):
    """Returns in the processes that are forked, each in its sandbox; true where somebody waits for it.

    `before` are the modules that every runtime has.
    """
    preloaded = _load(before)
    ssl, library = preloaded.get("ssl"), preloaded.get("ctypes").CDLL(path)
    _end_if(library.zygote_start())
    if ssl:
        # OpenSSL sets up its generators when they are first used: two megabytes for each child.
        ssl.RAND_bytes(1)
    preloaded.install()
    # What is there now is garbage in no child, and a collection must not write into pages that all of them share.
    gc.collect()
    gc.freeze()
    while True:
        _end_if(library.zygote_await())
        if _is_child():
            break
        library.zygote_release()
    library.zygote_enter()
    _begin_anew(preloaded)
    return bool(library.zygote_is_awaited())


def _load(before):
    """Some modules look up once where home is. A function with a home of its own is no child of a zygote."""
    os.environ["HOME"] = _HOME
    # Python has looked it up when it started.
    site.USER_BASE = site.USER_SITE = None
    site.getusersitepackages()
    preloaded = shelf.fill(before)
    del os.environ["HOME"]
    return preloaded


def _end_if(error):
    if error:
        os._exit(0 if error == _NO_MORE_ORDERS else error)


def _is_child():
    """Forks twice: the sandbox takes over a process whose parent has ended."""
    if not _fork():
        return False
    if not _fork():
        os._exit(0)
    return True


def _fork():
    """Whether this is the new process. A sandbox that has just ended takes none."""
    try:
        return os.fork() == 0
    except OSError:
        return False


def _begin_anew(preloaded):
    """Whatever a process makes when it starts, and no two may share. Python itself sees to `random`."""
    ssl, process = preloaded.get("ssl"), preloaded.get("multiprocessing.process")
    if ssl:
        # OpenSSL knows a fork by the pid, and the child's may be the zygote's.
        ssl.RAND_add(os.urandom(_SEED_BYTES), _SEED_BYTES)
    if process:
        process.current_process().authkey = os.urandom(_SEED_BYTES)
    # Older versions of Python leave it as it was before the fork.
    threading.main_thread()._native_id = threading.get_native_id()
    logging._startTime = time.time_ns() if isinstance(logging._startTime, int) else time.time()
    for name in ("stdout", "stderr"):
        stream = _reopened(getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)


def _reopened(stream):
    """As Python opens a standard stream. The one that is there believes that it writes to the zygote's."""
    raw = io.FileIO(stream.fileno(), "w", closefd=False)
    raw.name = stream.name
    text = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        newline="\n",
        line_buffering=stream.line_buffering,
    )
    text.mode = stream.mode
    return text
