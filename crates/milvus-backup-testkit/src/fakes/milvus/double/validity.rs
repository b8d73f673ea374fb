//! NULLs in the columns of answers.

use milvus::proto::schema::{FieldData, ScalarField, field_data, scalar_field};

use super::settings::ValidityPlace;

/// Puts a placeholder for each NULL among scalars, of which servers answer a value for every row. Vectors stay without:
/// "`valid_data` + compact", in the documentation of nullable vectors.
pub(super) fn spread(column: &mut FieldData) {
    let valid = column.valid_data.as_slice();
    if let Some(field_data::Field::Scalars(scalars)) = &mut column.field
        && valid.contains(&false)
    {
        spread_scalars(scalars, valid);
    }
}

fn spread_scalars(scalars: &mut ScalarField, valid: &[bool]) {
    use scalar_field::Data;

    match &mut scalars.data {
        Some(Data::BoolData(values)) => widen(&mut values.data, valid),
        Some(Data::IntData(values)) => widen(&mut values.data, valid),
        Some(Data::LongData(values)) => widen(&mut values.data, valid),
        Some(Data::FloatData(values)) => widen(&mut values.data, valid),
        Some(Data::DoubleData(values)) => widen(&mut values.data, valid),
        Some(Data::StringData(values)) => widen(&mut values.data, valid),
        Some(Data::BytesData(values)) => widen(&mut values.data, valid),
        Some(Data::ArrayData(values)) => widen(&mut values.data, valid),
        Some(Data::JsonData(values)) => widen(&mut values.data, valid),
        Some(Data::GeometryData(values)) => widen(&mut values.data, valid),
        Some(Data::GeometryWktData(values)) => widen(&mut values.data, valid),
        Some(Data::TimestamptzData(values)) => widen(&mut values.data, valid),
        Some(Data::DateData(values)) => widen(&mut values.data, valid),
        Some(Data::TimeData(values)) => widen(&mut values.data, valid),
        Some(Data::MolData(values)) => widen(&mut values.data, valid),
        Some(Data::MolSmilesData(values)) => widen(&mut values.data, valid),
        None => {}
    }
}

fn widen<T: Default>(values: &mut Vec<T>, valid: &[bool]) {
    if values.len() == valid.len() {
        return;
    }
    let mut there = std::mem::take(values).into_iter();
    let value = |is_valid: &bool| if *is_valid { there.next() } else { None };
    *values = valid.iter().map(value).map(Option::unwrap_or_default).collect();
}

/// Moves the validity of a column to where it is to be.
pub(super) fn place(column: &mut FieldData, wanted: ValidityPlace) {
    if wanted == ValidityPlace::Legacy || column.valid_data.is_empty() {
        return;
    }
    let inside = match &mut column.field {
        Some(field_data::Field::Scalars(scalars)) => &mut scalars.valid_data,
        Some(field_data::Field::Vectors(vectors)) => &mut vectors.valid_data,
        _ => return,
    };
    inside.clone_from(&column.valid_data);
    match wanted {
        ValidityPlace::Inside => column.valid_data.clear(),
        ValidityPlace::Conflicting => column.valid_data.fill(true),
        ValidityPlace::Legacy | ValidityPlace::Both => {}
    }
}

#[cfg(test)]
mod tests {
    use milvus::proto::schema::LongArray;

    use super::*;

    fn column() -> FieldData {
        let scalars = ScalarField {
            data: Some(scalar_field::Data::LongData(LongArray { data: vec![5, 7] })),
            ..ScalarField::default()
        };
        let field = Some(field_data::Field::Scalars(scalars));
        FieldData { field, valid_data: vec![true, false, true], ..FieldData::default() }
    }

    #[test]
    fn nulls_get_a_placeholder_and_a_place() {
        let mut column = column();
        spread(&mut column);
        place(&mut column, ValidityPlace::Inside);
        assert!(column.valid_data.is_empty());
        let Some(field_data::Field::Scalars(scalars)) = column.field else { panic!() };
        assert_eq!(scalars.valid_data, [true, false, true]);
        let Some(scalar_field::Data::LongData(values)) = scalars.data else { panic!() };
        assert_eq!(values.data, [5, 0, 7]);
    }
}
