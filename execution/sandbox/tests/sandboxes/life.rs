use super::place::{Place, shell};
use std::process::ExitCode;

pub(crate) async fn run(place: &Place, _wanted: &str) -> ExitCode {
    for i in 0..5 {
        let now = std::time::Instant::now();
        let (sandbox, _listeners) = match place.sandbox().await {
            Ok(x) => x,
            Err(e) => {
                eprintln!("create: {e}");
                return ExitCode::from(7);
            }
        };
        eprintln!("create {:?}", now.elapsed());
        let now = std::time::Instant::now();
        let script = if i == 0 {
            "id; ls -la / /dev /etc /tmp; mount; df -h /tmp; cat /proc/self/status | grep -i -E 'cap|secc|nonew|uid'; ps aux; cat /proc/self/cgroup; ip a"
        } else {
            "true"
        };
        match shell(&sandbox, script).await {
            Ok((t, e)) => println!("{t}{e:?}"),
            Err(e) => eprintln!("{e}"),
        };
        eprintln!("shell {:?} {:?}", now.elapsed(), sandbox.usage());
        let now = std::time::Instant::now();
        sandbox.freeze().unwrap();
        let f = now.elapsed();
        sandbox.thaw().unwrap();
        eprintln!("freeze {:?} thaw {:?}", f, now.elapsed() - f);
        let now = std::time::Instant::now();
        sandbox.destroy().await;
        eprintln!("destroy {:?}", now.elapsed());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    ExitCode::SUCCESS
}
