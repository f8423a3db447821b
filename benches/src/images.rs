//! Cold starts of an image of half a gigabyte whose tree is there, against those of a function with the same program
//! and no image.

use std::io;
use std::time::Duration;

use testkit::package;

use crate::Bench;
use crate::registry::{Registry, tar};
use crate::samples::Samples;
use crate::table::Table;
use crate::target::Target;
use crate::warm::{call, invocations};

const ROUNDS: usize = 20;
/// Spread over files as an image's libraries are.
const FILES: usize = 500;
const FILE_BYTES: usize = 1 << 20;
const PAUSE: Duration = Duration::from_millis(150);

/// A program that both have, and all that the image needs besides.
const SHELL: &str = "/bin/busybox";

/// Answers every event with itself: the Runtime API in shell.
const BOOTSTRAP: &[u8] = b"#!/bin/busybox sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while :; do
  id=$(busybox wget -S -q -O /tmp/event $api/next 2>&1 | busybox sed -n 's/^ *[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: *//p' | busybox tr -d '\\r')
  busybox wget -q -O /dev/null --post-file /tmp/event $api/$id/response
done
";

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start()?;
    let shell = std::fs::read(SHELL)?;
    let ballast = (0..FILES).map(|number| (format!("usr/lib/ballast/{number}"), vec![0x5a; FILE_BYTES]));
    let mut files = vec![("bin/busybox".to_owned(), shell), ("bootstrap".to_owned(), BOOTSTRAP.to_vec())];
    files.extend(ballast);
    let registry = Registry::start(tar(&files), &["/bootstrap"])?;
    let plain = package(&[("bootstrap", BOOTSTRAP)]);
    for round in 0..ROUNDS {
        server.create_image_function(&name("image", round), registry.reference(), 1769)?;
        server.create_function(&name("plain", round), "provided.al2023", 1769, &plain)?;
    }
    let mut connection = server.connect()?;
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for round in 0..ROUNDS {
        for (kind, samples) in [("plain", &mut theirs), ("image", &mut ours)] {
            std::thread::sleep(PAUSE);
            samples.time(|| call(&mut connection, &invocations(&name(kind, round))))?;
        }
    }
    let target = Some(Target::Ratio(3.0));
    table.compare("cold start, image of 500 MB", &ours, "the same program, no image", &theirs, target);
    Ok(())
}

fn name(kind: &str, round: usize) -> String {
    format!("images-{kind}-{round}")
}
