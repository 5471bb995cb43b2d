#!/usr/bin/env python3
"""Writes a landscape of N shoots, and the same shoots as the peers take them. The same N, the same bytes.

    OUT/foreach/    benches/landscape with its tables: one `ForEach` makes all shoots
    OUT/files/      the same objects written out, one shoot a file
    OUT/helm/       a chart whose one template ranges over the values
    OUT/kustomize/  a base and a patch for every shoot
    OUT/jsonnet/    a program over a list of items
"""

import csv
import json
import pathlib
import re
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
LANDSCAPE = HERE / "landscape"
PEERS = HERE / "peers"

EXPRESSION = re.compile(r"\$\{\{ ((?:item|vars)\.\w+)(?: \| int)? \}\}")


def shoots(count):
    """Every column of a shoot; no two neighbours agree in all of them."""
    projects = max(4, count // 200)
    for index in range(count):
        yield {
            "name": f"s{index:05}",
            "project": f"p{index % projects:03}",
            "owner": f"team-{index % 37}",
            "purpose": ["production", "development", "evaluation"][index % 3],
            "net": f"10.{128 + index % 64}",
            "version": ["1.36.2", "1.35.4", "1.34.3"][index % 3],
            "machine": ["m7i.large", "m7i.xlarge"][index % 2],
            "minimum": 3 + index % 3,
            "maximum": 6 + index % 11,
            "volume": f"{50 + index % 5 * 10}Gi",
            "arm": 1 + index % 7,
            "begin": f"{index % 23:02}0000+0000",
            "end": f"{index % 23 + 1:02}0000+0000",
            "evening": 17 + index % 5,
        }


def generate(count, out):
    items = list(shoots(count))
    projects = [{"project": name} for name in sorted({item["project"] for item in items})]
    for_each(out / "foreach", items, projects)
    written_out(out / "files", items, projects)
    helm(out / "helm", items)
    kustomize(out / "kustomize", items)
    jsonnet(out / "jsonnet", items)


def for_each(out, items, projects):
    surroundings(out, projects)
    for name in ["projects.yaml", "shoots/shoots.yaml"]:
        write(out / name, (LANDSCAPE / name).read_text())
    table(out / "projects.csv", projects)
    table(out / "shoots" / "shoots.csv", items)


def written_out(out, items, projects):
    surroundings(out, projects)
    write(out / "projects.yaml", "---\n".join(fill(template("projects.yaml"), project) for project in projects))
    shoot = template("shoots/shoots.yaml")
    for item in items:
        write(out / "shoots" / item["project"] / f"{item['name']}.yaml", fill(shoot, item))


def helm(out, items):
    write(out / "Chart.yaml", (PEERS / "helm" / "Chart.yaml").read_text())
    # JSON is YAML, and the quickest to read.
    write(out / "values.yaml", json.dumps({"shoots": items}))
    shoot = EXPRESSION.sub(lambda match: "{{ " + match[1].removeprefix("item") + " }}", template("shoots/shoots.yaml"))
    write(out / "templates" / "shoots.yaml", "{{- range .Values.shoots }}\n---\n" + shoot + "{{- end }}\n")


def kustomize(out, items):
    write(out / "kustomization.yaml", (PEERS / "kustomize" / "kustomization.yaml").read_text())
    shoot, patch = template("shoots/shoots.yaml"), (PEERS / "kustomize" / "patch.yaml").read_text()
    common = items[0]
    base = [{**common, "name": item["name"], "project": item["project"]} for item in items]
    write(out / "base.yaml", "---\n".join(fill(shoot, item) for item in base))
    write(out / "patches.yaml", "---\n".join(fill(patch, item) for item in items))


def jsonnet(out, items):
    write(out / "shoots.jsonnet", (PEERS / "shoots.jsonnet").read_text())
    write(out / "items.json", json.dumps(items))


def surroundings(out, projects):
    """The objects that are the same in both forms of the landscape."""
    namespaces = json.dumps([f"garden-{project['project']}" for project in projects])
    for name in ["landscape.yaml", "garden.yaml", "cloudprofile.yaml", "seed.yaml"]:
        text = (LANDSCAPE / name).read_text()
        write(out / name, text.replace("${{ vars.namespaces }}", namespaces))


def template(name):
    """The template of a `ForEach`, as documents of their own."""
    body = (LANDSCAPE / name).read_text().partition("  template:\n")[2]
    step = 4 if body.startswith("    ") else 2
    lines = [line[step:] for line in body.splitlines()]
    if step == 4:
        return "\n".join(lines) + "\n"
    documents = [line.removeprefix("- ") if line.startswith("- ") else line[2:] for line in lines]
    return "\n".join(documents).replace("\napiVersion: ", "\n---\napiVersion: ") + "\n"


def fill(text, item):
    return EXPRESSION.sub(lambda match: str(item[match[1].removeprefix("item.")]), text)


def table(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: generate.py N OUT")
    destination = pathlib.Path(sys.argv[2])
    shutil.rmtree(destination, ignore_errors=True)
    generate(int(sys.argv[1]), destination)
