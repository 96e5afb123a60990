"""Who somebody is and what they may, from what a provider or a proxy says."""

from __future__ import annotations

from typing import Any

import pytest

from emotion.access import roles
from emotion.access.values import Identity, Role
from emotion.errors import SettingsError
from emotion.settings import Settings

CLAIMS = {"sub": "42", "name": "Ada Lovelace", "email": "ada@example.org", "email_verified": True}


def settings(**changes: Any) -> Settings:
    return Settings.load(**changes)


@pytest.mark.parametrize(
    ("claims", "changes", "role"),
    [
        pytest.param({}, {}, Role.VIEWER, id="in no list: the default"),
        pytest.param({}, {"default_role": "member"}, Role.MEMBER, id="another default"),
        pytest.param({}, {"default_role": "none"}, None, id="in no list: not let in"),
        pytest.param({}, {"members": "ada@example.org"}, Role.MEMBER, id="by e-mail"),
        pytest.param({}, {"members": "bob@example.org, Ada@Example.org"}, Role.MEMBER, id="e-mail in other letters"),
        pytest.param({}, {"members": '["ada@example.org"]'}, Role.MEMBER, id="a list as JSON"),
        pytest.param({}, {"administrators": "42"}, Role.ADMINISTRATOR, id="by subject"),
        pytest.param(
            {"email_verified": False}, {"administrators": "ada@example.org"}, Role.VIEWER, id="e-mail not verified"
        ),
        pytest.param(
            {"email_verified": "true"}, {"administrators": "ada@example.org"}, Role.VIEWER, id="verified, as a text"
        ),
        pytest.param(
            {"email_verified": None}, {"administrators": "ada@example.org"}, Role.VIEWER, id="nothing said of e-mail"
        ),
        pytest.param(
            {"sub": "boss@example.org"}, {"administrators": "boss@example.org"}, Role.VIEWER, id="called like an e-mail"
        ),
        pytest.param(
            {"sub": "Ada@example.org"}, {"members": "ada@example.org"}, Role.MEMBER, id="called like it, and confirmed"
        ),
        pytest.param(
            {"sub": "ada@example.org", "email_verified": False},
            {"members": "ada@example.org"},
            Role.VIEWER,
            id="called like it, and not confirmed",
        ),
        pytest.param({"name": "boss"}, {"administrators": "boss"}, Role.VIEWER, id="a name that a person chose"),
        pytest.param(
            {"preferred_username": "boss"}, {"administrators": "boss"}, Role.VIEWER, id="a user name that they chose"
        ),
        pytest.param({"roles": ["member"]}, {}, Role.MEMBER, id="a role in the claim"),
        pytest.param({"roles": "administrator"}, {}, Role.ADMINISTRATOR, id="the claim is a word"),
        pytest.param({"roles": ["viewer", "administrator"]}, {}, Role.ADMINISTRATOR, id="the highest counts"),
        pytest.param({"roles": ["Administrator"]}, {}, Role.VIEWER, id="roles are written exactly"),
        pytest.param({"roles": {"member": 1}}, {}, Role.VIEWER, id="a claim that is no words"),
        pytest.param({"groups": ["lab"]}, {"role_claim": "groups", "members": "lab"}, Role.MEMBER, id="by group"),
        pytest.param({"groups": ["LAB"]}, {"role_claim": "groups", "members": "lab"}, Role.VIEWER, id="another group"),
        pytest.param(
            {"realm_access": {"roles": ["member"]}}, {"role_claim": "realm_access.roles"}, Role.MEMBER, id="deep down"
        ),
        pytest.param(
            {"https://x.org/roles": ["member"]}, {"role_claim": "https://x.org/roles"}, Role.MEMBER, id="dots in it"
        ),
        pytest.param({"roles": ["administrator"]}, {"role_claim": ""}, Role.VIEWER, id="no claim is looked at"),
    ],
)
def test_an_id_token_has_a_role(claims: dict[str, Any], changes: dict[str, Any], role: Role | None) -> None:
    found = roles.of_claims({**CLAIMS, **claims}, settings(**changes))
    assert (found and found.role) == role


@pytest.mark.parametrize(
    ("claims", "key", "name"),
    [
        pytest.param({}, "oidc:42", "Ada Lovelace", id="a name"),
        pytest.param({"name": ""}, "oidc:42", "ada@example.org", id="none: the e-mail address"),
        pytest.param({"name": "a\nb"}, "oidc:42", "ada@example.org", id="a name of two lines is none"),
        pytest.param({"name": "‮evil"}, "oidc:42", "ada@example.org", id="a name that turns what follows around"),
        pytest.param({"name": 5, "email": None}, "oidc:42", "42", id="nothing but the subject"),
        pytest.param({"name": "x" * 300}, "oidc:42", "x" * 80, id="a long name"),
    ],
)
def test_people_are_known_by_their_subject(claims: dict[str, Any], key: str, name: str) -> None:
    found = roles.of_claims({**CLAIMS, **claims}, settings())
    assert found == Identity(key, name, Role.VIEWER)


