import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function WebhookPage() {
  return <PageHead title={shell.nav.triggers} />;
}
