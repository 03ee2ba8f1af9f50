// The first count rows are real, the rest pads a bucketed batch.
@group(0) @binding(8) var<storage, read> count: array<u32>;
fn rows_used() -> u32 { return min(count[0], params.rows); }
