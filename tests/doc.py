"""Runs the commands of a page, as a reader would type them one after the other, and compares what they print.

usage: doc.py PAGE FOLDER        where FOLDER is empty but for what the page takes to be there; prints TAP

A command is a line that begins with "    $ ", and what it prints are the lines below it up to the next command or the end
of the block; "..." stands for any lines, or within a line for any words.  "    # " is for root, and not run.  A block of
three backquotes and "make" is the Makefile; what those in "yaml" make has to be a target in it.
"""
import itertools
import os
import re
import shutil
import subprocess
import sys
import threading

SECONDS = 30
page, folder = sys.argv[1:3]


def commands(text):
    """Each command, and the lines that it prints."""
    found = []
    for is_indented, block in itertools.groupby(text.splitlines(), lambda line: line.startswith("    ")):
        lines = []  # of nobody, up to the first command of the block
        for line in block if is_indented else ():
            if line[4:6] in ("$ ", "# "):
                lines = []
                found.append((line[4:], lines))
            else:
                lines.append(line[4:])
    return found


def fenced(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def pattern(lines):
    """What the lines match, as a regular expression."""
    parts = (r"(.*\n)*" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + "\n" for line in lines)
    return re.compile("".join(parts))


def obstacle(command):
    """Why a command cannot be run here, or nothing."""
    if command.startswith("# "):
        return "it is for root: record.test runs it"
    return next((f"there is no {tool}" for tool in ("jq", "tcpdump", "make", "gzip")
                 if re.search(rf"(^|\| ){tool} ", command[2:]) and shutil.which(tool) is None), "")


def on_terminal(command):
    """Exit status and output of a command, with the lines in the order in which a terminal shows them."""
    ours, its = os.openpty()
    process = subprocess.Popen(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=its, stderr=its)
    os.close(its)
    alarm = threading.Timer(SECONDS, process.kill)
    alarm.start()
    printed = b""
    try:
        while chunk := os.read(ours, 4096):
            printed += chunk
    except OSError:  # what Linux says at the end
        pass
    os.close(ours)
    status = process.wait()
    alarm.cancel()
    return status, re.sub("\x1b\\[[0-9;]*m", "", printed.decode().replace("\r\n", "\n"))  # jq paints what it prints


def ran(command, lines):
    """What is wrong with what a command does, or nothing."""
    status, printed = on_terminal(command[2:])
    if status != 0:
        return f"status {status}\n{printed}"
    return "" if pattern(lines).fullmatch(printed) else f"it printed:\n{printed}"


def tell(number, is_ok, title, why):
    print(f"{'' if is_ok else 'not '}ok {number} - {title}")
    for line in () if is_ok else why.splitlines()[:15]:
        print("# " + line)


with open(page, encoding="utf-8") as file:
    text = file.read()
with open(os.path.join(folder, "Makefile"), "w", encoding="utf-8") as file:
    file.write("".join(fenced(text, "make")))
number = 0
for number, (command, lines) in enumerate(commands(text), 1):
    title = command.replace("#", r"\#")
    why = obstacle(command)
    if why:
        print(f"ok {number} - {title} # SKIP {why}")
    else:
        wrong = ran(command, lines)
        tell(number, not wrong, title, wrong)
targets = re.findall(r"^([a-z-]+):", "".join(fenced(text, "make")), re.MULTILINE)
for number, snippet in enumerate(fenced(text, "yaml"), number + 1):
    called = re.findall(r"- (?:run: )?make ([a-z-]+)$", snippet, re.MULTILINE)
    title = f"{snippet.split(':')[0]}: what it makes is in the Makefile"
    tell(number, called and set(called) <= set(targets), title, f"{called}")
print(f"1..{number}")
