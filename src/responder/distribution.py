"""Makes distribution_table.h: the quantiles that distribution.c draws by.

usage: distribution.py >distribution_table.h

A row is an octave of the probability that a number is beyond: 1 to 1/2, 1/2 to 1/4, …, and the last one goes down to 0.  It
has equal steps, and in between a straight line is drawn.  What the lines give is moved and stretched until its mean is 0 and
its deviation 1.
"""
import math
import statistics

ONE = 1 << 24
STEPS = 32
NORMAL_OCTAVES = 32
PARETO_OCTAVES = 8  # by the last of them all is cut off
PARETO_SHAPE = 3
PARETO_LIMIT = 4


def normal(beyond):
    """Of either sign: a number's size, beyond which there are so many.  The last line has to end somewhere."""
    return -statistics.NormalDist().inv_cdf(max(beyond, 2.0 ** -(NORMAL_OCTAVES + 1)) / 2)


def pareto(beyond):
    """One that begins at 1, as its deviations from the mean."""
    mean = PARETO_SHAPE / (PARETO_SHAPE - 1)
    deviation = math.sqrt(PARETO_SHAPE / (PARETO_SHAPE - 2)) / (PARETO_SHAPE - 1)
    if beyond == 0:
        return PARETO_LIMIT
    return min((beyond ** (-1 / PARETO_SHAPE) - mean) / deviation, PARETO_LIMIT)


def rows(quantile, octaves):
    """Quantiles from the octave's lower end to its upper one."""
    for octave in range(octaves):
        high = 2.0 ** -octave
        low = high / 2 if octave < octaves - 1 else 0.0
        yield [quantile(low + (high - low) * step / STEPS) for step in range(STEPS + 1)]


def moment(table, power):
    """The mean of what is drawn, or of its square."""
    total = 0.0
    for octave, row in enumerate(table):
        width = 2.0 ** -(octave + 1 if octave < len(table) - 1 else octave) / STEPS
        for a, b in zip(row, row[1:]):
            total += width * ((a + b) / 2 if power == 1 else (a * a + a * b + b * b) / 3)
    return total


def print_table(name, table, mean):
    deviation = math.sqrt(moment(table, 2) - mean ** 2)
    print(f"\nstatic const int32_t {name}[][DISTRIBUTION_STEPS + 1] = {{")
    for row in table:
        numbers = [round((number - mean) / deviation * ONE) for number in row]
        print("    {" + ",\n     ".join(", ".join(map(str, numbers[i:i + 11])) for i in range(0, len(numbers), 11)) + "},")
    print("};")


print("/* The quantiles that distribution.c draws by, made by distribution.py. */")
print("#ifndef PONGD_RESPONDER_DISTRIBUTION_TABLE_H\n#define PONGD_RESPONDER_DISTRIBUTION_TABLE_H\n\n#include <stdint.h>\n")
print(f"enum {{ DISTRIBUTION_STEPS = {STEPS} }};")
normals, paretos = list(rows(normal, NORMAL_OCTAVES)), list(rows(pareto, PARETO_OCTAVES))
print_table("distribution_normal", normals, 0.0)  # by its two halves
print_table("distribution_pareto", paretos, moment(paretos, 1))
print("\n#endif")
