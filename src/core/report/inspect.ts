import type { Report } from '../../protocol/report.js';
import type { Host, RunOptions } from '../../protocol/worker.js';
import { readModel } from '../model/read.js';
import { analyzeStatically, buildReport, checksOfWeights } from './build.js';
import { staticScenario } from './scenarios.js';

/** A run reads all weights anyway; this is to be done at once. */
const WEIGHTS_READ_BYTES = 64 * 2 ** 20;

/**
 * A static report: structure, shapes and costs under the bound dimensions; runs nothing, and reads few weights.
 *
 * @throws ExpectedError (input) for a file that is no model and for dimensions that cannot be bound.
 */
export function inspectModel(modelPath: string, options: RunOptions, host: Host): Report {
  const statics = analyzeStatically(readModel(modelPath), options.dimensions);
  const { weightBytes } = statics.parameters;
  const report = buildReport(statics, {
    status: 'static',
    modelPath,
    host,
    contentSha256: null,
    scenarios: statics.scenarios.map((scenario) =>
      staticScenario(statics.model, scenario, weightBytes, modelPath, options),
    ),
    warnings: [],
  });
  report.model.checks.push(...checksOfWeights(statics.model, WEIGHTS_READ_BYTES));
  return report;
}
