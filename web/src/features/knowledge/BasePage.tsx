import "./knowledge.css";

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { useMay } from "../../api/rights";
import { AddressTabs } from "../../components/AddressTabs";
import { Answered } from "../../components/Answered";
import { PageHead } from "../../components/PageHead";
import { useLookedAt } from "../../components/useLookedAt";
import { size, whole } from "../../format/size";
import { knowledge as texts } from "../../texts/knowledge";
import { BaseSettings } from "./BaseSettings";
import { DocumentsPanel } from "./DocumentsPanel";
import { BaseState } from "./KnowledgePage";
import { base } from "./queries";
import { SearchPanel } from "./SearchPanel";

export function BasePage() {
  const { baseId = "" } = useParams({ strict: false });
  const found = useQuery(base(baseId));
  useLookedAt(found.data && { path: `/knowledge/${baseId}`, kind: "base", name: found.data.name });
  const may = useMay();
  return (
    <Answered query={found}>
      {(data) => (
        <>
          <PageHead
            above={
              <Link to="/knowledge" className="c32-link">
                {texts.title}
              </Link>
            }
            title={data.name}
            badge={<BaseState base={data} />}
            about={
              <>
                {data.description && <div>{data.description}</div>}
                {whole(data.documents)} {texts.documents.toLowerCase()} · {whole(data.chunks)} {texts.chunks.toLowerCase()} · {size(data.bytes)} ·{" "}
                {texts.model}: {data.model}
              </>
            }
          />
          <AddressTabs
            label={data.name}
            tabs={[
              { value: "documents", label: texts.tabs.documents, panel: () => <DocumentsPanel baseId={data.id} mayChange={may("knowledge:write")} /> },
              { value: "search", label: texts.tabs.search, panel: () => <SearchPanel baseId={data.id} /> },
              ...(may("knowledge:write")
                ? [{ value: "settings", label: texts.tabs.settings, panel: () => <BaseSettings base={data} /> }]
                : []),
            ]}
          />
        </>
      )}
    </Answered>
  );
}
