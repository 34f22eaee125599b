"""Signing in by an identity that an issuer vouches for, with a real provider in a process of its own."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from hutuo.api.deployment import OpenID, read_deployment
from hutuo.api.openid import local
from hutuo.base.sharing import schema
from hutuo.base.sharing.identities import id_of
from hutuo.base.sharing.schema import SHARING
from hutuo.errors import BadInput
from issuer import CLIENT, SECRET, issuing

HERE = {"origin": "http://testserver"}
BACK = "/sign-in/openid/back"


@pytest.fixture(scope="module")
def provider():
    with issuing() as found:
        yield found


@pytest.fixture
def issuer(provider):
    """The provider, without faults."""
    provider.faulty()
    return provider


@pytest.fixture
def settings(issuer, tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    return {"issuer": issuer.at, "client": CLIENT, "secret_file": str(file)}


@pytest.fixture
def door(house, settings):
    """Opens a browser before a service with an issuer."""
    opened = []

    def opens(**more):
        opened.append(house.client(house.small(openid=settings | more)))
        return opened[-1]

    yield opens
    for client in opened:
        client.close()


@pytest.fixture
def linked(house, issuer):
    """An account that the provider's second person signs in to."""
    number = id_of(issuer.at, "u-2")
    known = [row["id"] for row in house.typed("base", "identity", "list")["rows"]]
    if number not in known:
        words = ("--issuer", issuer.at, "--subject", "u-2", "--account", "viewer")
        house.typed("base", "identity", "link", *words)
    return number


