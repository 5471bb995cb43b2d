"""What a claim is made of: something that must be so, or the claim fails with the log that shows why."""

import sys


def same(what, found, wanted, log=""):
    if found != wanted:
        sys.exit(f"{log}\nnot so: {what}: {found!r}, not {wanted!r}")


def holds(what, condition, log=""):
    same(what, bool(condition), True, log)
