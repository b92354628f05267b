"""Cities and surveys over the API."""

import asyncio

import pytest

from backend.api.upload import EXAMPLE, LARGEST
from backend.auth import Role
from backend.store import library
from tests.backend.api.conftest import HERE, Client, Installation, problem
from tests.backend.exports.seed import FIRST_VERSION, SECOND_VERSION, question, survey_file

FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
SURVEYS = f"/api/v1/{HERE}/surveys"
TOML = "application/toml"
POLL = question("quiet", "yes_no")


def poll(slug: str = "night", keyword: str = "NIGHT") -> str:
    return survey_file(POLL, slug=slug, keyword=keyword)


async def test_a_key_sees_its_own_city(client: Client) -> None:
    body = (await client.get("/api/v1/cities", Role.PARTNER)).json()
    assert body["next"] is None
    assert [c["slug"] for c in body["items"]] == [HERE]
    assert body["items"][0]["languages"] == ["en", "es"]


async def test_the_list_has_the_latest_versions(client: Client) -> None:
    body = (await client.get(SURVEYS)).json()
    assert body["next"] is None
    (street,) = body["items"]
    assert (street["slug"], street["version"], street["questions"]) == ("street", 2, 10)
    assert street["languages"] == ["en", "es"]


async def test_pages_follow_one_another(client: Client, installed: Installation) -> None:
    slugs = [f"poll-{n}" for n in range(5)]
    for slug in slugs:
        text = poll(slug, slug.replace("-", "").upper())
        assert (await client.post(SURVEYS, content=text, kind=TOML)).status_code == 201
    seen, after, pages = [], "", 0
    while True:
        body = (await client.get(f"{SURVEYS}?limit=4{after}")).json()
        seen += [item["slug"] for item in body["items"]]
        pages += 1
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert (seen, pages) == ([*slugs, "street"], 2)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=", "after=A%00", "after=" + "x" * 99]
)
async def test_a_bad_page_is_refused(client: Client, query: str) -> None:
    body = problem(await client.get(f"{SURVEYS}?{query}"), 422)
    assert str(body["errors"]).startswith("[{'where': 'query.")


@pytest.mark.parametrize(
    "path", ["", "/street", "/street/results", "/street/export?format=csv", "/nothing"]
)
async def test_unknown_parameters_are_named(client: Client, path: str) -> None:
    sign = "&" if "?" in path else "?"
    body = problem(await client.get(f"{SURVEYS}{path}{sign}per=area&Limit=1&per=sex"), 422)
    assert body["errors"] == [
        {"where": "query.per", "what": "is not known here"},
        {"where": "query.Limit", "what": "is not known here"},
    ]


async def test_one_survey_and_its_earlier_versions(client: Client) -> None:
    latest = (await client.get(f"{SURVEYS}/street")).json()
    assert (latest["version"], latest["versions"]) == (2, [1, 2])
    assert latest["source"] == SECOND_VERSION
    language = next(q for q in latest["questions"] if q["name"] == "language")
    assert language["options"][0]["label"]["en"] == "Yes"
    first = (await client.get(f"{SURVEYS}/street?version=1")).json()
    assert (first["version"], first["source"]) == (1, FIRST_VERSION)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nothing", 404), ("street?version=3", 404), ("street?version=99999999999999999999", 404),
        ("street?version=0", 422), ("street?version=one", 422), ("str%00eet", 422), ("%27;--", 422),
        ("nothing/results", 404), ("nothing/export?format=csv", 404),
    ],
)  # fmt: skip
async def test_what_is_not_there(client: Client, path: str, status: int) -> None:
    problem(await client.get(f"{SURVEYS}/{path}"), status)


# --- publishing --------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", [TOML, "text/plain", "TEXT/PLAIN; charset=utf-8"])
async def test_a_survey_is_published_once(client: Client, kind: str) -> None:
    first = await client.post(SURVEYS, content=poll(), kind=kind)
    assert (first.status_code, first.json()) == (201, {"slug": "night", "version": 1})
    again = await client.post(SURVEYS, content=poll(), kind=kind)
    assert (again.status_code, again.json()) == (200, {"slug": "night", "version": 1})
    changed = await client.post(SURVEYS, content=poll() + "\n# changed", kind=kind)
    assert (changed.status_code, changed.json()) == (201, {"slug": "night", "version": 2})
    assert (await client.get(f"{SURVEYS}/night")).json()["version"] == 2


async def test_the_example_of_the_documentation_is_free_of_faults(client: Client) -> None:
    answer = await client.post(SURVEYS, content=EXAMPLE, kind=TOML)
    assert answer.status_code == 201, answer.text


