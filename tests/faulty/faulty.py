"""Runs pongd again and again, each time with another system call or allocation that fails, and looks whether anything is
lost in silence.  Used by faulty.test, which has made two hosts; prints TAP.

Whatever fails, pongd ends with a status of its own, and either all is as it is without a failure, or it says what is not."""

import concurrent.futures
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time

PART, FAULTY, PONGD, PONGCTL, SRCDIR, TMP, CLIENT, FAMILIES = sys.argv[1:]
HOSTS = ("192.0.2.2", "fd00:db8::2") if FAMILIES == "4 6" else ("192.0.2.2",)
ALL = os.environ.get("FAULTY_ALL") == "yes"
OCCURRENCES = 10**6 if ALL else 2  # of each call, that fail
HAS_SANITIZER = b"__asan_init" in open(PONGD, "rb").read()
PCAPS = os.path.join(SRCDIR, "pcaps")
ENVIRONMENT = dict(os.environ, LC_ALL="C", ASAN_OPTIONS="detect_leaks=1:exitcode=99:allocator_may_return_null=1",
                   UBSAN_OPTIONS="print_stacktrace=1")
SENTENCE = re.compile(r"^pongd: \S.{8,}[^: ]$")
SUMMARY = re.compile(r"^(\d+) requests, (\d+) answered, (\d+) not")

# The client's namespace, which stays for as long as this is open.
NAMESPACE = f"/proc/{os.getpid()}/fd/{os.open(f'/proc/{CLIENT}/ns/net', os.O_RDONLY)}"
ON_CLIENT = ["nsenter", "--net=" + NAMESPACE]

# A pongd that gave up root could not write what it counts; where there is but one user, there is nothing to give up.
AS_ROOT = ["-Z", "root"] if os.environ.get("PONGD_INSIDE") == "-n" else []

count = 0


def tell(name, complaints):
    global count
    count += 1
    print(f"{'not ok' if complaints else 'ok'} {count} - {name}", flush=True)
    for line in complaints[:40]:
        print("\n".join("# " + part for part in line.splitlines()), flush=True)


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}", flush=True)


# --- runs that end by themselves


def is_within(wanted, lines):
    """Whether all that is wanted is among the lines, and all else is sentences."""
    others = list(lines)
    for line in wanted:
        if line not in others:
            return False
        others.remove(line)
    return all(SENTENCE.match(line) for line in others)


class Run:
    """What a run left behind."""

    def __init__(self, status, out, err, files):
        self.status, self.out, self.err, self.files = status, out, err, files

    def lines(self):
        return self.err.decode(errors="replace").splitlines()

    def sentences(self):
        return [line for line in self.lines() if SENTENCE.match(line)]

    def tells_loss(self):
        """Whether it says or counts what it could not do."""
        return bool(re.search(rb"\((.*, )?\d+ (tx-fail|pending-full)\b|: out of memory: ", self.err))

    def complaints(self, base, is_mute):
        """What is wrong with it, seen beside a run in which nothing failed."""
        found = []
        if self.status not in (0, 1, 2):
            found.append(f"ends with {self.status}")
        if b"Sanitizer" in self.err or b"runtime error" in self.err:
            found.append("is reported by a sanitizer")
        if self.status == 2 and not self.sentences() and not is_mute:
            found.append("ends with 2 and no sentence")
        if self.status in (0, 1):
            if self.status != base.status:
                found.append(f"ends with {self.status}, not {base.status}")
            if self.tells_loss():
                return found
            if self.out != base.out:
                found.append("has other lines on standard output")
            found += [f"leaves {name} different" for name in base.files if self.files[name] != base.files[name]]
            if not is_mute and not is_within(base.lines(), self.lines()):
                found.append("ends with another summary")
        return found


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def run(prefix, arguments, outputs, folder, environment=ENVIRONMENT, limit=None):
    """`outputs`: files that it writes, which are in `folder`, as OUT in an argument is."""
    os.makedirs(folder, exist_ok=True)
    for name in outputs:
        if os.path.exists(os.path.join(folder, name)):
            os.unlink(os.path.join(folder, name))
    command = prefix + [PONGD] + [argument.replace("OUT", folder) for argument in arguments]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=60,
                           preexec_fn=limit)
    return Run(ended.returncode, ended.stdout.replace(folder.encode(), b"OUT"), ended.stderr.replace(folder.encode(), b"OUT"),
               {name: read_file(os.path.join(folder, name)) for name in outputs})


