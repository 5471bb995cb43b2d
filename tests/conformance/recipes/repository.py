"""A repository with a landscape, its bare remote, and pull requests of people one should not trust."""

import os
import shutil
import subprocess
from pathlib import Path

# Names that git takes and a shell should not; a title may hold anything.
HOSTILE_BRANCH = "fix/$(touch${IFS}pwned)-`touch${IFS}pwned`-';touch${IFS}pwned;'"
HOSTILE_TITLE = "$(touch pwned) `touch pwned` \"; touch pwned; '\n::error::pwned\n${{ github.token }}"

STAGE = "landscapes/demo/shoots/shop/stage.yaml"
MAXIMUM = ("maximum: 4", "maximum: 5")


class Repository:
    """A bare remote and one clone to write in."""

    def __init__(self, scratch, landscapes):
        self.remote = Path(scratch, "remote.git")
        self.work = Path(scratch, "work")
        self.work.mkdir(parents=True)
        self.environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        self.git("init", "--quiet", "--initial-branch", "main")
        subprocess.run(["git", "init", "--quiet", "--bare", self.remote], check=True)
        self.git("remote", "add", "origin", str(self.remote))
        self.git("commit", "--quiet", "--allow-empty", "--message", "Begin")
        shutil.copytree(landscapes, self.work / "landscapes", ignore=shutil.ignore_patterns("local"))
        self.first = self.commit("Describe the landscape")
        self.git("push", "--quiet", "origin", "main")

    def git(self, *arguments, cwd=None):
        run = subprocess.run(
            ["git", *arguments], cwd=cwd or self.work, env=self.environment, check=True, capture_output=True, text=True
        )
        return run.stdout.strip()

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name, start):
        self.git("checkout", "--quiet", "-B", name, start)

    def change(self, old, new, file=STAGE):
        """Commits an edit of the branch that is checked out."""
        path = self.work / file
        text = path.read_text()
        assert old in text, f"{file} has no `{old}`"
        path.write_text(text.replace(old, new, 1))
        return self.commit(f"Write {new.split(chr(10))[0]}")

    def push(self, *references):
        self.git("push", "--quiet", "--force", "origin", *references)

    def merge(self, number, head):
        """Makes the merge commit that a forge makes of a request, and gives its hash."""
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", head)
        merged = self.git("rev-parse", "HEAD")
        self.push(f"{merged}:refs/pull/{number}/merge", f"{head}:refs/pull/{number}/head")
        return merged

    def checkout(self, commit, to, reference):
        """What a runner has before its first script: the whole history, the commit, no credentials."""
        self.git("init", "--quiet", str(to))
        self.git("remote", "add", "origin", str(self.remote), cwd=to)
        self.git("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", reference, cwd=to)
        self.git("checkout", "--quiet", "--detach", commit, cwd=to)
