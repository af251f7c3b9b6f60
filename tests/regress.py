"""Real captures of others as a regression test: nothing crashes, nothing hangs, and every recorded reply is as ours.

usage: regress.py PONGD CAPTURES

CAPTURES holds INDEX.tsv (a capture a line), PAIRS.tsv (a request and its recorded reply a line, as an independent
dissector matched them) and malformed/ (broken files).  Prints TAP; lines that begin with "# |" are tables.
"""
import collections
import csv
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile

SECONDS = 10  # that one run may take; the longest takes a fraction of one
DAMAGES = 6  # of each capture: half of them cut, half of them with bytes changed
SEED = 1
COPY_SECONDS = 0.01  # between copies of a request, which a capture at two places has

# Why a file may be refused, by the sentence's words.
EXCUSES = (
    ("pcapng without an interface", r"pcapng file without an interface"),
    ("pcapng with different link types", r"interfaces with different link types"),
    ("pcapng with different snapshot lengths", r"interfaces with different snapshot lengths"),
    ("not a capture", r"unknown file format"),
    ("link type", r"link type"),
)

pongd, captures = sys.argv[1:3]
count = 0
tables = []


def ok(is_ok, title, why=""):
    global count
    count += 1
    print(f"{'' if is_ok else 'not '}ok {count} - {title}")
    if not is_ok:
        for line in str(why).splitlines()[:10]:
            print("# " + line)


def table(title, counts):
    """A table of how often each name was there, told at the end."""
    tables.append((title, counts))


