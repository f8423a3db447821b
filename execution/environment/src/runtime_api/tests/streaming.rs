//! Responses in streaming mode.

use std::time::Duration;

use model::limits::{STREAM_BURST_BYTES, STREAMED_RESPONSE_MAX_BYTES};
use tokio::time::Instant;

use super::*;
use crate::response_stream::{ResponseStream, response_stream};

const HEAD: &str = "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n";
const END: &[u8] = b"0\r\n\r\n";
const FAILED: &[u8] = b"0\r\nLambda-Runtime-Function-Error-Type: Runtime.Late\r\n\
    Lambda-Runtime-Function-Error-Body: e30=\r\n\r\n";

fn begin(id: &str) -> Vec<u8> {
    format!("POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\n{HEAD}").into_bytes()
}

fn chunk(data: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
}

impl Bench {
    /// With an event whose caller takes the response piece by piece.
    async fn streaming() -> (Bench, ResponseStream) {
        let mut bench = Bench::running().await;
        let (sink, stream) = response_stream();
        bench.api.stream_to(Some(sink));
        (bench, stream)
    }

    async fn write(&mut self, text: &[u8]) {
        self.runtime.write_all(text).await.unwrap();
    }

    /// What the caller gets next.
    async fn piece(&mut self, stream: &mut ResponseStream) -> Bytes {
        tokio::select! {
            piece = stream.next() => piece.unwrap(),
            asked = self.api.asked() => panic!("{asked:?}"),
        }
    }

    /// What the invocation's answer is, and how much has flowed by then. The rest of `text` is written meanwhile.
    async fn flow(&mut self, stream: &mut ResponseStream, text: Vec<u8>) -> (Answer, usize) {
        let mut runtime = TcpStream::connect(self.api.tcp.local_addr().unwrap()).await.unwrap();
        let writing = tokio::spawn(async move {
            runtime.write_all(&text).await.unwrap();
            runtime
        });
        let mut bytes = 0;
        let answer = loop {
            tokio::select! {
                Some(piece) = stream.next() => bytes += piece.len(),
                asked = self.api.asked() => match asked {
                    Asked::Answered(answer) => break answer,
                    other => panic!("{other:?}"),
                }
            }
        };
        while let Some(piece) = stream.next().await {
            bytes += piece.len();
        }
        self.runtime = tokio::select! {
            runtime = writing => runtime.unwrap(),
            asked = self.api.asked() => panic!("{asked:?}"),
        };
        (answer, bytes)
    }
}

#[tokio::test]
async fn a_piece_reaches_the_caller_before_the_next_is_written() {
    let (mut bench, mut stream) = Bench::streaming().await;
    bench.write(&begin(ID)).await;
    for data in ["one", "two"] {
        bench.write(&chunk(data.as_bytes())).await;
        assert_eq!(bench.piece(&mut stream).await, data);
    }
    bench.write(END).await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Streamed { bytes: 6 }));
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
    assert_eq!(stream.next().await, None);
    assert!(bench.api.response_began().is_some());
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn an_error_behind_the_response_is_in_its_trailers() {
    let (mut bench, mut stream) = Bench::streaming().await;
    bench.write(&[begin(ID), chunk(b"part"), FAILED.to_vec()].concat()).await;
    let (payload, error) = (Bytes::from_static(b"{}"), ErrorType::reported("Runtime.Late"));
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Error { payload, error }));
    assert_eq!(stream.next().await.unwrap(), "part");
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_caller_that_wants_it_whole_gets_it_whole() {
    let mut bench = Bench::running().await;
    bench.write(&[begin(ID), chunk(b"[1,"), chunk(b"2]"), END.to_vec()].concat()).await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1,2]"))));
}

