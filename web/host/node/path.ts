import path from "path-browserify";

/** What the house takes from `node:path`; relative paths begin at the root of the page's tree of files. */
export const { basename, dirname, isAbsolute, join, relative } = path;

/** As Node's. */
export const resolve = (...parts: string[]): string => path.resolve("/", ...parts);
