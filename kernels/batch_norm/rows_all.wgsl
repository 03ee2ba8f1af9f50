// All rows count.
fn rows_used() -> u32 { return params.rows; }
