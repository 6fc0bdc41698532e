"""From a request to its caller: one transaction, one authentication, one scope.

An endpoint that answers at once takes `Annotated[Caller, require("bots:read")]`: the transaction commits
after the endpoint returned and before the answer is sent. One that waits or streams takes
`require_detached(...)` and opens short transactions of its own. How a credential is checked is the matter of
`features/access`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from fastapi import Depends, FastAPI, Request

from codex32_server.http.errors import MissingRequestHeaderError
from codex32_server.http.limiter import FailureLimiter, GoodLately
from codex32_server.http.principal import SCOPES, Principal
from codex32_server.kit.errors import ForbiddenError, TooManyRequestsError, UnauthenticatedError
from codex32_server.storage.lean import LeanConnections, Rows
from codex32_server.storage.session import Database, Tx

SESSION_COOKIE = "codex32_session"
REQUEST_HEADER = "x-codex32-request"
"""Cross-site requests cannot carry it without a preflight that nobody answers."""

AUTHENTICATED = "codex32.authenticated"
"""Key of the ASGI scope that says that the credential was valid."""

PEEKING_WORKSPACE = "caller.workspace_id"
"""How a Peek's query names the workspace of whoever is asking."""
PEEKING_MEMBER = "caller.member_id"
"""How it names the member."""
SIGNED_IN = "signed-in"
"""For `require`: any principal will do."""
PUBLIC = "public"
"""What `scope_of` says of an operation that needs no principal."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SCOPE_MARK = "codex32_scope"


@dataclass(frozen=True, slots=True)
class Peek:
    """One query for a Peeker. `sql` has psycopg's named parameters and speaks of PEEKING_WORKSPACE."""

    sql: str
    values: Mapping[str, Any]


class PeekAuthenticated(Protocol):
    """Checks a credential and answers a query about its workspace, in one statement.

    Raises UnauthenticatedError.
    """

    async def __call__(
        self, lean: LeanConnections, peek: Peek, *, bearer: str | None, session: str | None
    ) -> tuple[Principal, Rows]: ...


class Authenticate(Protocol):
    """Checks a credential inside the transaction and makes it speak for the credential's workspace.

    Raises UnauthenticatedError when neither the bearer key nor the session token is valid.
    """

    async def __call__(self, tx: Tx, *, bearer: str | None, session: str | None) -> Principal: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised request inside its transaction. Never commit `tx`."""

    principal: Principal
    tx: Tx


@dataclass(frozen=True, slots=True)
class DetachedCaller:
    """An authorised request without a transaction."""

    principal: Principal
    database: Database
    lean: LeanConnections

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A short transaction that speaks for the caller's workspace."""
        return self.database.transaction(self.principal.workspace_id)


@dataclass(frozen=True, slots=True)
class Guest:
    """A request that nobody has signed for yet. UnauthenticatedError counts as a failed sign-in."""

    tx: Tx


PEEK_NOTHING = Peek("select null", {})
"""For those who only want to know who is asking."""


class Peeker:
    """A request that is answered by one query, which also authenticates it: for the hottest reads."""

    def __init__(self, request: Request, scope: str) -> None:
        self._request = request
        self._scope = scope

    async def fetch(self, peek: Peek) -> Rows:
        """The query's rows, after the principal was found to have the scope.

        Raises UnauthenticatedError, ForbiddenError, TooManyRequestsError.
        """
        return (await self.look(peek))[1]

    async def look(self, peek: Peek) -> tuple[Principal, Rows]:
        """The same, and who is asking."""
        edge = edge_of(self._request)
        bearer, session = credentials_of(self._request)
        async with edge.counting_failures(self._request):
            principal, rows = await edge.peek(edge.lean, peek, bearer=bearer, session=session)
        check_scope(principal, self._scope)
        return principal, rows


