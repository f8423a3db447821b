use observability::logs::Scope;

use super::place::{Place, text};

crate::tests!(a_segment_that_a_function_sends_is_kept);

async fn a_segment_that_a_function_sends_is_kept(place: Place) {
    let code = "
import os, socket
def handler(event, context):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    host, port = os.environ['AWS_XRAY_DAEMON_ADDRESS'].split(':')
    for address in [(host, int(port)), ('127.0.0.1', 2000)]:
        sender.sendto(b'{\"format\": \"json\", \"version\": 1}\\n' + address[0].encode(), address)
        sender.sendto(b'no header', address)
    return host
";
    let function = place.python(code).start().await;
    assert_eq!(function.answer("1").await, "\"169.254.79.129\"");
    let scope = || Scope {
        account: "000000000000".parse().expect("an account"),
        region: "us-east-1".parse().expect("a region"),
    };
    let segments = place.logs.segments();
    loop {
        let kept = segments.newest(scope(), 10).await.expect("segments");
        let documents = kept.iter().map(|segment| text(&segment.document)).collect::<Vec<_>>();
        if documents.len() == 2 {
            return assert_eq!(documents, ["169.254.79.129", "127.0.0.1"]);
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
