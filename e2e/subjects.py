"""The contract's fixture in each language, on Mayfly's client and on the one that AWS publishes.

What is fetched or compiled is kept in target/cache, under a name made from what it was made of.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from mayfly import NODE_RUNTIME, PYTHON_RUNTIME, REPOSITORY, newest, package

CACHE = REPOSITORY / "target" / "cache"
COMPILER = REPOSITORY / "scripts" / "csc"
FIXTURES = REPOSITORY / "e2e" / "fixtures"

CORE = "com.amazonaws:aws-lambda-java-core:1.4.0"
EVENTS = "com.amazonaws:aws-lambda-java-events:3.16.1"
SCALA = "org.scala-lang:scala-compiler:2.13.16"
KOTLIN = "org.jetbrains.kotlin:kotlin-compiler-embeddable:2.2.20"
JAVA_CLIENT = "com.amazonaws:aws-lambda-java-runtime-interface-client:2.9.0"
NODE_CLIENT = "aws-lambda-ric@4.0.2"
PYTHON_CLIENT = "awslambdaric==4.2.2"
GO_CLIENT = "github.com/aws/aws-lambda-go@v1.49.0"


@dataclass(frozen=True)
class Subject:
    """A fixture on a client, and what is peculiar to its language."""

    name: str
    runtime: str
    handler: str
    files: Callable
    # How errors look: the type of a built-in error and of the fixture's own, and where the stack is.
    failure: str
    custom: str
    stack: str = "stackTrace"
    stack_names: str = ""
    wrapper: str = ""
    settings: dict = field(default_factory=dict)
    has_log_levels: bool = True

    def package(self):
        files, programs = dict(self.files()), set()
        if "bootstrap" in files:
            programs.add("bootstrap")
        if self.wrapper:
            files["wrapper"] = f"#!/bin/sh\nexec {self.wrapper}\n"
            programs.add("wrapper")
        return package(files, executable=programs)

    def options(self, **environment):
        if self.wrapper:
            environment["AWS_LAMBDA_EXEC_WRAPPER"] = "/var/task/wrapper"
        options = {"Runtime": self.runtime, "Handler": self.handler, "Timeout": 20, "MemorySize": 512}
        return {**options, **self.settings, "Environment": {"Variables": environment}}


def texts(folder):
    """The files below a fixture's folder."""
    root = FIXTURES / folder
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def tree(folder, below=""):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {below + str(path.relative_to(folder)): path.read_bytes() for path in files}


def kept(name, *made_of):
    """A folder of the cache for what is made of these texts, and whether it still has to be filled."""
    digest = hashlib.sha256("\0".join(str(part) for part in made_of).encode()).hexdigest()[:12]
    folder = CACHE / "contract" / f"{name}-{digest}"
    return folder, not (folder / ".complete").exists()


def fill(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def complete(folder):
    (folder / ".complete").touch()
    return folder


def run(*command, **options):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **options)


# Python


def python_packages(name, *packages):
    """A folder with these packages, as the tests' Python runtime needs them."""
    version = PYTHON_RUNTIME.removeprefix("python")
    folder, missing = kept(name, *packages, version)
    if missing:
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", fill(folder), "--only-binary", ":all:",
            "--python-version", version, *packages)  # fmt: skip
        complete(folder)
    return folder


def awslambdaric():
    return {**texts("python"), **tree(python_packages("awslambdaric", PYTHON_CLIENT))}


# Node.js


def node_client():
    """A folder with the published client, compiled."""
    node = subprocess.check_output([NODE_PROGRAM, "--version"], text=True).strip()
    folder, missing = kept("aws-lambda-ric", NODE_CLIENT, node)
    if missing:
        # Node's headers are beside it, or below /usr as Debian has them, so that nothing else is downloaded.
        prefix = Path(NODE_PROGRAM).resolve().parent.parent
        environment = {**os.environ, "npm_config_nodedir": str(prefix)}
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", fill(folder), NODE_CLIENT,
            env=environment)  # fmt: skip
        complete(folder)
    return folder


def aws_lambda_ric():
    folder = node_client()
    # The rest of what npm installs is only needed to compile the client.
    needed = ["aws-lambda-ric/index.mjs", "aws-lambda-ric/package.json", "aws-lambda-ric/rapid-client.node", "@aws/"]
    modules = tree(folder / "node_modules", "node_modules/")
    prefixes = tuple(f"node_modules/{name}" for name in needed)
    return {**texts("nodejs"), **{name: content for name, content in modules.items() if name.startswith(prefixes)}}


def interpreter(language):
    """The path of this machine's newest interpreter of a language."""
    from mayfly import BINARY

    lines = subprocess.check_output([BINARY, "runtimes", "--interpreters", language], text=True).split()
    return lines[0] if lines else language


# Java


