// Functions that hand NaN on. WGSL lets a driver assume that NaN does not occur: max and clamp drop it, x != x is false on
// some, exp(NaN) is infinity on others. An integer's bits leave nothing to assume.
fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn are_nan(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u); }

fn relu(x: f32) -> f32 { return select(max(x, 0.0), x, is_nan(x)); }
fn leaky_relu(x: f32, slope: f32) -> f32 { return select(select(slope * x, x, x > 0.0), x, is_nan(x)); }
fn clamped(x: vec4f, reach: f32) -> vec4f { return select(clamp(x, vec4f(-reach), vec4f(reach)), x, are_nan(x)); }
fn elu(x: f32) -> f32 { return select(exp(min(x, 0.0)) - 1.0, x, x > 0.0 || is_nan(x)); }
fn exponential(x: f32) -> f32 { return select(exp(x), x, is_nan(x)); }
fn exponentials(x: vec4f) -> vec4f { return select(exp(x), x, are_nan(x)); }
// Some drivers' tanh overflows beyond, and there it is 1 in float32.
fn hyperbolic_tangent(x: f32) -> f32 { return select(tanh(clamp(x, -15.0, 15.0)), x, is_nan(x)); }
fn sigmoid(x: f32) -> f32 { return select(1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0))), x, is_nan(x)); }
