// GATv2 keeps of each edge and head WORDS words of signs of w (a bit a channel, four a quad, eight quads a word) and the logit: with
// them the backward pass gathers dy alone. A bit is 1 where the leaky ReLU's slope is 1, so for w > 0 strictly.
const WORDS: u32 = (QUADS + 7u) / 8u;
const RECORD: u32 = WORDS + 1u;
const QUAD_BITS = vec4u(1u, 2u, 4u, 8u);

fn leaky_quad(w: vec4f, slope: f32) -> vec4f { return select(slope * w, w, w > vec4f()); }

fn signs(w: vec4f) -> u32 {
  let bits = select(vec4u(), QUAD_BITS, w > vec4f());
  return bits.x | bits.y | bits.z | bits.w;
}

fn slopes(bits: u32, slope: f32) -> vec4f {
  return select(vec4f(slope), vec4f(1.0), (vec4u(bits) & QUAD_BITS) != vec4u());
}
