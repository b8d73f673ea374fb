//! What a witness is asked and answers.

use std::time::Duration;

use milvus_backup_testkit::{Error, Witness};
use serde_json::{Value, json};

#[test]
fn the_last_line_is_the_answer() {
    let script = "import json\nprint('noise')\nprint(json.dumps({'twice': given['n'] * 2}))";
    let answer: Value = Witness::new().unwrap().ask(script, &json!({ "n": 21 })).unwrap();
    assert_eq!(answer, json!({ "twice": 42 }));
}

#[test]
fn every_reader_is_there() {
    let script = "
import json, duckdb, numpy, polars, pyarrow, pymilvus
print(json.dumps([m.__version__ for m in (duckdb, polars, pyarrow, pymilvus)]))
";
    let versions: Vec<String> = Witness::new().unwrap().ask(script, &()).unwrap();
    assert_eq!(versions, ["1.5.6", "2.0.0", "25.0.1", "3.0.2"]);
}

#[test]
fn a_failing_script_shows_its_traceback() {
    let error = Witness::new().unwrap().ask::<Value>("raise ValueError('what I saw')", &()).unwrap_err();
    assert!(error.to_string().contains("ValueError: what I saw"), "{error}");
}

#[test]
fn a_silent_script_and_a_slow_one_are_errors() {
    let witness = Witness::new().unwrap();
    assert!(matches!(witness.ask::<Value>("print('not json')", &()), Err(Error::Answer { .. })));
    let hurried = witness.with_timeout(Duration::from_millis(300));
    assert!(matches!(hurried.ask::<Value>("import time; time.sleep(60)", &()), Err(Error::Timeout { .. })));
}
