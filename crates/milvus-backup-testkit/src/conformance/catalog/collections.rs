//! Collections that are created, described and dropped.

use std::collections::BTreeMap;

use milvus_backup_core::schema::{ConsistencyLevel, DataType, DefaultValue, FieldSchema};
use milvus_backup_core::{Error, LoadState, TTL_SECONDS};

use crate::conformance::Subject;
use crate::conformance::expectations::{done, done_if, refused, refused_as, unsupported};
use crate::fakes::{Family, samples};

/// "What this server can do", and what version it is.
pub(super) async fn says_what_it_is(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    assert_eq!(done(milvus.capabilities().await), expected.capabilities);
    assert_eq!(done(milvus.server_version().await), expected.capabilities.server_version);
    assert!(milvus.uri().contains("://") && !milvus.uri().contains('@'), "{}", milvus.uri());
    assert_eq!(milvus.database(), "default");
    done(milvus.database_properties().await);
    let again = milvus.create_database(&BTreeMap::new()).await;
    assert!(again.is_err(), "the database exists");
}

/// "All databases of the server", the one of this connection and the default one among them.
pub(super) async fn lists_its_database_among_others(subject: &Subject) {
    let databases = done(subject.milvus.list_databases().await);
    assert!(databases.is_sorted(), "{databases:?}");
    for name in [subject.milvus.database(), "default"] {
        assert!(databases.iter().any(|database| database == name), "{databases:?}");
    }
}

/// "Everything about one collection", as far as the server reports it.
pub(super) async fn describes_what_was_created(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let mut schema = samples::schema();
    "of words, é漢 and \"quotes\"".clone_into(&mut schema.description);
    "a text".clone_into(&mut schema.fields[1].description);
    schema.enable_dynamic_field = true;
    schema.consistency_level = ConsistencyLevel::Eventually;
    schema.shards_num = 2;
    let mut words =
        FieldSchema::new("words", DataType::Array).with_param("max_capacity", 8).with_param("max_length", 99);
    words.element_type = Some(DataType::VarChar);
    schema.fields.push(words);
    if expected.capabilities.schema.default_values {
        let default_value = Some(DefaultValue::Double("0.5".to_owned()));
        schema.fields.push(FieldSchema { default_value, ..FieldSchema::new("price", DataType::Double) });
    }
    schema.fields[1].is_clustering_key = expected.capabilities.schema.clustering_key;
    if expected.capabilities.alter_properties {
        schema.properties = BTreeMap::from([(TTL_SECONDS.to_owned(), "86400".to_owned())]);
    }
    let name = subject.fresh("described").await;
    done(milvus.create_collection(&name, &schema).await);
    done(milvus.create_index(&name, &samples::index()).await);
    let described = done(milvus.describe_collection(&name).await);
    assert_eq!(described.name, name);
    assert_eq!(described.schema, expected.reported_schema(&schema));
    assert_eq!(described.partitions, ["_default"]);
    assert_eq!(described.indexes, [expected.reported_index(&schema, &samples::index())]);
    assert_eq!(described.aliases, Vec::<String>::new());
    let has_limitations = expected.family != Family::Milvus;
    assert_eq!(!described.limitations.is_empty(), has_limitations, "{:?}", described.limitations);
    subject.forget(&name).await;
}

/// "Names of all collections, sorted."
pub(super) async fn lists_names_in_order(subject: &Subject) {
    let names = [subject.created("listed_b").await, subject.created("listed_a").await];
    let listed = done(subject.milvus.list_collections().await);
    assert!(listed.is_sorted(), "{listed:?}");
    assert!(names.iter().all(|name| listed.contains(&name.to_string())), "{listed:?}");
    for name in &names {
        subject.forget(name).await;
    }
}

/// "None where it means nothing"; "one that does not exist is no error"; `CollectionNotFound` with what there is.
pub(super) async fn a_name_that_means_nothing_is_no_error_but_in_a_description(subject: &Subject) {
    let Subject { milvus, .. } = subject;
    let (there, missing) = (subject.created("there").await, subject.fresh("missing").await);
    assert_eq!(done(milvus.resolve_collection(&missing).await), None);
    assert!(!done(milvus.has_collection(&missing).await));
    assert_eq!(done(milvus.load_state(&missing, &[]).await), LoadState::NotLoaded);
    assert_eq!(done(milvus.replica_number(&missing).await), None);
    done(milvus.drop_collection(&missing).await);
    match milvus.describe_collection(&missing).await {
        Err(Error::CollectionNotFound { collection, database, available }) => {
            assert_eq!((collection, database), (missing.to_string(), "default".to_owned()));
            assert!(available.contains(&there.to_string()), "{available:?}");
        }
        other => panic!("{other:?}"),
    }
    let family = subject.expected.family;
    let load = milvus.load_collection(&missing, None).await;
    refused_as(load, &family.collection_not_found("LoadCollection", missing.as_str()));
    let index = milvus.create_index(&missing, &samples::index()).await;
    refused_as(index, &family.collection_not_found("CreateIndex", missing.as_str()));
    subject.forget(&there).await;
}