def maven(artifact, with_dependencies=False):
    """The jars of an artifact."""
    folder, missing = kept("maven", artifact, with_dependencies)
    if missing:
        fill(folder)
        plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
        if with_dependencies:
            group, name, version = artifact.split(":")
            (folder / "pom.xml").write_text(
                "<project><modelVersion>4.0.0</modelVersion><groupId>e2e</groupId><artifactId>e2e</artifactId>"
                "<version>1</version><dependencies><dependency>"
                f"<groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version>"
                "</dependency></dependencies></project>"
            )
            run("mvn", "-q", "-B", "-f", folder / "pom.xml", f"{plugin}:copy-dependencies",
                f"-DoutputDirectory={folder}")  # fmt: skip
        else:
            run("mvn", "-q", "-B", f"{plugin}:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
        complete(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.jar"))}


def java_classes():
    """The fixture's classes at the root of the package."""
    return compiled("java", maven(CORE))


def compiled(fixture, jars):
    sources = texts(fixture)
    folder, missing = kept(fixture, *jars, *sources.values())
    if missing:
        fill(folder / "jars")
        for name, content in jars.items():
            (folder / "jars" / name).write_bytes(content)
        files = [FIXTURES / fixture / name for name in sources]
        run("javac", "-Xlint:-options", "--release", "8", "-cp", f"{folder}/jars/*", "-d", folder / "classes", *files)
        complete(folder)
    return tree(folder / "classes")


def java_events():
    jars = maven(EVENTS, with_dependencies=True)
    return {**compiled("java-events", jars), **{f"lib/{name}": jar for name, jar in jars.items()}}


def java():
    return {**java_classes(), **{f"lib/{name}": jar for name, jar in maven(CORE).items()}}


def java_with_published_client():
    jars = maven(JAVA_CLIENT, with_dependencies=True)
    return {**java_classes(), **{f"lib/{name}": jar for name, jar in jars.items()}}


def scala():
    """Compiled by Scala's compiler, which is a Java program."""
    sources = texts("scala")
    folder, missing = kept("scala", SCALA, CORE, *sources.values())
    compiler = maven(SCALA, with_dependencies=True)
    [core] = maven(CORE).values()
    if missing:
        jars = fill(folder / "jars")
        for name, content in {**compiler, "core.jar": core}.items():
            (jars / name).write_bytes(content)
        fill(folder / "classes")
        run("java", "-cp", f"{jars}/*", "scala.tools.nsc.Main", "-classpath", f"{jars}/core.jar:{library(jars)}",
            "-d", folder / "classes", *(FIXTURES / "scala" / name for name in sources))  # fmt: skip
        complete(folder)
    return {
        **tree(folder / "classes"),
        "lib/core.jar": core,
        "lib/scala-library.jar": library(folder / "jars").read_bytes(),
    }


def library(jars):
    [found] = jars.glob("scala-library-*.jar")
    return found


def kotlin():
    """Compiled by Kotlin's compiler, which is a Java program."""
    sources = texts("kotlin")
    folder, missing = kept("kotlin", KOTLIN, CORE, *sources.values())
    compiler = maven(KOTLIN, with_dependencies=True)
    [core] = maven(CORE).values()
    [standard] = [name for name in compiler if name.startswith("kotlin-stdlib-")]
    if missing:
        jars = fill(folder / "jars")
        for name, content in {**compiler, "core.jar": core}.items():
            (jars / name).write_bytes(content)
        run("java", "-cp", f"{jars}/*", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-stdlib", "-no-reflect",
            "-jvm-target", "1.8", "-cp", f"{jars}/core.jar:{jars / standard}", "-d", folder / "classes",
            *(FIXTURES / "kotlin" / name for name in sources))  # fmt: skip
        complete(folder)
    return {**tree(folder / "classes"), "lib/core.jar": core, "lib/kotlin-stdlib.jar": compiler[standard]}


# Go, Rust and C++


def go():
    source = (FIXTURES / "go" / "main.go").read_text()
    folder, missing = kept("go", source, GO_CLIENT)
    if missing:
        (fill(folder) / "main.go").write_text(source)
        environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
        (folder / "go.mod").unlink(missing_ok=True)
        quiet = {"cwd": folder, "env": environment, "stderr": subprocess.DEVNULL}
        run("go", "mod", "init", "fixture", **quiet)
        run("go", "get", GO_CLIENT, **quiet)
        run("go", "build", "-tags", "lambda.norpc", "-o", "bootstrap", cwd=folder, env=environment)
        complete(folder)
    return {"bootstrap": (folder / "bootstrap").read_bytes()}


def rust():
    target = CACHE / "rust"
    run("cargo", "build", "--quiet", "--release", "--manifest-path", FIXTURES / "rust" / "Cargo.toml",
        "--target-dir", target)  # fmt: skip
    return {"bootstrap": (target / "release" / "bootstrap").read_bytes()}


def cpp():
    """The client's own source is in no registry, but the published Node.js client brings it along."""
    client = node_client() / "node_modules" / "aws-lambda-ric" / "deps" / "aws-lambda-cpp.tar.xz"
    source = FIXTURES / "cpp" / "main.cpp"
    folder, missing = kept("cpp", NODE_CLIENT, source.read_text())
    if missing:
        fill(folder / "client")
        # The archive was packed on another system, whose notes on files tar does not know.
        run("tar", "-xf", client, "-C", folder / "client", "--exclude=._*", "--warning=no-unknown-keyword")
        run("cmake", "-S", folder / "client", "-B", folder / "build", f"-DCMAKE_INSTALL_PREFIX={folder}",
            "-DCMAKE_INSTALL_LIBDIR=lib")  # fmt: skip
        run("cmake", "--build", folder / "build", "--target", "install")
        run("g++", "-std=c++17", "-I", folder / "include", source, "-o", folder / "bootstrap",
            "-L", folder / "lib", "-laws-lambda-runtime", "-lcurl")  # fmt: skip
        complete(folder)
    return {"bootstrap": (folder / "bootstrap").read_bytes()}


# .NET


def csc(name, *sources, references=(), program=False):
    """An assembly of C#, compiled."""
    folder, missing = kept(name, COMPILER.read_text(), program, *(source.read_text() for source in sources), *references)
    if missing:
        kind = [] if program else ["-target:library"]
        run(COMPILER, fill(folder) / f"{name}.dll", *kind, *(f"-r:{path}" for path in references), *sources)
        complete(folder)
    return folder / f"{name}.dll"


def dotnet():
    """The fixture beside a stand-in for Amazon.Lambda.Core, described by the files that AWS's tools write."""
    root = FIXTURES / "dotnet"
    core = csc("Amazon.Lambda.Core", root / "core" / "Core.cs")
    fixture = csc("Fixture", root / "function" / "App.cs", references=[core])
    described = [root / "Fixture.deps.json", root / "Fixture.runtimeconfig.json"]
    return {path.name: path.read_bytes() for path in [core, fixture, *described]}


def dotnet_program():
    root = FIXTURES / "dotnet"
    program = csc("Program", root / "program" / "Program.cs", program=True)
    configuration = (root / "Fixture.runtimeconfig.json").read_bytes()
    return {"Program.dll": program.read_bytes(), "Program.runtimeconfig.json": configuration}


def dotnet_path():
    """A search path with .NET, which comes with the compiler."""
    dotnet()
    [home] = (CACHE / "dotnet" / "node_modules").glob("dotnet-sdk-*")
    return os.pathsep.join([str(home), os.environ["PATH"]])


JAVA_RUNTIME = os.environ.get("MAYFLY_TEST_JAVA") or newest("java")
# Debian's Ruby is older than any that AWS still has; the servers of these tests take the nearest.
RUBY_RUNTIME = newest("ruby") if newest("ruby") != "ruby" else "ruby3.2"
NODE_PROGRAM = interpreter("node")
JAVA_PATH = "/var/lang/bin/java -XX:TieredStopAtLevel=1 -cp '/var/task:/var/task/lib/*'"

SUBJECTS = [
    Subject("python", PYTHON_RUNTIME, "app.handler", lambda: texts("python"), "ValueError", "CustomError",
            stack_names="do_fail"),
    Subject("python-awslambdaric", PYTHON_RUNTIME, "app.handler", awslambdaric, "ValueError", "CustomError",
            stack_names="do_fail", wrapper="/var/lang/bin/python3 -m awslambdaric \"$_HANDLER\""),
    Subject("node", NODE_RUNTIME, "app.handler", lambda: texts("nodejs"), "TypeError", "CustomError", "trace",
            stack_names="app.js"),
    Subject("node-aws-lambda-ric", NODE_RUNTIME, "app.handler", aws_lambda_ric, "TypeError", "CustomError", "trace",
            stack_names="app.js",
            wrapper="/var/lang/bin/node /var/task/node_modules/aws-lambda-ric/index.mjs \"$_HANDLER\""),
    Subject("ruby", RUBY_RUNTIME, "app.handler", lambda: texts("ruby"), "Function<ArgumentError>",
            "Function<CustomError>", stack_names="app.rb"),
    Subject("java", JAVA_RUNTIME, "fixture.App", java, "java.lang.IllegalArgumentException",
            "fixture.App$CustomError", stack_names="fixture.App.handleRequest(App.java:"),
    Subject("java-published", JAVA_RUNTIME, "fixture.App", java_with_published_client,
            "java.lang.IllegalArgumentException", "fixture.App$CustomError",
            stack_names="fixture.App.handleRequest(App.java:",
            wrapper=f"{JAVA_PATH} com.amazonaws.services.lambda.runtime.api.client.AWSLambda \"$_HANDLER\""),
    # What can be had of .NET is older than any that AWS still has; the servers of these tests take the nearest.
    Subject("dotnet", "dotnet8", "Fixture::Fixture.App::Handle", dotnet, "ArgumentException", "CustomError",
            stack_names="Fixture.App.Handle("),
    Subject("go", "provided.al2023", "bootstrap", go, "errorString", "CustomError", "", has_log_levels=False),
    Subject("rust", "provided.al2023", "bootstrap", rust, "Failure", "CustomError", "", has_log_levels=False),
    Subject("cpp", "provided.al2023", "bootstrap", cpp, "Failure", "CustomError", "", has_log_levels=False),
]  # fmt: skip
