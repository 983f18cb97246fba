/** A worker's last line on standard error when it ends itself for the memory limit; its parent looks for it. */
export const MEMORY_MARKER = 'inference-profiler: memory limit reached';
