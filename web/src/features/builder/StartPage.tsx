import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import * as queries from "../../api/queries";
import { PageHead } from "../../components/PageHead";
import { useAddress } from "../../components/useAddress";
import { builder } from "../../texts/builder";
import "./builder.css";
import { Examples } from "./Examples";
import { RecentSessions } from "./RecentSessions";
import { RecipeList } from "./RecipeList";
import { WishForm } from "./WishForm";

const { start: texts } = builder;

/** A bot is referred to by its name or its id; an id says nothing to anybody. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** `/build?say=…&bot=ID&engine=…`: where a bot, or the change of one, is described. */
export function StartPage() {
  const [address, change] = useAddress();
  const { say = "", bot: reference, engine } = address;
  const bot = useQuery({ ...queries.bot(reference ?? ""), enabled: reference !== undefined });
  const name = bot.data?.name ?? (reference === undefined || ID.test(reference) ? undefined : reference);
  const take = (words: string) => {
    change({ say: words });
    window.scrollTo({ top: 0 });
  };
  return (
    <>
      <PageHead
        title={reference ? texts.titleChange(name ?? texts.aBot) : texts.title}
        about={reference ? texts.aboutChange : texts.about}
        above={reference && <Above reference={reference} name={name ?? texts.theBot} />}
        actions={
          reference && (
            <Link to="/build" className="c32-link">
              {texts.instead}
            </Link>
          )
        }
      />
      <Stack gap="lg">
        <WishForm key={`${say} ${reference ?? ""} ${engine ?? ""}`} say={say} bot={reference} engine={engine} />
        <Examples change={reference !== undefined} onTake={take} />
        {!reference && <RecipeList onTake={take} />}
        {!reference && <RecentSessions />}
      </Stack>
    </>
  );
}

function Above({ reference, name }: { reference: string; name: string }) {
  return (
    <Link to="/bots/$botId" params={{ botId: reference }} className="c32-link">
      {name}
    </Link>
  );
}
