"""A FastAPI application over generated models: for each table a row is added, shown, changed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Response
from sqlmodel import Session

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import sqlalchemy as sa


def application(models: ModuleType, api: ModuleType, engine: sa.Engine) -> FastAPI:
    """Routes for every table with a key of one column, with the handlers that come with the models."""
    app = FastAPI(title="Demo", separate_input_output_schemas=True)
    api.handlers.add_handlers(app)
    for mapper in models.Base._sa_registry.mappers:  # noqa: SLF001
        if len(mapper.primary_key) == 1:
            _add_routes(app, mapper, api, engine)
    return app


def _add_routes(app: FastAPI, mapper: sa.orm.Mapper[Any], api: ModuleType, engine: sa.Engine) -> None:
    cls = mapper.class_
    name = str(cls.__tablename__)
    place = f"/{name}"
    body, change, answer = (getattr(api, f"{cls.__name__}{kind}", None) for kind in ("Create", "Update", "Public"))
    key: Any = mapper.get_property_by_column(mapper.primary_key[0])
    key_type = cls.model_fields[key.key].annotation

    def create(body: Any) -> Any:
        with Session(engine) as session:
            row = cls(**body.given())
            session.add(row)
            session.commit()
            return answer.model_validate(row)  # type: ignore[union-attr]

    def show(key: Any) -> Any:
        with Session(engine) as session:
            row = session.get(cls, key)
            return answer.model_validate(row) if row else Response(status_code=404)  # type: ignore[union-attr]

    def update(key: Any, body: Any) -> Any:
        with Session(engine) as session:
            row = session.get(cls, key)
            if row is None:
                return Response(status_code=404)
            row.sqlmodel_update(body.given())
            session.commit()
            return answer.model_validate(row)  # type: ignore[union-attr]

    def route(function: Callable[..., Any], word: str, **types: Any) -> Callable[..., Any]:
        function.__name__, function.__annotations__ = f"{word}_{name}", types
        return function

    app.post(place, status_code=201, response_model=answer)(route(create, "add", body=body))
    app.get(f"{place}/{{key}}", response_model=answer)(route(show, "show", key=key_type))
    if change is not None:
        app.patch(f"{place}/{{key}}", response_model=answer)(route(update, "change", key=key_type, body=change))
