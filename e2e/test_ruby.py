"""What is particular to Ruby: where handlers are, log records, critical errors, gems."""

import json
import re

import pytest

from mayfly import Server, package
from subjects import RUBY_RUNTIME, texts


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("ruby"))
    # Debian's Ruby is older than any that AWS still has.
    server.environment = {"MAYFLY_RUNTIMES_FALLBACK": "nearest"}
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ruby(function):
    def deploy(source, handler="app.handler", files=(), **settings):
        sources = {**dict(files), "app.rb": source}
        return function(package=package(sources), Runtime=RUBY_RUNTIME, Handler=handler, Timeout=10, **settings)

    return deploy


def test_a_handler_may_be_a_method_of_a_nested_class(ruby):
    deployed = ruby(texts("ruby")["app.rb"], "app.Nested::Handlers.run")
    assert deployed.invoke({"a": 1}).value == ["nested", {"a": 1}]


def test_puts_is_one_record_and_a_logger_names_the_request(ruby):
    deployed = ruby(
        "require 'logger'\nLOG = Logger.new($stdout, progname: 'shop')\n"
        "def handler(event:, context:)\n  puts 'one', 'two'\n  LOG.warn('sold out')\n  $stderr.puts 'to stderr'\nend\n"
    )
    answer = deployed.invoke({})
    assert "one\ntwo\n" in answer.log
    assert "to stderr\n" in answer.log
    line = r"W, \[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} #\d+\]  WARN %s -- shop: sold out\n" % answer.request_id
    assert re.search(line, answer.log), answer.log


def test_an_error_is_logged_and_answered_with_ruby_s_names(ruby):
    answer = ruby("class Broken < StandardError; end\ndef handler(event:, context:)\n  raise Broken, 'no'\nend\n").invoke({})
    assert answer.value["errorType"] == "Function<Broken>"
    assert re.fullmatch(r"/var/task/app.rb:3:in [`'].*handler'", answer.value["stackTrace"][0])
    title, document = re.search(r"(Error raised from handler method)\n(\{.*?\n\})", answer.log, re.DOTALL).groups()
    assert json.loads(document) == answer.value


def test_a_name_error_ends_the_process(ruby):
    deployed = ruby("COUNT = [0]\ndef handler(event:, context:)\n  COUNT[0] += 1\n  event ? nothing_of_that_name : COUNT[0]\nend\n")
    assert deployed.invoke(False).value == 1
    assert deployed.invoke(True).value["errorType"] == "Function<NameError>"
    assert deployed.invoke(False).value == 1


def test_a_file_that_does_not_load_is_an_init_error(ruby):
    answer = ruby("require 'nothing_of_that_name'\n").invoke({})
    assert answer.value["errorType"] == "Init<LoadError>"
    assert answer.value["errorMessage"] == "cannot load such file -- nothing_of_that_name"


def gem_files(name, version, files):
    """A gem of the package, as Bundler installs it."""
    folder = f"vendor/bundle/ruby/{RUBY_RUNTIME.removeprefix('ruby')}.0"
    specification = (
        f"Gem::Specification.new do |gem|\n  gem.name = '{name}'\n  gem.version = '{version}'\n  gem.summary = 's'\n"
        "  gem.authors = ['a']\n  gem.require_paths = ['lib']\nend\n"
    )
    sources = {f"{folder}/gems/{name}-{version}/lib/{path}": text for path, text in files.items()}
    return {f"{folder}/specifications/{name}-{version}.gemspec": specification, **sources}


def test_gems_of_the_package_are_found(ruby):
    files = gem_files("greeting", "1.0", {"greeting.rb": "GREETING = 'hello'\n"})
    deployed = ruby("require 'greeting'\ndef handler(event:, context:) = GREETING\n", files=files)
    assert deployed.invoke({}).value == "hello"


def test_a_stream_is_answered_as_it_is(ruby):
    deployed = ruby("require 'stringio'\ndef handler(event:, context:) = StringIO.new(\"raw \\x00 bytes\")\n")
    assert deployed.invoke({}).payload == b"raw \0 bytes"
