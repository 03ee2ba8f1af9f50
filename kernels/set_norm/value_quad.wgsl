// Four channels at a time.
alias Value = vec4f;
fn sum_of(value: Value) -> f32 { return dot(value, vec4f(1.0)); }