#[tokio::test]
async fn a_whole_response_has_the_limit_of_others() {
    let mut bench = Bench::running().await;
    let mut nobody = response_stream().1;
    let text = [begin(ID), chunk(&vec![0; RESPONSE_MAX_BYTES + 1]), END.to_vec()].concat();
    let (answer, _) = bench.flow(&mut nobody, text).await;
    assert_eq!(answer, Answer::TooLarge { limit_bytes: RESPONSE_MAX_BYTES });
    assert_eq!(bench.refusal().await, (413, "RequestEntityTooLarge".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn what_follows_the_burst_flows_at_two_megabytes_a_second() {
    let (mut bench, mut stream) = Bench::streaming().await;
    let began = Instant::now();
    let burst = usize::try_from(STREAM_BURST_BYTES).unwrap();
    let text = [begin(ID), chunk(&vec![0; burst + (4 << 20)]), END.to_vec()].concat();
    let (answer, bytes) = bench.flow(&mut stream, text).await;
    assert_eq!((answer, bytes), (Answer::Streamed { bytes }, burst + (4 << 20)));
    let took = began.elapsed();
    assert!((1900..2100).contains(&took.as_millis()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_response_is_cut_at_two_hundred_megabytes_and_the_runtime_goes_on() {
    let (mut bench, mut stream) = Bench::streaming().await;
    let text = [begin(ID), chunk(&vec![0; STREAMED_RESPONSE_MAX_BYTES + 1]), END.to_vec()].concat();
    let (answer, bytes) = bench.flow(&mut stream, text).await;
    assert_eq!(answer, Answer::TooLarge { limit_bytes: STREAMED_RESPONSE_MAX_BYTES });
    assert_eq!(bytes, STREAMED_RESPONSE_MAX_BYTES);
    assert_eq!(bench.refusal().await, (413, "RequestEntityTooLarge".to_owned()));
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn a_caller_that_does_not_read_stops_the_runtime() {
    let (mut bench, stream) = Bench::streaming().await;
    let text = [begin(ID), chunk(&vec![0; 64 << 20])].concat();
    tokio::select! {
        written = bench.runtime.write_all(&text) => panic!("{written:?}"),
        asked = bench.api.asked() => panic!("{asked:?}"),
        () = tokio::time::sleep(Duration::from_millis(200)) => {}
    }
    assert!(bench.api.unfinished_bytes() < 1 << 20, "{}", bench.api.unfinished_bytes());
    drop(stream);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_has_gone_stops_nothing() {
    let (mut bench, stream) = Bench::streaming().await;
    drop(stream);
    let mut nobody = response_stream().1;
    let text = [begin(ID), chunk(&vec![0; 1 << 20]), END.to_vec()].concat();
    let (answer, _) = bench.flow(&mut nobody, text).await;
    assert_eq!(answer, Answer::Streamed { bytes: 1 << 20 });
}

#[tokio::test]
async fn a_connection_that_breaks_fails_the_invocation_once_the_runtime_goes_on() {
    let (mut bench, mut stream) = Bench::streaming().await;
    bench.write(&[begin(ID), chunk(b"half")].concat()).await;
    assert_eq!(bench.piece(&mut stream).await, "half");
    bench.runtime = TcpStream::connect(bench.api.tcp.local_addr().unwrap()).await.unwrap();
    while !bench.api.is_cut_short {
        tokio::select! {
            asked = bench.api.asked() => panic!("{asked:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Truncated));
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn errors_are_refused_once_the_response_has_begun() {
    let (mut bench, mut stream) = Bench::streaming().await;
    bench.write(&[begin(ID), chunk(b"x")].concat()).await;
    assert_eq!(bench.piece(&mut stream).await, "x");
    let streaming = std::mem::replace(
        &mut bench.runtime,
        TcpStream::connect(bench.api.tcp.local_addr().unwrap()).await.unwrap(),
    );
    bench.post("error", "", "{}").await;
    assert_eq!(bench.refusal().await, (403, "InvalidStateTransition".to_owned()));
    bench.runtime = streaming;
    bench.write(END).await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Streamed { bytes: 1 }));
}

#[tokio::test]
async fn a_refused_response_is_read_away_before_its_answer() {
    let (mut bench, _stream) = Bench::streaming().await;
    let other = "11111111-0123-4697-b07a-ac58fc914c95";
    bench.write(&[begin(other), chunk(b"x"), END.to_vec()].concat()).await;
    assert_eq!(bench.refusal().await, (400, "InvalidRequestID".to_owned()));
    bench.post("response", "", "[1]").await;
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1]"))));
}
