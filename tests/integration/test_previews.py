"""Previews over HTTP: nothing is stored, and a table is made of what they propose."""

import json

from tests.integration.driver import Driver

CSV = b"Artikel;Menge\r\n007;5\r\n008;6\r\n"


def test_a_table_is_made_of_a_file_and_takes_it(driver: Driver):
    before = driver.service.call("GET", "/oserve/v1/table/").json()
    answer = driver.service.upload("/oserve/v1/table/preview/", "waren.csv", CSV)
    assert answer.status == 200, answer
    assert driver.service.call("GET", "/oserve/v1/table/").json() == before

    body = {"name": "Waren", "schema": answer.json()["schema"]}
    table = driver.service.call("POST", "/oserve/v1/table/", body).json()["id"]
    driver.start_import(table, CSV, "waren.csv")
    driver.service.run_jobs()

    rows = [row.fields for row in driver.rows(table)]
    assert sorted(rows, key=lambda row: row["Artikel"]) == [
        {"Artikel": "007", "Menge": 5},
        {"Artikel": "008", "Menge": 6},
    ]


def test_a_preview_of_an_import_has_its_options_and_stores_nothing(driver: Driver):
    table = driver.table()
    columns = json.dumps({"Artikel": "name", "Menge": "amount"})
    path = f"/oserve/v1/table/{table}/import/preview/?columns={columns}".replace(" ", "")

    answer = driver.service.upload(path, "waren.csv", CSV)

    assert answer.status == 200, answer
    assert answer.json()["rows"] == [{"name": "007", "amount": 5}, {"name": "008", "amount": 6}]
    assert driver.rows(table) == []
    assert driver.service.upload(path + "x&dry=1", "waren.csv", CSV).status == 400
    missing = driver.service.upload("/oserve/v1/table/999/import/preview/", "waren.csv", CSV)
    assert missing.status == 404


def test_sets_and_binary_data_of_dynamodb_json_are_previewed(driver: Driver):
    item = b'{"Item":{"sku":{"S":"A"},"tags":{"SS":["a","b"]},"photo":{"B":"AQI="}}}\n'
    fields = [{"name": "sku", "type": "string"}]
    table = driver.service.create_table("cellar", fields)

    for path in ("/oserve/v1/table/preview/", f"/oserve/v1/table/{table}/import/preview/"):
        answer = driver.service.upload(path, "items.dynamodb.json", item)

        assert answer.status == 200, answer
        by_name = {column["name"]: column for column in answer.json()["columns"]}
        assert by_name["tags"]["examples"] == [["a", "b"]]
        assert by_name["photo"]["examples"] == ["AQI="]
