import { meanOfRows, nearestRows } from "../../datasets/badger/nearest_rows.ts";
import { selectMatrixRows } from "../../datasets/readers/select_rows.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { MlpTask } from "../mlp/task.ts";

/** Neighbours of the session `knn`. */
export const releasedNeighbours = 5;

/** The training rows as the fusion layer of an MLP sees them, in wait of queries. */
export class Knn {
  private constructor(
    readonly task: MlpTask,
    /** Training rows. */
    readonly rows: Uint32Array,
    /** training rows x hidden. */
    readonly vectors: Float32Array<ArrayBuffer>,
    /** Neighbours that vote. */
    readonly neighbours: number,
  ) {}

  /**
   * Embeds the training rows by an MLP that has been trained (badger.md 5.2). In evaluation mode: the release leaves the
   * dropout on while it embeds, which blurs the neighbourhood by chance alone.
   *
   * @throws {UserError} when there are fewer training rows than neighbours.
   */
  static async of(task: MlpTask, trainRows: Uint32Array, neighbours = releasedNeighbours): Promise<Knn> {
    if (trainRows.length < neighbours) {
      throw new UserError(
        `${task.options.data.folder}: ${trainRows.length} training rows, expected at least the ${neighbours} nearest ` +
          "ones that kNN averages; choose fewer neighbours or another split.",
      );
    }
    return new Knn(task, trainRows, await task.fusion(trainRows), neighbours);
  }

  /** Plain means of the labels of the nearest training rows (Euclidean), rows x genes. */
  async predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    const { task: { options: { data, model } }, vectors, neighbours } = this;
    const nearest = nearestRows(vectors, await this.task.fusion(rows), model.hidden, neighbours);
    return meanOfRows(nearest, selectMatrixRows(data.labels, model.genes, this.rows), model.genes);
  }
}