def read_trace(path):
    """Each call: whether it failed, its name, whether it can be interrupted and be short, its first argument and its path."""
    calls = []
    for line in open(path, errors="replace"):
        word = line.rstrip("\n").split(" ", 5)
        calls.append((word[0] == "1", word[1], word[2] == "1", word[3] == "1", int(word[4]), word[5]))
    return calls


def choose(calls, occurrences=OCCURRENCES, takes_last=True):
    """Which calls are to fail, and how: (number among those of its name, name, how)."""
    seen, chosen = {}, []
    last = {call[1]: i for i, call in enumerate(calls)}
    for i, (_, name, can_be_interrupted, can_be_short, _, _) in enumerate(calls):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > occurrences and not (takes_last and last[name] == i):
            continue
        chosen.append((seen[name], name, "error"))
        if can_be_interrupted:
            chosen.append((seen[name], name, "interrupt"))
        if can_be_short:
            chosen.append((seen[name], name, "short"))
    return chosen


def describe(failed):
    return " ".join(f"{name} {argument} {path}".rstrip() for _, name, _, _, argument, path in failed) or "no call"


def is_close_of_output(calls):
    """Whether what failed is the close of what was made to see whether the output can be closed."""
    return any(call[0] and call[1] == "close" and before[1] == "dup" for before, call in zip(calls, calls[1:]))


