"""What pages say about the sources and about one another is so.

usage: doc_facts.py TOP                prints TAP
       doc_facts.py --missing TOP      prints the sentences of the sources that no page explains; not all have to be

Each message in the first column of a table in doc/TROUBLESHOOTING.md has to be one of the sources, and each finding of the
diagnosis has to be there.  Each link of a page leads to a file, or to a heading of one.  The picture is what its
script draws.
"""
import glob
import os
import re
import subprocess
import sys

WORDS = "IF|ADDR|FILE|CLIENT|MAC|N|TYPE|USER|PATH|WORD|WHY|VLAN|OPTION|LEN|RULE"
BLANK = re.compile(rf"\b(?:{WORDS})\b|(?<=IPv)N\b|(?<=-)N\b")
CONVERSION = re.compile(r"%[-*.0-9]*(?:l|ll|z)?[a-zA-Z]|\{\w+\}|\0")
PAGES = ("README", "CONTRIBUTING.md", "doc/COOKBOOK.md", "doc/PERFORMANCE.md", "doc/SECURITY.md", "doc/TESTING.md",
         "doc/TROUBLESHOOTING.md", "doc/ci.md")
count = 0


def check(is_ok, title, why=""):
    global count
    count += 1
    print(f"{'' if is_ok else 'not '}ok {count} - {title}")
    if not is_ok and why:
        print(f"# {why}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def literals(path):
    """The strings of a source file, those beside one another as one, with \\0 for what printf fills in."""
    text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.DOTALL)
    piece = r'"(?:[^"\\\n]|\\.)*"'
    for match in re.finditer(rf'{piece}(?:\s*(?:PRI\w+\s*|[A-Z_]+\s*(?={piece}))?{piece})*', text):
        joined = "".join(part[1:-1] if part[0] == '"' else "\0" for part in re.findall(rf"{piece}|[A-Z]\w+", match.group()))
        yield CONVERSION.sub("\0", joined.replace('\\"', '"').replace("%%", "%")).replace("%\0", "\0")


def messages(page):
    """What the first column of each table with "it says" quotes."""
    for table in re.findall(r"^\| it says .*\n\|.*\n((?:\|.*\n)+)", page, re.MULTILINE):
        for row in table.splitlines():
            yield from re.findall(r"`([^`]+)`", re.split(r"(?<!\\) \| ", row)[0].replace(r"\|", "|"))


def words_of(message):
    return ".*".join(re.escape(part) for part in BLANK.split(message))


def check_messages(top):
    page = read(os.path.join(top, "doc/TROUBLESHOOTING.md"))
    sources = [text for path in sorted(glob.glob(os.path.join(top, "src/**/*.[ch]"), recursive=True))
               for text in literals(path)]
    quoted = list(messages(page))
    for message in quoted:
        wanted = re.compile(words_of(message), re.DOTALL)
        check(any(wanted.search(text) for text in sources), f"in the sources: {message}".replace("#", r"\#"))
    for finding in re.findall(r'\] = \{"((?:[^"]|"\s*")*)",', read(os.path.join(top, "src/finding.c"))):
        said = re.sub(r'"\s*"', "", finding)
        is_there = any(re.match(words_of(message), CONVERSION.sub("\0", said), re.DOTALL) for message in quoted)
        check(is_there, f"on the page: {said}")


def anchors(path):
    """What one can link to within a page, as the web makes it of headings."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
            for title in re.findall(r"^#+ (.+)$", read(path), re.MULTILINE)
            + re.findall(r"^(.+)\n[=-]{3,}$", read(path), re.MULTILINE)}


def check_links(top):
    for name in PAGES:
        path = os.path.join(top, name)
        wrong = []
        for link in re.findall(r"\]\(([^)\s]+)\)", read(path)):
            file, _, anchor = link.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
            if re.match(r"[a-z]+:", link):
                continue
            if not os.path.exists(target) or (anchor and anchor not in anchors(target)):
                wrong.append(link)
        check(not wrong, f"{name}: its links lead somewhere", ", ".join(wrong))


def check_files(top):
    """What README names is there: files of the folders, and sections of the manual."""
    text = read(os.path.join(top, "README"))
    named = set(re.findall(r"(?<![\w./-])((?:doc|src|tests|examples|pcaps|man)/[\w./-]*)", text))
    missing = sorted(name for name in named if not os.path.exists(os.path.join(top, name.rstrip("."))))
    check(not missing, "README: the files that it names are there", ", ".join(missing))


def check_picture(top):
    drawn = subprocess.run([sys.executable, os.path.join(top, "doc/data-way.py")], stdout=subprocess.PIPE, check=False).stdout
    check(drawn.decode() == read(os.path.join(top, "doc/data-way.svg")), "doc/data-way.svg is what doc/data-way.py draws")


def print_missing(top):
    quoted = [re.compile(words_of(message)) for message in messages(read(os.path.join(top, "doc/TROUBLESHOOTING.md")))]
    for path in sorted(glob.glob(os.path.join(top, "src/**/*.c"), recursive=True)):
        for text in literals(path):
            if text.count(" ") > 2 and not any(message.search(text) for message in quoted):
                print(f"{path}: {text}".replace("\0", "..."))


if sys.argv[1] == "--missing":
    print_missing(sys.argv[2])
else:
    check_messages(sys.argv[1])
    check_links(sys.argv[1])
    check_files(sys.argv[1])
    check_picture(sys.argv[1])
    print(f"1..{count}")
