//! Certificates of a test's own: an authority, and what it signs. Keys live as long as the folder.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name};

/// An authority that nobody but the test trusts.
pub struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

/// PEM files of one certificate, in a folder with the names that the dev services look for.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The folder.
    pub folder: PathBuf,
    /// The certificate of the authority.
    pub authority: PathBuf,
    /// The certificate.
    pub certificate: PathBuf,
    /// Its key, PKCS#8.
    pub key: PathBuf,
    /// Key, certificate and authority in one file, as Kafka wants them.
    pub bundle: PathBuf,
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// When OpenSSL fails.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let key = new_key();
        let mut builder = draft(name, &key);
        let issuer = common_name(name);
        builder.set_issuer_name(&issuer).expect("an issuer");
        builder
            .append_extension(BasicConstraints::new().critical().ca().build().expect("a constraint"))
            .expect("it");
        builder
            .append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build().expect("a usage"))
            .expect("it");
        builder.sign(&key, MessageDigest::sha256()).expect("a signature");
        Self { certificate: builder.build(), key }
    }

    /// Signs a certificate for these host names and addresses, and writes it into a new folder.
    ///
    /// # Panics
    /// When OpenSSL fails, or the folder cannot be written.
    #[must_use]
    pub fn issue(&self, within: &Path, name: &str, hosts: &[&str]) -> Issued {
        let key = new_key();
        let mut builder = draft(name, &key);
        builder.set_issuer_name(self.certificate.subject_name()).expect("an issuer");
        let mut names = SubjectAlternativeName::new();
        for host in hosts {
            if host.parse::<IpAddr>().is_ok() {
                names.ip(host)
            } else {
                names.dns(host)
            };
        }
        let names = names.build(&builder.x509v3_context(Some(&self.certificate), None)).expect("names");
        builder.append_extension(names).expect("names");
        let both = ExtendedKeyUsage::new().server_auth().client_auth().build().expect("a usage");
        builder.append_extension(both).expect("a usage");
        builder.sign(&self.key, MessageDigest::sha256()).expect("a signature");
        self.write(&within.join(name), &builder.build(), &key)
    }

    fn write(&self, folder: &Path, certificate: &X509, key: &PKey<Private>) -> Issued {
        fs::create_dir_all(folder).expect("a folder");
        let write = |name: &str, bytes: &[u8]| {
            let file = folder.join(name);
            fs::write(&file, bytes).expect("a file");
            file
        };
        let key = key.private_key_to_pem_pkcs8().expect("a key as PEM");
        let certificate = certificate.to_pem().expect("a certificate as PEM");
        let authority = self.certificate.to_pem().expect("a certificate as PEM");
        Issued {
            folder: folder.to_owned(),
            bundle: write("bundle.pem", &[&key[..], &certificate, &authority].concat()),
            authority: write("ca.crt", &authority),
            certificate: write("server.crt", &certificate),
            key: write("server.key", &key),
        }
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

fn common_name(name: &str) -> X509Name {
    let mut builder = X509Name::builder().expect("a name");
    builder.append_entry_by_nid(Nid::COMMONNAME, name).expect("a name");
    builder.build()
}

fn draft(name: &str, key: &PKey<Private>) -> X509Builder {
    let mut builder = X509::builder().expect("a certificate");
    builder.set_version(2).expect("a version");
    let serial = BigNum::from_u32(rand::random()).expect("a number").to_asn1_integer().expect("a number");
    builder.set_serial_number(&serial).expect("a number");
    builder.set_subject_name(&common_name(name)).expect("a name");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a time");
    builder.set_not_after(&Asn1Time::days_from_now(2).expect("a time")).expect("a time");
    builder.set_pubkey(key).expect("a key");
    builder
}
