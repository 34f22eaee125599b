"""A real MQTT broker of one's own on a loopback port, a listener beside it, and clients that publish."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from paho.mqtt import client as mqtt

BROKER = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
LISTEN = "import sys; from hutuo.api.mqtt import listen; listen(sys.argv[1], sys.argv[2], print)"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextmanager
def broker(folder: Path, access: str = "allow_anonymous true") -> Iterator[str]:
    """Address of a broker while the block runs; but for what it keeps, all is as it comes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = "user root\n" if os.getuid() == 0 else ""
    config = f"listener {port} 127.0.0.1\n{access}\nmax_queued_messages 0\n{user}"
    (folder / "broker.conf").write_text(config)
    process = subprocess.Popen([BROKER, "-c", folder / "broker.conf"], **QUIET)
    try:
        for _ in range(100):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def listening(address: str, pack: Path, log: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that records what the broker has, once the broker keeps it for it."""
    with log.open("a") as told:
        command = [sys.executable, "-uc", LISTEN, address, str(pack)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=told, text=True)
        try:
            assert process.stdout.readline().strip() == address, log.read_text()
            yield process
        finally:
            process.kill()
            process.wait(timeout=10)
            process.stdout.close()


def certified(folder: Path) -> tuple[Path, str]:
    """An authority of one's own (PEM), and what a broker on 127.0.0.1 is told so that it speaks TLS."""
    until = datetime(2100, 1, 1, tzinfo=UTC)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "broker")}
    signer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    more = {"authority": x509.BasicConstraints(ca=True, path_length=None), "broker": address}
    for name, key in keys.items():
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(signer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(until)
            .add_extension(more[name], critical=name == "authority")
            .sign(keys["authority"], hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(made.public_bytes(Encoding.PEM))
    plain = keys["broker"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "broker.key").write_bytes(plain)
    files = f"certfile {folder / 'broker.pem'}\nkeyfile {folder / 'broker.key'}"
    return folder / "authority.pem", f"allow_anonymous true\n{files}"


def publish(address: str, messages: Iterable[tuple[str, str]], ca: Path | None = None) -> None:
    """Send messages with quality 1, by TLS if an authority is given; the broker has them then."""
    host, port = address.split(":")
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    if ca is not None:
        client.tls_set(str(ca))
    client.max_inflight_messages_set(1000)
    client.connect(host, int(port))
    client.loop_start()
    for sent in [client.publish(topic, body, qos=1) for topic, body in messages]:
        sent.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()
