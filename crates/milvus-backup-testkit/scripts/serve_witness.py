# Forks a process for each script, after importing once what takes longer than most scripts. Listens on the socket named
# by the first argument, until standard input ends. A request is the path of the script, with the standard streams for
# it; the answer is one byte, its exit status. A script ends when the one who asked for it is gone.
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback

SLOW_IMPORTS = ["numpy", "pymilvus"]


def follow(connection):
    connection.recv(1)
    os._exit(1)


def run(script):
    try:
        runpy.run_path(script, init_globals={"given": json.load(sys.stdin)}, run_name="__main__")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def serve(connection, script, streams):
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    # Each has a buffer of this process, and what was read before the fork is not for the script.
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    threading.Thread(target=follow, args=[connection], daemon=True).start()
    sys.argv = [script]
    status = run(script)
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([status & 255]))
    os._exit(0)


listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
print("listens", flush=True)
for name in SLOW_IMPORTS:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while True:
    ready, _, _ = select.select([0, listener], [], [])
    if 0 in ready:
        break
    connection, _ = listener.accept()
    script, streams, _, _ = socket.recv_fds(connection, 65536, 3)
    if len(streams) == 3 and os.fork() == 0:
        listener.close()
        serve(connection, script.decode(), streams)
    for stream in streams:
        os.close(stream)
    connection.close()