/// `InvalidParameter` for a name that no collection on the server can have.
pub(super) async fn a_name_that_the_server_does_not_accept_is_an_invalid_parameter(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    for (text, accepted) in [("a/b", false), ("a.b", expected.naming.accepts_any_name)] {
        let name = text.parse().unwrap();
        if accepted {
            assert_eq!(done(milvus.resolve_collection(&name).await), None);
            continue;
        }
        let answers = [
            milvus.resolve_collection(&name).await.map(drop),
            milvus.describe_collection(&name).await.map(drop),
            milvus.pin_collection(&name, &"milvus_br_pin_x".parse().unwrap()).await.map(drop),
        ];
        for answer in answers {
            assert!(matches!(&answer, Err(Error::InvalidParameter { value, .. }) if value == text), "{answer:?}");
        }
    }
}

/// A name belongs to one collection.
pub(super) async fn creates_a_collection_once(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("once").await;
    assert_eq!(done(milvus.resolve_collection(&name).await), Some(name.clone()));
    done_if(expected.naming.recreates_equal, milvus.create_collection(&name, &samples::schema()).await);
    let mut other = samples::schema();
    other.fields.remove(1);
    let again = milvus.create_collection(&name, &other).await;
    refused_as(again, &expected.family.collection_exists("CreateCollection", name.as_str()));
    let schema = done(milvus.describe_collection(&name).await).schema;
    assert_eq!(schema, expected.reported_schema(&samples::schema()));
    subject.forget(&name).await;
}

/// "Removes a collection with its rows."
pub(super) async fn a_dropped_collection_comes_back_empty(subject: &Subject) {
    let Subject { milvus, .. } = subject;
    let name = subject.created("dropped").await;
    subject.insert(&name, None, 0..3, "a").await;
    done(milvus.drop_collection(&name).await);
    assert!(!done(milvus.has_collection(&name).await));
    let name = subject.loaded("dropped").await;
    assert_eq!(subject.count(&name, None).await, 0);
    assert_eq!(subject.texts(&name, None).await, Vec::<String>::new());
    subject.forget(&name).await;
}

/// "Sets properties of a collection, and removes those in `removed`."
pub(super) async fn properties_are_set_and_removed(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let name = subject.created("properties").await;
    let ttl = BTreeMap::from([(TTL_SECONDS.to_owned(), "86400".to_owned())]);
    if !expected.capabilities.alter_properties {
        unsupported(milvus.alter_properties(&name, &ttl, &[]).await);
        return subject.forget(&name).await;
    }
    let known = async || done(milvus.describe_collection(&name).await).schema.properties;
    done(milvus.alter_properties(&name, &ttl, &[]).await);
    assert_eq!(known().await, ttl);
    let other = BTreeMap::from([("mmap.enabled".to_owned(), "false".to_owned())]);
    done(milvus.alter_properties(&name, &other, &[TTL_SECONDS.to_owned()]).await);
    let both = ttl.into_iter().chain(other.clone()).collect();
    assert_eq!(known().await, if expected.naming.removes_properties { other } else { both });
    let nothing = milvus.alter_properties(&name, &BTreeMap::new(), &["mmap.enabled".to_owned()]).await;
    done_if(expected.naming.removes_properties, nothing);
    let missing = subject.fresh("without_properties").await;
    let properties = BTreeMap::from([("mmap.enabled".to_owned(), "false".to_owned())]);
    let of_missing = milvus.alter_properties(&missing, &properties, &[]).await;
    refused_as(of_missing, &expected.family.collection_not_found("AlterCollection", missing.as_str()));
    subject.forget(&name).await;
}

/// A schema that the capabilities rule out, and that the server itself refuses as well.
pub(super) async fn a_schema_it_cannot_hold_is_refused(subject: &Subject) {
    let Subject { milvus, expected, .. } = subject;
    let mut schema = samples::schema();
    // Two fields of one name, which no server takes.
    schema.fields.push(schema.fields[1].clone());
    let name = subject.fresh("unfit").await;
    refused(milvus.create_collection(&name, &schema).await);
    assert!(!done(milvus.has_collection(&name).await));
    assert_eq!(expected.capabilities.schema.missing(&samples::schema()), Vec::<String>::new());
}
