"""The calls as methods of both clients: written once, blocking in one and awaitable in the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, overload

from codex32_sdk import (
    bot_calls,
    builder_calls,
    calls,
    explanations,
    knowledge,
    llm_calls,
    service_calls,
    usage_calls,
    webhooks,
    workspace_calls,
)
from codex32_sdk import overview as glance
from codex32_sdk import search as searching
from codex32_sdk.calls import Call

P = ParamSpec("P")
T = TypeVar("T")


class Sender(ABC):
    """Sends a call and waits for the answer."""

    @abstractmethod
    def send(self, call: Call[T]) -> T: ...


class AsyncSender(ABC):
    """Sends a call; the answer is awaited."""

    @abstractmethod
    async def send(self, call: Call[T]) -> T: ...


class Operation(Generic[P, T]):
    """A descriptor: `client.get_run(id)` is `client.send(calls.get_run(id))`."""

    def __init__(self, make: Callable[P, Call[T]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: Sender, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, instance: AsyncSender, owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, instance: Sender | AsyncSender, owner: type) -> Callable[P, Any]:
        make = self._make

        @wraps(make)
        def operation(*args: P.args, **kwargs: P.kwargs) -> Any:
            return instance.send(make(*args, **kwargs))

        return operation


class Operations:
    """What both clients can do besides streams and files."""

    me = Operation(calls.me)
    system = Operation(calls.system)
    health = Operation(calls.health)
    list_workspaces = Operation(workspace_calls.list_workspaces)
    get_workspace = Operation(workspace_calls.get_workspace)
    change_workspace = Operation(workspace_calls.change_workspace)
    create_workspace = Operation(workspace_calls.create_workspace)
    list_keys = Operation(calls.list_keys)
    create_key = Operation(calls.create_key)
    revoke_key = Operation(calls.revoke_key)
    create_sign_in_link = Operation(calls.create_sign_in_link)
    list_secrets = Operation(calls.list_secrets)
    set_secret = Operation(calls.set_secret)
    delete_secret = Operation(calls.delete_secret)
    list_bots = Operation(bot_calls.list_bots)
    bot_facets = Operation(bot_calls.bot_facets)
    add_favourite = Operation(bot_calls.add_favourite)
    remove_favourite = Operation(bot_calls.remove_favourite)
    act_on_bots = Operation(bot_calls.act_on_bots)
    check_files = Operation(bot_calls.check_files)
    get_bot = Operation(calls.get_bot)
    create_bot = Operation(calls.create_bot)
    deploy = Operation(calls.deploy)
    delete_bot = Operation(calls.delete_bot)
    archive_bot = Operation(calls.archive_bot)
    restore_bot = Operation(calls.restore_bot)
    list_versions = Operation(calls.list_versions)
    get_version = Operation(calls.get_version)
    list_files = Operation(calls.list_files)
    diff_versions = Operation(calls.diff_versions)
    promote = Operation(calls.promote)
    rollback = Operation(calls.rollback)
    submit_run = Operation(calls.submit_run)
    list_runs = Operation(calls.list_runs)
    get_run = Operation(calls.get_run)
    cancel_run = Operation(calls.cancel_run)
    retry_run = Operation(calls.retry_run)
    get_trace = Operation(calls.get_trace)
    list_attempts = Operation(calls.list_attempts)
    list_egress = Operation(calls.list_egress)
    read_logs = Operation(calls.read_logs)
    list_steps = Operation(calls.list_steps)
    list_approvals = Operation(calls.list_approvals)
    decide_approval = Operation(calls.decide_approval)
    list_events = Operation(calls.list_events)
    list_schedules = Operation(calls.list_schedules)
    create_schedule = Operation(calls.create_schedule)
    update_schedule = Operation(calls.update_schedule)
    delete_schedule = Operation(calls.delete_schedule)
    pause_schedule = Operation(calls.pause_schedule)
    resume_schedule = Operation(calls.resume_schedule)
    preview_schedule = Operation(calls.preview_schedule)
    list_webhooks = Operation(webhooks.list_webhooks)
    create_webhook = Operation(webhooks.create_webhook)
    update_webhook = Operation(webhooks.update_webhook)
    delete_webhook = Operation(webhooks.delete_webhook)
    pause_webhook = Operation(webhooks.pause_webhook)
    resume_webhook = Operation(webhooks.resume_webhook)
    rotate_webhook = Operation(webhooks.rotate_webhook)
    reveal_webhook_secret = Operation(webhooks.reveal_webhook_secret)
    try_webhook = Operation(webhooks.try_webhook)
    list_deliveries = Operation(webhooks.list_deliveries)
    build_bot = Operation(calls.build_bot)
    open_builder_session = Operation(builder_calls.open_builder_session)
    list_builder_sessions = Operation(builder_calls.list_builder_sessions)
    get_builder_session = Operation(builder_calls.get_builder_session)
    say_to_builder = Operation(builder_calls.say_to_builder)
    edit_builder_stage = Operation(builder_calls.edit_builder_stage)
    publish_builder_session = Operation(builder_calls.publish_builder_session)
    propose_builder_session = Operation(builder_calls.propose_builder_session)
    cancel_builder_session = Operation(builder_calls.cancel_builder_session)
    search = Operation(searching.search)
    similar_bots = Operation(searching.similar_bots)
    get_guide = Operation(searching.get_guide)

    get_overview = Operation(glance.get_overview)
    bot_health = Operation(glance.bot_health)
    bot_activity = Operation(glance.bot_activity)
    explain_bot = Operation(explanations.explain_bot)
    explain_failure = Operation(explanations.explain_failure)
    list_knowledge = Operation(knowledge.list_knowledge)
    create_knowledge = Operation(knowledge.create_knowledge)
    get_knowledge = Operation(knowledge.get_knowledge)
    delete_knowledge = Operation(knowledge.delete_knowledge)
    reindex_knowledge = Operation(knowledge.reindex_knowledge)
    search_knowledge = Operation(knowledge.search_knowledge)
    list_documents = Operation(knowledge.list_documents)
    put_document = Operation(knowledge.put_document)
    get_document = Operation(knowledge.get_document)
    delete_document = Operation(knowledge.delete_document)
    run_resources = Operation(service_calls.run_resources)
    list_services = Operation(service_calls.list_services)
    get_service = Operation(service_calls.get_service)
    service_events = Operation(service_calls.service_events)
    service_resources = Operation(service_calls.service_resources)
    pause_service = Operation(service_calls.pause_service)
    resume_service = Operation(service_calls.resume_service)
    restart_service = Operation(service_calls.restart_service)
    scale_service = Operation(service_calls.scale_service)
    list_incidents = Operation(service_calls.list_incidents)
    resolve_incident = Operation(service_calls.resolve_incident)
    list_model_providers = Operation(llm_calls.list_model_providers)
    add_model_provider = Operation(llm_calls.add_model_provider)
    change_model_provider = Operation(llm_calls.change_model_provider)
    delete_model_provider = Operation(llm_calls.delete_model_provider)
    test_model_provider = Operation(llm_calls.test_model_provider)
    list_model_aliases = Operation(llm_calls.list_model_aliases)
    set_model_alias = Operation(llm_calls.set_model_alias)
    delete_model_alias = Operation(llm_calls.delete_model_alias)
    list_models = Operation(llm_calls.list_models)
    set_model = Operation(llm_calls.set_model)
    reset_model = Operation(llm_calls.reset_model)
    model_catalogue = Operation(llm_calls.model_catalogue)
    refresh_models = Operation(llm_calls.refresh_models)
    put_models = Operation(llm_calls.put_models)
    usage_report = Operation(usage_calls.usage_report)
    usage_forecast = Operation(usage_calls.usage_forecast)
    list_budgets = Operation(usage_calls.list_budgets)
    put_budget = Operation(usage_calls.put_budget)
    delete_budget = Operation(usage_calls.delete_budget)
    list_llm_keys = Operation(usage_calls.list_llm_keys)
    create_llm_key = Operation(usage_calls.create_llm_key)
    revoke_llm_key = Operation(usage_calls.revoke_llm_key)
