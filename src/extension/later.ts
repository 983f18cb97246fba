/**
 * A bundle of its own, loaded when the first of these is imported where it is used: a starting window needs none of it.
 * A module that is imported so must be named here; the architecture test says which one is missing.
 */

export { applyEdits, modify, parse } from 'jsonc-parser';

export * from '../core/cost/answers/answers.js';
export * from '../core/cost/answers/assumptions.js';
export * from '../core/cost/answers/candidates.js';
export * from '../core/cost/answers/measurements.js';
export * from '../core/cost/answers/simulatedRows.js';
export * from '../core/cost/measureThere.js';
export * from '../core/cost/pipeline.js';
export * from '../core/cost/prices/priceFile.js';
export * from '../core/cost/prices/table.js';
export * from '../core/report/compare/compare.js';
export * from '../core/report/exportReport.js';
export * from '../core/report/markdown.js';
export * from '../core/report/outputFile.js';
export * from '../core/report/parse.js';
export * from '../core/report/workspaceFile.js';
