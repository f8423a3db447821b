//! Compiles the library of the Java runtime client, with the compiler that compiles this crate.

#[path = "../library.rs"]
mod library;

fn main() {
    library::compile("../../runtimes/java/native/place.rs", "place");
}
