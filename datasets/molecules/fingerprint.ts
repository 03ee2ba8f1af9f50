/** Numbers of the bits of a fingerprint that are set, ascending. */
export type OnBits = Uint16Array<ArrayBuffer>;

/** Of a fingerprint with one number a bit. */
export function onBits(bits: Uint8Array): OnBits {
  return Uint16Array.from(bits.keys().filter((bit) => bits[bit] === 1));
}

/** Tanimoto similarity |A ∩ B| / |A ∪ B| of other fingerprints to this one; 0 where no bit is shared. */
export function tanimotoTo(own: OnBits): (other: OnBits) => number {
  const known = new Set(own);
  return (other) => {
    const common = other.reduce((sum, bit) => sum + Number(known.has(bit)), 0);
    return common === 0 ? 0 : common / (known.size + other.length - common);
  };
}
