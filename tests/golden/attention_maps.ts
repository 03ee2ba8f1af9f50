import { meanAttentionMap, topPairs } from "../../models/csg2a/attention_maps.ts";
import { mapCorrelation } from "../../models/csg2a/map_correlation.ts";
import { compare, compareExactly, compareNumber, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";

/** Mean maps, top pairs and correlations of csg2a.md 4.4, which run on the host. */
export function checkAttentionMaps(golden: GoldenFile): GoldenCheck[] {
  const genes = golden.number("G");
  const weights = { wGex: golden.values("in.w_gex"), wComp: golden.values("in.w_comp") };
  const ppi = golden.values("in.ppi");
  const condition = (k: 1 | 2) => ({
    profiles: golden.values(`in.g${k}`),
    condition: golden.values(`in.c${k}`),
  });
  const maps = ([1, 2] as const).map((k) => meanAttentionMap(weights, condition(k), genes, ppi));
  const single = ([1, 2] as const).map((k) => {
    const { profiles, condition: c } = condition(k);
    return meanAttentionMap(weights, { profiles: profiles.slice(0, genes), condition: c }, genes, ppi);
  });
  const { scalars } = golden.manifest;
  const tau = relative.operation;
  return [
    ...maps.flatMap((map, m) => {
      const pairs = topPairs(map, genes, golden.number("top_k"));
      return [
        compare(golden, `out.mean${m + 1}`, map, tau),
        compareExactly(`out.top_i${m + 1}`, pairs.map(({ i }) => i), golden.integers(`out.top_i${m + 1}`)),
        compareExactly(`out.top_j${m + 1}`, pairs.map(({ j }) => j), golden.integers(`out.top_j${m + 1}`)),
        compare(golden, `out.top_v${m + 1}`, pairs.map(({ score }) => score), tau),
      ];
    }),
    compareNumber("pearson_full", mapCorrelation(maps[0], maps[1], genes), scalars.pearson_full, tau),
    compareNumber(
      "pearson_offdiag",
      mapCorrelation(maps[0], maps[1], genes, "off-diagonal"),
      scalars.pearson_offdiag,
      tau,
    ),
    compareNumber(
      "pearson_full_no_ppi",
      mapCorrelation(maps[0], maps[1], genes, "full", ppi),
      scalars.pearson_full_no_ppi,
      tau,
    ),
    compareNumber(
      "pearson_single_sample_full",
      mapCorrelation(single[0], single[1], genes),
      scalars.pearson_single_sample_full,
      tau,
    ),
  ];
}
