"""Layers of Java and Ruby functions, found where AWS looks for them."""

import pytest

from mayfly import Server, package
from subjects import CORE, JAVA_RUNTIME, RUBY_RUNTIME, java_classes, maven


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("layers"))
    # Debian's Ruby is older than any that AWS still has.
    server.environment = {"MAYFLY_RUNTIMES_FALLBACK": "nearest"}
    server.start()
    yield server
    server.stop()


def publish(client, name, files):
    published = client.publish_layer_version(LayerName=name, Content={"ZipFile": package(files)})
    return published["LayerVersionArn"]


def test_a_java_layer_s_jars_are_on_the_class_path(function, lambda_client, name):
    [core] = maven(CORE).values()
    layer = publish(lambda_client, name, {"java/lib/core.jar": core})
    deployed = function(
        package=package(java_classes()), Runtime=JAVA_RUNTIME, Handler="fixture.App", MemorySize=512, Timeout=20,
        Layers=[layer],
    )  # fmt: skip
    assert deployed.invoke({"do": "echo", "value": 1}).value == 1


def test_a_ruby_layer_s_library_and_gems_are_found(function, lambda_client, name):
    gems = f"ruby/gems/{RUBY_RUNTIME.removeprefix('ruby')}.0"
    specification = (
        "Gem::Specification.new do |gem|\n"
        "  gem.name, gem.version, gem.summary, gem.authors = 'boxed', '1.0', 'A gem', ['Nobody']\n"
        "  gem.files = ['lib/boxed.rb']\n"
        "end\n"
    )
    layer = publish(
        lambda_client,
        name,
        {
            "ruby/lib/plain.rb": "PLAIN = 'plain'\n",
            f"{gems}/specifications/boxed-1.0.gemspec": specification,
            f"{gems}/gems/boxed-1.0/lib/boxed.rb": "BOXED = 'boxed'\n",
        },
    )
    source = "require 'plain'\nrequire 'boxed'\ndef handler(event:, context:)\n  [PLAIN, BOXED]\nend\n"
    deployed = function(
        package=package({"app.rb": source}), Runtime=RUBY_RUNTIME, Handler="app.handler", Timeout=10, Layers=[layer]
    )
    assert deployed.invoke({}).value == ["plain", "boxed"]
