"""How the checks of the chart end."""

import sys


def exit_code(who, problems, fine):
    """Says each problem on standard error, or `fine` when there is none; `who` stands before all of it. 0 when all is well."""
    for problem in problems:
        print(f"{who}: {problem}", file=sys.stderr)
    if not problems:
        print(f"{who}: {fine}")
    return 1 if problems else 0
