/** A kind of file that is told by its first bytes. */
export interface FileKind {
  /** In a sentence: "found a gzip archive". */
  readonly name: string;
  /** What to do with it where a table of text is wanted. */
  readonly forTable: string;
  /** What to do with it where weights are wanted. */
  readonly forWeights: string;
}

const otherTable = "export it as CSV with the program that wrote it";
const otherWeights = "give a .pt or .safetensors file";

const kinds: readonly (readonly [
  name: string,
  test: (head: Uint8Array, text: string) => boolean,
  forTable: string,
  forWeights: string,
])[] = [
  [
    "a Git LFS pointer, which stands for the file",
    (_, text) => text.startsWith("version https://git-lfs"),
    "fetch the file itself with `git lfs pull`",
    "fetch the file itself with `git lfs pull`",
  ],
  [
    "a git-annex pointer, which stands for the file",
    (_, text) => /^\/annex\/objects\//.test(text) || /^\.\.?\/.*\.git\/annex\//.test(text),
    "fetch the file itself with `git annex get`",
    "fetch the file itself with `git annex get`",
  ],
  [
    "a web page (HTML), probably an error page or a log-in of the server",
    (_, text) => /^\s*(<!--[^]*?-->\s*)?<(!doctype html|html|head|body)\b/i.test(text),
    "open the address in a browser and download the file itself",
    "open the address in a browser and download the file itself",
  ],
  [
    "an XML document, perhaps an error message of the server",
    (_, text) => /^\s*<\?xml|^\s*<(Error|ListBucketResult)>/.test(text),
    "download the table itself",
    "download the file itself",
  ],
  [
    "an HDF5 file (as .h5, .h5ad and .gctx are)",
    starts(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a),
    "write its matrix as CSV (Python: anndata.read_h5ad(f).to_df().to_csv(g), or cmapPy's parse for .gctx)",
    "Keras and other HDF5 weights cannot be read; save them as .safetensors",
  ],
  ["a gzip archive", starts(0x1f, 0x8b), "unpack it first", "unpack it first (gunzip)"],
  [
    "an Excel workbook of the old kind (.xls) or another OLE file",
    starts(0xd0, 0xcf, 0x11, 0xe0),
    "save it as CSV",
    otherWeights,
  ],
  [
    "a zip archive or spreadsheet (.xlsx)",
    starts(0x50, 0x4b, 0x03, 0x04),
    "unpack it, or save the spreadsheet as CSV first",
    "unpack it",
  ],
  ["a zip archive without content", starts(0x50, 0x4b, 0x05, 0x06), "make it again", "make it again"],
  [
    "a bzip2 archive",
    (_, text) => /^BZh\d1AY&SY/.test(text),
    "unpack it first (bunzip2)",
    "unpack it first (bunzip2)",
  ],
  [
    "an xz archive",
    starts(0xfd, 0x37, 0x7a, 0x58, 0x5a),
    "unpack it first (unxz)",
    "unpack it first (unxz)",
  ],
  [
    "a Zstandard archive",
    starts(0x28, 0xb5, 0x2f, 0xfd),
    "unpack it first (unzstd)",
    "unpack it first (unzstd)",
  ],
  ["a 7-Zip archive", starts(0x37, 0x7a, 0xbc, 0xaf), "unpack it first", "unpack it first"],
  ["a RAR archive", (_, text) => text.startsWith("Rar!\x1a"), "unpack it first", "unpack it first"],
  [
    "a tar archive",
    (head) => new TextDecoder().decode(head.subarray(257, 262)) === "ustar",
    "unpack it first (tar xf)",
    "unpack it first (tar xf)",
  ],
  [
    "a Parquet file",
    // PAR1 is also a name of the gene F2R: a page of bytes follows, or a header of text.
    (_, text) => /^PAR1[^ -~\s]/.test(text),
    "write it as CSV (pandas.read_parquet(f).to_csv(g, index=False))",
    otherWeights,
  ],
  [
    "an Arrow or Feather file",
    (_, text) => /^(ARROW1|FEA1)[^ -~\s]/.test(text),
    "write it as CSV (pandas.read_feather(f).to_csv(g, index=False))",
    otherWeights,
  ],
  [
    "a NumPy array",
    (head, text) => head[0] === 0x93 && text.slice(1, 6) === "NUMPY",
    "write it as CSV with a header of genes",
    "save the weights as .safetensors: an array has no names of tensors",
  ],
  [
    "an R data file",
    (_, text) => /^(RD[AX]\d\n[XA]\n|X\n[^ -~\s]|A\n[23]\n\d{5,6}\n\d{5,6}\n)/.test(text),
    "write the table as CSV (write.csv(x, f, row.names=FALSE))",
    otherWeights,
  ],
  [
    "a GCT file",
    (_, text) => /^#1\.[23]\s/.test(text),
    "write its matrix as CSV, one profile a row (cmapPy: parse(f).data_df.T.to_csv(g, index=False))",
    otherWeights,
  ],
  [
    "a Matrix Market file",
    (_, text) => text.startsWith("%%MatrixMarket"),
    "write it as CSV with a header of genes",
    otherWeights,
  ],
  [
    "a GEO series or SOFT file",
    (_, text) => /^(!Series_|!Sample_|\^DATABASE|\^SERIES|\^PLATFORM)/.test(text),
    "cut out its table and save that as CSV",
    otherWeights,
  ],
  ["a PDF document", (_, text) => text.startsWith("%PDF"), otherTable, otherWeights],
  ["a SQLite database", (_, text) => text.startsWith("SQLite format 3"), otherTable, otherWeights],
  [
    "a picture",
    (head, text) => head[0] === 0x89 && text.slice(1, 4) === "PNG" || (head[0] === 0xff && head[1] === 0xd8),
    otherTable,
    otherWeights,
  ],
  [
    "a safetensors file",
    (head) => head[8] === 0x7b && head[9] === 0x22 && head[7] === 0 && head[6] === 0,
    "give a table of text; weights go to `perturbine convert`",
    "name it .safetensors",
  ],
  [
    "a Python pickle",
    (head) => head[0] === 0x80 && head[1] >= 2 && head[1] <= 5,
    "write the table as CSV with Python (a pickle can run code, so it is not opened)",
    "save the weights with torch.save(model.state_dict(), f): a bare pickle can run code, so it is not opened",
  ],
  ["a JSON document", (_, text) => /^\s*[{[]\s*["{[\]}]/.test(text), "write it as a table", otherWeights],
];

function starts(...bytes: number[]): (head: Uint8Array) => boolean {
  return (head) => bytes.every((byte, at) => head[at] === byte);
}

/** The kind of a file by its first 512 bytes or more; undefined for text and what is not known. */
export function fileKind(head: Uint8Array): FileKind | undefined {
  const text = new TextDecoder("latin1").decode(head.subarray(0, 512)).replace(/^\u00ef\u00bb\u00bf/, "");
  const found = kinds.find(([, test]) => test(head, text));
  return found && { name: found[0], forTable: found[2], forWeights: found[3] };
}
