"""The recipe for GitHub, from the first push of a pull request to the comment, with pull requests that mean no good."""

import os
import shutil
from pathlib import Path

from claim import holds, same
from forge import Fault, GitHub
from machine import Machine
from repository import HOSTILE_BRANCH, HOSTILE_TITLE, MAXIMUM, STAGE, Repository
from workflow import Workflow

RECIPES = Path("docs/ci/github")
SETTINGS = {"LANDSCAPE_DIR": "landscapes/demo"}
TOKEN = "ghs_secretOfTheRun"
MARKER = "<!-- landscape-diff demo -->"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
OTHER_BOT = {"login": "renovate[bot]", "type": "Bot"}
USER = {"login": "mallory", "type": "User"}
ZEROS = "0" * 40


class Scene:
    """A repository at GitHub, with both recipes on its default branch."""

    def __init__(self, scratch):
        self.api = GitHub()
        self.repository = Repository(scratch / "git", "landscapes")
        self.machine = Machine(
            scratch / "runner", self.repository, self.api.url, TOKEN, os.environ["LANDSCAPE"], shutil.which("curl")
        )
        self.review = Workflow(RECIPES / "landscape.yaml", SETTINGS)
        self.comment = Workflow(RECIPES / "landscape-comment.yaml", {})
        self.artifacts = {}
        self.logs = []
        self.may_write(True)

    def may_write(self, writes):
        self.api.users = {TOKEN: {"user": BOT, "writes": writes}}

    def open(self, number, branch, head, owner="owner"):
        """What the API says of a pull request, and the event of a push to it."""
        pull = {
            "number": number,
            "state": "open",
            "title": HOSTILE_TITLE,
            "head": {"sha": head, "ref": branch, "repo": {"full_name": f"{owner}/landscapes"}},
            # As in real events, that of the day when the pull request was opened.
            "base": {"sha": self.repository.first, "ref": "main", "repo": {"full_name": GitHub.REPOSITORY}},
        }
        self.api.pulls[number] = pull
        return pull

    def reviewed(self, number, event):
        """A run of the first workflow; gives it and its number."""
        github = {"repository": GitHub.REPOSITORY, **event}
        run_id = 500 + len(self.artifacts)
        self.artifacts[run_id] = self.machine.fresh("artifacts")
        run = self.review.run(self.machine, github, self.artifacts[run_id])
        self.logs.append(run.log + run.summary)
        pull = event["event"].get("pull_request")
        of = {"event": event["event_name"], "id": run_id, "conclusion": run.conclusion}
        of["html_url"] = f"https://github.com/{GitHub.REPOSITORY}/actions/runs/{run_id}"
        if pull:
            of |= {"head_sha": pull["head"]["sha"], "head_branch": pull["head"]["ref"]}
            of["head_repository"] = pull["head"]["repo"]
        self.publish(run_id)
        return run, of

    def publish(self, run_id):
        """Tells the API of the artifacts of a run."""
        listed = []
        for number, path in enumerate(sorted(self.artifacts[run_id].iterdir())):
            size = sum(file.lstat().st_size for file in path.rglob("*"))
            listed.append({"id": run_id * 10 + number, "name": path.name, "size_in_bytes": size, "expired": False})
        self.api.artifacts[run_id] = listed

    def pushed(self, number):
        """A push to a pull request."""
        pull = self.api.pulls[number]
        merged = self.repository.merge(number, pull["head"]["sha"])
        event = {"event_name": "pull_request", "ref": f"refs/pull/{number}/merge", "sha": merged}
        return self.reviewed(number, {**event, "head_ref": pull["head"]["ref"], "event": {"pull_request": pull}})

    def push(self, before):
        """A push to main."""
        head = self.repository.git("rev-parse", "main")
        event = {"event_name": "push", "ref": "refs/heads/main", "sha": head, "event": {"before": before}}
        return self.reviewed(None, event)

    def commented(self, of):
        """A run of the second workflow, after the first."""
        github = {"event_name": "workflow_run", "ref": "refs/heads/main", "repository": GitHub.REPOSITORY}
        github |= {"sha": self.repository.git("rev-parse", "main"), "event": {"workflow_run": of}}

        def handed(run_id, artifact, path):
            (name,) = [a["name"] for a in self.api.artifacts[run_id] if a["id"] == artifact]
            shutil.copytree(self.artifacts[run_id] / name, path, symlinks=True)

        run = self.comment.run(self.machine, github, self.machine.fresh("artifacts"), handed)
        self.logs.append(run.log + run.summary)
        return run

    def ours(self, number):
        """The comments that the recipe has made."""
        mine = [comment for comment in self.api.comments.get(number, []) if comment["user"] is BOT]
        return [comment for comment in mine if comment["body"].startswith(MARKER)]


