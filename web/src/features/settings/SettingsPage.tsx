import { PageHead } from "../../components/PageHead";
import { shell } from "../../texts/shell";

export function SettingsPage() {
  return <PageHead title={shell.nav.settings} />;
}
