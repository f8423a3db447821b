"""Ruby's parked runtimes and their zygote: nobody can tell, and what functions bring of their own comes first."""

import pytest

from test_parking import fail_alike, parked_start, seen, started_itself
from test_ruby import gem_files, ruby, server  # noqa: F401
from test_zygote import draw_differently, forked_start

# A process that was started for its function was started with its variables.
WAS_PARKED = "!File.read('/proc/self/environ').include?('_HANDLER')"
# Only a zygote has compiled what its children may need.
WAS_FORKED = "RubyVM::InstructionSequence.respond_to?(:load_iseq)"

SIMPLE = f"def handler(event:, context:) = {{ parked: {WAS_PARKED}, forked: {WAS_FORKED} }}\n"

ITS_OWN_PROCESS = {"Environment": {"Variables": {"RUBY_OF_ITS_OWN": "1"}}}

PROBE = f"""
def handler(event:, context:)
  {{
    parked: {WAS_PARKED},
    variables: ENV.to_h,
    child: `env`,
    arguments: [$PROGRAM_NAME, ARGV, File.read('/proc/self/cmdline')],
    path: $LOAD_PATH,
    features: $LOADED_FEATURES,
    gems: [Gem.loaded_specs.keys, Gem.path, Gem.user_dir],
    constants: Object.constants.sort,
    client: MayflyLambda.constants.sort,
    folder: Dir.pwd,
    descriptors: Dir.children('/proc/self/fd').sort,
    streams: [$stdout, $stderr, $stdin].map {{ |stream| [stream.inspect, stream.sync, stream.tty?, stream.fileno] }},
    threads: [Thread.list.size, Dir.children('/proc/self/task').size],
    encodings: [Encoding.default_external, Encoding.default_internal, Encoding.find('locale')].map(&:to_s),
    signals: %w[CHLD TERM INT].map {{ |name| trap(name, 'DEFAULT').to_s }},
    zone: Time.now.strftime('%z'),
    stack: caller
  }}
end
"""


def first_value(deployed):
    answer = deployed.invoke({})
    assert answer.error is None, answer.log
    return answer.value


def test_a_parked_ruby_is_forked(ruby):
    assert forked_start(lambda: ruby(SIMPLE)) == {"parked": True, "forked": True}


def test_a_parked_ruby_cannot_be_told_from_one_that_was_started_for_its_function(ruby):
    forked_start(lambda: ruby(SIMPLE))
    own = {"MINE": "ü = 1", "TZ": "Asia/Tokyo", "PATH": "/opt/mine:/usr/bin:/bin"}

    def make(**more):
        return lambda: ruby(PROBE, Environment={"Variables": {**own, **more}})

    parked = seen(parked_start(make())[1].value, "RUBY_OF_ITS_OWN")
    assert parked == seen(started_itself(make(RUBY_OF_ITS_OWN="1")), "RUBY_OF_ITS_OWN")
    assert parked["zone"] == "+0900"
    assert own.items() <= parked["variables"].items()
    assert [name for name in parked["variables"] if "MAYFLY" in name] == []


REQUIRED = f"""
BEFORE = [$LOADED_FEATURES.dup, Object.constants.sort]
require %r
AFTER = [$LOADED_FEATURES.dup, Object.constants.sort]
def handler(event:, context:)
  {{ forked: {WAS_FORKED}, parked: {WAS_PARKED}, new: AFTER.zip(BEFORE).map {{ |after, before| after - before }} }}
end
"""


@pytest.mark.parametrize("feature", ["json", "net/http", "openssl", "time", "tempfile", "yaml", "csv", "fiddle", "drb"])
def test_a_require_brings_what_it_always_brings(ruby, feature):
    source = REQUIRED % feature
    forked = forked_start(lambda: ruby(source))
    assert forked["new"] == started_itself(lambda: ruby(source, **ITS_OWN_PROCESS))["new"]


def test_native_calls_work_although_the_zygote_has_made_some(ruby):
    source = f"""
require 'fiddle'
LENGTH = Fiddle::Function.new(Fiddle::Handle::DEFAULT['strlen'], [Fiddle::TYPE_VOIDP], Fiddle::TYPE_SIZE_T)
def handler(event:, context:) = {{ forked: {WAS_FORKED}, length: LENGTH.call('four') }}
"""
    assert forked_start(lambda: ruby(source))["length"] == 4


def test_an_encrypted_connection_can_be_set_up(ruby):
    source = f"""
require 'openssl'
def handler(event:, context:)
  key = OpenSSL::PKey::EC.generate('prime256v1')
  verified = key.dsa_verify_asn1('digest', key.dsa_sign_asn1('digest'))
  {{ forked: {WAS_FORKED}, digest: OpenSSL::Digest::SHA256.hexdigest(''), verified: verified }}
end
"""
    answer = forked_start(lambda: ruby(source))
    assert answer["verified"]
    assert answer["digest"].startswith("e3b0c442")


def test_a_child_hears_of_its_own_children(ruby):
    source = f"""
def handler(event:, context:)
  child = fork {{ exit!(7) }}
  codes = [Process.wait2(child)[1].exitstatus, system('exit 3') || $?.exitstatus, `echo out`]
  detached = Process.detach(spawn('exit 5')).value.exitstatus
  {{ forked: {WAS_FORKED}, codes: [*codes, detached] }}
end
"""
    assert forked_start(lambda: ruby(source))["codes"] == [7, 3, "out\n", 5]


