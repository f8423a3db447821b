# Sourced by the other scripts: progress that a person can read, and what several of them need.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
cache=$root/target/cache
mayfly=$root/target/release/mayfly

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

build_release() {
    step "Building mayfly (release)"
    cargo build --release --quiet --bin mayfly
}

# The SDKs that AWS ships in its runtimes, fetched once and shared by demo, tests and benchmarks.
prepare_runtimes() {
    step "Preparing the runtimes found on this machine"
    "$mayfly" runtimes prepare --runtimes-dir "$cache/runtimes"
    export MAYFLY_RUNTIMES_DIR=$cache/runtimes
}

# A Python with the clients that tests and benchmarks use, in a virtual environment of its own.
prepare_python() {
    step "Preparing boto3 and pytest"
    local wanted=$cache/venv/wanted.txt
    if ! cmp -s e2e/requirements.txt "$wanted"; then
        rm -rf "$cache/venv"
        python3 -m venv "$cache/venv"
        "$cache/venv/bin/pip" install --quiet --disable-pip-version-check -r e2e/requirements.txt
        cp e2e/requirements.txt "$wanted"
    fi
    python=$cache/venv/bin/python
}
