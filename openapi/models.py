"""JSON schemas of our models, pydantic's or msgspec's, in place of their names."""

import importlib
from typing import Any

import msgspec
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

type Json = dict[str, Any]

_MODEL = "$model"
_PLACE = "#/components/schemas/{model}"


class _Untitled(GenerateJsonSchema):
    """Schemas whose fields have no titles: theirs only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        del schema
        return False


def with_schemas(document: Json) -> Json:
    """Return the document with a schema in its components for each ``$model`` named in it."""
    found: Json = {}
    resolved: Json = _resolved(document, found)
    written: Json = resolved["components"]["schemas"]
    for name in written.keys() & found.keys():
        raise ValueError(f"there is another schema named {name}")
    components = resolved["components"] | {"schemas": dict(sorted((written | found).items()))}
    return resolved | {"components": components}


def _resolved(node: Any, schemas: Json) -> Any:
    if isinstance(node, list):
        return [_resolved(element, schemas) for element in node]
    if not isinstance(node, dict):
        return node
    if _MODEL in node:
        return {"$ref": _PLACE.format(model=_add(node[_MODEL], schemas))}
    return {name: _resolved(member, schemas) for name, member in node.items()}


def _add(address: str, schemas: Json) -> str:
    """Add the schema of ``package.module:Model``, and of those it refers to; return its name."""
    module, _, name = address.partition(":")
    model = getattr(importlib.import_module(module), name)
    found = _of_pydantic(name, model) if _is_pydantic(model) else _of_msgspec(name, model)
    for known, meant in found.items():
        if schemas.setdefault(known, meant) != meant:
            raise ValueError(f"{address}: there is another schema named {known}")
    return name


def _is_pydantic(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _of_pydantic(name: str, model: Any) -> Json:
    schema = TypeAdapter(model).json_schema(ref_template=_PLACE, schema_generator=_Untitled)
    found: Json = schema.pop("$defs", {})
    return {name: schema} | found


def _of_msgspec(name: str, model: Any) -> Json:
    place = _PLACE.format(model="{name}")
    (schema,), found = msgspec.json.schema_components([model], ref_template=place)
    return {name: schema} | found
