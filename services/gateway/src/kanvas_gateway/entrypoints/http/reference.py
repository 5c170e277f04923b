"""`/docs`: the interface as a plain page, made from its OpenAPI description.

The usual viewers come with scripts from third parties, which our own policy forbids.
"""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}code{font-size:.9em}h2{margin-top:2.5rem;text-transform:capitalize}"
    "details{margin:.75rem 0}summary{cursor:pointer}table{border-collapse:collapse;margin:.5rem 0}"
    "td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}"
)


@router.get("/docs", response_class=HTMLResponse)
async def get_reference(request: Request) -> HTMLResponse:
    """Return the page."""
    return HTMLResponse(render(request.app.openapi()), headers={"Content-Security-Policy": _POLICY})


def render(description: dict[str, Any]) -> str:
    """Return an OpenAPI description as HTML."""
    components: dict[str, Any] = description["components"]
    groups: dict[str, list[str]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["more"])[0]
            groups.setdefault(tag, []).append(_operation(method, path, operation, components))
    info = description["info"]
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(found)}" for tag, found in groups.items())
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(info['title'])}</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}</p>"
        f"<p><a href=/openapi.json>openapi.json</a></p>{body}</html>"
    )


def _operation(
    method: str, path: str, operation: dict[str, Any], components: dict[str, Any]
) -> str:
    parameters = [
        (one["name"], one["in"], one.get("required", False), one.get("description", ""))
        for one in (_named(each, components) for each in operation["parameters"])
    ]
    fields = _fields(operation.get("requestBody", {}), components["schemas"])
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(where)}"
        f"<td>{'required' if required else ''}<td>{escape(text)}"
        for name, where, required, text in [*parameters, *fields]
    )
    answers = "".join(
        f"<li><code>{escape(status)}</code> {escape(_named(answer, components)['description'])}"
        for status, answer in operation["responses"].items()
    )
    return (
        f"<details><summary><code>{method.upper()} {escape(path)}</code></summary>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        f"<table>{rows}</table><p>Answers:<ul>{answers}</ul></details>"
    )


def _named(part: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return a part of a description, also where it stands elsewhere under a name."""
    kind, _, name = part.get("$ref", "").removeprefix("#/components/").partition("/")
    found: dict[str, Any] = components[kind][name] if name else part
    return found


def _fields(body: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    reference = body.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref")
    if reference is None:
        return []
    schema = schemas[reference.rpartition("/")[2]]
    required = schema.get("required", [])
    return [
        (name, "body", name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]