def slots(work, items):
    """Does `work(item, folder)` for each item, two at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda pair: work(pair[1], os.path.join(TMP, f"slot{pair[0]}")), enumerate(items)))


def fail_calls(name, arguments, outputs):
    folder = os.path.join(TMP, "base")
    os.makedirs(folder, exist_ok=True)
    trace = os.path.join(folder, "trace")
    base = run([FAULTY, "-t", trace], arguments, outputs, folder)
    calls = read_trace(trace)

    def fail_one(item, place):
        number, kind, how = item
        os.makedirs(place, exist_ok=True)
        marks = os.path.join(place, "trace")
        got = run([FAULTY, "-t", marks, "-n", str(number), "-k", kind, "-m", how], arguments, outputs, place)
        traced = read_trace(marks)
        failed = [call for call in traced if call[0]]
        is_mute = any(call[1] in ("write", "writev") and call[4] == 2 for call in failed)
        complaints = got.complaints(base, is_mute)
        if is_close_of_output(traced) and got.status != 2:
            complaints.append("the output could not be closed, and nobody says so")
        return [f"{kind} {number} ({how}; {describe(failed)}): {complaint}\n{got.err.decode(errors='replace')[-600:]}"
                for complaint in complaints]

    items = choose(calls)
    found = [complaint for complaints in slots(fail_one, items) for complaint in complaints]
    if outputs and not any(call[1] == "dup" for call in calls):
        found.append("nobody looks whether the output can be closed")
    if base.status not in (0, 1) or not calls:
        found.append(f"without a failure it ends with {base.status}: {base.err.decode(errors='replace')}")
    tell(f"{name}: {len(items)} failures of {len(calls)} calls", found)


def read_blocks(path):
    try:
        allocations, blocks = read_file(path).split()[:2]
        return int(allocations), int(blocks)
    except (AttributeError, ValueError):
        return 0, 0


def fail_memory(name, arguments, outputs):
    if HAS_SANITIZER:
        skip(f"{name}: memory", "the sanitizer's allocator is not ours to have fail")
        return
    folder = os.path.join(TMP, "base")
    blocks = os.path.join(folder, "blocks")
    base = run([], arguments, outputs, folder, dict(ENVIRONMENT, FAULTY_BLOCKS=blocks))
    allocations, left = read_blocks(blocks)

    def fail_one(number, place):
        mine = os.path.join(place, "blocks")
        got = run([], arguments, outputs, place, dict(ENVIRONMENT, FAULTY_MEMORY=str(number), FAULTY_BLOCKS=mine))
        complaints = got.complaints(base, False)
        if got.status in (0, 1, 2) and read_blocks(mine)[1] > left:
            complaints.append(f"leaves {read_blocks(mine)[1]} blocks, not {left}")
        return [f"allocation {number}: {complaint}\n{got.err.decode(errors='replace')[-600:]}" for complaint in complaints]

    step = 1 if ALL else max(1, allocations // 150)
    items = list(range(1, allocations + 1, step))
    found = [complaint for complaints in slots(fail_one, items) for complaint in complaints]
    if allocations == 0:
        found.append("no allocation was seen")
    tell(f"{name}: {len(items)} failures of {allocations} allocations", found)


def limit_memory(name, arguments, outputs):
    """As little as lets the loader do its work, and more from there on."""
    if HAS_SANITIZER:
        skip(f"{name}: little memory", "a sanitizer needs more than all of it")
        return

    def limited(kib, words, files):
        size = kib * 1024
        return run([], words, files, os.path.join(TMP, "base"), limit=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))

    base = run([], arguments, outputs, os.path.join(TMP, "base"))
    least = next(kib for kib in range(2048, 1 << 20, 256) if limited(kib, ["-V"], []).status == 0)
    found, limits, results = [], 0, set()
    for kib in range(least, least + 8192, 256 if ALL else 1024):
        got = limited(kib, arguments, outputs)
        limits += 1
        results.add(got.status)
        found += [f"{kib} KiB: {complaint}\n{got.err.decode(errors='replace')[-600:]}" for complaint in got.complaints(base, False)]
    tell(f"{name}: {limits} limits of memory", found)


def write_file(name, text):
    path = os.path.join(TMP, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def capture(name):
    return os.path.join(PCAPS, name)


def pack(name):
    import gzip
    path = os.path.join(TMP, name + ".gz")
    with open(path, "wb") as file:
        file.write(gzip.compress(read_file(capture(name))))
    return path


def offline():
    policy = write_file("policy", "192.0.2.0/24\n")
    rules = write_file("rules", "seq 1 delay 5ms jitter 1ms\nevery 2 duplicate 2 gap 1ms\n")
    replies = os.path.join(TMP, "replies.pcap")
    run([], ["-q", "-r", capture("ping4.pcap"), "-w", replies], [], os.path.join(TMP, "base"))
    return [
        ("-w", ["-r", capture("sizes4.pcap"), "-w", "OUT/w.pcap"], ["w.pcap"]),
        ("--json", ["-r", capture("ping4.pcap"), "-w", "OUT/w.pcap", "--json"], ["w.pcap"]),
        ("-C", ["-r", capture("sizes4.pcap"), "-w", "OUT/w", "-C", "1k", "-W", "2"], ["w0", "w1"]),
        ("--metrics", ["-r", capture("ping4.pcap"), "--metrics", "OUT/m.prom"], []),
        ("-v -l to a file", ["-r", capture("ping6.pcap"), "-v", "-l", "-w", "OUT/w.pcap"], ["w.pcap"]),
        ("-w -", ["-r", capture("ping4.pcap"), "-w", "-"], []),
        ("rules", ["-r", capture("fping4.pcap"), "-w", "OUT/w.pcap", "--rules", rules, "--json"], ["w.pcap"]),
        ("gzip", ["-r", pack("ping4.pcap"), "-w", "OUT/w.pcap"], ["w.pcap"]),
        ("fragments", ["-r", capture("fragments6.pcap"), "-r", capture("ping6.pcap"), "-w", "OUT/w.pcap"], ["w.pcap"]),
        ("--expect", ["-r", capture("ping4.pcap"), "--expect", replies], []),
        ("--expect, different", ["-r", capture("ping4.pcap"), "--expect", replies, "--ttl", "3"], []),
        ("--verify", ["-r", capture("ping4.pcap"), "--verify", "-v"], []),
        ("a filter", ["-r", capture("ping4.pcap"), "-v", "icmp and src net 192.0.2.0/24"], []),
        ("-f", ["-r", capture("ping4.pcap"), "-v", "-f", policy], []),
        ("--check-config", ["--check-config", "-r", capture("ping4.pcap"), "--rules", rules, "icmp"], []),
        ("-D", ["-D"], []),
        ("-d", ["-d", "icmp"], []),
        ("-L", ["-L", "-i", "ho0"], []),
        ("-V", ["-V"], []),
    ]


# --- runs on an interface


def wait_until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.004)
    return True


def text_of(path):
    return (read_file(path) or b"").decode(errors="replace")


class Live:
    """A pongd on the host's interface, and what is made of its answers."""

    def __init__(self, prefix, arguments, environment=ENVIRONMENT):
        self.out, self.err = os.path.join(TMP, "live.out"), os.path.join(TMP, "live.err")
        self.lost, self.complaints = 0, []
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(prefix + [PONGD, "-i", "ho0"] + arguments, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err, env=environment)
        wait_until(lambda: "answering on" in text_of(self.err) or self.has_ended())

    def has_ended(self):
        return self.process.poll() is not None

    def signal(self, number):
        if not self.has_ended():
            self.process.send_signal(number)

    def ping(self, *pings):
        """Each: arguments of ping for one request, as ping waits for two round trips only once it has got a reply.  All are sent
        at once."""
        waiting = [subprocess.Popen(ON_CLIENT + ["ping", "-n", "-c", "1", "-W", "2"] + ping, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL) for ping in pings]
        for process in waiting:
            words = process.communicate()[0].decode()
            if " 1 received" not in words:
                self.lost += 1
            if "DUP!" in words:
                self.complaints.append("a reply came twice")

    def end(self):
        self.signal(signal.SIGTERM)
        if not wait_until(self.has_ended):
            self.complaints.append("does not end when it is asked to")
            subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=False)
            self.process.kill()
        return self.process.wait()


