"""Fields that Gardener has removed -> schemas/gardener-removed.json.

Reads the OpenAPI definitions and CRDs of every minor out of the zip files of the Go module proxy:

    python3 schemas/dump/removed.py 90 150 > schemas/gardener-removed.json
"""

import io
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile

import yaml

PROXY = subprocess.check_output(["go", "env", "GOPROXY"], text=True).strip().split(",")[0]
GROUPS = {
    "core_v1": "core.v1",
    "core_v1beta1": "core.v1beta1",
    "security_v1alpha1": "security.v1alpha1",
    "seedmanagement_v1alpha1": "seedmanagement.v1alpha1",
}
# Another struct had this name before the kind.
RENAMED = {"seedmanagement.v1alpha1.Gardenlet"}
CRD = re.compile(r"/example/.*crd-operator\.gardener\.cloud_(gardens|extensions)\.yaml$")


def archive(minor):
    for patch in range(10):
        try:
            address = f"{PROXY}/github.com/gardener/gardener/@v/v1.{minor}.{patch}.zip"
            return zipfile.ZipFile(io.BytesIO(urllib.request.urlopen(address).read()))
        except urllib.error.HTTPError:
            continue
    print(f"no release of v1.{minor}: what it removed is found in the next", file=sys.stderr)
    return None


def below(schema, path=""):
    """The paths of all fields of a CRD's schema."""
    for name, field in (schema.get("properties") or {}).items():
        yield (here := f"{path}.{name}".lstrip("."))
        yield from below(field, here)
    if "items" in schema:
        yield from below(schema["items"], path + "[]")


def definitions(minor):
    """Definition -> the paths of its fields; nothing for a minor that was not released."""
    found = {}
    release = archive(minor)
    for name in release.namelist() if release else []:
        if name.endswith("openapi_generated.go"):
            for function in release.read(name).decode().split("\nfunc ")[1:]:
                match = re.match(r"schema_pkg_apis_([a-z]+_v\w+?)_(\w+)\(", function)
                definition = match and f"{GROUPS.get(match[1])}.{match[2]}"
                if match and match[1] in GROUPS and definition not in RENAMED:
                    fields = re.findall(r'^\t{5}"([\w$.-]+)": \{', function, re.MULTILINE)
                    found[definition] = set(fields)
        elif CRD.search(name):
            for crd in yaml.safe_load_all(release.read(name)):
                for version in crd["spec"]["versions"] if crd else []:
                    kind = f"{crd['spec']['group']}.{version['name']}.{crd['spec']['names']['kind']}"
                    found[kind] = set(below(version["schema"]["openAPIV3Schema"]))
    return found


def main(first, last):
    removed = {}
    older = definitions(first)
    for minor in range(first + 1, last + 1):
        newer = definitions(minor) or older
        for definition, fields in older.items():
            for field in fields - newer.get(definition, fields):
                # A user of a removed struct is told of the struct, not of each field in it.
                parent = field.rpartition(".")[0]
                if not parent or parent in newer[definition]:
                    removed.setdefault(definition, {})[field] = f"1.{minor}"
        older = newer
    for definition, fields in list(removed.items()):
        gone = {field: minor for field, minor in fields.items() if field not in older.get(definition, ())}
        removed[definition] = {field: minor for field, minor in gone.items() if not field.startswith("status")}
        if not removed[definition] or definition.endswith("Status") or definition not in older:
            del removed[definition]
    json.dump(removed, sys.stdout, indent=1, sort_keys=True)
    print()


main(int(sys.argv[1]), int(sys.argv[2]))
