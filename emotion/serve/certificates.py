"""Which certificate the server shows: the administrator's, or one of our own, which is made, renewed and taken up."""

from __future__ import annotations

import contextlib
import datetime
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from emotion.errors import EmotionError, SettingsError
from emotion.files import output_error, staged_file, whole_folder
from emotion.serve import machine
from emotion.serve.authority import Authority, names_in, write
from emotion.settings import Settings

log = logging.getLogger(__name__)

FOLDER = "tls"
AUTHORITY, AUTHORITY_KEY = "ca.crt", "ca-key.pem"
SERVER = "server.pem"
"""The certificate, its authority, and its key in one file, so that they are replaced in one step."""
RENEW = datetime.timedelta(days=30)
LOOK_S = 3600.0
"""So often a running server looks whether its certificate should be, or was, replaced."""

UNUSABLE = "The certificate or its key cannot be used: {}. Look at EMOTION_CERT and EMOTION_KEY; both are PEM files."
OVER = "The certificate in EMOTION_CERT is no longer valid since {}. Put a new one in its place."


@dataclass(frozen=True, slots=True)
class Pair:
    """What the server shows, and what it can be checked with."""

    certificate: Path
    key: Path
    authority: Path | None = None
    """What people have to trust; None where the administrator brought the certificate."""

    def names(self) -> set[str] | None:
        """The names and addresses that ours is for; None for another's, which may be for all below a domain."""
        return names_in(x509.load_pem_x509_certificate(self.certificate.read_bytes())) if self.authority else None


def obtain(settings: Settings, names: tuple[str, ...], also: tuple[str, ...] = ()) -> Pair:
    """The administrator's certificate, or ours for ``names``, made or renewed where it has to be.

    ``also``: more names and addresses, which it holds as far as that needs no new authority.
    Raises SettingsError where the given one cannot be used, OutputError where ours cannot be written.
    """
    if settings.cert and settings.key:
        return _given(settings.cert, settings.key)
    return own(settings.data_dir / FOLDER, names, also, _now())


def _given(certificate: Path, key: Path) -> Pair:
    try:
        # Without a password given, it would ask for one on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
        until = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise SettingsError(UNUSABLE.format(getattr(error, "reason", None) or error)) from error
    if until < _now():
        raise SettingsError(OVER.format(f"{until:%d %B %Y}"))
    return Pair(certificate, key)


def own(folder: Path, names: tuple[str, ...], also: tuple[str, ...], now: datetime.datetime) -> Pair:
    """The certificate in ``folder`` for ``names``, made anew where it is not good at ``now``. Raises OutputError."""
    authority = _authority(folder, names, also, now)
    # An IPv6 address may be another one each day: for such a one nobody shall have to trust a new authority. The last
    # three are for whoever connects from the machine itself, a monitor for one.
    more = [name for name in (*also, "localhost", "127.0.0.1", "::1") if authority.may_sign([name], now)]
    wanted = tuple(dict.fromkeys((*names, *more)))
    server = folder / SERVER
    if not _good(server, authority, wanted, now):
        certificate, key = authority.sign(wanted, now)
        with staged_file(server, lasting=True) as staged:
            write(staged, certificate, authority.certificate, key=key)
    return Pair(server, server, folder / AUTHORITY)


def _authority(folder: Path, names: tuple[str, ...], also: tuple[str, ...], now: datetime.datetime) -> Authority:
    """The one in ``folder``; a new one, which everybody has to trust anew, only where that does not do."""
    with contextlib.suppress(OSError, ValueError, x509.ExtensionNotFound):
        found = Authority.read(folder / AUTHORITY, folder / AUTHORITY_KEY)
        if found.may_sign(names, now):
            return found
    if folder.exists():
        _put_aside(folder, now)
        log.warning("A new certificate authority was made, people have to trust it: %s", folder / AUTHORITY)
    made = Authority.make(
        (*names, *also), now, title=f"Emotion Dashboard on {machine.name() or 'this machine'}, {now:%Y-%m-%d}"
    )
    with whole_folder(folder) as staged:
        write(staged / AUTHORITY, made.certificate)
        write(staged / AUTHORITY_KEY, key=made.key)
    # Another process may have been faster: then theirs is the one.
    return Authority.read(folder / AUTHORITY, folder / AUTHORITY_KEY)


def _put_aside(folder: Path, now: datetime.datetime) -> None:
    try:
        folder.rename(folder.with_name(f"{folder.name}-until-{now:%Y%m%dT%H%M%S}"))
    except OSError as error:
        raise output_error(error, folder) from error


def _good(server: Path, authority: Authority, names: tuple[str, ...], now: datetime.datetime) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(server)
        certificate = x509.load_pem_x509_certificate(server.read_bytes())
    except (OSError, ValueError):
        return False
    lasts = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEW
    return lasts and set(names) <= names_in(certificate) and authority.signed(certificate)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@contextlib.contextmanager
def kept_fresh(context: ssl.SSLContext, find: Callable[[], Pair], *, every_s: float = LOOK_S) -> Iterator[None]:
    """While the block runs, new connections get the certificate that ``find`` gives then.

    Our own is so renewed while the server runs, and one that the administrator replaces is taken up without a restart.
    What goes wrong is logged, and tried again; the server goes on with the certificate that it has.
    """
    over = threading.Event()

    def look() -> None:
        known: tuple[float, float] | None = None
        while not over.wait(every_s if known else 0):
            try:
                pair = find()
                stamps = (pair.certificate.stat().st_mtime, pair.key.stat().st_mtime)
                if stamps != known:
                    context.load_cert_chain(pair.certificate, pair.key)
                    known = stamps
            except (EmotionError, OSError) as error:
                log.error("The certificate cannot be renewed: %s", error)
                known = known or (0.0, 0.0)

    thread = threading.Thread(target=look, name="certificate", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
