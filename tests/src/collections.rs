//! Collections to back up, made by pymilvus, and what there is to ask about collections.

use std::collections::BTreeMap;

use milvus_backup_testkit::{ServerKind, shared, wordnet};
use serde::Serialize;
use serde_json::json;

use crate::scripts::ask;

/// The type of a primary key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// 64-bit numbers, the smallest and the largest that can be read among them.
    Int64,
    /// Text, the empty one, quotes, control characters and other scripts among them.
    VarChar,
}

/// Makes a collection with every kind of field that both servers have, over three partitions, with deletes and
/// upserts in its past. It has about `rows` rows; the edge cases come on top, and deletes take some away. Returns the
/// rows of each partition.
pub fn everything(kind: ServerKind, collection: &str, key: Key, rows: usize) -> BTreeMap<String, u64> {
    let glosses = wordnet::glosses().unwrap();
    // Nouns, verbs, adjectives and adverbs lie one after the other: a stride takes from all of them.
    let texts: Vec<&str> = glosses.iter().step_by(5).take(rows).map(|gloss| gloss.text.as_str()).collect();
    assert_eq!(texts.len(), rows, "WordNet has no more");
    let key = if key == Key::Int64 { "int64" } else { "varchar" };
    let uri = shared(kind).unwrap().uri();
    ask(
        include_str!("../scripts/make_everything.py"),
        &json!({ "uri": uri, "collection": collection, "key": key, "texts": texts }),
    )
}

/// A small collection: a number as key, a text, a vector, and keys outside the schema.
#[derive(Debug, Clone, Serialize)]
pub struct Plain {
    uri: String,
    token: String,
    db: String,
    collection: String,
    partitions: BTreeMap<String, u64>,
    dim: u32,
    index: bool,
    load: bool,
    auto_id: bool,
    text_keys: bool,
    seed: u32,
}

impl Plain {
    /// An empty collection on the shared server of this kind, with an index, and loaded.
    pub fn on(kind: ServerKind, collection: &str) -> Self {
        Self::at(&shared(kind).unwrap().uri(), collection)
    }

    /// The same on any server.
    pub fn at(uri: &str, collection: &str) -> Self {
        Self {
            uri: uri.to_owned(),
            token: String::new(),
            db: String::new(),
            collection: collection.to_owned(),
            partitions: BTreeMap::new(),
            dim: 8,
            index: true,
            load: true,
            auto_id: false,
            text_keys: false,
            seed: 1,
        }
    }

    /// As this user of a server with authorization.
    #[must_use]
    pub fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// Adds a partition of so many rows.
    #[must_use]
    pub fn partition(mut self, name: &str, rows: u64) -> Self {
        self.partitions.insert(name.to_owned(), rows);
        self
    }

    /// In the database of this name, which is made when it is missing.
    #[must_use]
    pub fn database(mut self, name: &str) -> Self {
        name.clone_into(&mut self.db);
        self
    }

    /// With vectors of this many dimensions.
    #[must_use]
    pub fn dim(mut self, dim: u32) -> Self {
        self.dim = dim;
        self
    }

    /// Without an index, and so not loaded.
    #[must_use]
    pub fn without_index(mut self) -> Self {
        self.index = false;
        self
    }

    /// Not loaded.
    #[must_use]
    pub fn released(mut self) -> Self {
        self.load = false;
        self
    }

    /// With keys that the server makes.
    #[must_use]
    pub fn auto_id(mut self) -> Self {
        self.auto_id = true;
        self
    }

    /// With texts as keys, in another order than the rows.
    #[must_use]
    pub fn text_keys(mut self) -> Self {
        self.text_keys = true;
        self
    }

    /// With other vectors and texts than another seed gives.
    #[must_use]
    pub fn seed(mut self, seed: u32) -> Self {
        self.seed = seed;
        self
    }

    /// Makes it. Returns the number of rows.
    pub fn make(self) -> u64 {
        ask(include_str!("../scripts/make_plain.py"), &self)
    }
}

/// The names of the collections of a database; the empty name means the default one.
pub fn names(kind: ServerKind, db: &str) -> Vec<String> {
    let uri = shared(kind).unwrap().uri();
    ask(include_str!("../scripts/collections.py"), &json!({ "uri": uri, "db": db }))
}

/// Runs statements of pymilvus, which find the server as `client` and its address as `uri`.
pub fn change(uri: &str, statements: &str) {
    let script = format!(
        "from pymilvus import DataType, MilvusClient\nuri = given['uri']\nclient = MilvusClient(uri)\n{statements}\nprint('null')\n"
    );
    ask::<()>(&script, &json!({ "uri": uri }));
}

/// The collections that restores to `target` made for themselves.
pub fn staging(kind: ServerKind, target: &str) -> Vec<String> {
    let ours = |name: &String| name.starts_with("milvus_br_") && name.ends_with(target);
    names(kind, "").into_iter().filter(ours).collect()
}

/// Releases a collection from memory.
pub fn release(kind: ServerKind, collection: &str) {
    let script = "
from pymilvus import MilvusClient
MilvusClient(given['uri']).release_collection(given['collection'])
print('null')
";
    ask::<()>(script, &json!({ "uri": shared(kind).unwrap().uri(), "collection": collection }));
}

/// Drops collections that would weigh on the tests to come.
pub fn forget(kind: ServerKind, collections: &[&str]) {
    let script = "
from pymilvus import MilvusClient, MilvusException
client = MilvusClient(given['uri'])
for name in given['collections']:
    asked_again(lambda: client.drop_collection(name), MilvusException)
print('null')
";
    ask::<()>(script, &json!({ "uri": shared(kind).unwrap().uri(), "collections": collections }));
}
