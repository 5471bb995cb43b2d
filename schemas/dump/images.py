"""The image vectors of Gardener -> schemas/gardener-images.json.

Takes directories of the module github.com/gardener/gardener, one for each minor, oldest first:

    python3 schemas/dump/images.py $(go env GOMODCACHE)/github.com/gardener/gardener@v1.{148.3,149.0,150.0} \
        > schemas/gardener-images.json

Tags are left out: they change with every patch, and an overwrite without a tag keeps the one of the release.
"""

import json
import re
import sys

import yaml

KEYS = ["name", "architectures", "repository", "runtimeVersion", "targetVersion"]


def vector(path):
    images = yaml.safe_load(open(path))["images"]
    return [{key: image[key] for key in KEYS if key in image} for image in images]


minors = {
    re.search(r"@v(\d+\.\d+)\.", directory).group(1): {
        "charts": vector(f"{directory}/imagevector/charts.yaml"),
        "containers": vector(f"{directory}/imagevector/containers.yaml"),
    }
    for directory in sys.argv[1:]
}
json.dump(minors, sys.stdout, indent=1)
print()
