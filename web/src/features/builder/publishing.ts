/** Who may publish what. The server decides; this spares people buttons that would be refused. Pure. */
import { session as texts } from "../../texts/builder";

/** Why a person cannot publish; undefined where they can. `wider`: the change asks for more than the bot may do now. */
export function refusalOf(change: boolean, wider: boolean, may: (scope: string) => boolean): string | undefined {
  if (!may("bots:write") || (change && !may("proposals:write"))) return texts.publish.may;
  return change && wider && !may("proposals:widen") ? texts.wider.needs : undefined;
}
