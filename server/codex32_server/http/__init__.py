"""problem+json, paging, SSE and the principal and transaction dependencies that endpoints use.

An endpoint of a feature:

    router = api_router("bots", prefix="/bots")

    @router.get("", response_model=Page[BotView])
    async def list_bots(
        caller: Annotated[Caller, require("bots:read")],
        bots: Annotated[BotsFacade, provided(BotsFacade)],
        paging: Paging,
    ) -> Page[BotView]:
        "List the bots of the workspace."
        return await bots.list_page(caller.tx, caller.principal, paging)

`main.api` mounts the router and provides the facade. Every route outside the public list declares a scope.
"""
