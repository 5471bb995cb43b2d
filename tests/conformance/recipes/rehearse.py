"""Runs the recipes of docs/ci: the scripts of GitHub's workflows and the pipeline of GitLab's."""

import os
import sys
from pathlib import Path

import github
import gitlab

if __name__ == "__main__":
    scratch = Path(os.environ["SCRATCH"])
    for forge in sys.argv[1:] or ("github", "gitlab"):
        {"github": github, "gitlab": gitlab}[forge].prove(scratch / forge)
