//! The key pair that signs Web Push (VAPID, RFC 8292). How one is made is not known here; that there is one only, is.

use bataudit_service::Secret;

use crate::clock::now_ms;
use crate::error::Result;
use crate::store::Store;

/// The pair's name: there is one.
const NAME: &str = "vapid";

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
/// When the store does not answer.
pub async fn get(store: &Store) -> Result<Option<Vapid>> {
    let sql = "SELECT private_key, public_key FROM vapid_keys WHERE name = $1";
    let found: Option<(String, String)> = store.one(sqlx::query_as(sql).bind(NAME)).await?;
    Ok(found.map(|(private_key, public_key)| Vapid { private_key: Secret::new(private_key), public_key }))
}

/// Keeps a pair, unless there is one already: of several made at the same time one counts, which [`get`] then tells.
///
/// # Errors
/// When the store does not answer.
pub async fn keep(store: &Store, vapid: &Vapid) -> Result<()> {
    let sql = "INSERT INTO vapid_keys (name, private_key, public_key, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO NOTHING";
    let query =
        sqlx::query(sql).bind(NAME).bind(vapid.private_key.expose()).bind(&vapid.public_key).bind(now_ms());
    store.execute(query).await.map(drop)
}
