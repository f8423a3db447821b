//! The protocol over real sockets, with a runtime that is a few lines of text.

use model::{FunctionRef, Invocation, Timestamp};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

mod parked;
mod streaming;

const ID: &str = "8f507cfc-0123-4697-b07a-ac58fc914c95";
const OK: &str = "{\"status\":\"OK\"}\n";

struct Bench {
    api: RuntimeApi,
    runtime: TcpStream,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let unix = UnixListener::bind(folder.path().join("api.sock")).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let runtime = TcpStream::connect(tcp.local_addr().unwrap()).await.unwrap();
        Bench { api: RuntimeApi::new(tcp, unix), runtime, _folder: folder }
    }

    /// With an event handed to the runtime.
    async fn running() -> Bench {
        let mut bench = Bench::new().await;
        bench.ask("GET", "runtime/invocation/next", "", "").await;
        assert_eq!(bench.api.asked().await, Asked::Next);
        bench.send();
        assert_eq!(bench.answer().await, (200, "{}".to_owned()));
        bench
    }

    fn send(&mut self) {
        self.api.send(&Event::new(&invocation(), Timestamp::from_millis(1)));
    }

    async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) {
        let length = body.len();
        let text = format!(
            "{method} /2018-06-01/{path} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        self.runtime.write_all(text.as_bytes()).await.unwrap();
    }

    async fn post(&mut self, call: &str, headers: &str, body: &str) {
        self.ask("POST", &format!("runtime/invocation/{ID}/{call}"), headers, body).await;
    }

    /// Status and body of the next answer; what the API asks meanwhile is an error.
    async fn answer(&mut self) -> (u16, String) {
        let Bench { api, runtime, .. } = self;
        tokio::select! {
            answer = read_answer(runtime) => answer,
            asked = api.asked() => panic!("{asked:?}"),
        }
    }

    async fn refusal(&mut self) -> (u16, String) {
        let (status, body) = self.answer().await;
        let error = serde_json::from_str::<serde_json::Value>(&body).unwrap();
        (status, error["errorType"].as_str().unwrap().to_owned())
    }
}

fn invocation() -> Invocation {
    let FunctionRef { region, account, name, qualifier } =
        "arn:aws:lambda:us-east-1:000000000000:function:f".parse().unwrap();
    let arn = model::FunctionArn { region: region.unwrap(), account: account.unwrap(), name, qualifier };
    Invocation {
        request_id: ID.parse().unwrap(),
        payload: Bytes::from_static(b"{}"),
        invoked_arn: arn,
        trace_id: String::new(),
        client_context: None,
    }
}

async fn read_answer(runtime: &mut TcpStream) -> (u16, String) {
    let mut text = vec![];
    while !text.ends_with(b"\r\n\r\n") {
        text.push(runtime.read_u8().await.unwrap());
    }
    let head = String::from_utf8(text).unwrap();
    let length = head.split("Content-Length: ").nth(1).and_then(|rest| rest.split('\r').next()).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    runtime.read_exact(&mut body).await.unwrap();
    (head[9..12].parse().unwrap(), String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn a_response_is_accepted_once() {
    let mut bench = Bench::running().await;
    bench.post("response", "", "[1]").await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1]"))));
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
    bench.post("response", "", "[2]").await;
    assert_eq!(bench.refusal().await, (403, "InvalidStateTransition".to_owned()));
}

#[tokio::test]
async fn a_runtime_that_asks_ahead_reads_both_replies_together() {
    let mut bench = Bench::running().await;
    let both = format!(
        "POST /2018-06-01/runtime/invocation/{ID}/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}\
         GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n"
    );
    bench.runtime.write_all(both.as_bytes()).await.unwrap();
    assert!(matches!(bench.api.asked().await, Asked::Answered(Answer::Response(_))));
    assert_eq!(bench.api.asked().await, Asked::Next);
    let Bench { api, runtime, .. } = &mut bench;
    let early = tokio::select! {
        biased;
        asked = api.asked() => panic!("{asked:?}"),
        () = tokio::task::yield_now() => runtime.try_read(&mut [0; 1]),
    };
    assert_eq!(early.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    bench.send();
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
}

#[tokio::test]
async fn an_error_brings_its_type_and_its_body_as_they_are() {
    let mut bench = Bench::running().await;
    bench.post("error", "Lambda-Runtime-Function-Error-Type: Runtime.MyError\r\n", "not json").await;
    let (payload, error) = (Bytes::from_static(b"not json"), ErrorType::reported("Runtime.MyError"));
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Error { payload, error }));
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
}

#[tokio::test]
async fn the_id_is_checked_before_the_state() {
    let mut bench = Bench::new().await;
    bench.post("response", "", "[1]").await;
    assert_eq!(bench.refusal().await, (400, "InvalidRequestID".to_owned()));
    bench.ask("POST", "runtime/invocation/none/error", "", "").await;
    assert_eq!(bench.refusal().await, (400, "InvalidRequestID".to_owned()));
}

