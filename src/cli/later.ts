/**
 * A bundle of its own, loaded when the first of these is imported where it is used: `inspect` and the help, which are
 * over in a moment, need none of it. A module that is imported so must be named here, unless it is part of inspecting;
 * the architecture test says which one is missing.
 */

export * from './commands/export.js';
export * from './commands/hints.js';
export * from './commands/profile.js';
export * from './commands/scan.js';
export * from './compareCommand.js';
export * from './costCommand.js';
export * from './quantizeCommand.js';
export * from '../core/configs/modelSettings.js';
export * from '../core/report/csv.js';
export * from '../core/report/html.js';
export * from '../core/report/markdown.js';
export * from '../core/report/trace.js';
export * from '../core/report/workspaceFile.js';
