import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function KnowledgePage() {
  return <PageHead title={shell.nav.knowledge} />;
}