class Edge:
    """What requests need to become callers; `main` builds one and `attach`es it to the app."""

    def __init__(
        self,
        database: Database,
        authenticate: Authenticate,
        peek: PeekAuthenticated,
        *,
        public_url: str | None = None,
        failures: FailureLimiter | None = None,
    ) -> None:
        self.database = database
        self.authenticate = authenticate
        self.peek = peek
        self.lean = LeanConnections(database.url)
        self.public_url = public_url
        """Where people reach the web app; None: wherever the request came in."""
        self.secure_cookies = (public_url or "").startswith("https://")
        self.failures = failures or FailureLimiter()
        self.credentials = GoodLately()

    def shed(self, address: str) -> None:
        """Raises TooManyRequestsError while an address has failed too often."""
        wait = self.failures.wait_of(address)
        if wait:
            raise TooManyRequestsError("Too many failed sign-ins from this address.", retry_after=wait)

    def attach(self, app: FastAPI) -> None:
        app.state.edge = self

    async def identify(self, request: Request, tx: Tx) -> Principal:
        """Who sent a request.

        Raises UnauthenticatedError, TooManyRequestsError or MissingRequestHeaderError.
        """
        bearer, session = credentials_of(request)
        async with self.counting_failures(request):
            return await self.authenticate(tx, bearer=bearer, session=session)

    @asynccontextmanager
    async def counting_failures(self, request: Request) -> AsyncGenerator[None]:
        """Around the check of a request's credential.

        One that was good lately is let through whatever its address did: many people share an address, and
        one forgotten script must not lock out the others. It is still checked: a revoked one gains nothing.
        """
        address = address_of(request)
        credential = "\0".join(part or "" for part in credentials_of(request))
        if not self.credentials.knows(credential):
            self.shed(address)
        try:
            yield
        except UnauthenticatedError:
            self.failures.note(address)
            raise
        self.credentials.remember(credential)
        request.scope[AUTHENTICATED] = True


def edge_of(request: Request) -> Edge:
    return cast("Edge", request.app.state.edge)


def require(scope: str) -> Any:
    """Dependency: a Caller whose principal has `scope`, inside the request's one transaction."""

    async def caller(request: Request) -> AsyncIterator[Caller]:
        edge = edge_of(request)
        refuse_without_credential(request)
        async with edge.database.transaction(None) as tx:
            principal = await edge.identify(request, tx)
            check_scope(principal, scope)
            yield Caller(principal, tx)

    return Depends(marked(caller, scope), scope="function")


def require_detached(scope: str) -> Any:
    """Dependency: a DetachedCaller whose principal has `scope`; its authentication is already committed."""

    async def caller(request: Request) -> DetachedCaller:
        refuse_without_credential(request)
        principal, _ = await Peeker(request, scope).look(PEEK_NOTHING)
        edge = edge_of(request)
        return DetachedCaller(principal, edge.database, edge.lean)

    return Depends(marked(caller, scope))


def require_nobody() -> Any:
    """Dependency: a Guest, for the few operations before signing in; sees no tenant's rows."""

    async def guest(request: Request) -> AsyncIterator[Guest]:
        edge = edge_of(request)
        address = address_of(request)
        edge.shed(address)
        async with edge.database.transaction(None) as tx:
            try:
                yield Guest(tx)
            except UnauthenticatedError:
                edge.failures.note(address)
                raise

    return Depends(marked(guest, PUBLIC), scope="function")


def public() -> Any:
    """Dependency for the operations that anybody may use and that need no transaction."""

    async def anybody() -> None:
        return None

    return Depends(marked(anybody, PUBLIC))


def require_peeking(scope: str) -> Any:
    """Dependency: a Peeker that refuses principals without `scope`."""

    async def peeker(request: Request) -> Peeker:
        refuse_without_credential(request)
        return Peeker(request, scope)

    return Depends(marked(peeker, scope))


def scope_of(dependency: Callable[..., Any] | None) -> str | None:
    """The scope that a dependency made by `require` or `require_detached` asks for; None for any other."""
    return getattr(dependency, _SCOPE_MARK, None)


def check_scope(principal: Principal, scope: str) -> None:
    """Raises ForbiddenError when the principal lacks `scope`."""
    if scope != SIGNED_IN and scope not in principal.scopes:
        raise ForbiddenError(f"This needs the scope {scope}, which {principal.name!r} does not have.")


def refuse_without_credential(request: Request) -> None:
    """Raises UnauthenticatedError without asking the database when there is nothing to check."""
    if credentials_of(request) == (None, None):
        raise UnauthenticatedError("No credential was sent.")


def credentials_of(request: Request) -> tuple[str | None, str | None]:
    """Bearer key and session token of a request. A key wins over a session.

    Raises MissingRequestHeaderError for a change by session that another site could have triggered.
    """
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, value = header.partition(" ")
        value = value.strip()
        return (value if kind.lower() == "bearer" and value else ""), None
    session = request.cookies.get(SESSION_COOKIE) or None
    if session and request.method not in _SAFE_METHODS and request.headers.get(REQUEST_HEADER) != "1":
        raise MissingRequestHeaderError("The header X-Codex32-Request is missing.")
    return None, session


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def marked(dependency: Callable[..., Any], scope: str) -> Callable[..., Any]:
    """Say of a dependency which scope it asks for; asking is its own matter."""
    if scope not in SCOPES | {SIGNED_IN, PUBLIC}:
        raise ValueError(f"{scope!r} is not a scope")
    setattr(dependency, _SCOPE_MARK, scope)
    return dependency
