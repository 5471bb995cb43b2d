"""Runs the very scripts of a workflow of GitHub's, step by step, with the environment that GitHub's runner gives them.

`run` is run as the runner does it. What actions do is emulated, with the same effect: checkout lays out the commit of the
event with the whole history and no credentials, cache restores a directory and keeps it after success, upload-artifact and
download-artifact copy files to and from the record of a run.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from expression import condition, interpolate

COMMAND = re.compile(r"^::([a-z-]+)(?: [^:]*)?::(.*)$")


@dataclass
class Run:
    """What has become of a run of a workflow."""

    # Nothing, if no job of it was to run.
    conclusion: str = "skipped"
    log: str = ""
    summary: str = ""
    steps: dict = field(default_factory=dict)
    temp: Path = None

    def commands(self):
        """What the runner is told in the log, such as annotations: lines between stop-commands and its end are not."""
        told, resume = [], None
        for line in self.log.splitlines():
            if resume:
                resume = None if line == f"::{resume}::" else resume
            elif match := COMMAND.match(line):
                if match.group(1) == "stop-commands":
                    resume = match.group(2)
                else:
                    told.append(line)
        assert not resume, "the log ends while commands are stopped"
        return told


class Workflow:
    """One file, with the settings that a user has made at its top."""

    def __init__(self, file, settings):
        self.document = yaml.safe_load(Path(file).read_text())
        self.settings = settings
        unknown = settings.keys() - self.document.get("env", {}).keys()
        assert not unknown, f"{file} lets nobody set {unknown}"

    def run(self, machine, github, artifacts, handed=None):
        """Runs the one job. `artifacts` is where its artifacts go; `handed` gives the files of another run by id."""
        ((_, job),) = self.document["jobs"].items()
        run = Run(temp=machine.fresh("temp"))
        workspace = machine.fresh("workspace")
        contexts = {
            "github": {**github, "token": machine.token},
            "runner": {"os": "Linux", "arch": "X64", "temp": str(run.temp)},
            "steps": run.steps,
            "env": {**self.document.get("env", {}), **self.settings},
        }
        if not condition(job.get("if"), contexts, "success"):
            return run
        contexts["env"].update({name: interpolate(value, contexts) for name, value in job.get("env", {}).items()})
        job_run = JobRun(machine, contexts, run, workspace, artifacts, handed, {})
        for number, step in enumerate(job["steps"]):
            job_run.step(step, number)
        if job_run.status == "success":
            for path, kept in job_run.to_cache.items():
                shutil.copytree(path, kept, dirs_exist_ok=True)
        run.conclusion = job_run.status
        return run


@dataclass
class JobRun:
    """A job that is under way."""

    machine: object
    contexts: dict
    run: Run
    workspace: Path
    artifacts: Path
    handed: object
    to_cache: dict
    status: str = "success"
    path: list = field(default_factory=list)

    def step(self, step, number):
        if not condition(step.get("if"), self.contexts, self.status):
            return
        name = step.get("name") or step.get("uses") or str(number)
        self.run.log += f"=== {name}\n"
        outcome, outputs = self.script(step, number) if "run" in step else self.action(step)
        self.run.steps[step.get("id", name)] = {"outputs": outputs, "outcome": outcome}
        if outcome != "success":
            self.status = "failure"

    def script(self, step, number):
        machine, github = self.machine, self.contexts["github"]
        files = {name: self.run.temp / f"_{name}_{number}" for name in ("output", "path", "env", "step_summary")}
        for file in files.values():
            file.touch()
        script = self.run.temp / f"_script_{number}.sh"
        assert "${{" not in step["run"], "an expression inside a script is where injections come from"
        script.write_text(step["run"])
        environment = {
            **machine.environment(self.path),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": machine.api,
            "GITHUB_EVENT_NAME": github["event_name"],
            "GITHUB_REPOSITORY": github["repository"],
            "GITHUB_REF": github["ref"],
            "GITHUB_HEAD_REF": github.get("head_ref", ""),
            "GITHUB_SHA": github["sha"],
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.run.temp),
            **{f"GITHUB_{name.upper()}": str(file) for name, file in files.items()},
            **{name: str(interpolate(value, self.contexts)) for name, value in self.contexts["env"].items()},
            **{name: str(interpolate(value, self.contexts)) for name, value in step.get("env", {}).items()},
        }
        where = interpolate(step.get("working-directory", str(self.workspace)), self.contexts)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=where, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=600,
        )
        self.run.log += done.stdout
        self.run.summary += files["step_summary"].read_text()
        self.path += files["path"].read_text().splitlines()
        assert not files["env"].read_text(), "no step needs to set a variable for others"
        outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
        return ("success" if done.returncode == 0 else "failure"), outputs

    def action(self, step):
        name, version = step["uses"].split("@")
        assert re.fullmatch(r"[0-9a-f]{40}", version), f"{name} is not pinned by a commit"
        with_ = {key: interpolate(value, self.contexts) for key, value in step.get("with", {}).items()}
        return "success", getattr(self, name.removeprefix("actions/").replace("-", "_"))(**with_)

    def checkout(self, **with_):
        assert with_ == {"fetch-depth": 0, "persist-credentials": False}
        github = self.contexts["github"]
        self.machine.repository.checkout(github["sha"], self.workspace, github["ref"])
        return {}

    def cache(self, path, key):
        path = Path(path.replace("~", str(self.machine.home), 1))
        kept = self.machine.caches / re.sub(r"[^\w.-]", "_", key)
        if kept.exists():
            shutil.copytree(kept, path, dirs_exist_ok=True)
            return {"cache-hit": "true"}
        self.to_cache[path] = kept
        return {"cache-hit": ""}

    def upload_artifact(self, name, path, **with_):
        assert with_["if-no-files-found"] == "ignore"
        files = [file for file in Path(path).rglob("*") if file.is_file()] if Path(path).is_dir() else []
        for file in files:
            to = self.artifacts / name / file.relative_to(path)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, to)
        return {}

    def download_artifact(self, **with_):
        assert with_["github-token"] == self.machine.token
        self.handed(int(with_["run-id"]), int(with_["artifact-ids"]), Path(with_["path"]))
        return {}
