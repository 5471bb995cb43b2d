"""The recipe for GitLab, run by gitlab-ci-local: its parser, its rules, its caches and artifacts, a shell for containers."""

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree
from pathlib import Path

from claim import holds, same
from forge import Fault, GitLab
from machine import Machine
from repository import HOSTILE_BRANCH, HOSTILE_TITLE, MAXIMUM, STAGE, Repository

RECIPE = Path("docs/ci/gitlab/.gitlab-ci.yml")
TOKEN = "glpat-secretOfTheProject"
MARKER = "<!-- landscape-diff demo -->"
ME = {"id": 70, "username": "project_7_bot_1"}
MALLORY = {"id": 71, "username": "mallory"}


class Scene:
    """A project with the recipe as its `.gitlab-ci.yml`."""

    def __init__(self, scratch):
        self.api = GitLab()
        self.repository = Repository(scratch / "git", "landscapes")
        shutil.copy(RECIPE, self.repository.work)
        self.repository.first = self.repository.commit("Add the recipe")
        self.repository.push("main")
        self.machine = Machine(
            scratch / "runner", self.repository, self.api.url, TOKEN, os.environ["LANDSCAPE"], shutil.which("curl")
        )
        self.checkout = scratch / "checkout"
        self.logs = []
        self.may_write(True)

    def may_write(self, writes):
        self.api.users = {TOKEN: {"author": ME, "writes": writes}}

    def pipeline(self, commit, variables, *jobs, token=TOKEN):
        """Runs a pipeline, or some jobs of it with the artifacts of the one before: gives its status and its log."""
        if self.checkout.exists():
            self.repository.git("fetch", "--quiet", str(self.repository.remote), "+refs/*:refs/forge/*", cwd=self.checkout)
            self.repository.git("checkout", "--quiet", "--detach", commit, cwd=self.checkout)
        else:
            self.repository.checkout(commit, self.checkout, "refs/heads/main")
            self.repository.git("remote", "set-url", "origin", "https://gitlab.example.org/o/landscapes.git", cwd=self.checkout)
        # As the settings of the project have it, and not the file.
        settings = {"LANDSCAPE_TOKEN": token} if token else {}
        (self.checkout / ".gitlab-ci-local-variables.yml").write_text(json.dumps(settings))
        variables = {"CI_API_V4_URL": self.api.url, "LANDSCAPE_DIR": "landscapes/demo", **variables}
        command = ["gitlab-ci-local", "--force-shell-executor", "--shell-isolation", "--no-color", "--no-artifacts-to-source"]
        command += ["--ignore-predefined-vars", ",".join(variables)]
        for name, value in variables.items():
            command += ["--variable", f"{name}={value}"]
        run = subprocess.run(
            [*command, *jobs], cwd=self.checkout, env=self.machine.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        )
        self.logs.append(run.stdout)
        return run.returncode, run.stdout

    def merge_request(self, number, commit, *jobs, token=TOKEN, **variables):
        """A pipeline of a merge request, whose branch left main at its first commit."""
        self.api.merge_requests.setdefault(number, {"iid": number, "sha": commit, "title": HOSTILE_TITLE})
        given = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": number,
            "CI_MERGE_REQUEST_PROJECT_ID": 7,
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.repository.first,
            "CI_MERGE_REQUEST_TITLE": HOSTILE_TITLE,
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": HOSTILE_BRANCH,
            "CI_COMMIT_REF_NAME": HOSTILE_BRANCH,
            "CI_COMMIT_SHA": commit,
        }
        return self.pipeline(commit, {**given, **variables}, *jobs, token=token)

    def artifact(self, job, file):
        return self.checkout / ".gitlab-ci-local/artifacts" / job / ".landscape" / file

    def ours(self, number):
        """The notes that the recipe has made."""
        return [note for note in self.api.comments.get(number, []) if note["author"] is ME and note["body"].startswith(MARKER)]