def is_usual(line):
    return re.match(r"^pongd: (ho0: |answering on ).*answering|.*frames by worker", line)


def judge_live(live, status, is_mute, reports):
    """What is wrong with a live run."""
    lines = text_of(live.err).splitlines()
    sentences = [line for line in lines if SENTENCE.match(line) and not is_usual(line)]
    summaries = [line for line in lines if SUMMARY.match(line)]
    found = list(live.complaints)
    if status not in (0, 2):
        found.append(f"ends with {status}")
    if any("Sanitizer" in line or "runtime error" in line for line in lines):
        found.append("is reported by a sanitizer")
    if is_mute:
        return found
    if status == 2 and not sentences:
        found.append("ends with 2 and no sentence")
    if status == 0 and not summaries:
        found.append("ends without its summary")
    if status == 0 and live.lost > 0 and not sentences and not counts_loss(summaries[-1:]):
        found.append(f"{live.lost} pings are lost and nobody says so")
    if status == 0 and len(summaries) < reports and not sentences:
        found.append("SIGUSR1 is not heeded")
    return found


def counts_loss(summaries):
    return any(int(SUMMARY.match(line).group(3)) > 0 or "dropped" in line or "refused" in line for line in summaries)


def all_pings():
    return [[host] for host in HOSTS] + [["-s", "3000", host] for host in HOSTS]


def few_pings():
    return [[HOSTS[0]], ["-s", "3000", HOSTS[-1]]]


def plain_run(live):
    live.ping(*all_pings())
    live.signal(signal.SIGUSR1)
    wait_until(lambda: any(SUMMARY.match(line) for line in text_of(live.err).splitlines()) or live.has_ended(), 1)
    live.ping(few_pings()[0])
    return 2


def control_run(live):
    """What pongctl says is either an answer or a sentence."""
    live.ping(*few_pings())
    for words in (["rules", "add", "seq 9 drop"], ["stats"]):
        said = subprocess.run([PONGCTL, "-t", "2", "-s", SOCKET] + words, capture_output=True, timeout=10)
        if not (said.returncode == 0 and said.stdout.startswith(b'{"ok":true') or said.stderr.startswith(b"pongctl: ")):
            live.complaints.append(f"pongctl ends with {said.returncode} and says {said.stdout + said.stderr}")
    live.ping(few_pings()[0])
    return 1


def keeper_run(live):
    """Until a file is full, and once more."""
    for _ in range(3):
        live.ping(*few_pings())
    live.signal(signal.SIGUSR1)
    live.ping(few_pings()[0])
    return 1


def delay_run(live):
    live.ping(*few_pings())
    live.ping(few_pings()[0])
    return 1


def service_run(live):
    """What is told to nobody is said."""
    live.ping(*few_pings())
    told, number = hear(), text_of(PID_FILE)
    if not live.has_ended() and not any(SENTENCE.match(line) and not is_usual(line) for line in text_of(live.err).splitlines()):
        if b"READY=1\n" not in told:
            live.complaints.append(f"the service manager hears but {told}")
        if not re.match(r"^\d+\n$", number):
            live.complaints.append(f"the file of the process has {number!r}")
    return 1


