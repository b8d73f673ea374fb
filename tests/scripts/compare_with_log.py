# Compares the rows in data files with those that a log of operations has at a read point.
# Given {"data": DIRECTORY, "log": FILE, "read_point"}. Prints the numbers of rows and of differences, and examples.
# A delete whose two timestamps lie around the read point may have happened or not, but all of it.
import os
import urllib.parse

import pyarrow.parquet

read_point = int(given["read_point"])
# For each partition and key: (timestamp, value) of its newest row, and the deletes after it that may have happened.
rows, undecided, doubted = {}, 0, []
for line in open(given["log"]):
    kind, partition, changed, first, last = json.loads(line)
    if first > read_point:
        continue
    for key, value in changed:
        place = (partition, key)
        if kind != "Delete":
            # An upsert deletes the older row with the timestamp of the new one, which is how it replaces it.
            rows[place] = value
        elif last <= read_point:
            rows.pop(place, None)
    if kind == "Delete" and last > read_point:
        undecided += len(changed)
        doubted.append([(partition, key) for key, _ in changed])
found, twice = {}, 0
for file in os.listdir(given["data"]):
    if file.endswith(".parquet"):
        partition = urllib.parse.unquote(file.split(".")[0])
        table = pyarrow.parquet.read_table(os.path.join(given["data"], file)).to_pydict()
        for key, value, text, vector, meta in zip(
            table["id"], table["value"], table["text"], table["vector"], table["$meta"]
        ):
            twice += (partition, key) in found
            found[partition, key] = value
            assert text == f"text {value}" and vector == [float(value % 97)] * 8, (key, value, text, vector)
            assert json.loads(meta) == {"v": value}, meta
assert not twice, f"{twice} keys are in the files twice"
# What a doubted delete took is gone as a whole, or there as a whole.
for places in doubted:
    present = [place for place in places if place in rows]
    if present and not any(place in found for place in present):
        for place in present:
            del rows[place]
missing = [place for place in rows if place not in found]
surplus = [place for place in found if place not in rows]
different = [place for place in rows if place in found and found[place] != rows[place]]
print(json.dumps({
    "expected": len(rows), "found": len(found), "missing": len(missing), "surplus": len(surplus),
    "different": len(different), "undecided": undecided, "examples": (missing + surplus + different)[:5],
}))
