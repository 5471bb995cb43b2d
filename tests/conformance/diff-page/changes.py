"""Pairs of landscapes with a change between them: one with everything a page shows, one of strangers, one of many objects."""

import json
import pathlib
import shutil

PROJECT = """\
apiVersion: v1
kind: Namespace
metadata:
  name: garden-labs
  labels:
    gardener.cloud/role: project
    project.gardener.cloud/name: labs
---
apiVersion: core.gardener.cloud/v1beta1
kind: Project
metadata:
  name: labs
spec:
  namespace: garden-labs
  description: Experiments
  owner:
    apiGroup: rbac.authorization.k8s.io
    kind: User
    name: owner@labs.example.org
"""

MEGABYTE = 1 << 20
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "</style><style>* { background: url(https://example.org/) }</style>",
    "<img src=https://example.org/ onerror='window.hacked = 1'>",
    "</title></pre></details></svg><svg onload='window.hacked = 1'>",
    "\" autofocus onfocus=\"window.hacked = 1",
    "<meta http-equiv=refresh content='0; url=https://example.org/'>",
    "javascript:window.hacked=1",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31mred\x1b[0m\x07",
    "\u202etxt.exe\u2066\u200b",
]


def demo(place: pathlib.Path):
    """The demo landscape, and a change with all that a page shows; the two directories."""
    for side in ("before", "after"):
        shutil.copytree("landscapes", place / side)
    demo = place / "after" / "demo"

    def replace(file, old, new):
        path = demo / file
        text = path.read_text()
        if text.count(old) != 1:
            raise SystemExit(f"not so: {file} holds {old!r} once")
        path.write_text(text.replace(old, new))

    replace("shoots/shop/live.yaml", "nodes: 10.128.0.0/16", "nodes: 10.144.0.0/16")
    replace("shoots/shop/live.yaml", "workers: 10.128.0.0/16", "workers: 10.144.0.0/16")
    replace("shoots/shop/live.yaml", "version: 1.36.2", "version: 1.35.4")
    replace("shoots/shop/live.yaml", "      - eu01-1\n      - eu01-2\n      - eu01-3\n", "      - eu01-1\n      - eu01-2\n")
    replace("shoots/shop/live.yaml", "maximum: 12", "maximum: 15")
    replace("projects/shop.yaml", "    - RequestReceived\n", "    - RequestReceived\n    - ResponseStarted\n")
    replace("projects/shop.yaml", "      - system:kube-proxy\n", "      - system:kube-proxy\n      - system:kube-scheduler\n")
    replace("landscape.yaml", "interval: 10m", "interval: 5m")
    (demo / "shoots/shop/office.yaml").unlink()
    shutil.rmtree(demo / "shoots/edge")
    (demo / "projects/labs.yaml").write_text(PROJECT)
    return place / "before" / "demo", demo


def hostile(place: pathlib.Path):
    """ConfigMaps whose names, keys and values are all that a stranger may try."""
    for side, word in (("before", "old"), ("after", "new")):
        (place / side).mkdir(parents=True)
        maps = [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": text, "namespace": text, "annotations": {text: text + word}},
                "data": {text: f"{word}\n{text}\n", "long": (text + word) * (MEGABYTE // (len(text) + len(word)))},
            }
            for text in HOSTILE
        ]
        write(place / side, maps)
    return place / "before", place / "after"


def many(place: pathlib.Path, count: int):
    """A file of ConfigMaps, each of which changes."""
    for side, value in (("before", "old"), ("after", "new")):
        (place / side).mkdir(parents=True)
        maps = [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": f"map-{number}", "namespace": f"garden-{number % 50}"},
                "data": {"policy": f"one\ntwo {value}\nthree\n", "size": f"{value}-{number}"},
            }
            for number in range(count)
        ]
        write(place / side, maps)
    return place / "before", place / "after"


def write(directory, objects):
    (directory / "objects.yaml").write_text("---\n".join(json.dumps(one) + "\n" for one in objects))
