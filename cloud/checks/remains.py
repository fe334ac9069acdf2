"""Data of an earlier stack of the same name, which outlived it."""

from collections.abc import Iterable, Iterator, Mapping

from cloud.account import CONFIG, find_stack, resources
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from local.template import template

SUBJECT = "Earlier data"

type Named = tuple[str, str]
"""A resource's logical id and its name."""

_TAG = "aws:cloudformation:stack-name"
_MORE = (
    "A deployment makes new, empty ones beside them, unless you name these. More on that, and "
    "on how to delete them: docs/operations.md, Backups and retention."
)


def check(target: Target) -> Iterator[Finding]:
    """Look for tables, buckets and secrets that have the stack's name but do not belong to it."""
    cloudformation = target.session.client("cloudformation", config=CONFIG)
    there = find_stack(cloudformation, target.stack) is not None
    own = set(resources(cloudformation, target.stack).values()) if there else set()
    own |= set(target.parameters.values())
    found = [*_tables(target), *_buckets(target), *_secrets(target)]
    left = [(name, physical) for name, physical in found if physical not in own]
    if not left:
        yield Finding(Level.FINE, SUBJECT, "none of an earlier stack of that name")
        return
    yield Finding(
        Level.ADVICE,
        SUBJECT,
        f"{len(left)} of an earlier stack {target.stack} are still there",
        "\n".join([*(physical for _, physical in left), *_advice(left)]),
    )


def _advice(left: list[Named]) -> list[str]:
    """Advise on remaining resources; name the template's parameters that reuse them."""
    names = {f"Existing{name}": physical for name, physical in left}
    if len(names) < len(left) or not names.keys() <= template()["Parameters"].keys():
        return [_MORE]
    pairs = " ".join(f"{name}={physical}" for name, physical in names.items())
    return ["To go on with them, deploy with:", f'    PARAMETERS="{pairs}"', _MORE]


def _retained(kind: str) -> list[str]:
    """Return the logical ids of the template's resources that outlive their stack."""
    return [
        name
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind and "Retain" in resource.get("DeletionPolicy", "")
    ]


def _tables(target: Target) -> Iterator[Named]:
    """CloudFormation names a table after its stack, its logical id and a random text."""
    starts = {f"{target.stack}-{name}-": name for name in _retained("AWS::DynamoDB::Table")}
    dynamodb = target.session.client("dynamodb", config=CONFIG)
    for page in dynamodb.get_paginator("list_tables").paginate():
        yield from _named(page["TableNames"], starts)


def _buckets(target: Target) -> Iterator[Named]:
    """Buckets are named alike, in lower case. Those of other regions are listed, too."""
    starts = {f"{target.stack}-{name}-".lower(): name for name in _retained("AWS::S3::Bucket")}
    s3 = target.session.client("s3", config=CONFIG)
    for page in s3.get_paginator("list_buckets").paginate(BucketRegion=target.region):
        here = [
            bucket["Name"]
            for bucket in page["Buckets"]
            if bucket.get("BucketRegion", target.region) == target.region
        ]
        yield from _named(here, starts)


def _secrets(target: Target) -> Iterator[Named]:
    """Secrets are named after their logical id alone; their tags name the stack."""
    starts = {f"{name}-": name for name in _retained("AWS::SecretsManager::Secret")}
    client = target.session.client("secretsmanager", config=CONFIG)
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            tags = {tag["Key"]: tag["Value"] for tag in secret.get("Tags", [])}
            if tags.get(_TAG) == target.stack:
                yield from ((name, secret["ARN"]) for name, _ in _named([secret["Name"]], starts))


def _named(found: Iterable[str], starts: Mapping[str, str]) -> Iterator[Named]:
    for physical in found:
        for start, name in starts.items():
            if physical.startswith(start):
                yield name, physical