@pytest.mark.parametrize("subject", [None, "", 42, ["42"]])
def test_who_has_no_subject_is_nobody(subject: object) -> None:
    claims = {**CLAIMS, "sub": subject}
    assert roles.of_claims(claims, settings()) is None
    assert roles.key_of(claims) == ""


def test_long_subjects_stay_apart_and_fit() -> None:
    one, other = (roles.key_of({"sub": "x" * 400 + end}) for end in "ab")
    assert one != other
    assert max(len(one), len(other)) <= roles.MOST_KEY


@pytest.mark.parametrize(
    ("headers", "changes", "expected"),
    [
        pytest.param([("X-Forwarded-User", "ada")], {}, ("proxy:ada", "ada", Role.VIEWER), id="a user"),
        pytest.param([("x-forwarded-user", "ada")], {}, ("proxy:ada", "ada", Role.VIEWER), id="small letters"),
        pytest.param([("X-Forwarded-User", "")], {}, None, id="empty"),
        pytest.param([("X-Forwarded-Email", "ada@example.org")], {}, None, id="an e-mail address alone"),
        pytest.param([("X-Forwarded-User", "ada"), ("X-Forwarded-User", "root")], {}, None, id="twice"),
        pytest.param([("X-Forwarded-User", "ada\tx")], {}, None, id="no name at all"),
        pytest.param(
            [("X-Forwarded-User", "ada"), ("X-Forwarded-Groups", "lab, administrator")],
            {},
            ("proxy:ada", "ada", Role.ADMINISTRATOR),
            id="a role among groups",
        ),
        pytest.param(
            [("X-Forwarded-User", "ada"), ("X-Forwarded-Groups", "lab,administrator"), ("X-Forwarded-Groups", "x")],
            {"members": "lab"},
            ("proxy:ada", "ada", Role.VIEWER),
            id="groups twice are none",
        ),
        pytest.param(
            [("X-Forwarded-User", "7"), ("X-Forwarded-Email", "Ada@example.org")],
            {"members": "ada@example.org"},
            ("proxy:7", "7", Role.MEMBER),
            id="by e-mail",
        ),
        pytest.param(
            [("X-Forwarded-User", "boss@example.org"), ("X-Forwarded-Email", "ada@example.org")],
            {"administrators": "boss@example.org"},
            ("proxy:boss@example.org", "boss@example.org", Role.VIEWER),
            id="called like another's e-mail",
        ),
        pytest.param(
            [("X-Forwarded-User", "j\u00c3\u00b6rg"), ("X-Forwarded-Preferred-Username", "J\u00c3\u00b6rg")],
            {"members": "jörg"},
            ("proxy:jörg", "Jörg", Role.MEMBER),
            id="UTF-8",
        ),
        pytest.param(
            [("Remote-User", "ada"), ("X-Forwarded-User", "root")],
            {"proxy_user_header": "Remote-User", "administrators": "root"},
            ("proxy:ada", "ada", Role.VIEWER),
            id="another header",
        ),
    ],
)
def test_a_proxys_headers_name_a_person(
    headers: list[tuple[str, str]], changes: dict[str, Any], expected: tuple[str, str, Role] | None
) -> None:
    assert roles.of_headers(headers, settings(**changes)) == (expected and Identity(*expected))


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        pytest.param({"default_role": "boss"}, "EMOTION_DEFAULT_ROLE", id="no such role"),
        pytest.param({"members": "[1"}, "EMOTION_MEMBERS", id="half a list"),
        pytest.param({"proxy_user_header": ""}, "EMOTION_PROXY_USER_HEADER", id="nobody's header"),
        pytest.param({"proxy_email_header": "X Y"}, "EMOTION_PROXY_EMAIL_HEADER", id="no header's name"),
        pytest.param({"public_url": "emotion.lan"}, "EMOTION_PUBLIC_URL", id="half an address"),
        pytest.param({"public_url": "https://a:b@emotion.lan"}, "EMOTION_PUBLIC_URL", id="a password in the address"),
        pytest.param({"cookie_secret": "short"}, "EMOTION_COOKIE_SECRET", id="a secret that can be guessed"),
        pytest.param({"sign_in_hours": 0}, "EMOTION_SIGN_IN_HOURS", id="no time at all"),
        pytest.param({"auth": "ldap"}, "EMOTION_AUTH", id="no such way"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, Any], variable: str) -> None:
    with pytest.raises(SettingsError, match=variable) as caught:
        settings(**changes)
    assert "short" not in str(caught.value)