#[tokio::test]
async fn a_response_over_the_limit_is_refused_and_the_runtime_goes_on() {
    let mut bench = Bench::running().await;
    let body = "x".repeat(RESPONSE_MAX_BYTES + 1);
    let mut runtime = bench.runtime;
    let posting = tokio::spawn(async move {
        let head = format!(
            "POST /2018-06-01/runtime/invocation/{ID}/response HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        runtime.write_all(head.as_bytes()).await.unwrap();
        runtime.write_all(body.as_bytes()).await.unwrap();
        runtime
    });
    assert_eq!(
        bench.api.asked().await,
        Asked::Answered(Answer::TooLarge { limit_bytes: RESPONSE_MAX_BYTES })
    );
    bench.runtime = posting.await.unwrap();
    assert_eq!(
        bench.answer().await,
        (
            413,
            "{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\",\"errorType\":\"RequestEntityTooLarge\"}\n"
                .to_owned()
        )
    );
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn an_unknown_response_mode_fails_the_invocation() {
    let mut bench = Bench::running().await;
    bench.post("response", "Lambda-Runtime-Function-Response-Mode: fast\r\n", "[1]").await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::InvalidMode));
    assert_eq!(bench.refusal().await, (400, "InvalidFunctionResponseMode".to_owned()));
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let mut bench = Bench::running().await;
    let path = format!("/2018-06-01/runtime/invocation/{ID}/response");
    let text = format!("POST {path} HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort");
    bench.runtime.write_all(text.as_bytes()).await.unwrap();
    bench.runtime.shutdown().await.unwrap();
    assert_eq!(bench.refusal().await, (400, "TruncatedHTTPRequest".to_owned()));
}

#[tokio::test]
async fn a_body_of_broken_chunks_is_refused() {
    let mut bench = Bench::running().await;
    let path = format!("/2018-06-01/runtime/invocation/{ID}/response");
    let text = format!("POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n");
    bench.runtime.write_all(text.as_bytes()).await.unwrap();
    assert_eq!(bench.refusal().await, (400, "TruncatedHTTPRequest".to_owned()));
}

#[tokio::test]
async fn a_chunked_response_is_one_body() {
    let mut bench = Bench::running().await;
    let path = format!("/2018-06-01/runtime/invocation/{ID}/response");
    let text =
        format!("POST {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n");
    bench.runtime.write_all(text.as_bytes()).await.unwrap();
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1]"))));
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_continue() {
    let mut bench = Bench::running().await;
    let path = format!("/2018-06-01/runtime/invocation/{ID}/response");
    let text = format!("POST {path} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    bench.runtime.write_all(text.as_bytes()).await.unwrap();
    let mut told = [0; 25];
    tokio::select! {
        read = bench.runtime.read_exact(&mut told) => read.map(drop).unwrap(),
        asked = bench.api.asked() => panic!("{asked:?}"),
    }
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    bench.runtime.write_all(b"[1]").await.unwrap();
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1]"))));
}

#[tokio::test]
async fn an_init_error_is_taken_once_and_only_before_the_first_next() {
    let mut bench = Bench::new().await;
    bench.ask("POST", "runtime/init/error", "", "{}").await;
    assert!(matches!(bench.api.asked().await, Asked::InitError { .. }));
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
    bench.ask("POST", "runtime/init/error", "", "{}").await;
    assert_eq!(bench.refusal().await, (403, "InvalidStateTransition".to_owned()));
    let mut bench = Bench::running().await;
    bench.ask("POST", "runtime/init/error", "", "{}").await;
    assert_eq!(bench.refusal().await, (403, "InvalidStateTransition".to_owned()));
}

#[tokio::test]
async fn a_runtime_whose_connection_broke_may_ask_again() {
    let mut bench = Bench::new().await;
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
    let address = bench.runtime.peer_addr().unwrap();
    bench.runtime = TcpStream::connect(address).await.unwrap();
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
    bench.send();
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
}

#[tokio::test]
async fn pings_are_answered_and_other_apis_are_not_there() {
    let mut bench = Bench::new().await;
    bench.ask("GET", "ping", "", "").await;
    assert_eq!(bench.answer().await, (200, "pong".to_owned()));
    bench.ask("GET", "runtime/restore/next", "", "").await;
    assert_eq!(bench.answer().await.0, 404);
}

#[tokio::test]
async fn a_reset_forgets_the_killed_runtime() {
    let mut bench = Bench::running().await;
    bench.api.reset();
    let address = bench.runtime.peer_addr().unwrap();
    bench.runtime = TcpStream::connect(address).await.unwrap();
    bench.post("response", "", "[1]").await;
    assert_eq!(bench.refusal().await, (400, "InvalidRequestID".to_owned()));
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn requests_that_never_end_hold_little_memory_and_leave_room_for_others() {
    let mut bench = Bench::running().await;
    let address = bench.api.tcp.local_addr().unwrap();
    let body = vec![b'x'; RESPONSE_MAX_BYTES - 1];
    let flood = async {
        let mut open = vec![];
        for _ in 0..8 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!("POST /x HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len() + 1);
            stream.write_all(head.as_bytes()).await.unwrap();
            // Fails once the server has closed the connection.
            stream.write_all(&body).await.ok();
            open.push(stream);
        }
        open
    };
    let _open = tokio::select! {
        open = flood => open,
        asked = bench.api.asked() => panic!("{asked:?}"),
    };
    bench.post("response", "", "1").await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"1"))));
    assert!(bench.api.unfinished_bytes() <= UNFINISHED_MAX_BYTES, "{}", bench.api.unfinished_bytes());
}
