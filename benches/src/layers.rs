//! Cold starts of a function with five layers, from each of which it imports, against those of a plain one.

use std::io;
use std::time::Duration;

use testkit::{Server, package};

use crate::Bench;
use crate::samples::Samples;
use crate::table::Table;
use crate::target::Target;
use crate::warm::{PYTHON_ECHO, call, invocations};

const ROUNDS: usize = 20;
const LAYERS: usize = 5;
const MODULES: usize = 200;
/// What a layer carries along unread.
const BALLAST_BYTES: usize = 8 << 20;
const PAUSE: Duration = Duration::from_millis(150);

const IMPORTING: &[u8] = b"import layer0.m0, layer1.m1, layer2.m2, layer3.m3, layer4.m4
def handler(event, context):
    return event
";

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start()?;
    let python = &bench.runtimes.need("python")?.name;
    let layers = (0..LAYERS).map(|number| publish(&server, number)).collect::<io::Result<Vec<_>>>()?;
    for round in 0..ROUNDS {
        let layered = name("layered", round);
        server.create_function(&layered, python, 1769, &package(&[("index.py", IMPORTING)]))?;
        server.attach_layers(&layered, &layers)?;
        let plain = package(&[("index.py", PYTHON_ECHO)]);
        server.create_function(&name("plain", round), python, 1769, &plain)?;
    }
    let mut connection = server.connect()?;
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for round in 0..ROUNDS {
        for (kind, samples) in [("plain", &mut theirs), ("layered", &mut ours)] {
            std::thread::sleep(PAUSE);
            samples.time(|| call(&mut connection, &invocations(&name(kind, round))))?;
        }
    }
    let target = Some(Target::Ratio(3.0));
    table.compare("cold start, python with five layers", &ours, "without layers", &theirs, target);
    Ok(())
}

fn name(kind: &str, round: usize) -> String {
    format!("layers-{kind}-{round}")
}

/// A layer with a package of many modules, and its ARN.
fn publish(server: &Server, number: usize) -> io::Result<String> {
    let paths = (0..MODULES).map(|module| format!("python/layer{number}/m{module}.py")).collect::<Vec<_>>();
    let ballast = vec![0; BALLAST_BYTES];
    let ballast_path = format!("ballast{number}");
    let mut files = paths.iter().map(|path| (path.as_str(), b"X = 1\n".as_slice())).collect::<Vec<_>>();
    files.push((&ballast_path, &ballast));
    server.publish_layer(&format!("bench-{number}"), &package(&files))
}
