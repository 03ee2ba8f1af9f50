// Sums of mask w (-ln(score of the label + 0.1)) and of the mask over every `stride`th row; w is 1 for class 0 and 10 for class 1.
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> mask: array<f32>;

fn terms(first: u32, stride: u32) -> vec4f {
  var sums = vec4f();
  for (var i = first; i < params.rows; i += stride) {
    let label = min(labels[i], 1u);
    let weight = select(1.0, 10.0, label == 1u);
    let m = mask[i];
    if (m != 0.0) { sums += vec4f(-m * weight * log(scores[2u * i + label] + 0.1), m, 0.0, 0.0); }
  }
  return sums;
}
