"""Where the function is: its variables, its folder, and where its modules are looked for.

A process may be started before there is a function for it. It then has no handler's name, and waits for the
function's variables; from there on it is as any other.
"""

import os
import sys
import time


def is_known():
    return "_HANDLER" in os.environ


def take(variables):
    """Becomes the process that these variables would have started. What was there before, every function has."""
    before = os.environ.get("TZ")
    os.environ.update(variables)
    if os.environ.get("TZ") != before:
        time.tzset()


def enter():
    """Goes to the function's code. The folder that is there now is not the one that was there before."""
    os.chdir(root())


def root():
    return os.environ.get("LAMBDA_TASK_ROOT", "/var/task")


def search_path(inherited):
    """The function's own code first, then its layers, the SDK and client, and Python's library last."""
    version = "python%d.%d" % sys.version_info[:2]
    first = [root(), "/opt/python/lib/%s/site-packages" % version, "/opt/python"]
    return first + [folder for folder in dict.fromkeys(inherited) if folder not in first]
