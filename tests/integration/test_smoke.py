FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "amount", "type": "integer", "default": 5},
    {"name": "price", "type": "number"},
]


def test_all(service):
    t = service.create_table("goods", FIELDS)
    r = service.call("POST", f"/oserve/v1/table/{t}/record/", {"name": "a", "price": 1.5})
    print(r)
    r = service.upload(
        f"/oserve/v1/table/{t}/import/", "a.csv", b"name,price,foo\r\nx,1.25,1\r\ny,abc,2\r\n"
    )
    print(r)
    service.run_jobs()
    m = service.mails()
    print(m[0].subject, m[0].to, m[0].links)
    print(service.download(m[0].links[0]))
    r = service.call("POST", f"/oserve/v1/table/{t}/export/", {"file_type": "csv", "mode": "all"})
    print(r)
    loc = r.headers["Location"]
    r = service.call("POST", f"/oserve/v1/table/{t}/export/", {"file_type": "csv", "mode": "all"})
    print(r)
    print(service.call("GET", loc))
    service.run_jobs()
    print(service.call("GET", loc))
    m = service.mails()
    print(m[0].subject, m[0].links)
    print(service.download(m[0].links[0]))
    print(service.call("GET", f"/oserve/v1/table/{t}/record/?limit=1"))
    print(service.call("GET", f"/oserve/v1/table/{t}/export/"))
    print(service.call("GET", f"/oserve/v2/table/{t}/export/"))
    print(service.call("GET", f"/download/abc"))
