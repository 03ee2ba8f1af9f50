    // The shared pairs times 32 rows of a table, 8 at a time.
    for (var j0 = 0u; j0 < OTHERS; j0 += 8u) {
      stage(TABLE, other0 + j0, lane);
      for (var j = 0u; j < 8u; j++) {
        let weight = shared_pairs(j0 + j, lane);
        SUMS_@s += weight * own_tile[j * WIDTH + 16u * @su + x];
      }
    }
