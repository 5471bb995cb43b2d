"""OCI image layouts and rendered trees, as anybody with write access could read and rewrite them."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

REFERENCE_NAME = "org.opencontainers.image.ref.name"
LEGACY_LAYER = "application/vnd.dev.cosign.simplesigning.v1+json"
LEGACY_SIGNATURE = "dev.cosignproject.cosign/signature"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PREDICATE_TYPE = "dev.sigstore.bundle.predicateType"
SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
BOM = "https://cyclonedx.org/bom"


def holds(truth, claim):
    if not truth:
        sys.exit(f"not so: {claim}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def pre_authentication_encoding(payload_type, payload):
    """What a DSSE signature is over."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout


class Layout:
    """A layout in memory."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.index = json.loads((directory / "index.json").read_bytes())
        self.marker = (directory / "oci-layout").read_bytes()
        self.blobs = {path.name: path.read_bytes() for path in (directory / "blobs" / "sha256").iterdir()}

    def write(self, directory):
        directory = pathlib.Path(directory)
        (directory / "blobs" / "sha256").mkdir(parents=True)
        for name, data in self.blobs.items():
            (directory / "blobs" / "sha256" / name).write_bytes(data)
        (directory / "index.json").write_text(json.dumps(self.index, separators=(",", ":")))
        (directory / "oci-layout").write_bytes(self.marker)
        return directory

    def blob(self, descriptor):
        return self.blobs[descriptor["digest"].removeprefix("sha256:")]

    def manifest(self, entry):
        return json.loads(self.blob(entry))

    def name(self, entry):
        return entry.get("annotations", {}).get(REFERENCE_NAME)

    def images(self):
        """The entries that are no signatures."""
        entries = self.index["manifests"]
        return [entry for entry in entries if self.name(entry) and not self.name(entry).endswith(".sig")]

    def legacy(self, image):
        """The entry of the legacy signature of an image."""
        path = self.name(image).rpartition(":")[0]
        name = image["digest"].replace(":", "-") + ".sig"
        name = f"{path}:{name}" if path else name
        [entry] = [entry for entry in self.index["manifests"] if self.name(entry) == name]
        return entry

    def bundles(self, image):
        """The entries of the bundles that have an image as their subject, by the type of what they say."""
        manifests = [(entry, self.manifest(entry)) for entry in self.index["manifests"]]
        about = [(entry, one) for entry, one in manifests if one.get("subject", {}).get("digest") == image["digest"]]
        return {one["annotations"][PREDICATE_TYPE]: entry for entry, one in about}

    def bundle(self, image):
        """The entry of the bundle that signs an image."""
        return self.bundles(image)[SIGNATURE]

    def statement(self, entry):
        """What a bundle says."""
        [layer] = self.manifest(entry)["layers"]
        return json.loads(decode(json.loads(self.blob(layer))["dsseEnvelope"]["payload"]))

    def state(self, entry, statement, signer):
        """Makes a bundle say something else; signed by the pair of keys in a directory, or as it was."""
        manifest = self.manifest(entry)
        [layer] = manifest["layers"]
        bundle = json.loads(self.blob(layer))
        payload = json.dumps(statement, separators=(",", ":")).encode()
        envelope = bundle["dsseEnvelope"]
        envelope["payload"] = base64.b64encode(payload).decode()
        if signer:
            message = pre_authentication_encoding(envelope["payloadType"], payload)
            signature = openssl("dgst", "-sha256", "-sign", signer / "landscape.key", data=message)
            envelope["signatures"] = [{"sig": base64.b64encode(signature).decode()}]
            public = openssl("pkey", "-pubin", "-in", signer / "landscape.pub", "-outform", "DER")
            hint = base64.b64encode(hashlib.sha256(public).digest()).decode()
            bundle["verificationMaterial"] = {"publicKey": {"hint": hint}}
        layer.update(self.put(json.dumps(bundle).encode()))
        self.put_manifest(entry, manifest)

    def put(self, data):
        """Stores a blob and gives what points at it."""
        self.blobs[sha256(data)] = data
        return {"digest": "sha256:" + sha256(data), "size": len(data)}

    def remove(self, entry):
        """Takes an entry out of the index, with all blobs that nothing refers to any more."""
        self.index["manifests"].remove(entry)
        self.sweep()

    def sweep(self):
        """Takes out all blobs that nothing refers to."""
        kept = set()
        for entry in self.index["manifests"]:
            manifest = self.manifest(entry)
            parts = [entry, manifest["config"], *manifest["layers"]]
            kept.update(part["digest"].removeprefix("sha256:") for part in parts)
        self.blobs = {name: data for name, data in self.blobs.items() if name in kept}

    def tree(self, image):
        """The files in the one layer of an image."""
        [layer] = self.manifest(image)["layers"]
        with tarfile.open(fileobj=io.BytesIO(self.blob(layer))) as archive:
            return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}

    def put_tree(self, image, tree):
        """Makes an image carry other files; its entry follows, its signatures do not."""
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, data in sorted(tree.items()):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        manifest = self.manifest(image)
        config = json.loads(self.blob(manifest["config"]))
        config["rootfs"]["diff_ids"] = ["sha256:" + sha256(plain.getvalue())]
        manifest["config"].update(self.put(json.dumps(config).encode()))
        manifest["layers"][0].update(self.put(gzip.compress(plain.getvalue(), mtime=0)))
        self.put_manifest(image, manifest)

    def put_manifest(self, entry, manifest):
        entry.update(self.put(json.dumps(manifest).encode()))
        self.sweep()


def digests_of(tree):
    """`digests.json` for these files, with the charts it named before."""
    known = json.loads(tree["digests.json"])
    files = {name: "sha256:" + sha256(data) for name, data in tree.items() if name != "digests.json"}
    # What is for review only is listed, and not shipped.
    unshipped = {name: digest for name, digest in known["files"].items() if name.startswith("objects/")}
    return json.dumps({"charts": known["charts"], "files": {**unshipped, **files}}, indent=2).encode()


def read_tree(directory):
    directory = pathlib.Path(directory)
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def write_tree(tree, directory):
    for name, data in tree.items():
        path = pathlib.Path(directory) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return directory


def decode(text):
    return base64.b64decode(text, validate=True)