def prove(scratch):
    scene = Scene(scratch)
    acts = (merge_request, second_push, superseded, without_a_token, merged_result, broken, lost_answers, pushes_to_main)
    for act in acts:
        act(scene)
        print(f"gitlab: {act.__name__.replace('_', ' ')}", flush=True)
    scene.machine.assert_untouched()
    same("files of a hostile name", list(scene.checkout.rglob("pwned*")), [])
    scene.machine.assert_secret(scene.logs, [scene.checkout / ".gitlab-ci-local/artifacts"])
    same("cargo runs", scene.machine.calls["cargo"].read_text().count("installed"), 1)
    same("requests that delete", [method for method, _ in scene.api.requests if method == "DELETE"], [])


def findings(scene):
    """Those of the code quality report, but for the warning that the landscape was never locked."""
    found = json.loads(scene.artifact("landscape-check", "check/codequality.json").read_text())
    return [one for one in found if one["check_name"] != "L705"]


def merge_request(scene):
    """One note, among those of others and such that are forged; main has moved on, which is not in it."""
    repository = scene.repository
    repository.branch(HOSTILE_BRANCH, "main")
    scene.head = repository.change(*MAXIMUM)
    repository.branch("main", "main")
    repository.change("minimum: 2", "minimum: 3", "landscapes/demo/shoots/shop/build.yaml")
    repository.push("main", f"{scene.head}:refs/heads/{HOSTILE_BRANCH}")
    scene.api.add(1, f"{MARKER}\nforged", author=MALLORY, system=False)
    scene.api.add(1, f"look:\n{MARKER}", author=ME, system=False)
    for number in range(120):
        scene.api.add(1, f"note {number}", author=MALLORY, system=False)
    scene.others = [dict(note) for note in scene.api.comments[1]]
    scene.api.fail("GET", Fault(429, {"Retry-After": "1"}), Fault(502))
    scene.api.fail("POST", Fault(503, {"Retry-After": "1"}))
    status, log = scene.merge_request(1, scene.head)
    same("the first pipeline", status, 0, log)
    holds("the change is in the log", "maximum: 4 → 5" in log, log)
    holds("that of main is not", "minimum: 2 → 3" not in log, log)
    for job, file in (("check", "junit.xml"), ("render", "plan.json"), ("diff", "diff.html"), ("diff", "diff.json")):
        folder = {"check": "check", "render": "rendered", "diff": "review"}[job]
        holds(f"{file} is there", scene.artifact(f"landscape-{job}", f"{folder}/{file}").is_file(), log)
    same("findings", findings(scene), [])
    (scene.note,) = [dict(note) for note in scene.ours(1)]
    holds("what changes is in it", "+ 5" in scene.note["body"].splitlines(), scene.note["body"])


def second_push(scene):
    """The same note, renewed; those of others as they were."""
    scene.repository.branch(HOSTILE_BRANCH, HOSTILE_BRANCH)
    scene.newer = scene.repository.change("maximum: 5", "maximum: 6")
    scene.repository.push(f"{scene.newer}:refs/heads/{HOSTILE_BRANCH}")
    scene.api.merge_requests[1]["sha"] = scene.newer
    scene.api.fail("PUT", Fault(500, {"Retry-After": "1"}))
    status, log = scene.merge_request(1, scene.newer)
    same("the second pipeline", status, 0, log)
    (note,) = scene.ours(1)
    same("the note is the same one", note["id"], scene.note["id"])
    holds("it is renewed", "+ 6" in note["body"] and "+ 5" not in note["body"], note["body"])
    same("notes of others", scene.api.comments[1][:-1], scene.others)


def superseded(scene):
    """A pipeline that comes late leaves the newer note alone."""
    written = len(scene.api.written())
    status, log = scene.merge_request(1, scene.head, "landscape-comment")
    same("a late pipeline", status, 0, log)
    holds("it says why", "has a newer commit" in log, log)
    same("requests that write", len(scene.api.written()), written)


