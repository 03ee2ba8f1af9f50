/** Numbers of the bits of a fingerprint that are set, ascending. */
export type OnBits = Uint16Array<ArrayBuffer>;

/** Of a fingerprint with one number a bit. */
export function onBits(bits: Uint8Array): OnBits {
  return Uint16Array.from(bits.keys().filter((bit) => bits[bit] === 1));
}

/** Numbers of what a set holds, each once. */
type Members = Iterable<number> & { readonly length: number };

/** Tanimoto similarity |A ∩ B| / |A ∪ B| of other fingerprints (or sets of anything) to this one; 0 where nothing is shared. */
export function tanimotoTo(own: Members): (other: Members) => number {
  const known = new Set(own);
  return (other) => {
    let common = 0;
    for (const member of other) if (known.has(member)) common++;
    return common === 0 ? 0 : common / (known.size + other.length - common);
  };
}