def sent(client, back=None):
    """Where a browser is sent that wants in."""
    asked = f"?{urlencode({'back': back})}" if back else ""
    answer = client.get(f"/sign-in/openid{asked}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def came(client, issuer, person, back=None, **changed):
    """A browser that goes to the provider, signs in as somebody and comes back."""
    there = issuer.choose(sent(client, back), person)
    query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    return client.get(f"{BACK}?{urlencode(query | changed)}")


def test_a_linked_identity_is_let_in_and_goes_on_to_its_page(door, issuer, linked):
    client = door()
    answer = came(client, issuer, "u-2", "/targets?lang=en&target=a")
    assert answer.status_code == 200
    assert 'content="0;url=/targets?lang=en&amp;target=a"' in answer.text
    assert client.get("/api/session").json()["account"] == "viewer"
    kept = next(line for line in answer.headers.get_list("set-cookie") if "hutuo=" in line)
    assert "samesite=strict" in kept.lower()
    assert "httponly" in kept.lower()


def test_the_browser_is_sent_with_state_nonce_and_a_challenge(door, issuer):
    client = door()
    asked = [parse_qs(urlsplit(sent(client)).query) for _ in range(2)]
    for query in asked:
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_type"] == ["code"]
        assert len(query["code_challenge"][0]) == 43
        assert query["redirect_uri"] == [f"http://testserver{BACK}"]
        assert set(query["scope"][0].split()) == {"openid", "profile"}
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_an_unknown_identity_waits_for_an_administrators_word(house, door, issuer):
    client, number = door(), id_of(issuer.at, "u-1")
    answer = came(client, issuer, "u-1")
    assert answer.status_code == 401
    assert number[:8] in answer.text
    assert client.get("/api/session").status_code == 401
    rows = {row["id"]: row for row in house.typed("base", "identity", "list")["rows"]}
    assert (rows[number]["name"], rows[number]["account"]) == ("王芳", None)
    house.typed("base", "identity", "link", "--id", number, "--account", "analyst")
    assert came(client, issuer, "u-1").status_code == 200
    assert client.get("/api/session").json()["account"] == "analyst"
    told = house.typed("base", "audit", "list", "--limit", "9")["rows"]
    notes = [note for row in told for note in row["about"].get("changes", [])]
    assert {"signed_in": "analyst", "identity": number} in notes
    assert {"not_linked": number} in notes
    house.typed("base", "identity", "unlink", "--id", number)
    assert client.get("/api/session").status_code == 401
    assert came(client, issuer, "u-1").status_code == 401


def test_a_name_alone_opens_no_account(house, door, issuer):
    house.account("zhao", "viewer")
    assert came(door(), issuer, "u-3").status_code == 401


def test_an_account_is_made_only_where_the_file_says_so(house, door, issuer):
    client, number = door(create=["viewer"], body="gov"), id_of(issuer.at, "u-3")
    assert came(client, issuer, "u-3").status_code == 200
    me = client.get("/api/session").json()
    assert (me["account"], me["body"]) == (f"oidc-{number[:16]}", "gov")
    assert me["roles"] == ["viewer"]
    assert came(client, issuer, "u-3").status_code == 200
    shown = {"account": me["account"], "password": ""}
    assert client.post("/api/session", json=shown, headers=HERE).status_code == 401
    house.typed("base", "account", "disable", me["account"])
    assert client.get("/api/session").status_code == 401
    assert came(client, issuer, "u-3").status_code == 401


def test_a_session_from_before_is_not_gone_on_with(door, issuer, linked):
    client = door()
    client.cookies.set("hutuo", "fixed")
    answer = came(client, issuer, "u-2")
    kept = next(iter(answer.headers.get_list("set-cookie"))).partition(";")[0]
    kept = kept.removeprefix("hutuo=")
    assert kept != "fixed"
    client.cookies.clear()
    client.cookies.set("hutuo", "fixed")
    assert client.get("/api/session").status_code == 401
    client.cookies.clear()
    client.cookies.set("hutuo", kept)
    assert came(client, issuer, "u-2").status_code == 200
    client.cookies.clear()
    client.cookies.set("hutuo", kept)
    assert client.get("/api/session").status_code == 401


def test_what_signed_in_once_signs_in_no_second_time(door, issuer, linked):
    client = door()
    there = issuer.choose(sent(client), "u-2")
    query = urlsplit(there).query
    cookies = dict(client.cookies)
    assert client.get(f"{BACK}?{query}").status_code == 200
    kept = client.cookies["hutuo"]
    client.delete("/api/session", headers=HERE)
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies.set(name, value)
    assert client.get(f"{BACK}?{query}").status_code == 401
    client.cookies.clear()
    client.cookies.set("hutuo", kept)
    assert client.get("/api/session").status_code == 401


def test_nobody_is_signed_in_by_a_link_that_another_made(door, issuer, linked):
    mallory, victim = door(), door()
    there = issuer.choose(sent(mallory), "u-2")
    assert victim.get(f"{BACK}?{urlsplit(there).query}").status_code == 401
    sent(victim)
    again = issuer.choose(sent(mallory), "u-2")
    assert victim.get(f"{BACK}?{urlsplit(again).query}").status_code == 401
    assert victim.get("/api/session").status_code == 401


def test_a_code_is_of_the_browser_that_asked_for_it(door, issuer, linked):
    """PKCE: a code that was stolen is worth nothing to another flow."""
    mallory, victim = door(), door()
    stolen = parse_qs(urlsplit(issuer.choose(sent(victim), "u-2")).query)["code"][0]
    assert came(mallory, issuer, "u-1", code=stolen).status_code == 401


def test_too_late_is_too_late(house, door, issuer, linked):
    from datetime import UTC, datetime, timedelta

    client = door()
    there = issuer.choose(sent(client), "u-2")
    with house.store.writing(SHARING, told=False) as connection:
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        connection.execute(schema.flow.update().values(began=long_ago))
    assert client.get(f"{BACK}?{urlsplit(there).query}").status_code == 401


@pytest.mark.parametrize(
    "faults",
    [
        {"claims": {"iss": "https://other.example"}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["another", CLIENT], "azp": "another"}},
        {"claims": {"exp": 1}},
        {"claims": {"nonce": "another"}},
        {"claims": {"at_hash": "another"}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": "x" * 256}},
        {"claims": {"sub": 7}},
        {"forged": True},
        {"alg": "HS256"},
        {"alg": "none"},
    ],
    ids=lambda faults: "-".join(
        map(str, [*faults, *faults.get("claims", {}), faults.get("alg", "")])
    ),
)
def test_what_the_issuer_must_not_say_lets_nobody_in(door, issuer, linked, faults):
    client = door()
    issuer.faulty(**faults)
    assert came(client, issuer, "u-2").status_code == 401
    issuer.faulty()
    assert came(client, issuer, "u-2").status_code == 200


def test_what_another_issuer_sends_back_is_refused(door, issuer, linked):
    client = door()
    assert came(client, issuer, "u-2", iss="https://other.example").status_code == 401
    assert came(client, issuer, "u-2", iss=issuer.at).status_code == 200
    assert client.get(f"{BACK}?error=access_denied").status_code == 401


@pytest.mark.parametrize(
    "faults",
    [
        {"described": {"issuer": "https://other.example"}},
        {"described": {"token_endpoint": "https://other.example/token"}},
        {"described": {"jwks_uri": None}},
        {"large": True},
        {"redirect": True},
    ],
)
def test_an_issuer_that_answers_wrongly_is_told_as_one_that_is_away(door, issuer, faults):
    issuer.faulty(**faults)
    answer = door().get("/sign-in/openid?lang=en")
    assert answer.status_code == 503
    assert "does not answer as it should" in answer.text
    assert "sign in by password" in answer.text


def test_addresses_and_keys_are_kept_and_new_keys_are_looked_for(
    door, issuer, linked, monkeypatch
):
    client, before = door(), issuer.asked()
    for _ in range(3):
        assert came(client, issuer, "u-2").status_code == 200
    after = issuer.asked()
    for path in ("/.well-known/openid-configuration", "/keys"):
        assert after[path] - before.get(path, 0) == 1
    issuer.faulty(rotate=True)
    assert came(client, issuer, "u-2").status_code == 401
    assert issuer.asked()["/keys"] == after["/keys"]
    monkeypatch.setattr("hutuo.api.issuer.AGAIN", 0.0)
    assert came(client, issuer, "u-2").status_code == 200
    assert issuer.asked()["/keys"] == after["/keys"] + 1


def test_the_sign_in_page_offers_the_issuer_and_keeps_the_page(door):
    client = door(zh="政务统一认证", en="Government sign-in")
    page = client.get("/sign-in?lang=zh&back=/targets%3Fa%3D1%26b%3D2").text
    assert "政务统一认证" in page
    assert "/sign-in/openid?lang=zh&amp;back=%2Ftargets%3Fa%3D1%26b%3D2" in page
    assert "Government sign-in" in client.get("/sign-in?lang=en").text
    told = client.get("/audit?lang=en", headers={"accept": "text/html"})
    assert told.headers["location"] == "/sign-in?back=%2Faudit%3Flang%3Den"


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/targets?a=1", "/targets?a=1"),
        (None, "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\\b", "/"),
        ("/a\nb", "/"),
        ("/sign-out", "/"),
        ("/api/session", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_goes_back_to_pages_of_this_service_alone(asked, goes):
    assert local(asked) == goes


def test_signing_in_by_the_form_goes_back_to_the_page(house, door):
    client = door()
    form = {"account": "viewer", "password": house.passwords["viewer"]}
    for back, goes in (("/matrix?lang=en", "/matrix?lang=en"), ("//evil.example", "/")):
        answer = client.post(f"/sign-in?{urlencode({'back': back})}", data=form, headers=HERE)
        assert (answer.status_code, answer.headers["location"]) == (303, goes)


def test_sign_ins_by_identity_are_counted_with_the_others(house, settings):
    few = house.small(openid=settings, limits={"sign_ins_per_minute": 2})
    with house.client(few) as client:
        codes = [client.get("/sign-in/openid").status_code for _ in range(3)]
    assert codes == [303, 303, 429]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('issuer = "http://id.example.cn"', "https"),
        ('issuer = "https://id.example.cn?a=1"', "host and a path"),
        ('issuer = "https://id.example.cn"\nsecret_file = "/nowhere"', "no file"),
        ('issuer = "https://id.example.cn"\nbody = "gov"', "goes with create"),
        ('issuer = "https://id.example.cn"\ncreate = ["admin"]', "create"),
        ('issuer = "https://id.example.cn"\nscopes = ["profile"]', "openid"),
    ],
)
def test_a_faulty_issuer_in_the_file_is_told(tmp_path, line, says):
    file = tmp_path / "deployment.toml"
    file.write_text(f'region = "shijiazhuang"\n[openid]\nclient = "hutuo"\n{line}\n')
    with pytest.raises(BadInput) as told:
        read_deployment(file)
    assert says in str(told.value) + str(list(told.value.findings))


def test_a_client_without_a_secret_is_one_too(settings):
    assert OpenID(**settings).secret() == SECRET
    assert OpenID(issuer="https://id.example.cn", client="c").secret() is None