def prove(scratch):
    scene = Scene(scratch)
    for act in (pull_request, second_push, superseded, from_a_fork, forged, rejected, broken, lost_answers, pushes_to_main):
        act(scene)
        print(f"github: {act.__name__.replace('_', ' ')}")
    scene.machine.assert_untouched()
    scene.machine.assert_secret(scene.logs, [scene.machine.scratch])
    same("cargo runs", scene.machine.calls["cargo"].read_text().count("installed"), 1)
    same("requests that delete", [m for m, _ in scene.api.requests if m == "DELETE"], [])


def told(run):
    """What the runner is told, but for the warning that the landscape was never locked."""
    return [line for line in run.commands() if ",title=L705 " not in line]


def pull_request(scene):
    """One comment, among those of others and such that are forged; only the changes of the pull request are in it."""
    repository = scene.repository
    repository.branch(HOSTILE_BRANCH, "main")
    head = repository.change(*MAXIMUM)
    repository.branch("main", "main")
    repository.change("minimum: 2", "minimum: 3", "landscapes/demo/shoots/shop/build.yaml")
    repository.push("main")
    scene.open(1, HOSTILE_BRANCH, head)
    run, of = scene.pushed(1)
    same("the first push", run.conclusion, "success", run.log)
    same("annotations", told(run), [], run.log)
    holds("the change is in the log", "maximum: 4 → 5" in run.log, run.log)
    holds("that of main is not", "minimum: 2 → 3" not in run.log, run.log)
    holds("the summary is the comment", run.summary.startswith(MARKER), run.summary)
    files = {str(path.relative_to(scene.artifacts[of["id"]])) for path in scene.artifacts[of["id"]].rglob("*")}
    wanted = {f"landscape-review/diff.{form}" for form in ("md", "html", "json")}
    wanted |= {"landscape-rendered/plan.json", "landscape-comment/comment.md", "landscape-comment/pull-request"}
    same("artifacts that are missing", wanted - files, set(), run.log)

    scene.api.add(1, f"{MARKER}\nforged by a person", user=USER)
    scene.api.add(1, f"{MARKER}\nforged by a bot", user=OTHER_BOT)
    scene.api.add(1, f"look:\n{MARKER}", user=BOT)
    for number in range(120):
        scene.api.add(1, f"comment {number}", user=USER)
    scene.others = [dict(comment) for comment in scene.api.comments[1]]
    scene.api.fail("GET", Fault(429, {"Retry-After": "1"}), Fault(502))
    scene.api.fail("POST", Fault(503, {"Retry-After": "1"}), Fault(403, {"Retry-After": "1"}))
    run = scene.commented(of)
    same("the comment", run.conclusion, "success", run.log)
    (ours,) = scene.ours(1)
    lines = ours["body"].splitlines()
    holds("its source comes second", of["html_url"] in lines[1] and head[:12] in lines[1], ours["body"])
    holds("what changes is in it", "+ 5" in lines, ours["body"])
    scene.first = dict(ours)


def second_push(scene):
    """The same comment, renewed; those of others as they were."""
    scene.repository.branch(HOSTILE_BRANCH, HOSTILE_BRANCH)
    head = scene.repository.change("maximum: 5", "maximum: 6")
    scene.stale = dict(scene.api.pulls[1]["head"])
    scene.open(1, HOSTILE_BRANCH, head)
    run, of = scene.pushed(1)
    same("the second push", run.conclusion, "success", run.log)
    scene.api.fail("PATCH", Fault(500))
    run = scene.commented(of)
    same("the comment", run.conclusion, "success", run.log)
    (ours,) = scene.ours(1)
    same("the comment is the same one", ours["id"], scene.first["id"])
    holds("it is renewed", "+ 6" in ours["body"] and "+ 5" not in ours["body"], ours["body"])
    same("comments of others", scene.api.comments[1][:-1], scene.others)
    scene.of = of


