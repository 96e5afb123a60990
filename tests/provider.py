"""A real OpenID provider: Canaille, a small identity server, on this machine with a few people in it.

It lives in a virtual environment of its own, made at the first use, or by ``python tests/provider.py`` (20 s): it wants
other versions of libraries than we do. MIT; chosen before oidc-provider-mock, which signs in whoever asks, and before
Keycloak and Dex, which are no Python packages and would need Java, or a download that no package manager checks.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from dashboard import free_port
from playwright.sync_api import Page
from programs import missing, started

from emotion.web.frame import SIGN_IN, SIGN_OUT

ROOT = Path(__file__).parents[1]
WANTED = ROOT / "tests" / "provider-requirements.txt"
HOME = ROOT / ".venv" / "provider"
WAIT_MS = 60_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has an account there."""

    name: str
    group: str
    """What the provider says about them; our roles are made of it."""

    @property
    def password(self) -> str:
        return f"{self.name} keeps this to themselves"

    @property
    def key(self) -> str:
        """What our database calls them."""
        return f"oidc:{self.name.lower()}"


ADA, BEN, CLEO, DORA, EMIL = (
    Person("Ada", "staff-administrators"),
    Person("Ben", "staff-members"),
    Person("Cleo", "staff-viewers"),
    Person("Dora", ""),
    Person("Emil", "staff-members"),
)
PEOPLE = (ADA, BEN, CLEO, DORA, EMIL)


@dataclass(frozen=True, slots=True)
class Provider:
    """One that runs."""

    url: str

    def register(self, public_url: str) -> dict[str, str]:
        """Makes a dashboard known that people open at ``public_url``; the variables that it needs."""
        wish = {
            "client_name": "Emotion Dashboard",
            # One that it trusts, so that nobody is asked whether they agree.
            "client_uri": "http://127.0.0.1/",
            "redirect_uris": [f"{public_url}/oauth2callback"],
            "post_logout_redirect_uris": [f"{public_url}/oauth2callback"],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "scope": "openid profile email groups",
            "token_endpoint_auth_method": "client_secret_basic",
        }
        answer = httpx.post(f"{self.url}/oauth/register", json=wish, timeout=60).raise_for_status().json()
        return {
            "EMOTION_AUTH": "oidc",
            "EMOTION_PUBLIC_URL": public_url,
            "EMOTION_OIDC_URL": f"{self.url}/.well-known/openid-configuration",
            "EMOTION_OIDC_CLIENT_ID": answer["client_id"],
            "EMOTION_OIDC_CLIENT_SECRET": answer["client_secret"],
            "EMOTION_OIDC_SCOPE": "openid profile email groups",
            "EMOTION_ROLE_CLAIM": "groups",
            "EMOTION_ADMINISTRATORS": ADA.group,
            "EMOTION_MEMBERS": BEN.group,
            "EMOTION_VIEWERS": CLEO.group,
            "EMOTION_DEFAULT_ROLE": "none",
        }


@contextlib.contextmanager
def running(log: Path) -> Iterator[Provider]:
    """One that ends with the block, and forgets everything."""
    python, port = _python(), free_port()
    people = [{"name": each.name, "password": each.password, "group": each.group} for each in PEOPLE]
    command = [str(python), str(ROOT / "tests" / "provider_server.py"), str(port), json.dumps(people)]
    with started(command, log, listens=("127.0.0.1", port)):
        yield Provider(f"http://127.0.0.1:{port}")


def sign_in(page: Page, person: Person) -> None:
    """From the open page of the dashboard, through the provider's, and back."""
    page.get_by_role("button", name=SIGN_IN).click(timeout=WAIT_MS)
    page.get_by_role("textbox", name="Login").fill(person.name.lower(), timeout=WAIT_MS)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("textbox", name="Password").fill(person.password, timeout=WAIT_MS)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    """From any page of the dashboard; the provider ends its own part as well."""
    page.get_by_role("button", name=SIGN_OUT).click(timeout=WAIT_MS)


def _python() -> Path:
    """The interpreter of its environment. Skips where there can be none, except under CI."""
    try:
        return environment()
    except subprocess.CalledProcessError as error:
        missing(f"There is no OpenID provider here: {error.stderr.decode(errors='replace')[-500:]}")
        raise


def environment() -> Path:
    """The interpreter of its environment, made if it is not there or not as wanted. Raises CalledProcessError."""
    python, mark = HOME / "bin" / "python", HOME / "installed.txt"
    with (ROOT / ".venv" / ".provider.lock").open("w") as lock:
        # Two test runs at once would make it in each other's way.
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = WANTED.read_text(encoding="utf-8")
        if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True, capture_output=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*pip, "-r", str(WANTED)], check=True, capture_output=True)
            mark.write_text(wanted, encoding="utf-8")
    return python


if __name__ == "__main__":
    try:
        environment()
    except subprocess.CalledProcessError as error:
        sys.exit(error.stderr.decode(errors="replace")[-2000:])
