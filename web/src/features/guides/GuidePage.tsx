import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import * as queries from "../../api/queries";
import { Answered } from "../../components/Answered";
import Markdown from "../../components/Markdown";
import { PageHead } from "../../components/PageHead";
import { useLookedAt } from "../../components/useLookedAt";

/** A guide of the product, as the installation that is running ships it. */
export function GuidePage() {
  const { guide } = useParams({ strict: false });
  const found = useQuery(queries.guide(guide ?? ""));
  useLookedAt(found.data && { path: `/guides/${guide ?? ""}`, kind: "guide", name: found.data.title });
  return (
    <Answered query={found}>
      {(data) => (
        <>
          <PageHead title={data.title} />
          <Markdown text={data.content.replace(/^# .*\n/, "")} />
        </>
      )}
    </Answered>
  );
}
