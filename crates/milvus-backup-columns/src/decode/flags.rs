//! Which rows of a column are valid, from both places of the protocol that say so.
//!
//! `FieldData.valid_data` is the legacy place. `schema.proto` asks readers to prefer `ScalarField.valid_data` (tag 17) and
//! `VectorField.valid_data` (tag 9), which in a nested message tell which elements are valid.

use milvus::proto::schema::{FieldData, ScalarField, VectorField, field_data, scalar_field};
use milvus_backup_core::Result;

use crate::error::mismatch;

/// Returns the flags of a column, one for each row; none if all rows are valid.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] if the two places differ, and for a NULL within the value of a row.
pub(super) fn row_flags(field: &str, column: &FieldData) -> Result<Vec<bool>> {
    let own = match &column.field {
        Some(field_data::Field::Scalars(scalars)) => {
            require_valid_elements(field, scalars)?;
            &scalars.valid_data
        }
        Some(field_data::Field::Vectors(vectors)) => {
            require_valid_vectors(field, vectors)?;
            &vectors.valid_data
        }
        Some(field_data::Field::StructArrays(_)) | None => &Vec::new(),
    };
    agreed_flags(field, &column.valid_data, own)
}

/// Returns the flags of whichever place has some.
///
/// # Errors
/// [`milvus_backup_core::Error::Protocol`] if the two places differ.
pub(super) fn agreed_flags(field: &str, legacy: &[bool], own: &[bool]) -> Result<Vec<bool>> {
    if legacy.is_empty() {
        return Ok(own.to_vec());
    }
    if own.is_empty() || own == legacy {
        return Ok(legacy.to_vec());
    }
    Err(mismatch(field, "the two places that tell which rows are NULL contradict each other"))
}

fn require_valid_elements(field: &str, scalars: &ScalarField) -> Result<()> {
    let Some(scalar_field::Data::ArrayData(rows)) = &scalars.data else { return Ok(()) };
    require_all(field, rows.data.iter().map(|row| row.valid_data.as_slice()))
}

fn require_valid_vectors(field: &str, vectors: &VectorField) -> Result<()> {
    use milvus::proto::schema::vector_field::Data;

    let Some(Data::VectorArray(rows)) = &vectors.data else { return Ok(()) };
    require_all(field, rows.data.iter().map(|row| row.valid_data.as_slice()))
}

/// NULL elements have no place in a data file: `element_nullable` of a field is refused before any row is read, so a
/// server that sends one contradicts its own description.
fn require_all<'a>(field: &str, mut elements: impl Iterator<Item = &'a [bool]>) -> Result<()> {
    if elements.all(|flags| flags.iter().all(|valid| *valid)) {
        return Ok(());
    }
    Err(mismatch(field, "an array with an element that is NULL"))
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::{ArrayArray, LongArray, VectorArray, vector_field};

    use super::*;

    fn numbers(valid_data: Vec<bool>) -> ScalarField {
        ScalarField { data: Some(scalar_field::Data::LongData(LongArray { data: vec![1, 2] })), valid_data }
    }

    fn column(legacy: &[bool], field: field_data::Field) -> FieldData {
        FieldData { valid_data: legacy.to_vec(), field: Some(field), ..FieldData::default() }
    }

    #[test]
    fn flags_are_taken_from_the_place_that_has_them() {
        let (none, mixed) = (vec![], vec![true, false]);
        for (legacy, own) in [(&mixed, &none), (&none, &mixed), (&mixed, &mixed)] {
            let scalars = field_data::Field::Scalars(numbers(own.clone()));
            assert_eq!(row_flags("f", &column(legacy, scalars)).unwrap(), mixed);
            let vectors = VectorField { valid_data: own.clone(), ..VectorField::default() };
            assert_eq!(row_flags("f", &column(legacy, field_data::Field::Vectors(vectors))).unwrap(), mixed);
        }
        let scalars = field_data::Field::Scalars(numbers(Vec::new()));
        assert_eq!(row_flags("f", &column(&[], scalars)).unwrap(), Vec::<bool>::new());
    }

    #[test]
    fn a_contradiction_is_an_error() {
        for (legacy, own) in [(vec![true, true], vec![true, false]), (vec![true, false], vec![false])] {
            let error = row_flags("f", &column(&legacy, field_data::Field::Scalars(numbers(own)))).unwrap_err();
            assert!(error.to_string().contains("contradict"), "{error}");
        }
    }

    #[test]
    fn a_null_within_an_array_is_an_error() {
        let rows = ArrayArray { data: vec![numbers(vec![]), numbers(vec![true, false])], ..ArrayArray::default() };
        let arrays = ScalarField { data: Some(scalar_field::Data::ArrayData(rows)), valid_data: vec![] };
        assert!(row_flags("f", &column(&[], field_data::Field::Scalars(arrays))).is_err());
        let vector = VectorField { valid_data: vec![false], ..VectorField::default() };
        let rows = VectorArray { data: vec![vector], ..VectorArray::default() };
        let arrays = VectorField { data: Some(vector_field::Data::VectorArray(rows)), ..VectorField::default() };
        assert!(row_flags("f", &column(&[], field_data::Field::Vectors(arrays))).is_err());
    }
}
