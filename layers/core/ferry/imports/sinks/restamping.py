"""Items that a dry run made, as those of the job that applies it."""

from ferry.aws.attributes import Item, decode, encode
from ferry.imports.import_job import ImportJob
from ferry.records.places import with_order
from ferry.tables.records import SOURCE, WRITTEN_AT


def restamped(item: Item | None, job: ImportJob) -> Item | None:
    """Return an item that the dry run made; one that was there before stays as it is."""
    request = job.request
    source = decode(item[SOURCE]) if item and SOURCE in item else ""
    job_id, _, number = source.rpartition("/")
    if item is None or job_id != request.apply_of:
        return item
    made = {**item, SOURCE: encode(f"{job.id}/{number}")}
    # The dry run stamped new rows with its own moment; they are made in this job's.
    if made[WRITTEN_AT] == encode(request.noted_at):
        made[WRITTEN_AT] = encode(job.accepted_at)
    then = encode(request.noted_at // 1000)
    for name in ("created_at", "updated_at"):
        if made[name] == then:
            made[name] = encode(job.accepted_at // 1000)
    return with_order(made)
