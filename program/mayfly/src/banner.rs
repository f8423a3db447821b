//! What the server says when it is ready.

use sandbox::Isolation;

use crate::settings::{Auth, Settings};

pub(crate) fn print(settings: &Settings, isolation: &Isolation) {
    println!("Mayfly {} on http://{}", env!("CARGO_PKG_VERSION"), settings.listen);
    println!("Data in {}", settings.data_dir.display());
    match settings.auth {
        Auth::Sigv4 => println!("Point a shell's AWS clients here: eval \"$(mayfly env)\""),
        Auth::Off => println!("Requests need no signature: whoever reaches this port may do everything."),
    }
    for sentence in &isolation.weaker {
        println!("Weaker than as root: {sentence}");
    }
}
