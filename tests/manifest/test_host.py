import pytest

from scaffold.manifest.host import changed, option_of, owner_type, problems, unknown


@pytest.mark.parametrize(
    "auth",
    ["@/auth#auth", "../../../auth#auth", "@/app/api/auth/[...nextauth]/(x)/options#authOptions", "#lib/auth#auth"],
)  # fmt: skip
def test_what_names_a_sign_in(auth: str) -> None:
    assert problems({"auth": auth, "auth_kind": "next-auth"}) == []


@pytest.mark.parametrize(
    "auth", ["@/auth", "#auth", "@/a'b#auth", "@/a*/#auth", "@/auth#a.b", "@/a\n#auth", 1]
)
def test_what_does_not(auth: object) -> None:
    assert len(problems({"auth": auth})) == 1


def test_what_is_said_takes_the_place_of_all_that_followed() -> None:
    host = {"zod": "zod/v4", "auth": "@/auth#auth", "auth_kind": "next-auth"}
    assert changed(host, {}, {}) == host
    assert changed(host, {"auth": "own"}, {}) == {"zod": "zod/v4"}
    other = {"auth": "@/me#me", "auth_kind": "function"}
    assert changed(host, {"auth": "@/me#me"}, other) == {"zod": "zod/v4", **other}


def test_a_kind_is_one_that_templates_know() -> None:
    assert problems({"auth_kind": "lucia"}) == ["`host.auth_kind` has the invalid value `lucia`"]
    assert unknown({"auth_kind": "clerk", "tenant": "x"}) == ["host.tenant"]


@pytest.mark.parametrize(
    ("host", "provider", "of_type"),
    [
        ({}, "supabase", "uuid"),
        ({}, "jwt", "uuid"),
        ({}, "clerk", "text"),
        ({"auth": "@/auth#auth"}, "host", "text"),
        ({"auth": "@/auth#auth", "auth_kind": "supabase-store"}, "host", "uuid"),
    ],
)
def test_of_which_type_their_ids_are(host: dict[str, str], provider: str, of_type: str) -> None:
    assert owner_type(host, provider) == of_type


def test_an_option_has_the_name_of_its_key() -> None:
    assert option_of("auth") == "--auth"


def test_a_prisma_is_a_6_or_none_is_named() -> None:
    assert problems({"prisma": "6", "prisma_client": "../../generated/prisma"}) == []
    for host in ({"prisma": "5"}, {"prisma": 6}, {"prisma_client": "../.."}):
        assert len(problems(host)) == 1
