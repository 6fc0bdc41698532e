import { Star } from "lucide-react";

import { bots } from "../../texts/bots";
import { useFavour } from "./useFavour";

/** A star. It shows what was wished at once, and what is true when the server has answered. */
export function FavouriteButton({ id, name, is }: { id: string; name: string; is: boolean }) {
  const favour = useFavour();
  const shown = favour.isPending ? favour.variables.chosen : is;
  return (
    <button
      type="button"
      aria-label={bots.favour(name, shown)}
      aria-pressed={shown}
      onClick={() => favour.mutate({ id, chosen: !shown })}
      className="c32-star"
    >
      <Star size={16} aria-hidden fill={shown ? "currentColor" : "none"} />
    </button>
  );
}
