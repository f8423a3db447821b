//! Compiles the library by which a zygote's children enter sandboxes, with the compiler that compiles this crate.

use std::path::PathBuf;
use std::process::Command;

const SOURCE: &str = "zygote/library.rs";

fn main() {
    println!("cargo::rerun-if-changed={SOURCE}");
    println!("cargo::rerun-if-changed=build.rs");
    let library = PathBuf::from(variable("OUT_DIR")).join("zygote.so");
    let mut rustc = Command::new(variable("RUSTC"));
    rustc.args(["--crate-type=cdylib", "--crate-name=zygote", "--edition=2024", SOURCE]);
    // Interpreters load it with their own libc, whatever libc this program is linked to.
    rustc.args(["-Cpanic=abort", "-Copt-level=s", "-Cstrip=symbols", "-Ctarget-feature=-crt-static"]);
    rustc.args(["--target", &variable("TARGET"), "-Dwarnings", "-o"]).arg(library);
    if let Ok(linker) = std::env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let status = rustc.status().expect("cargo names a compiler that runs");
    assert!(status.success(), "the zygote's library does not compile");
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("cargo sets it for build scripts")
}
