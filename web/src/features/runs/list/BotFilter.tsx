import { BotPicker } from "../../../components/BotPicker";
import { useAddress } from "../../../components/useAddress";
import { runs as texts } from "../../../texts/runs";

/** The runs of one bot. */
export default function BotFilter() {
  const [address, change] = useAddress();
  return (
    <BotPicker
      by="id"
      aria-label={texts.filter.bot}
      placeholder={texts.any.bot}
      value={address.bot ?? ""}
      onChange={(bot) => change({ bot })}
      clearable
      clearButtonProps={{ "aria-label": texts.any.bot, tabIndex: 0 }}
    />
  );
}
