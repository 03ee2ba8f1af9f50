/** Markup of the pages here; it stands where the benchmark's page finds it too. */
export * from "../../bench/report/page/markup.ts";
