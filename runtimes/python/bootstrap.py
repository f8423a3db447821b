"""Starts the Python runtime client: puts the module search path in AWS's order and runs the loop."""

import os
import sys


def search_path(inherited):
    """The function's own code first, then its layers, the SDK and client, and Python's library last."""
    version = "python%d.%d" % sys.version_info[:2]
    task = os.environ.get("LAMBDA_TASK_ROOT", "/var/task")
    first = [task, "/opt/python/lib/%s/site-packages" % version, "/opt/python"]
    return first + [folder for folder in dict.fromkeys(inherited) if folder not in first]


if __name__ == "__main__":
    sys.path[:] = search_path(sys.path)

    from mayfly_lambda import loop

    loop.run()
