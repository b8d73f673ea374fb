//! The acts of the demo, in their order.

use std::time::Instant;

use milvus_backup_testkit::{Lite, LiteVersion};
use serde::Deserialize;

use super::parts::{self, Parts};
use super::place::{self, Place};
use super::product::Product;
use super::{damage, questions};
use crate::error::{Error, Result};
use crate::terminal::{say, seconds, step};
use crate::workspace;

const COLLECTION: &str = "words";
const RESTORED: &str = "words_restored";

/// Where a backup is, as `milvus-br show --json` says.
#[derive(Deserialize)]
struct Shown {
    backup_id: String,
}

/// Runs the whole demo.
pub(crate) fn run() -> Result<()> {
    let started = Instant::now();
    let parts = parts::get()?;
    let ready = Instant::now();
    let place = Place::empty()?;

    let server = step("start Milvus Lite", || Ok(Lite::start_on(LiteVersion::V3_2_2, place.database())?))?;
    let product = Product::new(parts.milvus_br.clone(), &place.backups()).with("MILVUS_URI", server.uri());
    let backup_id = back_up_and_restore(&parts, &product, &server.uri())?;
    read_with_duckdb(&parts, &place, &backup_id)?;
    notice_damage(&parts, &place)?;
    drop(server);
    without_a_server(&parts, &place)?;
    farewell(&place, &backup_id);
    say(format_args!("demo passed: {} to get ready, {} to run", seconds(ready - started), seconds(ready.elapsed())));
    Ok(())
}

/// The main act. Returns the identifier of the backup.
fn back_up_and_restore(parts: &Parts, product: &Product, uri: &str) -> Result<String> {
    let Parts { witness, words, .. } = parts;
    heading("a collection, made with pymilvus");
    questions::fill(witness, uri, COLLECTION, words)?;
    let before = questions::search(witness, uri, COLLECTION, words)?;
    questions::show(&before);

    heading("back up, verify, restore under another name");
    product.show_environment();
    product.run("create words")?;
    product.run("list")?;
    product.run("verify words@latest")?;
    product.run("restore words@latest --to words_restored --load")?;

    heading("pymilvus compares every row of every partition, vectors bit by bit");
    questions::compare(witness, uri, COLLECTION, RESTORED, words.rows.len())?;
    say("no difference");
    heading("the same searches on the restored collection");
    let after = questions::search(witness, uri, RESTORED, words)?;
    questions::show(&after);
    if !questions::same(&before, &after) {
        return Err(Error::Demo(format!("searches differ: before {before:?}, after {after:?}")));
    }
    say("the same hits at the same distances as before the backup");
    Ok(product.ask::<Shown>("show words@latest")?.backup_id)
}

/// The backup as a table, with a tool that knows nothing of Milvus.
fn read_with_duckdb(parts: &Parts, place: &Place, backup_id: &str) -> Result<()> {
    heading("a backup is plain Parquet: here it is in DuckDB");
    let files = place.backups().join(COLLECTION).join(backup_id).join("data").join("*.parquet");
    let sql = |files: &str| {
        format!(
            "SELECT id, word, domain, left(gloss, 32) AS gloss, left(\"$meta\", 40) AS \"$meta\", len(meaning) AS dim \
             FROM '{files}' ORDER BY hash(id) LIMIT 6"
        )
    };
    say(format_args!("{};", sql(&workspace::shown(&files))));
    let found = files.display().to_string();
    questions::first_rows(&parts.witness, &found, &sql(&found), parts.words.rows.len())
}

/// A copy of the backup with one bit turned must not pass.
fn notice_damage(parts: &Parts, place: &Place) -> Result<()> {
    heading("one bit is turned in a copy of the backup");
    place::copy_tree(&place.backups(), &place.damaged())?;
    let file = damage::turn_one_bit(&place.damaged())?;
    say(format_args!("damaged {}", workspace::shown(&file)));
    let product = Product::new(parts.milvus_br.clone(), &place.damaged());
    product.show_environment();
    let status = product.status("verify words@latest")?;
    if status.code() == Some(damage::EXIT_CODE) {
        Ok(())
    } else {
        Err(Error::Demo(format!("a damaged backup must end verify with {}, not with {status}", damage::EXIT_CODE)))
    }
}

/// A path ending in `.db` instead of an address.
fn without_a_server(parts: &Parts, place: &Place) -> Result<()> {
    heading("without a server: the database file of Milvus Lite as the address");
    let product = Product::new(parts.milvus_br.clone(), &place.backups());
    let product = product.with("MILVUS_BR_MILVUS_LITE", parts.milvus_lite.display().to_string());
    product.show_environment();
    let database = workspace::shown(&place.database());
    product.run(&format!("--uri {database} create {RESTORED} --tag second"))?;
    product.run("list")
}

fn farewell(place: &Place, backup_id: &str) {
    heading("it is yours to look at");
    let backups = workspace::shown(&place.backups());
    let files = format!("{backups}/{COLLECTION}/{backup_id}/data/*.parquet");
    say(format_args!("backups   {backups}"));
    say(format_args!("DuckDB    duckdb -c \"SELECT * FROM '{files}' LIMIT 10\""));
    say(format_args!("pandas    pandas.read_parquet('{}')", files.replace("*.parquet", "noun.parquet")));
    say(format_args!("Polars    polars.read_parquet('{files}')\n"));
}

fn heading(title: &str) {
    say(format_args!("\n--- {title} ---\n"));
}
