"""The OpenAPI document, made of the routes themselves: rule, docstring, request model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, request
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest as MalformedRequest

from kuchipaku.errors import BadRequest
from kuchipaku.settings import checked
from kuchipaku.web.auth import is_open
from kuchipaku.web.signatures import FIELDS

F = TypeVar("F", bound=Callable[..., Any])
Model = TypeVar("Model", bound=BaseModel)

ERROR_SCHEMA = {
    "type": "object",
    "required": ["ok", "error", "hint", "status"],
    "properties": {
        "ok": {"const": False},
        "error": {"type": "string"},
        "hint": {"type": "string"},
        "status": {"type": "integer"},
    },
}

UNAUTHORIZED = {
    "description": "no key, or a wrong one",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
        }
    },
}
"""The one error with another shape, that of SillyTavern-Extras."""


def takes(
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    form: str = "",
    fields: Mapping[str, bool] | None = None,
) -> Callable[[F], F]:
    """Note, on a view, what it takes: a JSON body, a query, a multipart form with a file field `form`, or either body.

    `fields` are the form's other fields, and whether each is required.
    """

    def note(view: F) -> F:
        view.takes = {"body": body, "query": query, "form": form, "fields": fields or {}}  # type: ignore[attr-defined]
        return view

    return note


def json_body(model: type[Model], *, any_type: bool = False) -> Model:
    """The request's JSON as `model`. Raises BadRequest naming the field and what is allowed; 415 if it is no JSON.

    With `any_type` its content type does not matter: browsers send a body without one as plain text.
    """
    return checked(model, _sent_json(any_type), "request")


def _sent_json(any_type: bool) -> object:
    try:
        sent = request.get_json(force=any_type)
        json.dumps(sent, ensure_ascii=False).encode()
    except MalformedRequest as error:
        raise BadRequest("the body is not JSON", hint="docs/http.md shows what to send") from error
    except RecursionError as error:
        raise BadRequest("the JSON is nested too deeply", hint="docs/http.md shows the fields") from error
    except UnicodeEncodeError as error:
        raise BadRequest("the JSON holds half a character", hint="\\ud800 to \\udfff come in pairs") from error
    return sent


def query_of(model: type[Model]) -> Model:
    """The request's query as `model`. Raises BadRequest naming the field and what is allowed."""
    return checked(model, {name: text for name, text in request.args.items() if name not in FIELDS}, "request")


def document(app: Flask, version: str, secure: bool) -> dict[str, Any]:
    """The OpenAPI 3.1 document of all routes but the static files; with `secure` they ask for the key."""
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(("static", "about.static")):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = _operation(app.view_functions[rule.endpoint], f"{method.lower()}_{rule.endpoint}")
            operation["parameters"] += [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in sorted(rule.arguments)
            ]
            if secure and is_open(rule.rule):
                operation["security"] = []
            elif secure:
                operation["responses"]["401"] = UNAUTHORIZED
            paths.setdefault(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kuchipaku", "version": version},
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": ERROR_SCHEMA},
        },
        "security": [{"key": []}] if secure else [],
    }


def _operation(view: Callable[..., Any], name: str) -> dict[str, Any]:
    taken = getattr(view, "takes", {})
    operation: dict[str, Any] = {
        "operationId": name.replace(".", "_"),
        "summary": (view.__doc__ or "").strip().partition("\n")[0],
        "parameters": [],
        "responses": {
            "200": {"description": "done"},
            "default": {
                "description": "an error",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    content = {}
    if taken.get("body"):
        content["application/json"] = {"schema": _schema(taken["body"])}
    if taken.get("form"):
        content["multipart/form-data"] = {"schema": _form(taken["form"], taken["fields"])}
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    if taken.get("query"):
        properties = _schema(taken["query"])["properties"]
        operation["parameters"] = [{"name": n, "in": "query", "schema": s} for n, s in properties.items()]
    return operation


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema with its references put in place, so that each operation reads by itself."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})

    def placed(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return placed(parts[node["$ref"].rpartition("/")[2]])
            return {key: placed(value) for key, value in node.items()}
        return [placed(value) for value in node] if isinstance(node, list) else node

    return dict(placed(schema))


def _form(file_field: str, fields: Mapping[str, bool]) -> dict[str, Any]:
    text = {"type": "string", "maxLength": 80}
    file = {file_field: {"type": "string", "format": "binary"}}
    return {
        "type": "object",
        "required": [*(name for name, required in fields.items() if required), file_field],
        "properties": dict.fromkeys(fields, text) | file,
    }
