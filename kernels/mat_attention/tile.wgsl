// Molecules are packed one after the other, without padding. A tile is up to 4 nodes of one molecule:
// (first node, first node of its molecule, nodes of its molecule, first pair of its molecule). A tile of 0 nodes
// covers surplus rows of the batch, (first row, number of rows, 0, 0): kernels write zeros there, so that no stale
// value ever meets a zero gradient.
// Pair (i, j) of a molecule is pairs + i * nodes + j; node x[row], head h, channel c is x[row * width + h * depth + c].
fn clamped(tile: vec4u, row: u32) -> u32 { return min(row, tile.y + tile.z - 1u); }
fn first_pair(tile: vec4u, row: u32) -> u32 { return tile.w + (clamped(tile, row) - tile.y) * tile.z; }
