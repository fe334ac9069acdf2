"""What moto does otherwise than AWS, set right, and what it takes too long for."""

import json
import pickle
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from threading import RLock
from types import SimpleNamespace
from typing import Any

import pytest
from moto.cloudformation.models import Stack
from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator
from moto.dynamodb.responses import DynamoHandler

from ferry.aws.attributes import item_bytes

_NO_HOOK = DepthFirstTraverser.pre_processing_of_child
MOTO_LOCK = RLock()
"""Held while moto works on a request."""


def amend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto be as strict as DynamoDB and, in what no test is about, fast."""
    monkeypatch.setattr(BotocoreStubber, "__call__", _one_at_a_time(BotocoreStubber.__call__))
    for name in ("put_item", "update_item"):
        plain = getattr(DynamoDBBackend, name)
        monkeypatch.setattr(DynamoDBBackend, name, _with_typed_index_keys(plain))
    monkeypatch.setattr(Table, "__deepcopy__", lambda table, _: table, raising=False)
    # What it is before an update only a stream would tell, and of tables nothing is copied.
    monkeypatch.setattr("moto.dynamodb.models.copy", SimpleNamespace(deepcopy=lambda one: one))
    undone = _undone_by_item(DynamoDBBackend.transact_write_items)
    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", undone)
    for name in ("batch_write_item", "query", "scan"):
        plain = getattr(DynamoHandler, name)
        monkeypatch.setattr(DynamoHandler, name, _with_units(plain))
    # Both find every clause below an expression: to check each part of it as well is quadratic.
    whole = OverlappingPathsValidator.check_for_overlapping_paths
    monkeypatch.setattr(OverlappingPathsValidator, "traverse", whole)
    whole = ActionCountValidator.verify_action_counts
    monkeypatch.setattr(ActionCountValidator, "traverse", whole)
    monkeypatch.setattr(DynamoType, "__deepcopy__", _copied, raising=False)
    names = cache(responses.method_names_from_class)
    monkeypatch.setattr(responses, "method_names_from_class", names)
    # A template of a test is JSON; to read it as YAML takes half of the time that a stack takes.
    monkeypatch.setattr(Stack, "parse_template", staticmethod(json.loads))
    structure = _of_those_present(ResponseSerializer._serialize_type_structure)
    monkeypatch.setattr(ResponseSerializer, "_serialize_type_structure", structure)
    monkeypatch.setattr(DepthFirstTraverser, "traverse", _traverse)
    monkeypatch.setattr(Node, "__deepcopy__", _copied_tree, raising=False)
    parse = cache(_pickled(UpdateExpressionParser.make))
    monkeypatch.setattr(UpdateExpressionParser, "make", lambda text: pickle.loads(parse(text)))


def _of_those_present(serialize: Callable[..., None]) -> Callable[..., None]:
    """Pass by the members that an attribute's value lacks.

    moto looks for each of the ten types under a dozen spellings: a third of the time of a test.
    """

    def serialized(
        serializer: Any, serialized: dict[str, Any], value: Any, shape: Any, key: str
    ) -> None:
        if shape.name != "AttributeValue" or type(value) is not dict:
            serialize(serializer, serialized, value, shape, key)
            return
        found: dict[str, Any] = {}
        for name in value:
            member = shape.members[name]
            member.parent = shape
            serializer._serialize_structure_member(found, value, member, name)
        serializer._default_serialize(serialized, found, shape, key)

    return serialized


def _pickled(parse: Callable[[str], Node]) -> Callable[[str], bytes]:
    # Of an expression that comes again, as nearly all do. Who has the tree changes it.
    return lambda text: pickle.dumps(parse(text))


def _copied_tree(tree: Node, _: object) -> Any:
    return pickle.loads(pickle.dumps(tree))


def _traverse(traverser: DepthFirstTraverser, root: Node) -> Any:
    """Process the nodes bottom up, as moto does, but ask once which kinds a traverser is for."""
    kinds = traverser.nodes_to_be_processed()
    hooked = type(traverser).pre_processing_of_child is not _NO_HOOK
    wanted: dict[type, bool] = {}

    def visit(node: Any, place: int) -> Any:
        children = getattr(node, "children", None)
        parent = getattr(node, "parent", None)
        for at, child in enumerate(children or ()):
            if hooked:
                traverser.pre_processing_of_child(node, at)
            if hasattr(child, "children"):
                visit(child, at)
        kind = type(node)
        if kind not in wanted:
            wanted[kind] = issubclass(kind, kinds)
        if wanted[kind]:
            node = traverser.process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    return visit(root, -1)


def _copied(value: DynamoType, memo: dict[int, Any]) -> DynamoType:
    # `copy` notes each string of each attribute: nothing here refers to itself.
    copy = DynamoType.__new__(DynamoType)
    copy.type = value.type
    if isinstance(value.value, dict):
        copy.value = {name: _copied(one, memo) for name, one in value.value.items()}
    elif isinstance(value.value, list):
        copy.value = [_copied(v, memo) if type(v) is DynamoType else v for v in value.value]
    else:
        copy.value = value.value
    return copy


def _one_at_a_time(answer: Callable[..., Any]) -> Callable[..., Any]:
    # A transaction of moto's copies the table, and breaks when another thread writes to it.
    def locked(*args: Any, **options: Any) -> Any:
        with MOTO_LOCK:
            return answer(*args, **options)

    return locked


def _with_typed_index_keys(write: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what DynamoDB refuses and moto takes: a key of an index that has another type."""

    def checked(backend: Any, table_name: str, *args: Any, **options: Any) -> Any:
        item = write(backend, table_name, *args, **options)
        for declared in backend.get_table(table_name).attr:
            found = item.attrs.get(declared["AttributeName"])
            if found is not None and found.type != declared["AttributeType"]:
                raise MockValidationException(f"Type mismatch for Index Key {declared}")
        return item

    return checked


