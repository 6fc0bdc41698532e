/** What is done to schedules and webhooks, and what is asked anew after it. */
import { call } from "../../api/client";
import type { Schedule } from "../../api/types";
import type { Webhook } from "./queries";

export const STALE_SCHEDULES = [["schedules"], ["bot"], ["overview"]] as const;
export const STALE_WEBHOOKS = [["webhooks"], ["bot"], ["overview"]] as const;

export const setPaused = (id: string, paused: boolean) =>
  call<Schedule>(`/schedules/${id}/${paused ? "pause" : "resume"}`, { method: "POST" });

export const removeSchedule = (id: string) => call(`/schedules/${id}`, { method: "DELETE" });

export const setWebhookPaused = (id: string, paused: boolean) =>
  call<Webhook>(`/webhooks/${id}/${paused ? "pause" : "resume"}`, { method: "POST" });

export const removeWebhook = (id: string) => call(`/webhooks/${id}`, { method: "DELETE" });