def rows(path):
    with open(os.path.join(captures, path), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def run(path, *options):
    """Status, the lines on standard output and those on standard error; status None for a hang."""
    try:
        done = subprocess.run([pongd, "-r", path, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None, [], []
    return done.returncode, *(text.decode("utf-8", "replace").splitlines() for text in (done.stdout, done.stderr))


def complaint(status, err, fine=(0, 2)):
    """What is wrong with how a quiet run ended, or nothing: trouble is told in one sentence, and all else in none."""
    if status is None:
        return f"was not done after {SECONDS} s"
    if status not in fine:
        return f"status {status}\n" + "\n".join(err)
    if len(err) != (1 if status == 2 else 0) or (err and not err[0].startswith("pongd: ")):
        return f"status {status}, and {len(err)} lines instead of a sentence:\n" + "\n".join(err)
    return ""


def excuse(err):
    """Why a file cannot be used, in short, or nothing if it has to be."""
    name = next((name for name, regex in EXCUSES if re.search(regex, err)), "")
    link = re.search(r"link type (\w+ \(\d+\))", err)
    return f"link type {link[1]}" if link else name


# --- every capture is read; those that cannot be are few, and known


def replay_all(paths):
    refused = collections.Counter()
    for path in paths:
        status, _, err = run(os.path.join(captures, path), "-q")
        wrong = complaint(status, err)
        if not wrong and status == 2:
            name = excuse(err[0])
            wrong = "" if name else "refused: " + err[0]
            refused[name or "refused, which it should not be"] += 1
        ok(not wrong, f"{path}: can be answered, or it is known why not", wrong)
    table(f"of {len(paths)} captures, not read to the end:", refused)


def end_all(paths):
    ends = collections.Counter()
    for path in paths:
        status, _, err = run(os.path.join(captures, "malformed", path), "-q", "--verify")
        wrong = complaint(status, err, (0, 1, 2))
        ends[f"status {status}"] += 1
        ok(not wrong, f"malformed/{path}: ends, with a sentence if it has to", wrong)
    table(f"of {len(paths)} broken files:", ends)


# --- the same captures, cut and damaged


def damaged(data, number, source):
    """The bytes of a capture after an accident: cut anywhere, or some bytes changed (never the magic number)."""
    if number % 2 == 0:
        return data[: source.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(source.choice((1, 3, 20))):
        at = source.randrange(min(4, len(data) - 1), len(data))
        changed[at] = source.choice((0, 0xFF, source.randrange(256)))
    return bytes(changed)


def damage_all(paths, folder):
    ends = collections.Counter()
    trial = os.path.join(folder, "damaged")
    for path in paths:
        source = random.Random(f"{SEED} {path}")
        with open(os.path.join(captures, path), "rb") as file:
            data = file.read()
        wrong = ""
        for number in range(DAMAGES):
            with open(trial, "wb") as file:
                file.write(damaged(data, number, source))
            status, _, err = run(trial, "-q", "--verify")
            ends[f"status {status}"] += 1
            wrong = wrong or complaint(status, err, (0, 1, 2))
            if wrong:
                wrong = f"damage {number}: {wrong}"
                break
        ok(not wrong, f"{path}: {DAMAGES} times damaged, ends all the same", wrong)
    table("of captures cut and damaged:", ends)


# --- verify against what the dissector found


def objects(path, *options):
    _, out, err = run(os.path.join(captures, path), "--json", *options)
    return [json.loads(line) for line in out], err


def identity(request):
    return tuple(request.get(name) for name in ("ts", "src", "dst", "id", "seq"))


def results(path):
    """For each frame number the result of the request that it completes; the other frames' are verdicts.

    Where a request is in a capture twice and its reply once, one copy has the reply: the other is marked so.
    """
    frames, err = objects(path, "-vv")
    found, copies = collections.defaultdict(list), collections.defaultdict(list)
    for result in objects(path, "--verify")[0]:
        if "result" in result:
            found[identity(result)].append(result)
            copies[identity(result)[1:]].append(result)
    for result in itertools.chain(*found.values()):
        its_copies = (copy for copy in copies[identity(result)[1:]] if abs(copy["ts"] - result["ts"]) < COPY_SECONDS)
        if result["result"] == "unanswered" and any(copy["result"] == "same" for copy in its_copies):
            result["result"] = "same, for its copy"
    by_number = {}
    for number, frame in enumerate((frame for frame in frames if "verdict" in frame), 1):
        known = found.get(identity(frame)) if frame.get("type") == "echo" else None
        by_number[number] = known.pop(0) if known else frame
    return by_number, err


def is_clean(pair):
    return (pair["encap"] == "plain" and not pair["truncated"] and not pair["flags"] and pair["payload"] == "same"
            and pair["req_cksum"] == pair["rep_cksum"] == "good")


def account(pair, result, err):
    """The name under which a pair is accounted for, and whether that is as it should be."""
    if result is None:
        name = excuse(err[0]) if err else ""
        if not name:
            return "no such frame, and no reason", False
        return f"not read: {name}", not is_clean(pair) or name.startswith("pcapng")
    outcome = result.get("result", f"no request: {result.get('verdict')}")
    if outcome.startswith("same"):
        return outcome, True
    if is_clean(pair):
        fields = ", ".join(difference["field"] for difference in result.get("differences", ()))
        return f"clean, but {outcome} {fields or result.get('verdict', '')}", False
    kind = ("captured short" if pair["truncated"] else pair["encap"] if pair["encap"] != "plain"
            else pair["flags"] or "checksum or data wrong")
    return f"{kind}: {outcome}", True


def verify_all(pairs):
    names = collections.Counter()
    by_path = collections.defaultdict(list)
    for pair in pairs:
        by_path[pair["path"]].append(pair)
    for path, its_pairs in by_path.items():
        by_number, err = results(path)
        wrong = []
        for pair in its_pairs:
            name, is_right = account(pair, by_number.get(int(pair["req_frame"])), err)
            names[name] += 1
            if not is_right:
                wrong.append(f"frame {pair['req_frame']}, {pair['src']} > {pair['dst']}: {name}")
        ok(not wrong, f"{path}: {len(its_pairs)} pairs, each same or accounted for", "\n".join(wrong))
    clean = sum(map(is_clean, pairs))
    table(f"of {len(pairs)} pairs, {clean} of them clean:", names)
    ok(names["same"] >= 100 or len(pairs) < 100, "most clean pairs are told same", names)


def say_tables():
    for title, counts in tables:
        print("# | " + title)
        for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            print(f"# | {number:6}  {name}")


paths = [row["path"] for row in rows("INDEX.tsv")]
replay_all(paths)
end_all([row["file"] for row in rows("malformed/INDEX.tsv")])
with tempfile.TemporaryDirectory() as folder:
    damage_all(paths, folder)
verify_all(rows("PAIRS.tsv"))
say_tables()
print(f"1..{count}")
