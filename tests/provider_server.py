"""Starts Canaille with people in it. Runs in Canaille's own environment, not in ours; see provider.py.

Arguments: the port, then the people as JSON: [{"name": …, "password": …, "group": …}, …].
"""

from __future__ import annotations

import json
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server


def main(port: int, people: list[dict[str, str]]) -> None:
    address = f"127.0.0.1:{port}"
    config = {
        "SECRET_KEY": "of a provider that lives as long as a test",
        "SERVER_NAME": address,
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "HTMX": False},
        "CANAILLE_OIDC": {
            "ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)],
            "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
        },
    }
    app = create_app(config=config, init_backend=True)
    with app.app_context():
        for person in people:
            _add(person)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def _add(person: dict[str, str]) -> None:
    name = person["name"]
    user = models.User(
        user_name=name.lower(),
        formatted_name=f"{name} Example",
        family_name="Example",
        emails=[f"{name.lower()}@example.org"],
        password=person["password"],
    )
    Backend.instance.save(user)
    if person["group"]:
        Backend.instance.save(models.Group(display_name=person["group"], members=[user]))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
