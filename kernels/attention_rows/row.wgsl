// A row of attention weights [heads, samples, queries, keys], its keys padded to whole quads: what the row kernels share.
// `samples` consecutive samples of a batch lie here, from sample `first` on; masks cover the whole batch.
struct Params {
  rows: u32, width: u32, quads: u32, queries: u32, samples: u32, first: u32, batch: u32, first_head: u32, site: u32,
  rate: f32,
}
override NORMALISE: u32 = 0u;   // 0 softmax, 1 clipped exponentials over their sum + 1e-5, 2 softmax, masked scores -1e10
override KEY_MASK: u32 = 0u;
override QUERY_MASK: u32 = 0u;
const LOWEST = -3.4e38;

struct Row { start: u32, sample: u32, query: u32, head: u32 }
fn row_at(row: u32) -> Row {
  let matrix = row / params.queries;
  return Row(row * params.quads, params.first + matrix % params.samples, row % params.queries,
    params.first_head + matrix / params.samples);
}
fn columns_of(quad: u32) -> vec4u { return vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u); }
fn inside(quad: u32) -> vec4<bool> { return columns_of(quad) < vec4u(params.width); }
