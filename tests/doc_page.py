"""What a page of the documentation has in it: sections, and the commands in them with what they print.

A command is a line with a prompt, in a block that is indented by four blanks or fenced as "console": "$ " for anybody, "# "
for root, either with "host" or "client" before it, which is whose terminal it is.  A command goes on behind a backslash, and
to the end of its here-document.  What it prints are the lines below it.  A block without a prompt goes on with what a command
that still runs prints.  "```console not-run: REASON" has the block left out.
"""
import re

PROMPT = re.compile(r"(host|client|)([$#]) (.*)")
RUNNING = re.compile(r"(?:ip netns exec \w+ )?(?:pongd (?!(.* )?(--check-config|-[LD])\b)(.* )?-i |tcpdump (?!(.* )?-[rc] )|ping (?!(.* )?-c )|tail -f)")
TITLE = re.compile(r"^(?:#+ (.+)|(.+)\n[=-]{3,}$)", re.MULTILINE)


class Command:
    """One command: who types it (where), whether as root, and the lines that it is to print."""

    def __init__(self, where, mark, text, is_on_page=True):
        self.where, self.is_for_root, self.text = where, mark == "#", text
        self.lines = []
        self.skipped = "" if is_on_page else "it is left out"

    def is_live(self):
        return bool(self.where) or self.is_for_root

    def runs_on(self):
        """Whether it ends by ^C only, or when it has to."""
        return bool(RUNNING.match(self.text)) or "^C" in self.lines

    def title(self):
        return f"{self.where}{'#' if self.is_for_root else '$'} {self.text}".split("\n")[0].replace("#", r"\#")


class More:
    """More lines of a command that still runs."""

    def __init__(self, lines):
        self.lines = lines


class Section:
    def __init__(self, title):
        self.title, self.steps = title, []

    def commands(self):
        return [step for step in self.steps if isinstance(step, Command)]

    def is_live(self):
        return any(command.is_live() and not command.skipped for command in self.commands())


def blocks(text):
    """Each block that may have commands: its lines, what is said behind "console", and whether it is fenced."""
    pattern = r"^```(\w*)(.*)\n((?:.*\n)*?)```$|((?:^    .*\n)(?:^    .*\n)*)"
    for match in re.finditer(pattern, text, re.MULTILINE):
        if match.group(4):
            yield [line[4:] for line in match.group(4).splitlines()], "", False
        elif match.group(1) == "console":
            yield match.group(3).splitlines(), match.group(2).strip(), True


def is_unfinished(text):
    here = re.search(r"<<-?'?(\w+)'?", text)
    return text.endswith("\\") or bool(here) and not re.search(rf"\n\t*{here.group(1)}$", text)


def read_block(lines, said, is_fenced, section):
    command = None
    rest = []
    for line in lines:
        match = PROMPT.fullmatch(line)
        if command is not None and not command.lines and is_unfinished(command.text):
            command.text += "\n" + line
        elif match:
            command = Command(*match.groups())
            command.skipped = said.partition("not-run: ")[2]
            section.steps.append(command)
        else:
            (rest if command is None else command.lines).append(line)
    if command is None and (is_fenced or "^C" in rest):
        section.steps.append(More(rest))


def sections(text):
    """The sections of a page, in order."""
    found = []
    titles = list(TITLE.finditer(re.sub(r"^```.*?^```$", lambda match: re.sub(r"\S", "x", match.group()), text,
                                        flags=re.MULTILINE | re.DOTALL)))
    for number, match in enumerate(titles):
        end = titles[number + 1].start() if number + 1 < len(titles) else len(text)
        section = Section(text[match.start():match.end()].split("\n")[0].lstrip("# "))
        for block in blocks(text[match.end():end]):
            read_block(*block, section)
        found.append(section)
    return found


def fenced(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


# What differs from run to run: times, identifiers, how long it took.
VARIABLE = (
    (r"\x1b\[[0-9;?]*[a-zA-Z]", ""),  # jq paints what it prints
    (r"\^C", ""),
    (r"\d\d:\d\d:\d\d\.\d+", "T"),
    (r"\d+(\.\d+)? ?ms\b", "T ms"),
    (r"\d+(\.\d+)?(/\d+(\.\d+)?){2,}( T ms)?", "T ms"),
    (r"(?<![\d.])\d+\.\d+(?![\d.%])", "T"),
    (r', pipe \d+', ""),
    (r'\bid \d+', "id N"),
    (r'"id":\d+', '"id":N'),
    (r'"ts":[\d.]+', '"ts":T'),
    (r'\[\d+\] \d+', "[1] N"),
)


def plain(text):
    """Text without what differs, and without blanks: on a page, lines are folded."""
    for what, instead in VARIABLE:
        text = re.sub(what, instead, text)
    return re.sub(r"\s", "", text)


def pattern(lines):
    """What the lines match in plain text, as a regular expression; "..." stands for anything."""
    return re.compile(".*?".join(re.escape(plain(part)) for part in "\n".join(lines).split("...")), re.DOTALL)
