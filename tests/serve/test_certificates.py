"""The certificate that `emotion serve` makes, and what it takes from an administrator."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from crew import until
from cryptography import x509

from emotion.errors import SettingsError
from emotion.serve import certificates
from emotion.serve.authority import AUTHORITY_DAYS, CERTIFICATE_DAYS, Authority, names_in
from emotion.settings import Settings

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
NAMES = ("emotion.lan", "192.0.2.7", "2001:db8::7")


def own(
    folder: Path, names: tuple[str, ...] = NAMES, at: datetime.datetime = NOW, also: tuple[str, ...] = ()
) -> certificates.Pair:
    return certificates.own(folder / "tls", names, also, at)


def shown(pair: certificates.Pair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


def trusted(pair: certificates.Pair) -> bytes:
    assert pair.authority is not None
    return pair.authority.read_bytes()


@contextmanager
def listening(pair: certificates.Pair) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A TLS server that greets; its port and its context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(client, server_side=True) as secure:
                        secure.sendall(b"hello")
                except OSError:  # a client that does not trust us
                    client.close()

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield server.getsockname()[1], context
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def meet(port: int, name: str, authority: Path) -> int:
    """The serial number of the certificate that a client sees which calls the server ``name``. Raises ssl.SSLError."""
    context = ssl.create_default_context(cafile=authority)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        assert secure.recv(5) == b"hello"
        der = secure.getpeercert(binary_form=True)
    assert der
    return x509.load_der_x509_certificate(der).serial_number


@pytest.mark.parametrize("name", [*NAMES, "localhost", "127.0.0.1"])
def test_who_trusts_the_authority_trusts_the_server(name: str, tmp_path: Path) -> None:
    pair = own(tmp_path)
    assert pair.authority
    with listening(pair) as (port, _):
        meet(port, name, pair.authority)


def test_it_is_for_no_other_name(tmp_path: Path) -> None:
    pair = own(tmp_path)
    assert pair.authority
    with listening(pair) as (port, _), pytest.raises(ssl.SSLCertVerificationError):
        meet(port, "other.lan", pair.authority)


def test_the_authority_can_be_trusted_without_fear(tmp_path: Path) -> None:
    """Whoever steals its key cannot pretend to be a bank: clients do not believe what it signs for other names."""
    pair = own(tmp_path)
    assert pair.authority
    authority = Authority.read(pair.authority, tmp_path / "tls" / certificates.AUTHORITY_KEY)
    stolen = tmp_path / "stolen.pem"
    forged, key = authority.sign(["bank.example"], NOW)
    certificates.write(stolen, forged, authority.certificate, key=key)
    with (
        listening(certificates.Pair(stolen, stolen)) as (port, _),
        pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"),
    ):
        meet(port, "bank.example", pair.authority)


def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = own(tmp_path).certificate.parent
    open_to_others = {path.name for path in folder.iterdir() if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert open_to_others == {certificates.AUTHORITY}
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("names", "days", "new_certificate", "new_authority"),
    [
        pytest.param(NAMES, 0, False, False, id="the next start"),
        pytest.param(NAMES[:2], 0, False, False, id="an address is gone"),
        pytest.param(NAMES, CERTIFICATE_DAYS - 31, False, False, id="over a month before its end"),
        pytest.param(NAMES, CERTIFICATE_DAYS - 29, True, False, id="less than a month before its end"),
        pytest.param(NAMES, CERTIFICATE_DAYS + 100, True, False, id="long after its end"),
        pytest.param((*NAMES, "10.1.2.3"), 0, True, False, id="a new address from the router"),
        pytest.param((*NAMES, "video.emotion.lan"), 0, True, False, id="a name below its own"),
        pytest.param((*NAMES, "new.lan"), 0, True, True, id="a new name"),
        pytest.param((*NAMES, "198.51.100.1"), 0, True, True, id="a new address that others could have"),
        pytest.param(NAMES, AUTHORITY_DAYS - CERTIFICATE_DAYS + 2, True, True, id="the authority gets old"),
        pytest.param(NAMES, -30, True, False, id="a clock that was wrong"),
    ],
)
def test_when_it_is_made_anew(
    names: tuple[str, ...], days: int, new_certificate: bool, new_authority: bool, tmp_path: Path
) -> None:
    before = own(tmp_path)
    then = trusted(before), shown(before)
    after = own(tmp_path, names, NOW + days * DAY)
    assert (shown(after) != then[1], trusted(after) != then[0]) == (new_certificate, new_authority)
    assert set(names) <= names_in(shown(after))
    assert len(list(tmp_path.iterdir())) == 1 + new_authority  # the old one is put aside, not thrown away


def test_an_address_that_comes_and_goes_needs_no_new_authority(tmp_path: Path) -> None:
    """IPv6 gives a machine another address each day: it is left out rather than that everybody has to trust anew."""
    before = trusted(own(tmp_path, also=("2001:db8::1", "192.168.1.5")))
    after = own(tmp_path, also=("2001:db8::2", "192.168.1.6"))
    assert trusted(after) == before
    assert {"192.168.1.6", *NAMES} <= names_in(shown(after))
    assert "2001:db8::2" not in names_in(shown(after))
    assert after.names() == names_in(shown(after))


@pytest.mark.parametrize("broken", [certificates.AUTHORITY, certificates.AUTHORITY_KEY, certificates.SERVER])
def test_what_is_broken_is_made_anew(broken: str, tmp_path: Path) -> None:
    (own(tmp_path).certificate.parent / broken).write_text("nonsense")
    pair = own(tmp_path)
    assert pair.authority
    with listening(pair) as (port, _):
        meet(port, "emotion.lan", pair.authority)


def test_a_running_server_takes_up_a_new_certificate(tmp_path: Path) -> None:
    pair = own(tmp_path)
    assert pair.authority
    with listening(pair) as (port, context):
        first = meet(port, "emotion.lan", pair.authority)
        soon = partial(own, tmp_path, (*NAMES, "10.1.2.3"))
        with certificates.kept_fresh(context, soon, every_s=0.05):
            authority = pair.authority
            until(lambda: meet(port, "emotion.lan", authority) != first, limit_s=60)


def test_a_running_server_goes_on_where_renewing_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pair = own(tmp_path)
    assert pair.authority
    gone = partial(certificates.obtain, Settings.load(cert=tmp_path / "no.pem", key=tmp_path / "no.pem"), NAMES)
    with listening(pair) as (port, context), certificates.kept_fresh(context, gone, every_s=0.05):
        until(lambda: "The certificate cannot be renewed" in caplog.text, limit_s=60)
        meet(port, "emotion.lan", pair.authority)


def test_the_administrators_certificate_is_used(tmp_path: Path) -> None:
    made = own(tmp_path)
    given = Settings.load(cert=made.certificate, key=made.key, data_dir=tmp_path / "data")
    assert certificates.obtain(given, NAMES) == certificates.Pair(made.certificate, made.key)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("certificate", "key", "says"),
    [
        pytest.param("nothing.pem", "server.pem", "cannot be used", id="no certificate"),
        pytest.param("server.pem", "nothing.pem", "cannot be used", id="no key"),
        pytest.param("server.pem", "ca-key.pem", "cannot be used", id="the key of another"),
        pytest.param("ca.crt", "ca.crt", "cannot be used", id="a certificate as its key"),
        pytest.param("over.pem", "over.pem", "no longer valid", id="over"),
    ],
)
def test_a_certificate_of_no_use_is_refused(certificate: str, key: str, says: str, tmp_path: Path) -> None:
    folder = own(tmp_path).certificate.parent
    shutil.copy(own(tmp_path / "old", at=NOW - (CERTIFICATE_DAYS + 10) * DAY).certificate, folder / "over.pem")
    with pytest.raises(SettingsError, match=says):
        certificates.obtain(Settings.load(cert=folder / certificate, key=folder / key), NAMES)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps keys from others by other means")
def test_a_key_is_never_open_not_even_for_a_moment(tmp_path: Path) -> None:
    """Created with its rights, not given them later: a careless umask changes nothing."""
    before = os.umask(0)
    try:
        certificates.write(tmp_path / "key.pem", key=Authority.make(NAMES, NOW, title="t").key)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
