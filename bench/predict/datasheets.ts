/** What a chip's maker says of it, and whose machine code stands for its own. */
export interface Datasheet {
  readonly name: string;
  readonly known: string;
  /** Single precision, a multiply-add counted as two. */
  readonly gflops: number;
  readonly gbs: number;
  /** Streaming multiprocessors (NVIDIA), compute units (AMD), cores (Apple), Xe cores (Intel). */
  readonly units: number;
  /** Subgroups that a unit needs at least to use all its lanes. */
  readonly subgroupsToFill: number;
  /** Whose code, of the chips of `kernel isa`, is taken; null where none is of its kind. */
  readonly lens: { readonly chip: string; readonly lanes: number; readonly simds: number } | null;
  readonly source: string;
}

// Ampere's code: Mesa's no-op driver knows no later chip of NVIDIA. Occupancy is counted a multiprocessor.
const ampere = { chip: "ga102", lanes: 32, simds: 1 } as const;
// Occupancy is counted a SIMD, two of which are a compute unit; kernels run 64 wide.
const rdna3 = { chip: "navi31", lanes: 64, simds: 2 } as const;

/** Chips for which bounds are predicted. */
export const datasheets: readonly Datasheet[] = [
  {
    name: "h100",
    known: "H100 SXM, Hopper",
    gflops: 67_000,
    gbs: 3350,
    units: 132,
    subgroupsToFill: 4,
    lens: ampere,
    source:
      "NVIDIA H100 Tensor Core GPU datasheet (FP32 67 TFLOPS, 3.35 TB/s); H100 architecture whitepaper (132 SMs)",
  },
  {
    name: "h200",
    known: "H200 SXM, Hopper",
    gflops: 67_000,
    gbs: 4800,
    units: 132,
    subgroupsToFill: 4,
    lens: ampere,
    source:
      "NVIDIA H200 Tensor Core GPU datasheet (FP32 67 TFLOPS, 4.8 TB/s); SMs as of the H100, whose die it has",
  },
  {
    name: "rtx4090",
    known: "GeForce RTX 4090, Ada",
    gflops: 82_600,
    gbs: 1008,
    units: 128,
    subgroupsToFill: 4,
    lens: ampere,
    source: "NVIDIA Ada GPU architecture whitepaper, appendix A (82.6 TFLOPS, 1,008 GB/s, 128 SMs)",
  },
  {
    name: "rx7900xtx",
    known: "Radeon RX 7900 XTX, RDNA 3",
    gflops: 61_400,
    gbs: 960,
    units: 96,
    subgroupsToFill: 2,
    lens: rdna3,
    source:
      "AMD's product page (61 TFLOPS single precision, two multiply-adds an issue; 960 GB/s; 96 compute units)",
  },
  {
    name: "m3max",
    known: "Apple M3 Max, 40 cores",
    gflops: 14_100,
    gbs: 400,
    units: 40,
    subgroupsToFill: 4,
    lens: null,
    source:
      "Apple's technical specifications (400 GB/s, 40 cores); TFLOPS are not published: 40 x 128 lanes x 2 x 1.38 GHz",
  },
  {
    name: "a770",
    known: "Intel Arc A770, Alchemist",
    gflops: 17_200,
    gbs: 560,
    units: 32,
    subgroupsToFill: 16,
    lens: null,
    source: "Intel's product page (32 Xe cores, 2.1 GHz, 560 GB/s); 32 x 128 lanes x 2 x 2.1 GHz",
  },
  {
    name: "b580",
    known: "Intel Arc B580, Battlemage",
    gflops: 13_670,
    gbs: 456,
    units: 20,
    subgroupsToFill: 8,
    lens: null,
    source: "Intel's product page (20 Xe cores, 2.67 GHz, 456 GB/s); 20 x 128 lanes x 2 x 2.67 GHz",
  },
];
