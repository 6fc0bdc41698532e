import { Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { Meter } from "../../components/Meter";
import { Pairs } from "../../components/Pairs";
import { Section } from "../../components/Section";
import { money } from "../../format/money";
import { home } from "../../texts/home";
import type { Overview } from "./queries";

const { spending: texts } = home;

/** What models cost, against the budget of the workspace. */
export function Spending({ spending }: { spending: NonNullable<Overview["spending"]> }) {
  const { budget, share } = spending;
  return (
    <Section
      title={texts.title}
      actions={
        <Link className="c32-link" to="/usage">
          {texts.all}
        </Link>
      }
    >
      {budget?.usd && share !== null ? (
        <Meter label={texts.budget} share={share} detail={texts.of(money(budget.spent_usd), money(budget.usd))} />
      ) : (
        <Text size="sm" className="c32-dim c32-sentence">
          {texts.noBudget}{" "}
          <Link className="c32-link" to="/usage" search={{ tab: "budgets" }}>
            {texts.set}
          </Link>
        </Text>
      )}
      <Pairs
        rows={[
          [texts.today, money(spending.today)],
          [texts.month, money(spending.month)],
          [texts.expected, money(spending.expected)],
        ]}
      />
    </Section>
  );
}
