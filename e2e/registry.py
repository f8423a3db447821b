"""A registry of container images, and images made by hand: tar layers, a configuration, a manifest, pushed over HTTP."""

import base64
import ctypes
import functools
import gzip
import hashlib
import io
import json
import os
import ssl
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from mayfly import free_port

OCI = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "layer": "application/vnd.oci.image.layer.v1.tar+gzip",
    "index": "application/vnd.oci.image.index.v1+json",
}
DOCKER = {
    "manifest": "application/vnd.docker.distribution.manifest.v2+json",
    "config": "application/vnd.docker.container.image.v1+json",
    "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "index": "application/vnd.docker.distribution.manifest.list.v2+json",
}


class Registry:
    """Debian's `docker-registry` on a free port; with `password`, it wants that of the user `user`; with a
    `certificate`, it speaks TLS under the name that is in it."""

    def __init__(self, folder, password=None, certificate=None):
        self.folder = Path(folder)
        self.port = free_port()
        self.password = password
        self.certificate = certificate
        self.process = None

    @property
    def host(self):
        return f"{self.certificate.name if self.certificate else '127.0.0.1'}:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://{self.host}"

    def start(self):
        settings = {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "store")}, "delete": {"enabled": True}},
            "http": {"addr": self.host},
        }
        if self.password:
            path = self.folder / "htpasswd"
            path.write_text(f"user:{bcrypt(self.password)}\n")
            settings["auth"] = {"htpasswd": {"realm": "tests", "path": str(path)}}
        if self.certificate:
            settings["http"]["tls"] = {"certificate": str(self.certificate.path), "key": str(self.certificate.key)}
        config = self.folder / "config.yml"
        config.write_text(json.dumps(settings))
        log = open(self.folder / "registry.log", "ab")
        self.process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.request("GET", "/v2/")
                return self
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError((self.folder / "registry.log").read_text())

    def stop(self):
        self.process.kill()
        self.process.wait()

    def request(self, method, path, data=None, headers=None):
        url = path if path.startswith("http") else f"{self.url}{path}"
        request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
        if self.password:
            token = base64.b64encode(f"user:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        trust = ssl.create_default_context(cafile=self.certificate.authority) if self.certificate else None
        with urllib.request.urlopen(request, timeout=60, context=trust) as answer:
            return answer.headers, answer.read()

    def push_blob(self, repository, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        headers, _ = self.request("POST", f"/v2/{repository}/blobs/uploads/", data=b"")
        location = headers["Location"]
        join = "&" if "?" in location else "?"
        octets = {"Content-Type": "application/octet-stream"}
        self.request("PUT", f"{location}{join}digest={digest}", data=data, headers=octets)
        return {"digest": digest, "size": len(data)}

    def push_manifest(self, repository, manifest, tag):
        data = json.dumps(manifest).encode()
        kind = {"Content-Type": manifest["mediaType"]}
        self.request("PUT", f"/v2/{repository}/manifests/{tag}", data=data, headers=kind)
        return "sha256:" + hashlib.sha256(data).hexdigest()

    def push(self, repository, tag, layers, config=None, types=OCI, compress=None):
        """Layers are tar archives; returns the reference by tag and the manifest's digest."""
        compress = compress or (lambda tar: gzip.compress(tar, compresslevel=1, mtime=0))
        document = {"architecture": "amd64", "os": "linux", "config": config or {}, "rootfs": {"type": "layers"}}
        described = self.push_blob(repository, json.dumps(document).encode())
        manifest = {
            "schemaVersion": 2,
            "mediaType": types["manifest"],
            "config": {"mediaType": types["config"], **described},
            "layers": [
                {"mediaType": types["layer"], **self.push_blob(repository, compress(layer))} for layer in layers
            ],
        }
        digest = self.push_manifest(repository, manifest, tag)
        return f"{self.host}/{repository}:{tag}", digest

    def layers(self, repository, tag):
        """The digests of an image's layers."""
        accept = {"Accept": OCI["manifest"]}
        manifest = json.loads(self.request("GET", f"/v2/{repository}/manifests/{tag}", headers=accept)[1])
        return [described["digest"] for described in manifest["layers"]]

    def overwrite_blob(self, digest):
        """Other bytes under the same name."""
        digest = digest.removeprefix("sha256:")
        data = self.folder / "store/docker/registry/v2/blobs/sha256" / digest[:2] / digest / "data"
        data.write_bytes(b"x" * data.stat().st_size)

    def delete_blob(self, repository, digest):
        self.request("DELETE", f"/v2/{repository}/blobs/{digest}")


class Certificate:
    """For the server `name`, signed by an authority made for it."""

    def __init__(self, folder, name):
        self.name = name
        self.authority, authority_key = folder / "authority.pem", folder / "authority.key"
        self.path, self.key = folder / "server.pem", folder / "server.key"
        new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        run = functools.partial(subprocess.run, check=True, capture_output=True)
        run([*new, "-keyout", authority_key, "-out", self.authority, "-subj", "/CN=Tests", "-days", "2"])
        signed = ["-CA", self.authority, "-CAkey", authority_key, "-addext", "basicConstraints=critical,CA:FALSE"]
        names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        run([*new, *signed, *names, "-keyout", self.key, "-out", self.path, "-days", "2"])


def bcrypt(password):
    """By the C library, since Python's own module for it is gone."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    return crypt(password.encode(), b"$2b$04$" + b"tests" * 4 + b"te").decode()


def layer(files=None, links=None, folders=(), modes=None, whiteouts=()):
    """A tar archive. `files` maps paths to bytes, texts or paths of the host; `links` maps paths to targets."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in folders:
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for path, content in (files or {}).items():
            if isinstance(content, Path):
                entry = archive.gettarinfo(os.path.realpath(content), arcname=path)
                with open(content, "rb") as source:
                    archive.addfile(entry, source)
                continue
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), (modes or {}).get(path, 0o755)
            archive.addfile(entry, io.BytesIO(data))
        for path, target in (links or {}).items():
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
        for path in whiteouts:
            archive.addfile(tarfile.TarInfo(path))
    return buffer.getvalue()


def busybox_layer():
    """A root file system with a shell and the usual tools."""
    applets = subprocess.check_output(["/bin/busybox", "--list"], text=True).split()
    links = {f"bin/{name}": "busybox" for name in applets if name != "busybox"}
    return layer({"bin/busybox": Path("/bin/busybox")}, links, folders=["bin", "tmp", "etc"])
