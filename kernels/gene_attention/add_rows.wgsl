    // The shared pairs times 32 rows of a table, a block at a time.
    for (var block = 0u; block < OTHERS / BLOCK; block++) {
      stage(TABLE, other0 + block * BLOCK, lane);
      let y = lane / 16u;
      @group
    }