def _with_units(answer: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the units that DynamoDB would, where moto tells a constant."""

    def told(handler: Any) -> Any:
        result = answer(handler)
        body, found = handler.body, result.result
        if body.get("ReturnConsumedCapacity", "NONE") == "NONE":
            found.pop("ConsumedCapacity", None)
        elif "RequestItems" in body:
            found["ConsumedCapacity"] = [
                {"TableName": name, "CapacityUnits": float(sum(map(_write_units, requests)))}
                for name, requests in body["RequestItems"].items()
            ]
        else:
            size = sum(map(_size, found.get("Items", [])))
            units = max(-(-size // 4096), 1) / (1 if body.get("ConsistentRead") else 2)
            found["ConsumedCapacity"] = {"TableName": body["TableName"], "CapacityUnits": units}
        return result

    return told


def _write_units(request: dict[str, Any]) -> int:
    return -(-_size(request.get("PutRequest", {}).get("Item", {})) // 1024) or 1


def _size(item: dict[str, Any]) -> int:
    text = json.dumps(item, default=lambda value: b64encode(value).decode())
    return item_bytes(json.loads(text))


def _undone_by_item(transact: Callable[..., None]) -> Callable[..., None]:
    """Undo a refused transaction item by item.

    moto copies the whole table before each one, which takes seconds with a thousand rows.
    """

    def undone(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        operations = [operation for item in transact_items for operation in item.values()]
        before = [_item_of(backend, operation) for operation in operations]
        try:
            transact(backend, transact_items)
        except Exception:
            for table, keys, item in before:
                table.delete_item(*keys)
                if item is not None:
                    partition = table.items[keys[0]] if keys[1] is not None else table.items
                    partition[keys[-1] or keys[0]] = item
            raise

    return undone


def _item_of(backend: Any, operation: dict[str, Any]) -> tuple[Any, tuple[Any, Any], Any]:
    """Return the table, the key and a copy of the item that an operation is about."""
    table = backend.get_table(operation["TableName"])
    named = operation.get("Key") or operation["Item"]
    names = (table.hash_key_attr, table.range_key_attr)
    keys = tuple(DynamoType(named[name]) if name else None for name in names)
    return table, keys, deepcopy(table.get_item(*keys))
