"""Runs the commands of a page, as a reader would type them one after the other, and compares what they print.

usage: doc.py PAGE FOLDER        where FOLDER has what the page takes to be there; prints TAP

doc_page.py says what a command is.  Each section is run in a copy of the folder, several at a time; one that has commands for
root, for the host or for the client in a network of its own, that of examples/two-hosts.  On a page that says that some "are
for root" (ci.md) those are not run, and all sections one after the other in the folder itself.
A block of three backquotes and "make" is the Makefile; what those in "yaml" make has to be a target in it.
"""
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys

from doc_page import Command, fenced, sections
from doc_terminal import Terminal

TOOLS = ("fping", "gzip", "ip", "iptables", "jq", "make", "mtr", "nft", "ping", "sysctl", "tc", "tcpdump", "tracepath",
         "traceroute")
HARMLESS = ("jq",)  # nothing later depends on what they do
LOSS = re.compile(r"^(fping|ping|timeout|mtr|tracepath) ")  # their status says whether there was an answer
AT_ONCE = 8
ELSEWHERE = {  # README is plain text and has no place for a mark: sections that are not run, and why
    "Install it": "it changes the system",
    "In your own program": "it wants the library installed",
}
SWITCH = "/proc/sys/net/ipv4/icmp_echo_ignore_all"


def obstacle(command):
    """Why a command cannot be run here, or nothing."""
    missing = next((tool for tool in TOOLS
                    if re.search(rf"(^|\| ){tool} ", command.text) and shutil.which(tool) is None), None)
    if command.skipped or missing:
        return command.skipped or f"there is no {missing}"
    if "ping-client-test" in command.text and subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL,
                                                             check=False).returncode != 0:
        return "there are no user namespaces here"
    if command.text.startswith("sysctl -w") and not os.access(SWITCH, os.W_OK):
        return "the settings of the kernel cannot be written here"
    if ":" in command.text and re.search(r"\b(fd00|2001):", command.text) and not os.path.exists("/proc/net/if_inet6"):
        return "there is no IPv6 here"
    return ""


def status_is_well(command, status):
    return status == 0 or (LOSS.match(command.text) and command.lines and status == 1)


class Run:
    """The run of a section: its environment, and what still runs in it."""

    def __init__(self, folder):
        self.folder, self.running = folder, []
        self.environment = dict(os.environ, HOME=folder)

    def run(self, command):
        """What is wrong with what a command does, or nothing."""
        variable = re.fullmatch(r"export (\w+)=(\S+)", command.text)
        if variable:
            self.environment[variable.group(1)] = variable.group(2)
            return ""
        terminal = Terminal(command, self.folder, self.environment)
        self.running.append(terminal)
        if command.runs_on():
            return terminal.shows(command.lines)
        wrong = terminal.ends_with(command.lines)
        self.running.remove(terminal)
        if not wrong and not status_is_well(command, terminal.process.returncode):
            return f"status {terminal.process.returncode}\n{terminal.text()}"
        return wrong

    def run_section(self, section):
        """A result for each step: what it is, why it was skipped, what was wrong."""
        try:
            return self.run_steps(section)
        finally:
            for terminal in self.running:
                terminal.kill()

    def run_steps(self, section):
        results, why = [], ""
        for step in section.steps:
            if not isinstance(step, Command):
                title = "and then: " + step.lines[0]
                wrong = "" if why else self.running[-1].shows(step.lines) if self.running else "nothing runs any more"
                results.append((title, why, wrong))
                continue
            reason = why or obstacle(step)
            results.append((step.title(), reason, "" if reason else self.run(step)))
            if reason and not step.text.startswith("export") and not any(f"| {tool}" in step.text for tool in HARMLESS):
                why = reason if not step.skipped else why
        return results


def marked_sections(text):
    """The sections, with a mark on the commands of those that are not run here."""
    found = sections(text)
    for section in found:
        for command in section.commands():
            command.skipped = command.skipped or ELSEWHERE.get(section.title, "")
    return found


def skipped(section, reason):
    return [(command.title(), reason, "") for command in section.commands()]


def run_alone(section, number, page, folder):
    """Runs a section in a folder of its own, and if need be in a network of its own."""
    own = f"{folder}.{number}"
    shutil.copytree(folder, own, symlinks=True)
    words = (["two-hosts"] if section.is_live() else []) + [sys.executable, __file__, "--section", str(number), page, own]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    shutil.rmtree(own)
    if done.returncode == 0:
        return json.loads(done.stdout)
    return [(f"section {section.title}", "", done.stderr.decode())]


def network_is_missing():
    """Why there are no two hosts to be had, or nothing."""
    done = subprocess.run(["two-hosts", "true"], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    return "" if done.returncode == 0 else "no network namespaces: " + (done.stderr.decode().strip() or "?").split("\n")[0]


def run_page(page, text, folder):
    """All results, in the order of the page."""
    found = marked_sections(text)
    is_for_one = "are for root" in text
    for command in (command for section in found for command in section.commands() if is_for_one and command.is_live()):
        command.skipped = "it is for root: record.test runs it"
    why = ""
    if any(section.is_live() for section in found) and not is_for_one:
        why = network_is_missing()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        alone = {number: pool.submit(run_alone, section, number, page, folder) for number, section in enumerate(found)
                 if section.steps and not is_for_one and not (why and section.is_live())}
        for number, section in enumerate(found):
            if number in alone:
                yield from alone[number].result()
            elif section.is_live():
                yield from skipped(section, why)
            else:
                yield from Run(folder).run_section(section)


def tell(number, title, why, wrong):
    print(f"{'not ' if wrong else ''}ok {number} - {title}{' # SKIP ' + why if why else ''}")
    for line in wrong.splitlines()[:25]:
        print("# " + line)


def end_all(_number, _frame):
    """Told to end: so are all that were started, which is the rest of the process group."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    os._exit(143)


def main(page, folder):
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, end_all)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    makefile = "".join(fenced(text, "make"))
    if makefile:
        with open(os.path.join(folder, "Makefile"), "w", encoding="utf-8") as file:
            file.write(makefile)
    number = 0
    for number, (title, why, wrong) in enumerate(run_page(page, text, folder), 1):
        tell(number, title, why, wrong)
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    for number, snippet in enumerate(fenced(text, "yaml"), number + 1):
        called = re.findall(r"- (?:run: )?make ([a-z-]+)$", snippet, re.MULTILINE)
        is_ok = called and set(called) <= set(targets)
        tell(number, f"{snippet.split(':')[0]}: what it makes is in the Makefile", "", "" if is_ok else f"{called}")
    print(f"1..{number}")


def main_section(number, page, folder):
    """Inside of a section's network: its results, as JSON."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    with open(page, encoding="utf-8") as file:
        section = marked_sections(file.read())[int(number)]
    print(json.dumps(Run(folder).run_section(section)))


if __name__ == "__main__":
    if sys.argv[1] == "--section":
        main_section(*sys.argv[2:5])
    else:
        main(*sys.argv[1:3])
