# A certificate authority, and a server and a client it vouches for, as PEM files in the directory of the first argument.
import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder = Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc)
HOSTS = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(file, subject, issuer, issuer_key, *, authority=False):
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if not authority:
        builder = builder.add_extension(HOSTS, critical=False)
    certificate = builder.sign(issuer_key or key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{file}.pem").write_bytes(certificate.public_bytes(pem))
    (folder / f"{file}.key").write_bytes(key.private_bytes(pem, *plain))
    return key


AUTHORITY = "milvus-backup-testkit authority"
key = make("ca", AUTHORITY, AUTHORITY, None, authority=True)
make("server", "localhost", AUTHORITY, key)
make("client", "client", AUTHORITY, key)