def superseded(scene):
    """A run that comes late leaves the newer comment alone."""
    written = len(scene.api.written())
    run = scene.commented({**scene.of, "head_sha": scene.stale["sha"]})
    same("a late run", run.conclusion, "success", run.log)
    holds("it says why", any("newer commit" in line for line in run.commands()), run.log)
    same("after a run that was cancelled", scene.commented({**scene.of, "conclusion": "cancelled"}).conclusion, "skipped")
    scene.api.pulls[1]["state"] = "closed"
    run = scene.commented(scene.of)
    holds("a closed pull request is left alone", any("is closed" in line for line in run.commands()), run.log)
    scene.api.pulls[1]["state"] = "open"
    same("requests that write", len(scene.api.written()), written)


def from_a_fork(scene):
    """A fork has a read-only token in the first workflow; the second comments, or says that it may not."""
    repository = scene.repository
    repository.branch("main-of-fork", "main")
    head = repository.change(*MAXIMUM)
    scene.open(2, "main", head, owner="mallory")
    run, of = scene.pushed(2)
    same("the run of a fork", run.conclusion, "success", run.log)
    scene.may_write(False)
    late = scene.commented(of)
    same("a token that may only read", late.conclusion, "success", late.log)
    holds("it says so", any(line.startswith("::warning::the token may not comment") for line in late.commands()), late.log)
    same("comments", scene.ours(2), [])
    holds("the artifact is there", (scene.artifacts[of["id"]] / "landscape-review/diff.html").is_file())
    scene.may_write(True)
    same("a token that may write", scene.commented(of).conclusion, "success")
    same("comments", len(scene.ours(2)), 1)
    scene.fork = of


def forged(scene):
    """The artifact of a fork is data: whatever is wrong with it, nothing is written."""
    artifact = scene.artifacts[scene.fork["id"]] / "landscape-comment"
    good = {file.name: file.read_bytes() for file in artifact.iterdir()}
    text = good["comment.md"]
    elsewhere = scene.machine.fresh("elsewhere") / "number"
    elsewhere.write_bytes(good["pull-request"])
    cases = {
        "another number": {"pull-request": b"1\n"},
        "a number of nothing": {"pull-request": b"99\n"},
        "no number": {"pull-request": b"$(touch pwned)\n"},
        "two numbers": {"pull-request": b"2\n1\n"},
        "a path": {"pull-request": b"2/../1\n"},
        "a large number": {"pull-request": b"2" * 4000},
        "a link": {"pull-request": elsewhere},
        "no comment": {"comment.md": None},
        "another marker": {"comment.md": b"<!-- another -->\n" + text},
        "a marker with more": {"comment.md": b"<!-- landscape-diff a --> <!-- b -->\n" + text},
        "a long comment": {"comment.md": text + b"x" * 65536},
        "a huge artifact": {"more": os.urandom(200_000)},
    }
    written = len(scene.api.written())
    for what, files in cases.items():
        shutil.rmtree(artifact)
        artifact.mkdir()
        for name, content in {**good, **files}.items():
            if isinstance(content, Path):
                (artifact / name).symlink_to(content)
            elif content is not None:
                (artifact / name).write_bytes(content)
        scene.publish(scene.fork["id"])
        run = scene.commented(scene.fork)
        same(what, run.conclusion, "failure", run.log)
        holds(f"{what} is said", any(line.startswith("::error::") for line in run.commands()), run.log)
    same("requests that write", len(scene.api.written()), written)

    # A text may say what it likes, but not that it comes from elsewhere, and never to the shell.
    for file, content in good.items():
        (artifact / file).write_bytes(content)
    shutil.rmtree(artifact / "more", ignore_errors=True)
    (artifact / "more").unlink(missing_ok=True)
    (artifact / "comment.md").write_bytes(text.split(b"\n")[0] + b"\n$(touch pwned) `touch pwned` \\ \" ' \xff <!--\n")
    scene.publish(scene.fork["id"])
    same("a hostile text", scene.commented(scene.fork).conclusion, "success")
    body = scene.ours(2)[0]["body"]
    holds("its source is before it", body.index("Made by [this run]") < body.index("$(touch pwned)"), body)


