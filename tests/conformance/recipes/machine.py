"""A machine that jobs run on: its home, its programs, and what it has seen of them."""

import os
from pathlib import Path

# Stands for cargo, whose work takes minutes and is not in question: checks how it is called, and installs the compiler
# that is tested.
CARGO = """#!/usr/bin/env bash
set -euo pipefail
pattern='^install --locked (--force )?--root ([^ ]+) --git https://git.example.org/landscape.git --tag v0.1.0 landscape$'
[[ "$*" =~ $pattern ]] || { echo "cargo is called with: $*" >&2; exit 1; }
[ ! -e landscapes ] || { echo "cargo runs inside the checkout" >&2; exit 1; }
mkdir -p "${BASH_REMATCH[2]}/bin"
cp @LANDSCAPE@ "${BASH_REMATCH[2]}/bin/landscape"
echo installed >>@CALLS@
"""

# Notes what a list of processes would show of curl.
CURL = """#!/usr/bin/env bash
printf '%q ' "$@" >>@CALLS@
echo >>@CALLS@
exec @CURL@ "$@"
"""


class Machine:
    def __init__(self, scratch, repository, api, token, landscape, curl):
        self.scratch = Path(scratch)
        self.repository = repository
        self.api = api
        self.token = token
        self.home = self.fresh("home")
        self.caches = self.fresh("caches")
        self.programs = self.fresh("programs")
        self.calls = {name: self.scratch / f"{name}.calls" for name in ("cargo", "curl")}
        for name, text in (("cargo", CARGO), ("curl", CURL)):
            self.calls[name].touch()
            text = text.replace("@LANDSCAPE@", landscape).replace("@CURL@", curl).replace("@CALLS@", str(self.calls[name]))
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def fresh(self, name):
        """A new directory."""
        number = len(list(self.scratch.glob(f"{name}-*")))
        path = self.scratch / f"{name}-{number}"
        path.mkdir(parents=True)
        return path

    def environment(self, path=()):
        """The variables that jobs begin with: none of the test's own."""
        return {
            "PATH": ":".join([*reversed(list(path)), str(self.programs), os.environ["PATH"]]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def assert_untouched(self):
        """Nothing that a name or a title says was done."""
        found = list(self.scratch.rglob("pwned*"))
        assert not found, f"a name was run as a command: {found}"

    def assert_secret(self, texts, directories):
        """The token is in no log, in no argument of a program, and in no file that was left."""
        for text in texts:
            assert self.token not in text, "the token is in the log"
        for calls in self.calls.values():
            assert self.token not in calls.read_text(), "the token is an argument of a program"
        for path in (path for directory in directories for path in directory.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 20:
                assert self.token.encode() not in path.read_bytes(), f"the token is left in {path}"
