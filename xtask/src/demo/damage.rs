//! Damaging a backup the way a failing disk does.

use std::fs;
use std::path::{Path, PathBuf};

use super::place;
use crate::error::{Error, Result};

/// What `milvus-br verify` ends with when a backup is damaged.
pub(super) const EXIT_CODE: i32 = 13;

/// Turns one bit in the middle of the first data file below a root of backups. Returns the file.
pub(super) fn turn_one_bit(root: &Path) -> Result<PathBuf> {
    let file = first_data_file(root)?.ok_or_else(|| Error::Demo(format!("no data file below {}", root.display())))?;
    let mut bytes = fs::read(&file).map_err(Error::io(format!("read {}", file.display())))?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    fs::write(&file, bytes).map_err(Error::io(format!("write {}", file.display())))?;
    Ok(file)
}

fn first_data_file(directory: &Path) -> Result<Option<PathBuf>> {
    for path in place::entries(directory)? {
        if path.is_dir() {
            if let Some(found) = first_data_file(&path)? {
                return Ok(Some(found));
            }
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_bit_changes() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("words").join("data");
        fs::create_dir_all(&data).unwrap();
        fs::write(data.join("noun.parquet"), [0_u8; 9]).unwrap();
        fs::write(root.path().join("words").join("metadata.json"), [0_u8; 9]).unwrap();
        let file = turn_one_bit(root.path()).unwrap();
        assert_eq!(fs::read(&file).unwrap(), [0, 0, 0, 0, 1, 0, 0, 0, 0]);
    }
}
