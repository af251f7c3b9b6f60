"""Draws doc/data-way.svg, the way that a frame takes: python3 doc/data-way.py >doc/data-way.svg"""

BOXES = (  # x, y, width, text, and a second line below it
    (150, 20, 160, "network card", "and its driver"),
    (440, 20, 160, "pongd", "whole frames in and out"),
    (150, 130, 160, "firewall", "drops it, or not"),
    (150, 230, 160, "kernel", "its own echo may be off"),
)
ARROWS = (  # x1, y1, x2, y2, text above its middle
    (20, 38, 150, 38, "request"),
    (150, 62, 20, 62, "reply"),
    (310, 38, 440, 38, "a copy"),
    (440, 62, 310, 62, "the reply"),
    (230, 80, 230, 130, "the original"),
    (230, 190, 230, 230, ""),
)
HEIGHT = 60


def box(x, y, width, text, more):
    middle = x + width // 2
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{HEIGHT}" rx="4" fill="#eef" stroke="#336"/>'
    yield f'<text x="{middle}" y="{y + 26}" font-weight="bold">{text}</text>'
    yield f'<text x="{middle}" y="{y + 44}" font-size="11">{more}</text>'


def arrow(x1, y1, x2, y2, text):
    yield f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#336" marker-end="url(#end)"/>'
    if y1 == y2:
        yield f'<text x="{(x1 + x2) // 2}" y="{y1 - 6 if x1 < x2 else y1 + 15}" font-size="11">{text}</text>'
    elif text:
        yield f'<text x="{x1 + 8}" y="{(y1 + y2) // 2 + 4}" font-size="11" text-anchor="start">{text}</text>'


print('<svg xmlns="http://www.w3.org/2000/svg" width="620" height="310" font-family="sans-serif" font-size="14" '
      'text-anchor="middle">')
print('<title>A packet socket gets its copy of a frame before the firewall looks at it</title>')
print('<defs><marker id="end" markerWidth="8" markerHeight="8" refX="8" refY="4" orient="auto">'
      '<path d="M0,0 L8,4 L0,8 z" fill="#336"/></marker></defs>')
print('<rect width="100%" height="100%" fill="white"/>')
for item in BOXES:
    print("\n".join(box(*item)))
for item in ARROWS:
    print("\n".join(arrow(*item)))
print("</svg>")
