import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function DesignPage() {
  return <PageHead title={shell.nav.home} />;
}
