"""Holds lines of pongd --json against doc/pongd.schema.json, with no more of JSON Schema than is used there.

usage: schema.py SCHEMA <LINES        prints what is wrong, and exits with 1 if anything is

Stricter than the schema, which is open for members to come: those that it does not describe are wrong here.
"""
import json
import re
import sys

schema = json.load(open(sys.argv[1], encoding="utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool}


def resolve(rule):
    """A rule with what it refers to; only references into $defs are used."""
    return {**schema["$defs"][rule["$ref"].rsplit("/", 1)[1]], **rule} if "$ref" in rule else rule


def is_of_type(names, value):
    """`names` is one type or a list of them; to Python, True is a number too, but not here."""
    return any(isinstance(value, TYPES[name]) and (name == "boolean") == isinstance(value, bool)
               for name in (names if isinstance(names, list) else [names]))


def check_object(rule, value):
    """What is wrong with an object's members, besides their values."""
    known, others = rule.get("properties", {}), rule.get("additionalProperties")
    yield from (f"{name} is missing" for name in rule.get("required", ()) if name not in value)
    for name, wanted in rule.get("dependentRequired", {}).items():
        yield from (f"{other} is missing, which goes with {name}" for other in wanted if name in value and other not in value)
    for name in value:
        if name in known:
            yield from (f"{name}: {wrong}" for wrong in check(known[name], value[name]))
        elif others is None:
            yield f"{name} is not described"
        else:
            yield from (f"{name}: {wrong}" for wrong in check(others, value[name]))
        yield from check(rule.get("propertyNames", {}), name)


def check_array(rule, value):
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
        yield f"{len(value)} items"
    for item in value:
        yield from check(rule["items"], item)


def check(rule, value):
    """What is wrong with a value, in sentences."""
    rule = resolve(rule)
    if "type" in rule and not is_of_type(rule["type"], value):
        yield f"{value!r} is no {rule['type']}"
        return
    if "enum" in rule and value not in rule["enum"]:
        yield f"{value!r} is none of {rule['enum']}"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        yield f"{value!r} does not match {rule['pattern']}"
    if isinstance(value, (int, float)) and not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield f"{value} is out of range"
    if "oneOf" in rule:
        wrongs = [list(check(choice, value)) for choice in rule["oneOf"]]
        if sum(not wrong for wrong in wrongs) != 1:
            yield "; or ".join(min(wrongs, key=len)) or "it is two kinds at once"
    elif isinstance(value, dict):
        yield from check_object(rule, value)
    elif isinstance(value, list):
        yield from check_array(rule, value)


lines = sys.stdin.read().splitlines()
objects = [json.loads(line) for line in lines]
wrongs = [f"{line}: {wrong}" for line, value in zip(lines, objects) for wrong in check(schema, value)]
if not objects or "summary" not in objects[-1]:
    wrongs.append("the last object is no summary")
print("\n".join(wrongs[:10]), end="\n" if wrongs else "")
sys.exit(1 if wrongs else 0)
