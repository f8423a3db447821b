"""A zygote for tests: its children do what the first line that they are told says, in Python.

With the argument `linger`, whoever has forked a child does not end. With `within`, the zygote stays within a fork.
"""

import ctypes
import os
import random
import socket
import ssl
import sys
import time
import uuid

ENDED = 61  # ENODATA

library = ctypes.CDLL("/run/zygote.so")


def be_a_child():
    told = socket.socket(socket.AF_UNIX)
    told.connect("/run/runtime-api.sock")
    text = told.makefile().read()
    told.close()
    os.environ.clear()
    exec(compile(text, "told", "exec"), {"__name__": "told", "library": library})
    sys.stdout.flush()


def fork():
    """Whether this is the child. No process can be had in a sandbox that has just ended."""
    try:
        if os.fork():
            return False
    except OSError:
        return False
    if os.fork():
        while "linger" in sys.argv:
            time.sleep(60)
        os._exit(0)
    return True


def stay_within_a_fork():
    handlers = [ctypes.cast(library[name], ctypes.c_void_p) for name in ("zygote_before_fork", "zygote_after_fork")]
    ctypes.CDLL(None)["__register_atfork"](handlers[0], None, handlers[1], None)
    if os.fork():
        os._exit(0)
    be_a_child()


def main():
    # Whatever a generator keeps must not be what its children begin with.
    random.random(), uuid.uuid4(), ssl.RAND_bytes(1)
    assert library.zygote_start() == 0
    if "within" in sys.argv:
        return stay_within_a_fork()
    while True:
        answer = library.zygote_await()
        if answer == ENDED:
            return
        if answer:
            sys.exit(answer)
        if fork():
            library.zygote_enter()
            # OpenSSL knows a fork by its pid, and the child's may be the zygote's.
            ssl.RAND_add(os.urandom(32), 32)
            return be_a_child()
        library.zygote_release()


main()