def hear():
    """What was told to the service manager since the last time."""
    told = []
    while True:
        try:
            told.append(MANAGER.recv(4096))
        except BlockingIOError:
            return told


MANAGER = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
MANAGER.setblocking(False)
MANAGER.bind(os.path.join(TMP, "manager"))
os.chmod(os.path.join(TMP, "manager"), 0o666)
PID_FILE = os.path.join(TMP, "pid")
SOCKET = os.path.join(TMP, "socket")
LIVE = {
    "live": ([], plain_run),
    "recording": (["-v", "-l", "-w", os.path.join(TMP, "live.pcap")], delay_run),
    "rules": (["--rule", "delay 5ms", "--tx", "inject"], delay_run),
    "claims": (["--claim", "-a", "192.0.2.77", "--wait", "2"] + [word for host in HOSTS for word in ("-a", host)],
               delay_run),
    "control": (["--control", SOCKET], control_run),
    "keeper": (["--control", SOCKET, "--metrics", os.path.join(TMP, "live.prom"), "-w", os.path.join(TMP, "live.pcap"), "-C", "1k"],
               keeper_run),
    "workers": (["--workers", "2"], plain_run),
    "service": (["--pid-file", PID_FILE], service_run),
}


def run_live(prefix, arguments, script, environment=ENVIRONMENT):
    hear()
    if "--pid-file" in arguments:
        environment = dict(environment, NOTIFY_SOCKET=MANAGER.getsockname(), WATCHDOG_USEC="2000000")
    for path in (SOCKET, os.path.join(TMP, "live.pcap")):
        if os.path.exists(path):
            os.unlink(path)
    live = Live(prefix, arguments, environment)
    reports = 1 if live.has_ended() else script(live)
    return live, live.end(), reports


def fail_live(name):
    arguments, script = LIVE[name]
    if name != "live":  # one gives up root
        arguments = AS_ROOT + arguments
    trace = os.path.join(TMP, "live.trace")
    live, status, reports = run_live([FAULTY, "-t", trace], arguments, script)
    calls = read_trace(trace)
    found = [f"without a failure: {complaint}\n{text_of(live.err)[-600:]}" for complaint in judge_live(live, status, False, reports)]
    if status != 0 or live.lost > 0:
        found.append(f"without a failure {live.lost} pings are lost, and it ends with {status}\n{text_of(live.err)}")
    items = choose(calls, 12 if ALL else 1, ALL)
    for number, kind, how in items:
        live, status, reports = run_live([FAULTY, "-t", trace, "-n", str(number), "-k", kind, "-m", how], arguments, script)
        failed = [call for call in read_trace(trace) if call[0]]
        is_mute = any(call[1] in ("write", "writev") and call[4] == 2 for call in failed)
        found += [f"{kind} {number} ({how}; {describe(failed)}): {complaint}\n{text_of(live.err)[-600:]}"
                  for complaint in judge_live(live, status, is_mute, reports)]
    tell(f"{name}: {len(items)} failures of {len(calls)} calls", found)


