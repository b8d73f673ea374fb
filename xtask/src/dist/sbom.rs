//! The software bill of materials, in `CycloneDX` 1.6.

use serde_json::{Value, json};

use super::dependencies::Dependency;
use crate::error::{Error, Result};

/// Returns the bill of materials of the executable.
pub(super) fn bill(version: &str, dependencies: &[Dependency]) -> Result<Vec<u8>> {
    let components: Vec<Value> = dependencies.iter().map(component).collect();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "milvus-br",
                "name": "milvus-br",
                "version": version,
                "licenses": [{ "expression": "Apache-2.0" }],
            },
        },
        "components": components,
    });
    let mut bytes = serde_json::to_vec_pretty(&document)
        .map_err(|source| Error::Unreadable { command: "cargo metadata".to_owned(), source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn component(dependency: &Dependency) -> Value {
    let Dependency { name, version, licence, own, checksum, .. } = dependency;
    let licence = match licence {
        Some(expression) => json!({ "expression": expression }),
        None => json!({ "license": { "name": "see its text" } }),
    };
    let mut component = json!({
        "type": "library",
        "bom-ref": format!("{name}@{version}"),
        "name": name,
        "version": version,
        "licenses": [licence],
    });
    if !own {
        component["purl"] = format!("pkg:cargo/{name}@{version}").into();
    }
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}
