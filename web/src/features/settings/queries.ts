import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { call } from "../../api/client";
import { asked } from "../../api/queries";
import type { Page, Schemas } from "../../api/types";

export type Key = Schemas["KeyView"];
export type Secret = Schemas["codex32_server__features__secrets__schemas__SecretView"];
export type Provider = Schemas["ProviderView"];
export type Alias = Schemas["AliasView"];
export type Model = Schemas["ModelView"];
export type Workspace = Schemas["WorkspaceView"];
export type Doctor = Schemas["DoctorView"];

const LIVE_MS = 5000;

export const workspace = () => queryOptions({ queryKey: ["workspace"], queryFn: () => call<Workspace>("/workspace") });

export const keys = () =>
  infiniteQueryOptions({
    queryKey: ["keys"],
    queryFn: ({ pageParam }) => call<Page<Key>>(`/keys${asked({ limit: "50", cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const secrets = () => queryOptions({ queryKey: ["secrets"], queryFn: () => call<Page<Secret>>("/secrets") });
export const providers = () => queryOptions({ queryKey: ["models", "providers"], queryFn: () => call<Page<Provider>>("/models/providers") });
export const presets = () =>
  queryOptions({ queryKey: ["models", "presets"], queryFn: () => call<Page<Schemas["PresetView"]>>("/models/presets"), staleTime: Infinity });
export const aliases = () => queryOptions({ queryKey: ["models", "aliases"], queryFn: () => call<Page<Alias>>("/models/aliases") });
export const models = () => queryOptions({ queryKey: ["models", "list"], queryFn: () => call<Page<Model>>("/models"), staleTime: 60_000 });
export const catalogue = () => queryOptions({ queryKey: ["models", "catalogue"], queryFn: () => call<Schemas["CatalogueView"]>("/models/catalogue") });
export const system = () =>
  queryOptions({ queryKey: ["system"], queryFn: () => call<Schemas["SystemView"]>("/system"), refetchInterval: LIVE_MS });
export const doctor = () => queryOptions({ queryKey: ["system", "doctor"], queryFn: () => call<Doctor>("/system/doctor") });
