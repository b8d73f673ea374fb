//! Jobs with patterns.

use milvus_backup_testkit::ServerKind;
use milvus_backup_tests::{
    collections::{Plain, forget},
    milvus_br::MilvusBr,
};
use serde_json::json;

use super::support::each;

const LITE: ServerKind = ServerKind::Lite322;

#[test]
fn a_job_backs_up_what_its_patterns_match_now() {
    Plain::on(LITE, "inst_job_a").partition("_default", 10).make();
    let br = MilvusBr::on(LITE).configured(
        "[schedule]\nstate_directory = 'state'\n[[job]]\nname = 'all'\ncollections = ['inst_job_*']\n\
         exclude = ['*_tmp']\nschedule = '0 0 * * *'\nmax_age = '1h'\n",
    );
    br.run(&["schedule", "check"]).code(19);
    assert_eq!(each(&br.json(&["schedule", "once", "all"])["backups"], "collection_name"), ["inst_job_a"]);
    for name in ["inst_job_b", "inst_job_c_tmp"] {
        Plain::on(LITE, name).partition("_default", 10).make();
    }
    let second = br.json(&["schedule", "once", "all"]);
    assert_eq!(each(&second["backups"], "collection_name"), ["inst_job_a", "inst_job_b"]);
    let checked = br.json(&["schedule", "check"]);
    assert_eq!(each(&checked, "collection"), ["inst_job_a", "inst_job_b"]);
    assert_eq!(each(&checked, "is_stale"), [json!(false), json!(false)]);
    assert_eq!(br.json(&["list", "--sets"]).as_array().unwrap().len(), 2);
    forget(LITE, &["inst_job_a", "inst_job_b", "inst_job_c_tmp"]);
    br.run(&["schedule", "once", "all"]).code(10).says(&["inst_job_*"]);
}
