import { Markup } from "../../report/kit/markup.ts";
import script from "./sort_tables.txt" with { type: "text" };

/** A click on a column's head sorts the table by it; without scripts the tables stay as they are. */
export const sortTables: Markup = new Markup(`<script>${script}</script>`);