def rejected(scene):
    """What compiles, and a server refuses all the same, fails the step of the review, and is told."""
    repository = scene.repository
    repository.branch("downgrade", "main")
    head = repository.change("version: 1.36.2", "version: 1.35.4")
    scene.open(3, "downgrade", head)
    run, of = scene.pushed(3)
    same("a change that is refused", run.conclusion, "failure", run.log)
    same("what fails", [name for name, step in run.steps.items() if step["outcome"] == "failure"], ["Diff"], run.log)
    same("the comment", scene.commented(of).conclusion, "success")
    (ours,) = scene.ours(3)
    holds("it says so", "the worst impact is `rejected`" in ours["body"], ours["body"])


def broken(scene):
    """A landscape that does not compile gets an annotation at its line, and no text of it can be a command."""
    repository = scene.repository
    repository.branch("broken", "main")
    repository.change("- eu01-2", "- eu01-9")
    head = repository.change("metadata:\n", 'metadata:\n  annotations:\n    hostile: "\\n::warning::pwned\\n"\n')
    scene.open(4, "broken", head)
    run, of = scene.pushed(4)
    same("what does not compile", run.conclusion, "failure", run.log)
    (annotation,) = told(run)
    holds("the annotation", annotation.startswith(f"::error file={STAGE},line="), annotation)
    same("the comment", scene.commented(of).conclusion, "success")
    holds("it names the finding", "L402" in scene.ours(4)[0]["body"])


def lost_answers(scene):
    """An answer that is lost after the comment was made does not make a second one; one that is gone is made anew."""
    repository = scene.repository
    repository.branch("lost", "main")
    head = repository.change(*MAXIMUM)
    scene.open(5, "lost", head)
    _, of = scene.pushed(5)
    scene.api.fail("POST", Fault(502, {"Retry-After": "1"}, done=True))
    run = scene.commented(of)
    same("a lost answer", run.conclusion, "success", run.log)
    same("comments", len(scene.ours(5)), 1)
    scene.api.comments[5].clear()
    same("a comment that is gone", scene.commented(of).conclusion, "success")
    same("comments", len(scene.ours(5)), 1)
    scene.api.fail("POST", *[Fault(500, {"Retry-After": "1"})] * 4)
    scene.api.comments[5].clear()
    same("a server that is down", scene.commented(of).conclusion, "failure")


def pushes_to_main(scene):
    """Main is compared with what was pushed onto, as far as that is still there; nobody comments."""
    repository = scene.repository
    repository.branch("main", "main")
    before = repository.git("rev-parse", "main")
    repository.change(*MAXIMUM)
    repository.change("maximum: 5", "maximum: 6")
    repository.push("main")
    for onto, wanted in ((before, "maximum: 4 → 6"), (ZEROS, "maximum: 5 → 6"), ("1" * 40, "maximum: 5 → 6")):
        run, of = scene.push(onto)
        same(f"a push onto {onto}", run.conclusion, "success", run.log)
        holds(wanted, wanted in run.log, run.log)
        same("its comment", scene.commented(of).conclusion, "skipped")
    same("its artifacts", {path.name for path in scene.artifacts[of["id"]].iterdir()}, {"landscape-review", "landscape-rendered"})
    # A branch without a past.
    tree = repository.git("rev-parse", "main^{tree}")
    repository.git("update-ref", "refs/heads/main", repository.git("commit-tree", "-m", "Begin", tree), cwd=repository.work)
    repository.push("main")
    run, _ = scene.push(ZEROS)
    same("the first commit of all", run.conclusion, "success", run.log)
    holds("it says so", any("first commit" in line for line in run.commands()), run.log)
