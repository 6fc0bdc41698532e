import { useQuery } from "@tanstack/react-query";

import * as core from "../../api/queries";
import { neededFiles, version } from "../bots/queries";

/** What a bot takes in the environment in which a schedule runs it: its input and its files. */
export function useWanted(bot: string, environment: string) {
  const found = useQuery({ ...core.bot(bot), enabled: bot !== "" });
  const { environments = {} } = found.data ?? {};
  const which = (environments[environment] ?? environments.prod ?? environments.dev)?.version_id ?? "";
  const schema = useQuery(version(bot, which));
  const needed = useQuery(neededFiles(bot, which));
  return {
    environments: Object.keys(environments),
    schema: schema.data?.input_schema,
    needed: needed.data,
    waits: bot !== "" && (found.isPending || (which !== "" && (schema.isPending || needed.isPending))),
  };
}
