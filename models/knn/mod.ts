export { Knn, releasedNeighbours } from "./knn.ts";
