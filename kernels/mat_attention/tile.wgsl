// Molecules are packed one after the other, without padding. A tile is up to 4 rows of one molecule:
// (first row, first row of its molecule, keys | rows << 16 of its molecule, first pair of its molecule).
// The first `keys` rows of a molecule are asked as keys; all its rows ask. For a molecule both are its nodes; a
// reference that pads its molecules has further rows, which ask but are not asked.
// A tile of 0 rows covers surplus rows of the batch, (first row, number of rows, 0, 0): kernels write zeros there,
// so that no stale value ever meets a zero gradient.
// Pair (i, j) of a molecule is pairs + i * keys + j; row x, head h, channel c is x[row * width + h * depth + c], width = heads *
// depth. Queries, keys and values lie side by side in the rows of `qkv`, 3 width long.
fn keys_of(tile: vec4u) -> u32 { return tile.z & 0xffffu; }
fn rows_of(tile: vec4u) -> u32 { return tile.z >> 16u; }
fn clamped_row(tile: vec4u, row: u32) -> u32 { return min(row, tile.y + rows_of(tile) - 1u); }
fn clamped_key(tile: vec4u, key: u32) -> u32 { return min(key, tile.y + keys_of(tile) - 1u); }
fn first_pair(tile: vec4u, row: u32) -> u32 { return tile.w + (clamped_row(tile, row) - tile.y) * keys_of(tile); }
