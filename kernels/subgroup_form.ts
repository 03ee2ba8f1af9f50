import overRow from "./gene_attention/over_row.wgsl" with { type: "text" };
import overRowSubgroups from "./gene_attention/over_row_subgroups.wgsl" with { type: "text" };
import workgroup from "./reduce/workgroup.wgsl" with { type: "text" };
import workgroupSubgroups from "./reduce/workgroup_subgroups.wgsl" with { type: "text" };

/** Parts of kernels that are written twice, the second time with subgroup operations. */
const parts = [[workgroup, workgroupSubgroups], [overRow, overRowSubgroups]];

/** A kernel's WGSL with subgroup operations; undefined where it has no such form. For adapters with "subgroups". */
export function subgroupForm(code: string): string | undefined {
  const used = parts.filter(([plain]) => code.includes(plain));
  if (used.length === 0) return undefined;
  return `enable subgroups;\n${used.reduce((text, [plain, form]) => text.replace(plain, () => form), code)}`;
}
