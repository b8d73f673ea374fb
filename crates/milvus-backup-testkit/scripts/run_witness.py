# Runs the script named by the first argument with the JSON value of standard input as its global `given`.
import json
import runpy
import sys

script = sys.argv.pop(1)
runpy.run_path(script, init_globals={"given": json.load(sys.stdin)}, run_name="__main__")
