//! The key pair that signs Web Push (VAPID, RFC 8292). How one is made is not known here; that there is one only, is.

use bataudit_service::Secret;

use crate::clock::now_ms;
use crate::error::Result;
use crate::sealing::settle::Kept;
use crate::store::Store;

/// The pair's name: there is one.
const NAME: &str = "vapid";
/// What the private key is sealed for.
const PLACE: &str = "vapid_keys.private_key";

/// The key pair.
#[derive(Debug, Clone)]
pub struct Vapid {
    /// PKCS#8, PEM.
    pub private_key: Secret,
    /// The uncompressed point, base64url without padding: what browsers subscribe to.
    pub public_key: String,
}

/// The pair, once it was made.
///
/// # Errors
/// When the store does not answer, or the key does not open.
pub async fn get(store: &Store) -> Result<Option<Vapid>> {
    let sql = "SELECT private_key, public_key FROM vapid_keys WHERE name = $1";
    let found: Option<(String, String)> = store.one(sqlx::query_as(sql).bind(NAME)).await?;
    let Some((private_key, public_key)) = found else { return Ok(None) };
    Ok(Some(Vapid { private_key: store.keys().open(PLACE, &private_key)?, public_key }))
}

/// Keeps a pair, unless there is one already: of several made at the same time one counts, which [`get`] then tells.
///
/// # Errors
/// When the store does not answer.
pub async fn keep(store: &Store, vapid: &Vapid) -> Result<()> {
    let sql = "INSERT INTO vapid_keys (name, private_key, public_key, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO NOTHING";
    let sealed = store.keys().seal(PLACE, vapid.private_key.expose())?;
    let query = sqlx::query(sql).bind(NAME).bind(sealed).bind(&vapid.public_key).bind(now_ms());
    store.execute(query).await.map(drop)
}

/// The private key as it lies there.
pub(crate) async fn kept(store: &Store) -> Result<Vec<Kept>> {
    let found: Vec<(String, String)> =
        store.all(sqlx::query_as("SELECT name, private_key FROM vapid_keys")).await?;
    let replace = "UPDATE vapid_keys SET private_key = $2 WHERE name = $1 AND private_key = $3";
    let kept = |(row, value)| Kept { replace, row, place: PLACE.to_owned(), value };
    Ok(found.into_iter().map(kept).collect())
}
