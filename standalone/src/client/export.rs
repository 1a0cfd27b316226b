//! `bataudit export`: every matching event, streamed to a file or to standard output, and compared with the server's
//! signed manifest. A file has its name only when it is whole and agrees.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use reqwest::Response;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::http::Client;
use super::manifest::{self, Arrived};
use super::{filter, print, say, with_client};
use crate::cli::ExportArguments;

/// Exports, and says what was exported.
pub(crate) fn run(asked: &ExportArguments) -> anyhow::Result<()> {
    with_client(&asked.asked.server, async |client| {
        if let Some(file) = asked.output.as_deref().filter(|file| file.exists() && !asked.force) {
            bail!("{} exists; --force replaces it", file.display());
        }
        let done = export(&client, asked).await?;
        let text = if asked.json { done.to_string() } else { sentence(&done) };
        // Standard output is the file's where there is no other.
        if asked.output.is_some() { print(&format!("{text}\n")) } else { said(&text) }
    })
}

fn said(text: &str) -> anyhow::Result<()> {
    say(text);
    Ok(())
}

async fn export(client: &Client, asked: &ExportArguments) -> anyhow::Result<Value> {
    let mut query = filter::parameters(client, &asked.asked, Some(&asked.span)).await?;
    let columns = if asked.all_columns { "all" } else { "summary" };
    query.extend(
        [("format", asked.format.name()), ("columns", columns)].map(|(n, v)| (n.to_owned(), v.to_owned())),
    );
    let answer = client.open("/v1/audit/export", &query, None).await?;
    let id = answer.headers().get("x-export-id").and_then(|id| id.to_str().ok());
    let id = id.context("the server did not name the export; is it BatAudit?")?.to_owned();
    let part = asked.output.as_deref().map(|file| beside(file, ".part"));
    let arrived = match &part {
        Some(part) => {
            let mut file = File::create(part).with_context(|| format!("cannot write {}", part.display()))?;
            let arrived = pass(answer, &mut file).await?;
            file.sync_all()?;
            arrived
        }
        None => pass(answer, &mut io::stdout().lock()).await?,
    };
    let signed = client.get(&format!("/v1/audit/exports/{id}"), &[]).await;
    let signed = signed.context("the events arrived, but their manifest did not")?;
    let rows = manifest::check(&signed, &id, &arrived)?;
    if let Some((file, part)) = asked.output.as_deref().zip(part) {
        fs::write(beside(file, ".manifest.json"), format!("{signed:#}\n"))?;
        fs::rename(&part, file)?;
    }
    let file = asked.output.as_deref().map(Path::to_string_lossy);
    Ok(json!({
        "export_id": id, "file": file, "rows": rows, "bytes": arrived.bytes, "sha256": arrived.sha256, "verified": true,
    }))
}

/// Passes the body on, counted and hashed. A body that breaks off is an error.
async fn pass(mut answer: Response, to: &mut impl Write) -> anyhow::Result<Arrived> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    while let Some(chunk) =
        answer.chunk().await.map_err(reqwest::Error::without_url).context("the export broke off")?
    {
        hash.update(&chunk);
        bytes += chunk.len() as u64;
        to.write_all(&chunk).context("cannot write what arrived")?;
    }
    to.flush()?;
    Ok(Arrived { bytes, sha256: hex::encode(hash.finalize()) })
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

fn sentence(done: &Value) -> String {
    let rows = done["rows"].as_u64().map_or_else(|| "Events".to_owned(), |rows| format!("{rows} events"));
    let text = |field: &str| done[field].as_str().unwrap_or_default();
    format!(
        "{rows}, {} bytes. SHA-256 {} is that of the server's signed manifest (export {}).",
        done["bytes"],
        text("sha256"),
        text("export_id")
    )
}
