"""Data of an earlier stack of the same name, which outlived it."""

from collections.abc import Iterator

from cloud.account import CONFIG, find_stack, resources
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from local.template import template

SUBJECT = "Earlier data"

_TAG = "aws:cloudformation:stack-name"


def check(target: Target) -> Iterator[Finding]:
    """Look for tables, buckets and secrets that carry the stack's name but are not its own."""
    cloudformation = target.session.client("cloudformation", config=CONFIG)
    there = find_stack(cloudformation, target.stack) is not None
    own = set(resources(cloudformation, target.stack).values()) if there else set()
    own |= set(target.parameters.values())
    found = [
        name for name in (*_tables(target), *_buckets(target), *_secrets(target)) if name not in own
    ]
    if not found:
        yield Finding(Level.FINE, SUBJECT, "none of an earlier stack of that name")
        return
    yield Finding(
        Level.ADVICE,
        SUBJECT,
        f"{len(found)} of an earlier stack {target.stack} are still there",
        "\n".join(found) + "\n"
        "A deployment makes new, empty ones beside them. To go on with these, or to delete them: "
        "docs/operations.md, Backups and retention.",
    )


def _retained(kind: str) -> list[str]:
    """Return the logical ids of the template's resources that outlive their stack."""
    return [
        name
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind and "Retain" in resource.get("DeletionPolicy", "")
    ]


def _tables(target: Target) -> Iterator[str]:
    """CloudFormation names a table after its stack, its logical id and a random text."""
    starts = tuple(f"{target.stack}-{name}-" for name in _retained("AWS::DynamoDB::Table"))
    dynamodb = target.session.client("dynamodb", config=CONFIG)
    for page in dynamodb.get_paginator("list_tables").paginate():
        yield from (name for name in page["TableNames"] if name.startswith(starts))


def _buckets(target: Target) -> Iterator[str]:
    """Buckets are named likewise, in lower case. Those of other regions are listed, too."""
    starts = tuple(f"{target.stack}-{name}-".lower() for name in _retained("AWS::S3::Bucket"))
    s3 = target.session.client("s3", config=CONFIG)
    for page in s3.get_paginator("list_buckets").paginate(BucketRegion=target.region):
        yield from (
            bucket["Name"]
            for bucket in page["Buckets"]
            if bucket["Name"].startswith(starts)
            and bucket.get("BucketRegion", target.region) == target.region
        )


def _secrets(target: Target) -> Iterator[str]:
    """Secrets are named after their logical id alone; their tags tell of the stack."""
    starts = tuple(f"{name}-" for name in _retained("AWS::SecretsManager::Secret"))
    client = target.session.client("secretsmanager", config=CONFIG)
    for page in client.get_paginator("list_secrets").paginate():
        for secret in page["SecretList"]:
            tags = {tag["Key"]: tag["Value"] for tag in secret.get("Tags", [])}
            if secret["Name"].startswith(starts) and tags.get(_TAG) == target.stack:
                yield secret["ARN"]
