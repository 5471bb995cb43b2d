"""The image vectors of Gardener, and of the component it deploys that has one -> schemas/gardener-images.json.

Takes directories of the modules github.com/gardener/gardener, one for each minor, oldest first, and after each the one of
github.com/gardener/etcd-druid whose version stands in its go.mod, in any patch of that minor:

    cd $(go env GOMODCACHE)/github.com/gardener
    python3 .../schemas/dump/images.py gardener@v1.148.3 etcd-druid@v0.37.0 gardener@v1.149.0 etcd-druid@v0.37.0 \
        gardener@v1.150.0 etcd-druid@v0.38.1 > .../schemas/gardener-images.json

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


def minor(directory):
    return re.search(r"@v(\d+\.\d+)\.", directory).group(1)


def described(gardener, druid):
    version = re.search(r"gardener/etcd-druid/api v(\d+\.\d+)\.", open(f"{gardener}/go.mod").read()).group(1)
    assert version == minor(druid), f"{gardener} deploys etcd-druid {version}"
    return {
        "charts": vector(f"{gardener}/imagevector/charts.yaml"),
        "components": {"etcd-druid": vector(f"{druid}/internal/images/images.yaml")},
        "containers": vector(f"{gardener}/imagevector/containers.yaml"),
    }


minors = {minor(gardener): described(gardener, druid) for gardener, druid in zip(sys.argv[1::2], sys.argv[2::2])}
json.dump(minors, sys.stdout, indent=1)
print()
