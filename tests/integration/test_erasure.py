"""Gone means gone: what a table's or a job's deletion leaves of files, links and jobs."""

from argparse import Namespace

import boto3
import pytest

from admin.erasure import forget_user
from ferry.accounts.account_store import Accounts
from ferry.aws.secret import link_key
from ferry.errors import Malformed, NotFound
from ferry.jobs import downloads
from ferry.jobs.links import Part
from tests.integration.driver import Driver
from tests.service import new_user

CSV = b"name,amount\r\nmilk,1\r\neggs,x\r\n"


def keys(bucket: str) -> list[str]:
    """Return the keys of all files in a bucket."""
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket)
    return [found["Key"] for found in listed.get("Contents", [])]


def shown(driver: Driver, table: int, kind: str, job_id: str) -> dict:
    version = "v1.5" if kind == "export" else "v1"
    return driver.service.call("GET", f"/oserve/{version}/table/{table}/{kind}/{job_id}/").json()


def status_of(driver: Driver, url: str) -> int:
    return driver.service.call("GET", url.removeprefix("https://ferry.test")).status


@pytest.fixture
def filled(driver):
    """A table with a finished export and an import with failed rows, and their links."""
    table = driver.table([{"name": "tea", "amount": 3}])
    exported, imported = driver.start_export(table), driver.start_import(table, CSV)
    driver.service.run_jobs()
    links = [
        shown(driver, table, "export", exported)["download_url"],
        shown(driver, table, "import", imported)["report_url"],
    ]
    return table, [exported, imported], links


def test_links_of_a_deleted_table_end_at_once(driver, filled):
    table, _, links = filled
    assert [status_of(driver, link) for link in links] == [302, 302]

    assert driver.service.call("DELETE", f"/oserve/v1/table/{table}/").status == 204

    assert [status_of(driver, link) for link in links] == [404, 404]


def test_the_page_for_corrected_rows_of_a_deleted_table_is_gone(driver, filled):
    table, _, _ = filled
    (page,) = {link for mail in driver.mails() for link in mail.upload_links}
    assert status_of(driver, page) == 200

    driver.service.call("DELETE", f"/oserve/v1/table/{table}/")

    assert status_of(driver, page) == 404


def test_a_purge_erases_the_jobs_of_a_deleted_table_with_their_files(driver, filled):
    table, jobs, _ = filled
    other = driver.table([{"name": "oil", "amount": 1}])
    kept = driver.start_export(other)
    driver.service.run_jobs()

    driver.service.call("DELETE", f"/oserve/v1/table/{table}/")
    driver.service.run_jobs()

    assert [key.split("/")[1] for key in keys(driver.service.stack.ResultsBucket)] == [kept]
    assert keys(driver.service.stack.UploadBucket) == []
    assert [driver.jobs.get_header(job_id).deleted for job_id in jobs] == [True, True]
    assert not driver.jobs.get_header(kept).deleted


def test_a_purge_waits_for_jobs_that_have_not_ended(driver):
    table = driver.table()
    job_id = driver.start_import(table, CSV)
    driver.service.call("DELETE", f"/oserve/v1/table/{table}/")
    driver.service.drain("PurgeQueue")
    assert keys(driver.service.stack.UploadBucket) == [f"direct/{job_id}"]

    driver.wait(1801)
    driver.sweep()
    driver.service.drain("PurgeQueue")
    driver.service.run_jobs()  # it ends, for its table is deleted
    driver.wait(1801)
    driver.sweep()
    driver.service.run_jobs()

    assert driver.jobs.get_header(job_id).deleted
    assert keys(driver.service.stack.UploadBucket) == []


def _form(driver: Driver, table: int) -> tuple[str, dict]:
    body = {"file_name": "goods.csv"}
    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)
    return answer.headers["X-Job-Id"], answer.json()


def test_a_form_that_is_used_after_its_jobs_deletion_leaves_no_file(driver):
    table = driver.table()
    job_id, form = _form(driver, table)
    driver.service.put(form, CSV)
    driver.service.run_jobs()
    assert driver.service.call("DELETE", f"/oserve/v1/table/{table}/import/{job_id}/").status == 204

    assert driver.service.put(form, CSV) == 204
    driver.service.run_jobs()

    assert keys(driver.service.stack.UploadBucket) == []


def test_a_form_that_is_used_after_its_tables_deletion_leaves_no_file(driver):
    table = driver.table()
    job_id, form = _form(driver, table)
    driver.service.call("DELETE", f"/oserve/v1/table/{table}/")

    assert driver.service.put(form, CSV) == 204
    driver.service.run_jobs()

    assert keys(driver.service.stack.UploadBucket) == []
    with pytest.raises(NotFound):
        driver.jobs.get_header(job_id)


def test_a_form_that_is_used_twice_keeps_the_file_of_its_job(driver):
    table = driver.table()
    _, form = _form(driver, table)
    driver.service.put(form, CSV)
    driver.service.drain("UploadQueue")

    driver.service.put(form, CSV)
    driver.service.run_jobs()

    assert keys(driver.service.stack.UploadBucket) == [form["file_key"]]


def _forget(driver: Driver, user_id: int) -> dict:
    given = Namespace(app=driver.app_id, user=user_id, outputs=vars(driver.service.stack))
    return forget_user(given, Accounts(driver.service.stack.ControlTable)).facts


def test_a_person_is_forgotten_with_jobs_files_links_and_tokens(driver, engine):
    stack = driver.service.stack
    token = new_user(stack, driver.app_id, "person@a.test")
    person = Accounts(stack.ControlTable).users(driver.app_id)[-1]
    table, driver.service.token = driver.table(), token
    exported, imported = driver.start_export(table), driver.start_import(table, CSV)
    engine.start({"uploads": {}})
    driver.service.drain("ConfigQueue")
    waiting = driver.start_import(table, CSV)
    driver.service.deliver("ExportQueue", driver.service.messages("ExportQueue"))

    assert _forget(driver, person.id)["jobs_left"] == 2  # and no more can be started
    assert driver.service.call("GET", "/data/export").status == 401
    driver.service.run_jobs()
    link = shown_link(driver, exported)
    assert _forget(driver, person.id) == {
        "user_id": person.id,
        "forgotten": True,
        "jobs_left": 0,
    }

    assert Accounts(stack.ControlTable).user(driver.app_id, person.id) is None
    assert keys(stack.ResultsBucket) == keys(stack.UploadBucket) == []
    assert [driver.jobs.get_header(j).deleted for j in (exported, imported, waiting)] == [True] * 3
    assert status_of(driver, link) == 404
    items = boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"]
    assert "person@a.test" not in str(items)


def shown_link(driver: Driver, job_id: str) -> str:
    key = link_key(driver.service.stack.LinkSecret)
    url = downloads.url(driver.job(job_id), Part.RESULT, key=key, days=7)
    assert url is not None
    return url


def test_who_owns_an_app_is_not_forgotten(driver):
    (owner,) = Accounts(driver.service.stack.ControlTable).users(driver.app_id)

    with pytest.raises(Malformed, match="set-owner"):
        _forget(driver, owner.id)
    assert driver.table()
