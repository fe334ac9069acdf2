"""What has gone into a pipe is counted to the byte."""

import signal
import subprocess
import sys

from tests.declared import ROOT

# Whoever starts the tests in the background may have had SIGINT ignored, which is inherited.
WRITER = """
import signal
import sys
from ferry_cli.pipes import Pipe

signal.signal(signal.SIGINT, signal.default_int_handler)
pipe = Pipe(sys.stdout.buffer, 7)
try:
    while True:
        pipe.write(b"x" * 70_000)
except KeyboardInterrupt:
    sys.stderr.write(str(pipe.at))
"""


def test_an_interrupted_pipe_has_got_what_it_says():
    command = [sys.executable, "-c", WRITER]
    with subprocess.Popen(
        command, cwd=ROOT / "cli", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writer:
        assert writer.stdout
        assert writer.stderr
        got = len(writer.stdout.read(1_000_000))
        writer.send_signal(signal.SIGINT)
        got += len(writer.stdout.read())

        assert int(writer.stderr.read()) == got + 7