def without_a_token(scene):
    """A fork has none; one that may only read, or no longer anything, is a warning."""
    asked = len(scene.api.requests)
    status, log = scene.merge_request(1, scene.newer, token=None)
    same("a fork", status, 0, log)
    holds("it says so", "There is no LANDSCAPE_TOKEN here" in log, log)
    holds("the artifact is there", scene.artifact("landscape-diff", "review/diff.html").is_file())
    holds("the review is in the log", "maximum: 4 → 6" in log, log)
    same("requests", len(scene.api.requests), asked)
    scene.may_write(False)
    for what, said in (("a token that may only read", "the note cannot be written: 403"), ("no token", "does not know the token: 401")):
        before = [dict(note) for note in scene.api.comments[1]]
        status, log = scene.merge_request(1, scene.newer, "landscape-comment")
        same(what, status, 0, log)
        holds(f"{what} is said", said in log and "WARN" in log, log)
        same(f"notes after {what}", scene.api.comments[1], before)
        scene.api.users = {}
    scene.may_write(True)


def merged_result(scene):
    """Where GitLab merges first, the target branch is the base: here it has the change already, and only the other is new."""
    repository = scene.repository
    merged = repository.merge(2, scene.newer)
    target = repository.git("rev-parse", "main")
    scene.api.merge_requests[2] = {"iid": 2, "sha": scene.newer}
    variables = {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": scene.newer}
    status, log = scene.merge_request(2, merged, **variables)
    same("a merged result", status, 0, log)
    holds("the change is in the log", "maximum: 4 → 6" in log, log)
    holds("that of main is not", "minimum: 2 → 3" not in log, log)
    same("notes", len(scene.ours(2)), 1)


def broken(scene):
    """A landscape that does not compile fails the pipeline, with its findings in both reports and in the note; one that a
    server refuses fails the review alone."""
    repository = scene.repository
    repository.branch("downgrade", repository.first)
    refused = repository.change("version: 1.36.2", "version: 1.35.4")
    repository.push("downgrade")
    status, log = scene.merge_request(4, refused)
    same("what is refused", status != 0, True, log)
    failed = {line.split()[1] for line in log.splitlines() if line.startswith(" FAIL ")}
    same("what fails", failed, {"landscape-diff"}, log)
    same("notes", len(scene.ours(4)), 1)
    repository.branch("broken", repository.first)
    head = repository.change("- eu01-2", "- eu01-9")
    repository.push("broken")
    status, log = scene.merge_request(3, head)
    same("what does not compile", status != 0, True, log)
    (finding,) = findings(scene)
    same("its place", finding["location"], {"path": STAGE, "lines": {"begin": 57}})
    same("its name", (finding["check_name"], finding["severity"]), ("L402", "critical"))
    holds("its fingerprint", finding["fingerprint"])
    report = xml.etree.ElementTree.parse(scene.artifact("landscape-check", "check/junit.xml")).getroot()
    same("failures", report.get("failures"), "1")
    (note,) = scene.ours(3)
    holds("the note says so", "the worst impact is `rejected`" in note["body"] and "L402" in note["body"], note["body"])
    scene.broken = head


def lost_answers(scene):
    """An answer that is lost after the note was made does not make a second one; one that is gone is made anew."""
    scene.api.comments[3].clear()
    scene.api.fail("POST", Fault(502, {"Retry-After": "1"}, done=True))
    status, log = scene.merge_request(3, scene.broken, "landscape-comment")
    same("a lost answer", status, 0, log)
    same("notes", len(scene.ours(3)), 1)
    scene.api.comments[3].clear()
    scene.api.fail("POST", *[Fault(500, {"Retry-After": "1"})] * 4)
    _, log = scene.merge_request(3, scene.broken, "landscape-comment")
    # Its status is 0 all the same: gitlab-ci-local takes a job that may end with 3 for one that may end with anything.
    holds("a server that is down fails the job", "FAIL  landscape-comment" in log, log)


def pushes_to_main(scene):
    """The default branch is compared with what was pushed onto; nobody writes a note."""
    repository = scene.repository
    head = repository.git("rev-parse", "main")
    asked = len(scene.api.requests)
    for before in (repository.first, "0" * 40):
        variables = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
        status, log = scene.pipeline(head, {**variables, "CI_COMMIT_BEFORE_SHA": before})
        same(f"a push onto {before}", status, 0, log)
        holds("the change is in the log", "minimum: 2 → 3" in log, log)
        holds("there is no note", "landscape-comment" not in log, log)
    same("requests", len(scene.api.requests), asked)
