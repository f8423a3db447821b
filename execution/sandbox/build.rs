//! Compiles the library by which a zygote's children enter sandboxes, with the compiler that compiles this crate.

#[path = "../library.rs"]
mod library;

fn main() {
    library::compile("zygote/library.rs", "zygote");
}
