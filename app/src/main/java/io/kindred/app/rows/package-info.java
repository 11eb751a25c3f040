/// Rows in files: readers and writers of fvecs, npy, csv, jsonl and Parquet, none of which holds
/// more than a few rows in memory.
@NullMarked
package io.kindred.app.rows;

import org.jspecify.annotations.NullMarked;
