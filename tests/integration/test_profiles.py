"""Profiles: options of imports that are saved with a table."""

import json

from ferry.jobs.job import Counts
from tests.integration.driver import Driver

CSV = b"Artikel;Menge\r\nMilk;1\r\nEggs;2\r\n"
GERMAN = {"columns": {"Artikel": {"to": "name", "transform": "lower"}, "Menge": "amount"}}


def save(driver: Driver, table: int, options: object, name: str = "german"):
    path = f"/oserve/v1/table/{table}/profile/{name}/"
    return driver.service.call("PUT", path, options)


def listed(driver: Driver, table: int, name: str = ""):
    path = f"/oserve/v1/table/{table}/profile/{name}"
    answer = driver.service.call("GET", path)
    return answer.status, [(it["name"], it["version"]) for it in answer.json().get("objects", [])]


def test_an_import_has_the_options_of_its_profile_and_says_so(driver: Driver):
    table = driver.table()
    assert save(driver, table, GERMAN).json()["version"] == 1

    path = f"/oserve/v1/table/{table}/import/?profile=german"
    answer = driver.service.upload(path, "waren.csv", CSV)
    assert answer.headers["X-Ferry-Profile"] == "german@1"
    save(driver, table, {"columns": {"Artikel": None}})
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    shown = driver.service.call("GET", answer.headers["Location"]).json()
    assert job.counts == Counts(2, 2)
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert shown["profile"] == {"name": "german", "version": 1}


def test_what_is_sent_overrules_the_profile_and_a_version_may_be_named(driver: Driver):
    table = driver.table()
    save(driver, table, {"columns": {"Artikel": "name"}, "dry_run": True})
    save(driver, table, {"columns": {"Artikel": None}})
    body = {"file_name": "waren.jsonl", "profile": "german@1", "dry_run": False}

    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)
    driver.service.put(answer.json(), b'{"Artikel":"milk","amount":1}\n')
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    assert (job.request.profile, job.request.dry_run) == ("german@1", False)
    assert driver.names_and_amounts(table) == [("milk", 1)]


def test_profiles_are_listed_and_deleted_and_no_version_is_given_twice(driver: Driver):
    table = driver.table()
    for name in ("german", "german", "english"):
        assert save(driver, table, {"decimal": ","}, name).status == 201

    assert listed(driver, table) == (200, [("english", 1), ("german", 2)])
    assert listed(driver, table, "german/") == (200, [("german", 2), ("german", 1)])
    assert listed(driver, table, "french/")[0] == 404

    path = f"/oserve/v1/table/{table}/profile/german/"
    assert driver.service.call("DELETE", path).status == 204
    assert driver.service.call("DELETE", path).status == 404
    assert listed(driver, table) == (200, [("english", 1)])
    assert save(driver, table, {"decimal": ","}).json()["version"] == 3

    assert driver.service.call("DELETE", f"/oserve/v1/table/{table}/").status == 204
    assert driver.service.call("GET", path).status == 404


def test_profiles_and_their_versions_come_in_pages(driver: Driver):
    table = driver.table()
    for name in ("german", "german", "english", "french"):
        save(driver, table, {"decimal": ","}, name)

    for asked, expected in (
        ("", [("english", 1), ("french", 1), ("german", 2)]),
        ("german/", [("german", 2), ("german", 1)]),
    ):
        path, found = f"/oserve/v1/table/{table}/profile/{asked}?limit=1", []
        while path:
            page = driver.service.call("GET", path).json()
            found += [(each["name"], each["version"]) for each in page["objects"]]
            assert page["meta"]["total_count"] == len(expected)
            path = page["meta"]["next"]
        assert found == expected


def test_what_cannot_be_a_profile_is_refused(driver: Driver):
    table = driver.table()

    def reason(options: object, name: str = "german") -> str:
        answer = save(driver, table, options, name)
        assert answer.status == 400, answer
        return answer.json()["error_msg"]

    assert "unknown field `decimals`" in reason({"decimals": ","})
    assert "the table has no column" in reason({"columns": {"a": "nam"}})
    assert "must be an object of options" in reason([])
    assert "a profile names no other" in reason({"profile": "english"})
    assert "must match" in reason({"decimal": ","}, "a.b")

    answer = driver.service.upload(
        f"/oserve/v1/table/{table}/import/?profile=germna", "waren.csv", CSV
    )
    assert (answer.status, json.loads(answer.body)["error_msg"]) == (
        400,
        "profile: the table has no profile 'germna'; it has none",
    )
