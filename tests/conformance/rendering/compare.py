"""Renders every chart of charts.txt with Helm and with the compiler, and compares what comes out.

    compare.py HELM RENDERING SCRATCH [CHART…]

Byte for byte first; where that fails, parsed. A document that the compiler names as unforeseeable is no disagreement
if charts.txt says so, but all others of its chart must be there, byte for byte.
"""
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

HERE = Path(__file__).parent
RELEASE, NAMESPACE = "green", "market"

# Below these the claim has failed: charts compared, and renderings that are the same byte for byte.
CHARTS = 63
IDENTICAL = 67


def rows():
    """The charts: module, checksum, directory and options."""
    module = checksum = None
    for line in (HERE / "charts.txt").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = line.split()
        if line.startswith(" "):
            yield module, checksum, words[0], dict(word.split("=", 1) for word in words[1:])
        else:
            module, checksum = words


def download(module, checksum):
    """The directory of a module of Go; its content is what it was when the list was written."""
    if module == ".":
        return HERE
    answer = subprocess.run(["go", "mod", "download", "-json", module], cwd="/", capture_output=True, text=True)
    found = json.loads(answer.stdout or "{}")
    if found.get("Sum") != checksum:
        sys.exit(f"{module} cannot be had: {found.get('Error') or found.get('Sum') or answer.stderr}")
    return Path(found["Dir"])


def copied(chart, scratch, without):
    """A copy of a chart that can be written to, without the dependencies that nobody can fetch."""
    target = scratch / "chart"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(chart, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    if without:
        metadata = yaml.safe_load((target / "Chart.yaml").read_text())
        names = {dependency["name"] for dependency in metadata["dependencies"]}
        assert set(without) <= names, f"{chart} depends on {names}"
        metadata["dependencies"] = [each for each in metadata["dependencies"] if each["name"] not in without]
        (target / "Chart.yaml").write_text(yaml.safe_dump(metadata))
    return target


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.strip()


def documents(text):
    """The documents of `helm template`, each with its line of source."""
    return [part for part in ("\n" + text).split("\n---\n# Source: ") if part.strip()]


def parsed(text):
    try:
        return list(yaml.load_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        return str(error)


def compare(chart, options, helm, rendering):
    """A verdict and why: identical, equal, named, different, refused."""
    values = [HERE / "values" / options["values"]] if "values" in options else []
    command = [helm, "template", RELEASE, chart, "--namespace", NAMESPACE]
    status, theirs, told = run(command + [word for file in values for word in ("--values", file)])
    if status:
        return "refused", f"Helm refuses it: {told[:300]}"
    status, ours, named = run([rendering, RELEASE, NAMESPACE, chart, *values])
    if status not in (0, 1):
        return "different", f"status {status}: {named}"
    if not named and ours == theirs:
        return "identical", ""
    if named:
        extra = Counter(documents(ours)) - Counter(documents(theirs))
        functions = [each for each in options.get("unknown", "").split(",") if each]
        foreseen = all(any(f"`{each}`" in line for each in functions) for line in named.splitlines())
        count = f"{len(documents(ours))} of {len(documents(theirs))} documents are identical"
        if foreseen and not extra:
            return "named", f"{count}; {named.splitlines()[0]}"
        return "different", f"{count}, {len(extra)} others; {named}"
    if parsed(ours) == parsed(theirs):
        return "equal", "the same when parsed, other bytes"
    return "different", "not even the same when parsed"


def main(helm, rendering, scratch, wanted):
    verdicts, charts = Counter(), set()
    for module, checksum, directory, options in rows():
        name = f"{module.split('@')[0]} {directory}"
        if wanted and not any(part in name for part in wanted):
            continue
        without = [each for each in options.get("without", "").split(",") if each]
        chart = copied(download(module, checksum) / directory, Path(scratch), without)
        verdict, why = compare(chart, options, helm, rendering)
        verdicts[verdict] += 1
        if module != ".":
            charts.add((module, directory))
        line = f"{verdict:9}  {name}{' with ' + options['values'] if 'values' in options else ''}"
        print(f"{line}: {why}" if why else line, flush=True)
    total = sum(verdicts.values())
    print(f"{len(charts)} charts, {total} renderings: " + ", ".join(f"{n} {v}" for v, n in verdicts.most_common()))
    if verdicts["different"] or verdicts["equal"] or verdicts["refused"]:
        sys.exit("not so: some renderings are not what Helm prints, see above")
    if not wanted and (len(charts) < CHARTS or verdicts["identical"] < IDENTICAL):
        sys.exit(f"not so: fewer than {CHARTS} charts or {IDENTICAL} identical renderings")


main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
