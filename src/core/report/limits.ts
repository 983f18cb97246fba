/** Largest report that is read: that of a model with 100,000 operators and several scenarios stays below. */
export const MAXIMUM_REPORT_BYTES = 512 * 2 ** 20;

/** Largest `inference-profiler.json`. */
export const MAXIMUM_WORKSPACE_FILE_BYTES = 1 << 20;
