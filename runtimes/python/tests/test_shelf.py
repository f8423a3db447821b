"""What lies ready is imported as if it did not; each test is a program of its own."""

import os
import subprocess
import sys
import tempfile
import unittest

CLIENT = os.path.join(os.path.dirname(__file__), "..")

FILL = """
import sys
sys.path[:0] = [%r, sys.argv[1]]
import importlib, json, logging, os, socket, time, traceback
from mayfly_lambda import loop
before = list(sys.modules)
if len(sys.argv) > 3:
    from mayfly_lambda import shelf
    shelf.PRELOADED += ("made_ahead",)
    shelf.fill(before).install()
sys.path.insert(0, sys.argv[2])
""" % os.path.abspath(CLIENT)

RUNTIME_S = {
    "made_ahead/__init__.py": "import made_below\nfrom . import part\nwhose = made_below.whose\n",
    "made_ahead/part.py": "import uuid\ndef later():\n    import made_ahead.rare\n",
    "made_ahead/rare.py": "",
    "made_below.py": "import sys\nwhose = 'the runtime'\nloads = getattr(sys, 'loads', 0) + 1\nsys.loads = loads\n",
}


def printed(program, own=(), runtime_s=(), ahead=True):
    """What a program prints that has files of its own besides the runtime's."""
    with tempfile.TemporaryDirectory() as folder:
        for place, files in (("runtime", dict(RUNTIME_S, **dict(runtime_s))), ("own", dict(own))):
            for name, text in files.items():
                path = os.path.join(folder, place, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write(text)
        places = [os.path.join(folder, "runtime"), os.path.join(folder, "own")]
        command = [sys.executable, "-I", "-c", FILL + program] + places + ["ahead"] * ahead
        return subprocess.check_output(command, universal_newlines=True).replace(folder, "").split()


class Shelf(unittest.TestCase):
    def same(self, program, **options):
        ahead = printed(program, **options)
        self.assertEqual(ahead, printed(program, ahead=False, **options))
        return ahead

    def test_nothing_of_it_is_seen_before_it_is_imported(self):
        self.same("print(*sorted(sys.modules))")

    def test_an_import_runs_no_code_again(self):
        program = "sys.loads = 7\nimport made_ahead, made_below\nprint(made_below.loads)"
        self.assertEqual(printed(program), ["1"])

    def test_what_is_imported_brings_what_its_code_imports(self):
        program = "had = set(sys.modules)\nimport %s\nprint(*sorted(set(sys.modules) - had - {'__mp_main__'}))"
        for name in ("made_ahead", "asyncio", "urllib.request", "logging.handlers", "xml.etree.ElementTree", "zipfile"):
            self.same(program % name)

    def test_an_imported_module_has_its_own_description(self):
        self.same("import made_ahead as m\nprint(m.__file__, m.__spec__.origin, type(m.__spec__.loader).__name__)")

    def test_a_module_can_be_looked_up_without_being_imported(self):
        program = "import importlib.util\nprint(importlib.util.find_spec('made_ahead').origin, 'made_ahead' in sys.modules)"
        self.same(program)

    def test_a_module_can_be_loaded_again(self):
        self.same("import made_below as m\nimportlib.reload(m)\nprint(m.loads, m.__file__)")

    def test_what_the_program_has_of_its_own_comes_first(self):
        own = {"made_ahead.py": "whose = 'mine'", "uuid.py": "whose = 'mine'"}
        program = "import made_ahead, uuid\nprint(made_ahead.whose, uuid.whose)"
        self.assertEqual(self.same(program, own=own), ["mine", "mine"])

    def test_what_is_built_on_the_program_s_own_is_loaded_anew(self):
        own = {"made_below.py": "whose = 'mine'"}
        program = "import made_ahead, uuid\nprint(made_ahead.whose, made_ahead.part.uuid is uuid)"
        self.assertEqual(self.same(program, own=own), ["mine", "True"])

    def test_a_path_that_the_program_adds_counts(self):
        own = {"vendored/made_below.py": "whose = 'vendored'"}
        program = "sys.path.insert(0, sys.argv[2] + '/vendored')\nimport made_ahead\nprint(made_ahead.whose)"
        self.assertEqual(self.same(program, own=own), ["vendored"])

    def test_an_archive_on_the_path_counts(self):
        program = """
import zipfile
archive = sys.argv[2] + "-own.zip"
with zipfile.ZipFile(archive, "w") as file:
    file.writestr("made_below.py", "whose = 'archived'")
sys.path.insert(0, archive)
import made_ahead
print(made_ahead.whose)
"""
        self.assertEqual(self.same(program), ["archived"])

    def test_who_hooks_into_imports_sees_them_all(self):
        program = """
seen = []
class Hook:
    def find_spec(self, name, path=None, target=None):
        seen.append(name)
sys.meta_path.insert(0, Hook())
import made_ahead
print(*seen)
"""
        self.same(program)

    def test_a_module_s_own_finder_comes_with_it(self):
        hooked = "import sys\nclass Finder:\n    find_spec = classmethod(lambda *_: None)\nsys.meta_path.append(Finder)\n"
        runtime_s = {"made_below.py": "whose = 'hooked'\n" + hooked}
        program = "names = lambda: [str(getattr(f, '__module__', '')) == 'made_below' for f in sys.meta_path].count(True)\n"
        program += "print(names())\nimport made_ahead\nprint(names())"
        self.assertEqual(self.same(program, runtime_s=runtime_s), ["0", "1"])

    def test_a_module_s_own_warning_filters_come_with_it(self):
        filtering = "import warnings\nwhose = 'filters'\nclass Mine(Warning): pass\nclass Other(Mine): pass\n"
        filtering += "warnings.simplefilter('always', Mine)\nwarnings.simplefilter('always', Other)\n"
        filtering += "warnings.simplefilter('ignore', Mine, append=True)\n"
        program = "import warnings\nshown = lambda: [f[0] + f[2].__name__ for f in warnings.filters]\n"
        program += "print(*shown())\nimport made_ahead\nprint(*shown())"
        self.same(program, runtime_s={"made_below.py": filtering})


if __name__ == "__main__":
    unittest.main()
