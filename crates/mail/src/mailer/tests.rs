//! E-mails to a server that speaks SMTP, with and without TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

use bataudit_service::Env;
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};

use super::*;

/// How the server behaves.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Plain,
    StartTls,
    Tls,
    Refuses,
    Busy,
}

/// A server that takes one connection. What it was told comes when that ends.
struct Server {
    port: u16,
    said: Receiver<String>,
    _thread: JoinHandle<()>,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Server {
    fn start(manner: Manner, certificate: &(X509, PKey<Private>)) -> Self {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_certificate(&certificate.0).unwrap();
        acceptor.set_private_key(&certificate.1).unwrap();
        let acceptor = acceptor.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, said) = channel();
        let thread = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut heard = String::new();
            if manner == Manner::Tls {
                if let Ok(stream) = acceptor.accept(stream) {
                    talk(Box::new(stream), manner, true, &mut heard);
                }
            } else {
                let again = stream.try_clone().unwrap();
                if talk(Box::new(stream), manner, true, &mut heard)
                    && let Ok(stream) = acceptor.accept(again)
                {
                    heard.push_str("(TLS)\n");
                    talk(Box::new(stream), manner, false, &mut heard);
                }
            }
            sender.send(heard).unwrap();
        });
        Self { port, said, _thread: thread }
    }
}

/// One conversation; whether the client now begins with TLS.
fn talk(stream: Box<dyn Stream>, manner: Manner, greets: bool, heard: &mut String) -> bool {
    let mut stream = BufReader::new(stream);
    let say = |stream: &mut BufReader<Box<dyn Stream>>, text: &str| {
        stream.get_mut().write_all(text.as_bytes()).is_ok() && stream.get_mut().flush().is_ok()
    };
    if greets {
        say(&mut stream, "220 test ESMTP\r\n");
    }
    let (mut line, mut in_data) = (String::new(), false);
    while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
        let command = std::mem::take(&mut line);
        heard.push_str(&command);
        let word = command.trim_end().to_ascii_uppercase();
        let secured = !greets || manner == Manner::Tls;
        let answer = if in_data {
            in_data = word != ".";
            if in_data { "" } else { "250 taken\r\n" }
        } else if word.starts_with("EHLO") && manner == Manner::StartTls && !secured {
            "250-test\r\n250 STARTTLS\r\n"
        } else if word.starts_with("EHLO") && secured {
            "250-test\r\n250 AUTH PLAIN LOGIN\r\n"
        } else if word.starts_with("EHLO") {
            "250 test\r\n"
        } else if word == "STARTTLS" {
            say(&mut stream, "220 go ahead\r\n");
            return true;
        } else if word.starts_with("AUTH") {
            "235 welcome\r\n"
        } else if word.starts_with("RCPT") && manner == Manner::Refuses {
            "550 5.1.1 no such user\r\n"
        } else if word.starts_with("RCPT") && manner == Manner::Busy {
            "451 4.3.0 come back later\r\n"
        } else if word == "DATA" {
            in_data = true;
            "354 go ahead\r\n"
        } else if word == "QUIT" {
            say(&mut stream, "221 bye\r\n");
            return false;
        } else {
            "250 ok\r\n"
        };
        if !say(&mut stream, answer) {
            return false;
        }
    }
    false
}

/// A certificate for localhost that signs itself.
fn certificate() -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, "mail of a test").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None));
    builder.append_extension(names.unwrap()).unwrap();
    builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

fn mailer(port: u16, security: &str, user: bool, trusted: Option<&X509>) -> Mailer {
    let mut pairs = vec![
        ("BATAUDIT_SMTP_HOST", "localhost".to_owned()),
        ("BATAUDIT_SMTP_PORT", port.to_string()),
        ("BATAUDIT_SMTP_SECURITY", security.to_owned()),
        ("BATAUDIT_SMTP_FROM", "BatAudit <bataudit@example.com>".to_owned()),
    ];
    if user {
        pairs.push(("BATAUDIT_SMTP_USER", "me".to_owned()));
        pairs.push(("BATAUDIT_SMTP_PASSWORD", "hunter2".to_owned()));
    }
    let mut env = Env::from_pairs(pairs);
    let mut config = Config::from_env(&mut env).unwrap();
    env.finish().unwrap();
    config.trusted = trusted
        .map(|one| lettre::transport::smtp::client::Certificate::from_pem(&one.to_pem().unwrap()).unwrap())
        .into_iter()
        .collect();
    Mailer::new(&config).unwrap()
}

const LETTER: Letter<'_> = Letter {
    to: "ada@example.com",
    subject: "Monitor down: shop\r\nBcc: eve@example.com",
    text: "It is down.\n.\nSince noon.",
    id: "delivery-1",
};

#[tokio::test]
async fn a_letter_is_handed_over() {
    let server = Server::start(Manner::Plain, &certificate());
    mailer(server.port, "none", false, None).send(LETTER).await.unwrap();
    let said = server.said.recv().unwrap();
    for wanted in [
        "MAIL FROM:<bataudit@example.com>",
        "RCPT TO:<ada@example.com>",
        "Message-ID: <delivery-1@example.com>",
        "Auto-Submitted: auto-generated",
        "Subject: Monitor down: shop",
        "It is down.\r\n..\r\nSince noon.",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in {said}");
    }
    assert!(!said.lines().any(|line| line.starts_with("Bcc")), "{said}");
}

#[tokio::test]
async fn secrets_go_over_tls_only() {
    let certificate = certificate();
    for (manner, security) in [(Manner::StartTls, "starttls"), (Manner::Tls, "tls")] {
        let server = Server::start(manner, &certificate);
        mailer(server.port, security, true, Some(&certificate.0)).send(LETTER).await.unwrap();
        let said = server.said.recv().unwrap();
        assert!(said.contains("AUTH PLAIN") && said.contains("It is down."), "{said}");
        assert_eq!(said.contains("(TLS)"), manner == Manner::StartTls);
    }
    // A server that offers no STARTTLS, and one that nobody vouches for.
    let bare = Server::start(Manner::Plain, &certificate);
    let error = mailer(bare.port, "starttls", true, Some(&certificate.0)).send(LETTER).await.unwrap_err();
    assert!(!error.is_final(), "{error}");
    assert!(!bare.said.recv().unwrap().contains("AUTH"));
    let stranger = Server::start(Manner::StartTls, &certificate);
    let error = mailer(stranger.port, "starttls", true, None).send(LETTER).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(!stranger.said.recv().unwrap().contains("AUTH"));
}

#[tokio::test]
async fn a_refusal_is_final_and_a_busy_server_is_not() {
    for (manner, is_final, words) in
        [(Manner::Refuses, true, "no such user"), (Manner::Busy, false, "come back later")]
    {
        let server = Server::start(manner, &certificate());
        let error = mailer(server.port, "none", false, None).send(LETTER).await.unwrap_err();
        assert_eq!(error.is_final(), is_final, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let nobody = mailer(1, "none", false, None).send(LETTER).await.unwrap_err();
    assert!(!nobody.is_final(), "{nobody}");
    let nowhere = mailer(1, "none", false, None).send(Letter { to: "nobody", ..LETTER }).await;
    assert!(nowhere.unwrap_err().is_final());
}
