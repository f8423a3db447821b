use super::place::Place;

crate::tests!(
    a_function_has_as_many_threads_and_open_files_as_on_aws,
    an_init_inside_an_invocation_has_more_processor_time_for_ten_seconds,
);

async fn a_function_has_as_many_threads_and_open_files_as_on_aws(place: Place) {
    let code = "
import os, threading
def exhaust(take):
    taken = []
    while len(taken) < 5000:
        try: taken.append(take())
        except (OSError, RuntimeError): break
    return taken
def thread(done):
    one = threading.Thread(target=done.wait)
    one.start()
    return one
def handler(event, context):
    files = exhaust(lambda: os.open('/dev/null', os.O_RDONLY))
    for file in files: os.close(file)
    done = threading.Event()
    threads = exhaust(lambda: thread(done))
    done.set()
    for one in threads: one.join()
    return [len(files), len(threads)]
";
    let answer = place.python(code).start().await.answer("{}").await;
    let [files, threads]: [u32; 2] = serde_json::from_str(&answer).expect("two numbers");
    // Of both the runtime has some itself.
    assert!((1000..1024).contains(&files) && (1000..1024).contains(&threads), "{answer}");
}

/// The first init fails at once; the second works for longer than it has the machine to itself.
async fn an_init_inside_an_invocation_has_more_processor_time_for_ten_seconds(place: Place) {
    let code = "
import os, time
if not os.path.exists('/tmp/second'):
    open('/tmp/second', 'w').close()
    os._exit(1)
began, shares = time.monotonic(), []
while len(shares) < 14:
    worked, until = time.process_time(), time.monotonic() + 1
    while time.monotonic() < until: pass
    shares.append(time.process_time() - worked)
def handler(event, context): return [sum(shares[1:7]) / 6, max(shares[-2:])]
";
    let mut function = place.python(code);
    function.config.memory_mib = 128;
    let answer = function.start().await.answer("{}").await;
    let [early, late]: [f64; 2] = serde_json::from_str(&answer).expect("two numbers");
    // 128 MB are 72 thousandths of a processor; early there is no limit but what others leave.
    assert!(late < 0.15 && early > 2.0 * late, "{answer}");
}
