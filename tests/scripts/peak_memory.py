# Runs a program to its end. Given {"argv": [...], "env": {...}}; prints {"exit_code", "peak_bytes", "stdout", "stderr"}.
import os
import resource
import subprocess

done = subprocess.run(given["argv"], env={**os.environ, **given["env"]}, capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps({"exit_code": done.returncode, "peak_bytes": peak, "stdout": done.stdout, "stderr": done.stderr}))
