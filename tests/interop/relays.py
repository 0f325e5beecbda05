# SPDX-License-Identifier: Apache-2.0
"""Relays to test with: ours, and iroh's own where cargo has built it."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

PATIENCE_S = 60
IROH_RELAY = os.environ.get("IROH_RELAY", "")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Certificates:
    """An authority, and a certificate for localhost that it vouches for."""

    def __init__(self, directory):
        self.authority, self.chain, self.key = (
            pathlib.Path(directory) / name for name in ("authority.pem", "chain.pem", "key.pem"))
        authority_key = pathlib.Path(directory) / "authority.key"
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self._openssl("req", "-x509", *curve, "-keyout", authority_key, "-out", self.authority,
                      "-days", "2", "-subj", "/CN=an authority of a test")
        self._openssl("req", "-x509", *curve, "-keyout", self.key, "-out", self.chain, "-days", "2",
                      "-subj", "/CN=localhost", "-CA", self.authority, "-CAkey", authority_key,
                      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                      "-addext", "basicConstraints=critical,CA:FALSE")

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class MeshRelay:
    """`meshrelay` as people start it; `config` is the text of its file."""

    def __init__(self, config="", certificates=None, env=None):
        self._directory = tempfile.TemporaryDirectory()
        lines = ['listen = "127.0.0.1:0"', config, '[metrics]', 'listen = "127.0.0.1:0"']
        if certificates:
            lines += ["[tls]", 'listen = "127.0.0.1:0"', f'cert = "{certificates.chain}"',
                      f'key = "{certificates.key}"']
        self.file = pathlib.Path(self._directory.name) / "relay.toml"
        self.file.write_text("\n".join(lines))
        program = pathlib.Path(os.environ["MESH_BIN_DIR"]) / "meshrelay"
        self.process = subprocess.Popen([program, "--config", self.file, "--json"],
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
        ready = json.loads(self.process.stdout.readline())["data"]
        self.url = ready["urls"][0]
        self.tls_url = ready["urls"][-1].replace("127.0.0.1", "localhost")
        self.port = int(self.url.rstrip("/").rpartition(":")[2])
        self.tls_port = int(self.tls_url.rstrip("/").rpartition(":")[2])
        self.stun = ready.get("stun")
        self._metrics = ready["metrics"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        self._directory.cleanup()

    def metrics(self):
        """Name to value, of those without attributes."""
        with urllib.request.urlopen(self._metrics, timeout=PATIENCE_S) as answer:
            lines = answer.read().decode().splitlines()
        return {name.removeprefix("relayserver_"): float(value)
                for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def memory(self):
        """Bytes that are resident."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def stop(self):
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


class IrohRelay:
    """iroh's own, over plain HTTP, or with `certificates` over TLS alone."""

    def __init__(self, certificates=None):
        self._directory = tempfile.TemporaryDirectory()
        self.port = free_port()
        lines = [f'http_bind_addr = "127.0.0.1:{self.port}"', "enable_metrics = false"]
        self.url = f"http://127.0.0.1:{self.port}/"
        if certificates:
            tls_port = free_port()
            lines += ["[tls]", f'https_bind_addr = "127.0.0.1:{tls_port}"', 'cert_mode = "Manual"',
                      f'manual_cert_path = "{certificates.chain}"', f'manual_key_path = "{certificates.key}"']
            self.port = tls_port
            self.url = f"https://localhost:{tls_port}/"
        file = pathlib.Path(self._directory.name) / "relay.toml"
        file.write_text("\n".join(lines))
        self.process = subprocess.Popen([IROH_RELAY, "--config-path", file], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("iroh-relay does not start")
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._directory.cleanup()


HAS_IROH_RELAY = bool(IROH_RELAY) and os.path.exists(IROH_RELAY)
HAS_OPENSSL = shutil.which("openssl") is not None
