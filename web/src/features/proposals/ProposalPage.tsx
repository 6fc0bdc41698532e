import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function ProposalPage() {
  return <PageHead title={shell.nav.proposals} />;
}
