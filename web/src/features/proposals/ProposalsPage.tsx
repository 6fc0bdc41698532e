import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function ProposalsPage() {
  return <PageHead title={shell.nav.proposals} />;
}
