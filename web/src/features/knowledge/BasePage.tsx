import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function BasePage() {
  return <PageHead title={shell.nav.knowledge} />;
}
