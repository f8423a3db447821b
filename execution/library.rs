//! For build scripts: libraries that interpreters load.

use std::path::PathBuf;
use std::process::Command;

/// Writes `name.so` to the folder of what the build makes.
pub(crate) fn compile(source: &str, name: &str) {
    println!("cargo::rerun-if-changed={source}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../library.rs");
    let library = PathBuf::from(variable("OUT_DIR")).join(name).with_extension("so");
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--crate-type=cdylib", "--crate-name", name, "--edition=2024", source]);
    // Interpreters load it with their own libc, whatever libc this program is linked to.
    rustc.args(["-Cpanic=abort", "-Copt-level=s", "-Cstrip=symbols", "-Ctarget-feature=-crt-static"]);
    rustc.args(["--target", &variable("TARGET"), "-Dwarnings", "-o"]).arg(library);
    if let Ok(linker) = std::env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let status = rustc.status().expect("cargo names a compiler that runs");
    assert!(status.success(), "the library {name} does not compile");
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("cargo sets it for build scripts")
}
