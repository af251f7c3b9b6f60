"""A terminal of the host or the client, in which the commands of a page are run as a reader would type them."""
import os
import signal
import subprocess
import threading
import time

from doc_page import pattern, plain

SECONDS = 30


class Terminal:
    """A command, running or not, and what it has printed so far."""

    def __init__(self, command, folder, environment):
        self.printed, self.wanted = b"", []
        self.ours, its = os.openpty()
        words = ["sh", "-c", command.text]
        if command.where == "client":
            words = ["client"] + words
        self.process = subprocess.Popen(words, cwd=folder, env=environment, stdin=its, stdout=its, stderr=its,
                                        start_new_session=True, preexec_fn=take_terminal)
        os.close(its)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        try:
            while chunk := os.read(self.ours, 4096):
                self.printed += chunk
        except OSError:  # what Linux says at the end
            pass

    def text(self):
        return self.printed.decode(errors="replace").replace("\r\n", "\n")

    def has_all(self):
        return pattern(self.wanted).match(plain(self.text())) is not None

    def wait(self, is_done):
        """Whether it is so within the time that there is."""
        end = time.monotonic() + SECONDS
        while not is_done():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def shows(self, lines):
        """Waits for more lines; "^C" among them ends the command.  What is wrong, or nothing."""
        if "^C" in lines:
            at = lines.index("^C")
            return self.shows(lines[:at]) or self.interrupt(lines[at + 1:])
        self.wanted += lines
        ended = lambda: self.process.poll() is not None
        self.wait(lambda: self.has_all() or ended())
        if ended():
            self.reader.join(SECONDS)
        return "" if self.has_all() else f"it printed:\n{self.text()}"

    def interrupt(self, lines):
        os.write(self.ours, b"\x03")
        return self.ends_with(lines)

    def ends_with(self, lines):
        """Waits for its end, at which it has printed all and nothing else.  What is wrong, or nothing."""
        self.wanted += lines
        if not self.wait(lambda: self.process.poll() is not None):
            self.kill()
            return f"it did not end. It printed:\n{self.text()}"
        self.reader.join(SECONDS)
        if not pattern(self.wanted).fullmatch(plain(self.text())):
            return f"it printed:\n{self.text()}"
        return ""

    def kill(self):
        """Ends it and all that it has started."""
        if self.process.poll() is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass
            try:
                self.process.wait(5)
                return
            except subprocess.TimeoutExpired:
                pass


def take_terminal():
    """The terminal becomes that of the new session, so that ^C reaches it."""
    import fcntl
    import termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