def fail_live_memory(name):
    arguments, script = AS_ROOT + LIVE[name][0], LIVE[name][1]
    if HAS_SANITIZER:
        skip(f"{name}: memory", "the sanitizer's allocator is not ours to have fail")
        return
    blocks = os.path.join(TMP, "blocks")
    live, status, reports = run_live([], arguments, script, dict(ENVIRONMENT, FAULTY_BLOCKS=blocks))
    allocations, left = read_blocks(blocks)
    found = [] if status == 0 and allocations > 0 else [f"without a failure: {status}\n{text_of(live.err)}"]
    items = list(range(1, allocations + 1, 1 if ALL else max(1, allocations // 12)))
    for number in items:
        live, status, reports = run_live([], arguments, script, dict(ENVIRONMENT, FAULTY_MEMORY=str(number), FAULTY_BLOCKS=blocks))
        complaints = judge_live(live, status, False, reports)
        if status in (0, 2) and read_blocks(blocks)[1] > left:
            complaints.append(f"leaves {read_blocks(blocks)[1]} blocks, not {left}")
        found += [f"allocation {number}: {complaint}\n{text_of(live.err)[-600:]}" for complaint in complaints]
    tell(f"{name}: {len(items)} failures of {allocations} allocations", found)


def do_offline():
    for scenario in offline():
        fail_calls(*scenario)
        if scenario[0] != "-L":  # libpcap leaves link types out without a word
            fail_memory(*scenario)
    limit_memory("-w", ["-r", capture("sizes4.pcap"), "-w", "OUT/w.pcap"], ["w.pcap"])
    limit_memory("--expect", ["-r", capture("sizes4.pcap"), "--expect", capture("sizes4.pcap"), "--json"], [])


# --- a clock that is set


DAY = 86400


class Clock:
    """What pongd takes for the time of day, by so many seconds ahead."""

    def __init__(self):
        self.path = os.path.join(TMP, "clock")
        with open(self.path, "wb") as file:
            file.write(b"0".ljust(32))

    def set(self, seconds):
        with open(self.path, "r+b") as file:
            file.write(str(seconds).encode().ljust(32))


def start_with_clock(*arguments):
    clock = Clock()
    live = Live([], AS_ROOT + list(arguments), dict(ENVIRONMENT, FAULTY_CLOCK=clock.path))
    return clock, live


def round_trip(host, *arguments):
    """In milliseconds; None without a reply."""
    words = subprocess.run(ON_CLIENT + ["ping", "-n", "-c", "1", "-W", "2", *arguments, host], capture_output=True).stdout
    found = re.search(rb" time=([0-9.]+) ms", words)
    return float(found.group(1)) if found else None


def end_clock(name, live, complaints):
    status = live.end()
    if status != 0:
        complaints.append(f"ends with {status}")
    tell(name, [complaint + "\n" + text_of(live.err)[-400:] for complaint in complaints])


def step_around():
    """There and back again, while pings wait for their delay."""
    clock, live = start_with_clock("--rule", "delay 30ms", "--errors")
    complaints = []
    for seconds in (0, DAY, 0, -DAY, DAY, 0):
        clock.set(seconds)
        for host in HOSTS:
            for arguments in ([], ["-s", "3000"]):
                took = round_trip(host, *arguments)
                if took is None or took < 29:
                    complaints.append(f"{seconds} s ahead, a ping of {host} {arguments} takes {took} ms")
    end_clock("a clock that steps by a day: delayed pings, also in fragments, come in time", live, complaints)


def step_while_waiting():
    """The reply's time comes in spite of the step."""
    clock, live = start_with_clock("--rule", "delay 400ms")
    complaints = []
    for seconds in (DAY, -DAY):
        clock.set(0)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(round_trip, HOSTS[0])
            time.sleep(0.15)
            clock.set(seconds)
            took = waiting.result()
        if took is None or took < 399:
            complaints.append(f"a reply that waits while the clock steps by {seconds} s takes {took} ms")
    end_clock("a clock that steps by a day: a reply that waits comes in time", live, complaints)


def step_rate():
    clock, live = start_with_clock("--rate", "5", "--burst", "3")
    complaints = []
    for seconds in (DAY, -DAY, 0):
        answered = sum(round_trip(HOSTS[0], "-W", "0.3") is not None for _ in range(6))
        if answered < 3:
            complaints.append(f"{answered} of 6 requests are answered")
        clock.set(seconds)
        # The time over a step back is not earned, so that one request more may be refused.
        if not wait_until(lambda: round_trip(HOSTS[0], "-W", "0.3") is not None):
            complaints.append(f"{seconds} s ahead, --rate lets nothing through")
    end_clock("a clock that steps by a day: --rate goes on", live, complaints)


def step_claim():
    clock, live = start_with_clock("--claim", "-a", "192.0.2.77")
    complaints = []
    for seconds in (DAY, -DAY, 0):
        clock.set(seconds)
        time.sleep(0.7)
    if not wait_until(lambda: "nobody has 192.0.2.77: answering for it" in text_of(live.err), 20):
        complaints.append("the address is never answered for")
    if round_trip("192.0.2.77") is None:
        complaints.append("it is not answered for")
    end_clock("a clock that steps by a day: --claim comes to its end", live, complaints)


if PART == "offline":
    do_offline()
elif PART == "clock":
    step_around()
    step_while_waiting()
    step_rate()
    step_claim()
else:
    fail_live(PART)
    fail_live_memory(PART)
print(f"1..{count}")