async def test_a_file_in_a_form(client: Client) -> None:
    headers = client.bearer(Role.ADMINISTRATOR)
    files = {"file": ("night.toml", poll().encode(), "application/octet-stream")}
    answer = await client.http.post(SURVEYS, files=files, headers=headers)
    assert (answer.status_code, answer.json()["version"]) == (201, 1)
    text = await client.http.post(SURVEYS, files={"a": (None, "x")}, headers=headers)
    assert problem(text, 422)["errors"] == [{"where": "file", "what": "is missing in the form"}]


async def test_all_faults_are_told_at_once(client: Client) -> None:
    text = poll().replace('type = "yes_no"', 'type = "riddle"').replace("STREET", "X") + "odd = 1\n"
    body = problem(await client.post(SURVEYS, content=text, kind=TOML), 422)
    errors = body["errors"]
    assert isinstance(errors, list)
    assert [error["where"] for error in errors] == ["questions[0].odd", "questions[0].type"]


async def test_faults_with_the_citys_other_surveys(client: Client) -> None:
    body = problem(await client.post(SURVEYS, content=poll(keyword="STREET"), kind=TOML), 422)
    assert body["errors"] == [{"where": "surveys.night", "what": "'street' is a keyword of street"}]
    body = problem(await client.post(SURVEYS, content=poll(keyword="LEMON"), kind=TOML), 422)
    assert body["errors"] == [{"where": "surveys.night", "what": "uses the city's safe word"}]
    english = poll().replace('es = "Street es"', 'zu = "Street zu"')
    problem(await client.post(SURVEYS, content=english, kind=TOML), 422)


@pytest.mark.parametrize(
    "text",
    [
        "", "\0", "slug = ", "slug = 1", "a" * 100_000, "questions = [1, 2]", "x = " + "[" * 5000,
        f"n = {'9' * 5000}", "slug = 2026-11-24", "slug = 2026-99-99", "questions = 'x'",
        poll() + "minimum = inf", poll() + "minimum = nan", poll() + f"maximum = 0x{'f' * 4000}",
        poll() + f"maximum = 1{'0' * 400}", poll() + f"only_if = \"{'not ' * 5000} quiet\"",
        poll() + f"only_if = \"{'(' * 5000}\"",
    ],
)  # fmt: skip
async def test_nonsense_is_a_fault_and_never_a_failure(client: Client, text: str) -> None:
    body = problem(await client.post(SURVEYS, content=text, kind=TOML), 422)
    assert body["errors"]


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        (TOML, b"\xff\xfe", 422),
        (TOML, b"#" * (LARGEST + 1), 413),
        ("multipart/form-data; boundary=x", b"#" * (LARGEST + 20_000), 413),
        ("multipart/form-data", b"x", 422),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n", 422),
        ("multipart/form-data; boundary=\xe9", b"--", 422),
        ("multipart/form-data; boundary=x; charset=klingon", FIELD, 422),
        ("multipart/form-data; boundary=" + "x" * 500, b"--", 422),
        ("application/json", b"{}", 415),
        ("", b"", 415),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04", 415),
        ("text/plain", b"PK\x03\x04", 415),
    ],
)  # fmt: skip
async def test_what_is_no_survey_file(
    client: Client, kind: str, content: bytes, status: int
) -> None:
    headers = {**client.bearer(Role.COORDINATOR), "Content-Type": kind}
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await client.http.post(SURVEYS, content=content, headers=encoded)  # type: ignore[arg-type]  # raw bytes, as httpx takes them too
    problem(answer, status)


async def test_a_sheet_in_a_form_is_told_to_come_as_toml(client: Client) -> None:
    files = {"file": ("night.xlsx", b"PK\x03\x04...")}
    answer = await client.http.post(SURVEYS, files=files, headers=client.bearer(Role.COORDINATOR))
    assert "TOML for now" in str(problem(answer, 415)["detail"])


async def test_a_refused_survey_changes_nothing(client: Client, installed: Installation) -> None:
    with installed.engine.connect() as connection:
        before = library.revisions(connection)
    problem(await client.post(SURVEYS, content=poll(keyword="STREET"), kind=TOML), 422)
    with installed.engine.connect() as connection:
        assert library.revisions(connection) == before


async def test_two_who_publish_at_once_both_get_a_version(client: Client) -> None:
    texts = [f"{poll()}\n# {n}" for n in range(4)]
    answers = await asyncio.gather(
        *(client.post(SURVEYS, content=text, kind=TOML) for text in texts)
    )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4]
