//! Golden table: policy, backups newest first, what stays and what goes.

use milvus_backup_retention::RetentionPolicy;

use crate::fixtures::{Numbers, actions, backups, now, of_partitions, policy};

/// Name; count, days, minimum; backups in shorthand, newest first; decisions in that order.
const CASES: &[(&str, Numbers, &str, &str)] = &[
    ("no backups", (10, 30, 3), "", ""),
    ("a single old one", (1, 1, 0), "400C", "K"),
    ("the defaults, all young", (10, 30, 3), "1C 2C 3C 4C", "KKKK"),
    ("the defaults, eleventh old", (10, 30, 3), "1C 2C 3C 4C 5C 6C 7C 8C 9C 10C 31C", "KKKKKKKKKKD"),
    ("the defaults, eleventh young", (10, 30, 3), "1C 2C 3C 4C 5C 6C 7C 8C 9C 10C 11C", "KKKKKKKKKKK"),
    ("count alone", (2, 0, 0), "1C 2C 3C 4C", "KKDD"),
    ("count alone ignores age", (2, 0, 0), "100C 200C 300C", "KKD"),
    ("days alone", (0, 30, 0), "1C 29C 31C 40C", "KKDD"),
    ("days alone, all old: the newest stays", (0, 30, 0), "31C 40C 50C", "KDD"),
    ("the exact moment is inside", (0, 30, 0), "1C 30C", "KK"),
    ("a nanosecond later is outside", (0, 30, 0), "1C 30+C", "KD"),
    ("count or days keeps, by count", (3, 1, 0), "10C 20C 30C 40C", "KKKD"),
    ("count or days keeps, by days", (1, 30, 0), "10C 20C 30C 40C", "KKKD"),
    ("minimum above count", (1, 0, 3), "1C 2C 3C 4C", "KKKD"),
    ("minimum below count", (3, 0, 1), "1C 2C 3C 4C", "KKKD"),
    ("minimum over days", (0, 1, 2), "10C 20C 30C", "KKD"),
    ("minimum above what is there", (1, 1, 100), "10C 20C 30C", "KKK"),
    ("every rule off", (0, 0, 0), "1C 1000C 2000F 3000P", "KKKK"),
    ("every rule off but the minimum", (0, 0, 1), "1C 1000C", "KK"),
    ("verified counts as complete", (1, 0, 0), "1V 2C 3V", "KDD"),
    ("a failed one takes no place", (2, 0, 0), "1F 2C 3C 4C", "KKKD"),
    ("a failed one between takes no place", (2, 0, 0), "1C 2F 3C 4C", "KKKD"),
    ("a failed one behind the counted ones goes", (2, 0, 0), "1C 2C 3F 4C", "KKDD"),
    ("a failed one at the edge of the count", (2, 0, 0), "1C 2F 3F 4C 5F", "KKKKD"),
    ("failed ones do not fill the minimum", (0, 1, 2), "10F 20F 30C 40C 50C", "KKKKD"),
    ("the minimum keeps no failed ones", (0, 1, 3), "10C 20F 30C 40P", "KDKD"),
    ("failed ones by days", (0, 30, 0), "1C 2F 31P", "KKD"),
    ("failed before the newest complete", (1, 1, 0), "10F 20P 30C 40F", "KKKD"),
    ("nothing complete: nothing goes", (1, 1, 1), "10F 20P 30F", "KKK"),
    ("work under way stays", (1, 1, 0), "1C 100I 200Y 300N", "KKKK"),
    ("work under way takes no place", (1, 0, 0), "1I 2C 3Y 4C", "KKKD"),
    ("the future stays", (1, 1, 0), "-1C 10C", "KK"),
    ("the future takes no place", (1, 0, 0), "-400C -1F 10C 20C", "KKKD"),
    ("only the future", (1, 1, 1), "-9C -8C", "KK"),
    ("the future is no complete backup yet", (1, 1, 0), "-9C 10F", "KK"),
    ("now is not the future", (1, 0, 0), "0C 0C", "KD"),
    ("one moment: the higher identifier is newer", (2, 0, 0), "5C 5C 5C", "KKD"),
    ("the largest numbers", (u32::MAX, u32::MAX, u32::MAX), "1C 100000C 1000000F", "KKK"),
    ("the largest age", (0, u32::MAX, 0), "1C 1000000C", "KK"),
];

#[test]
fn every_case_holds() {
    for (name, numbers, shorthand, expected) in CASES {
        let decisions = policy(*numbers).decide(&backups(shorthand), now());
        assert_eq!(actions(&decisions), *expected, "{name}");
    }
}

#[test]
fn collections_and_databases_are_apart() {
    let mut backups = backups("1C 2C 1C 2C 1C 2C");
    for (i, backup) in backups.iter_mut().enumerate() {
        backup.collection_name = ["items", "items", "users", "users", "items", "items"][i].to_owned();
        backup.database = ["default", "", "default", "default", "shop", "shop"][i].to_owned();
    }
    let decisions = policy((1, 0, 0)).decide(&backups, now());
    let lines: Vec<String> = decisions.iter().map(|d| format!("{} {:?}", d.collection_name, d.action)).collect();
    assert_eq!(
        lines,
        ["items Keep", "items Delete", "users Keep", "users Delete", "shop.items Keep", "shop.items Delete"]
    );
}

#[test]
fn a_part_is_counted_among_backups_of_the_same_partitions_only() {
    // The case that lost data: nightly parts beside one full backup.
    let mut backups = backups("1C 2C 3C 4C 5C");
    of_partitions(&mut backups[0], "june");
    of_partitions(&mut backups[1], "june");
    of_partitions(&mut backups[2], "june july");
    let decisions = policy((1, 0, 0)).decide(&backups, now());
    assert_eq!(actions(&decisions), "KDKKD");
}

#[test]
fn a_part_counts_with_the_partitions_that_were_asked_for_in_any_order() {
    let mut backups = backups("1P 2C 3C");
    of_partitions(&mut backups[0], "a b");
    of_partitions(&mut backups[1], "b a");
    of_partitions(&mut backups[2], "a b");
    assert_eq!(actions(&policy((1, 0, 0)).decide(&backups, now())), "KKD");
}

#[test]
fn shrunken_backups_take_no_place_of_the_good_ones() {
    // Rows, newest first; decisions without the rule and with it.
    for (rows, without, with) in [
        ([0, 0, 0, 1000, 1000, 1000], "KKDDDD", "KKDKKD"),
        ([1000, 0, 1000, 0, 1000, 1000], "KKDDDD", "KKKDDD"),
        ([1000, 1000, 1000, 0, 0, 0], "KKDDDD", "KKDDDD"),
        ([499, 1000, 1000, 1000, 1000, 1000], "KKDDDD", "KKKDDD"),
        ([500, 1000, 1000, 1000, 1000, 1000], "KKDDDD", "KKDDDD"),
    ] {
        let mut backups = backups("1C 2C 3C 4C 5C 6C");
        for (backup, rows) in backups.iter_mut().zip(rows) {
            backup.row_count = rows;
        }
        let policy = policy((2, 0, 0));
        assert_eq!(actions(&policy.decide(&backups, now())), without, "{rows:?}");
        let policy = RetentionPolicy { min_rows_ratio: Some(0.5), ..policy };
        assert_eq!(actions(&policy.decide(&backups, now())), with, "{rows:?}");
    }
}
