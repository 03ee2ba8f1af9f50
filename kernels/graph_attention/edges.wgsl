// Shared by the kernels over edges. A word of an edge holds a node and its relation; a work item is (row, first edge, one past the
// last, 1 + its part, or 0 for a whole row). HEADS and QUADS are put in front: heads of the group, quads of a head's channels.
const NODE_BITS: u32 = 24u;
const NODE: u32 = 0xffffffu;
const NO_ROW: u32 = 0xffffffffu;
const LOWEST: f32 = -3.0e38;  // finite: exp(LOWEST - z) is 0, LOWEST - LOWEST is 0

fn unfold(id: vec3u, groups: vec3u, size: u32) -> u32 { return id.x + id.y * groups.x * size; }

fn leaky(x: f32, slope: f32) -> f32 { return select(slope * x, x, x > 0.0); }
