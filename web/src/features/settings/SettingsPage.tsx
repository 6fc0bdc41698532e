import "./settings.css";

import { Link, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";

import { PageHead } from "../../components/PageHead";
import { settings as texts } from "../../texts/settings";
import { LostPage } from "../shell/LostPage";
import { AppearanceSection } from "./AppearanceSection";
import { KeysSection } from "./KeysSection";
import { ModelsSection } from "./ModelsSection";
import { NetworkSection } from "./NetworkSection";
import { SecretsSection } from "./SecretsSection";
import { SystemSection } from "./SystemSection";
import { WorkspaceSection } from "./WorkspaceSection";

const SECTIONS: [section: keyof typeof texts.sections, page: ComponentType][] = [
  ["workspace", WorkspaceSection],
  ["keys", KeysSection],
  ["secrets", SecretsSection],
  ["models", ModelsSection],
  ["network", NetworkSection],
  ["system", SystemSection],
  ["appearance", AppearanceSection],
];

export function SettingsPage() {
  const { section } = useParams({ strict: false });
  const found = SECTIONS.find(([name]) => name === section);
  if (!found) return <LostPage />;
  const [name, Page] = found;
  return (
    <>
      <PageHead title={`${texts.title}: ${texts.sections[name]}`} />
      <div className="c32-settings">
        <nav aria-label={texts.title} className="c32-settings-nav">
          {SECTIONS.map(([one]) => (
            <Link key={one} to="/settings/$section" params={{ section: one }} className="c32-nav">
              {texts.sections[one]}
            </Link>
          ))}
          <Link to="/usage" search={{ tab: "budgets" }} className="c32-nav" activeOptions={{ includeSearch: true }}>
            {texts.budgets}
          </Link>
        </nav>
        <div className="c32-settings-page">
          <Page />
        </div>
      </div>
    </>
  );
}
