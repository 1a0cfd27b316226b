use super::*;
use crate::ports;

async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                drop(tokio::io::copy(&mut reader, &mut writer).await);
            });
        }
    });
    address
}

async fn through(protocol: Protocol) -> (FaultProxy, TcpStream) {
    let proxy = FaultProxy::to(&echo().await, protocol, ports::free()).await;
    let stream = TcpStream::connect(proxy.address()).await.expect("a connection");
    (proxy, stream)
}

async fn round_trip(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(bytes).await?;
    let mut answer = vec![0; bytes.len()];
    stream.read_exact(&mut answer).await.map(|_| answer)
}

#[tokio::test]
async fn clear_and_slow_weather_pass_everything() {
    let (proxy, mut stream) = through(Protocol::Bytes).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
    assert_eq!(round_trip(&mut stream, &bytes).await.expect("an echo"), bytes);
    proxy.set(Weather::Slow);
    let began = tokio::time::Instant::now();
    assert_eq!(round_trip(&mut stream, &bytes).await.expect("an echo"), bytes);
    assert!(began.elapsed() >= 5 * SLOW.1, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_request_is_cut_in_the_middle_and_an_answer_at_its_start() {
    let (proxy, mut stream) = through(Protocol::Bytes).await;
    proxy.set(Weather::CutRequest(10));
    stream.write_all(&[1; 20]).await.expect("room in the socket");
    let mut passed = Vec::new();
    // A connection that ends by a reset ends all the same.
    drop(stream.read_to_end(&mut passed).await);
    assert!(passed.len() <= 10, "{} bytes passed", passed.len());
    let (proxy, mut stream) = through(Protocol::Bytes).await;
    proxy.set(Weather::CutAnswer);
    assert!(round_trip(&mut stream, b"x").await.is_err());
}

#[tokio::test]
async fn what_was_held_goes_on_and_what_was_half_open_is_cut() {
    let (proxy, mut stream) = through(Protocol::Bytes).await;
    proxy.set(Weather::Still);
    let held = tokio::time::timeout(Duration::from_millis(100), round_trip(&mut stream, b"x")).await;
    assert!(held.is_err(), "it passed");
    proxy.set(Weather::Clear);
    stream.read_exact(&mut [0]).await.expect("what was held");
    proxy.set(Weather::HalfOpen);
    let held = tokio::time::timeout(Duration::from_millis(100), round_trip(&mut stream, b"x")).await;
    assert!(held.is_err(), "it passed");
    proxy.set(Weather::Clear);
    assert!(stream.read_exact(&mut [0]).await.is_err(), "it was not cut");
}

#[tokio::test]
async fn only_calls_of_the_kind_are_lost() {
    let message = |kind: u8, id: u8| [0, 0, 0, 8, 0, kind, 0, 9, 0, 0, 0, id];
    let (proxy, mut stream) = through(Protocol::Kafka).await;
    proxy.set(Weather::LoseCall(OFFSET_COMMIT));
    assert_eq!(round_trip(&mut stream, &message(0, 1)).await.expect("an echo"), message(0, 1));
    assert!(round_trip(&mut stream, &message(8, 2)).await.is_err());
}

#[tokio::test]
async fn a_closed_proxy_cuts_and_refuses() {
    let (proxy, mut stream) = through(Protocol::Bytes).await;
    proxy.set(Weather::Closed);
    assert!(round_trip(&mut stream, b"x").await.is_err(), "it was not cut");
    let mut second = TcpStream::connect(proxy.address()).await.expect("the listener stays");
    assert!(round_trip(&mut second, b"x").await.is_err(), "it was not refused");
    proxy.set(Weather::Clear);
    let mut third = TcpStream::connect(proxy.address()).await.expect("a connection");
    round_trip(&mut third, b"x").await.expect("an echo");
}