LOGGER = "require 'monitor'\nclass Logger\n  VERSION = 'my own'\n  DEBUG = 0\n  INFO = 1\n  WARN = 2\n  ERROR = 3\n  FATAL = 4\n"
LOGGER += "  class Formatter; end\nend\n"

VERSION = f"def handler(event:, context:) = {{ parked: {WAS_PARKED}, forked: {WAS_FORKED}, version: Logger::VERSION }}\n"

OF_ITS_OWN = {
    "in the package": {"logger.rb": LOGGER},
    "as a gem": gem_files("logger", "99.0", {"logger.rb": LOGGER}),
}


@pytest.mark.parametrize("files", OF_ITS_OWN.values(), ids=OF_ITS_OWN)
def test_what_a_function_brings_comes_before_what_was_loaded_ahead(ruby, files):
    forked_start(lambda: ruby(SIMPLE))
    deployed = ruby(VERSION, files=files)
    assert first_value(deployed) == {"parked": False, "forked": False, "version": "my own"}
    assert first_value(deployed)["version"] == "my own"


def test_what_a_function_brings_comes_before_what_was_compiled_ahead(ruby):
    source = f"require 'time'\ndef handler(event:, context:) = {{ forked: {WAS_FORKED}, whose: WHOSE }}\n"
    assert forked_start(lambda: ruby(source, files={"time.rb": "WHOSE = 'mine'\n"}))["whose"] == "mine"


def test_a_gem_that_nothing_was_loaded_of_keeps_a_function_from_no_fork(ruby):
    source = f"require 'greeting'\ndef handler(event:, context:) = {{ forked: {WAS_FORKED}, greeting: GREETING }}\n"
    files = gem_files("greeting", "1.0", {"greeting.rb": "GREETING = 'hello'\n"})
    assert forked_start(lambda: ruby(source, files=files))["greeting"] == "hello"


def test_a_home_of_the_function_s_is_rubygems_too(ruby):
    forked_start(lambda: ruby(SIMPLE))
    source = f"def handler(event:, context:) = {{ forked: {WAS_FORKED}, folder: Gem.user_dir }}\n"
    home = {"Environment": {"Variables": {"HOME": "/tmp/home"}}}
    assert forked_start(lambda: ruby(source, **home))["folder"].startswith("/tmp/home/")


DRAW = f"""
require 'openssl'
require 'securerandom'
require 'tempfile'
def handler(event:, context:)
  sleep 0.5
  drawn = [rand(2**64), Random.rand(2**64), Random.new.rand(2**64), Random.new_seed, SecureRandom.hex, SecureRandom.uuid,
           OpenSSL::Random.random_bytes(8).unpack1('H*'), OpenSSL::BN.rand(64).to_i, Array.new(9) {{ |n| n }}.shuffle.join,
           Tempfile.create.path, Dir.mktmpdir]
  {{ forked: {WAS_FORKED}, pid: Process.pid, drawn: drawn }}
end
"""


def test_no_two_children_draw_the_same(ruby):
    draw_differently(lambda: ruby(DRAW))


LOOK = f"""
def attempt
  yield.to_s
rescue SystemCallError => error
  error.class.name
end

def handler(event:, context:)
  pids = Dir.children('/proc').grep(/\\A\\d+\\z/).map(&:to_i)
  others = (2..4000).reject {{ |pid| attempt {{ Process.kill(0, pid) }} == 'Errno::ESRCH' }}
  # Newer versions of Ruby have a thread of their own.
  others -= Dir.children('/proc/self/task').map(&:to_i)
  {{
    forked: {WAS_FORKED}, pids: pids - [1, Process.pid], outside: others, parent: Process.ppid,
    memory: attempt {{ File.read('/proc/1/mem', 1) }}, library: File.exist?('/run/zygote.so')
  }}
end
"""


def test_a_child_sees_neither_its_zygote_nor_a_sibling(ruby):
    forked_start(lambda: ruby(SIMPLE))
    assert forked_start(lambda: ruby(LOOK)) == {
        "forked": True,
        "pids": [],
        "outside": [],
        "parent": 1,
        "memory": "Errno::EACCES",
        "library": False,
    }


@pytest.mark.parametrize("variable", ["RUBYOPT", "RUBYLIB", "RUBY_GC_HEAP_GROWTH_FACTOR", "GEM_PATH", "GEM_HOME"])
def test_variables_that_act_only_at_start_get_a_process_of_their_own(ruby, variable):
    forked_start(lambda: ruby(SIMPLE))
    deployed = ruby(SIMPLE, Environment={"Variables": {variable: ""}})
    assert first_value(deployed) == {"parked": False, "forked": False}


FAILING = {
    "raises": "raise ArgumentError, 'at load'",
    "exits": "exit(3)",
    "is killed": "Process.kill(:KILL, Process.pid)",
    "has a syntax error": "def handler(",
    "requires what is not there": "require 'nothing_of_that_name'",
}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_an_init_fails_in_a_parked_environment_as_in_any_other(ruby, source):
    forked_start(lambda: ruby(SIMPLE))
    fail_alike(ruby(source), ruby(source, **ITS_OWN_PROCESS))
