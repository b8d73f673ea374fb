# Has the script named by the second argument run by the process that listens on the socket named by the first, with the
# JSON value of standard input as its global `given` and the standard streams of this process.
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
socket.send_fds(connection, [sys.argv[2].encode()], [0, 1, 2])
status = connection.recv(1)
sys.exit(status[0] if status else "the process of the script died")
