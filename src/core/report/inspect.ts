import type { Report } from '../../protocol/report.js';
import type { Host, RunOptions } from '../../protocol/worker.js';
import { readModel } from '../model/read.js';
import { analyzeStatically, buildReport } from './build.js';
import { staticScenario } from './scenarios.js';

/**
 * A static report: structure, shapes and costs under the bound dimensions; runs nothing and reads no large weights.
 *
 * @throws ExpectedError (input) for a file that is no model and for dimensions that cannot be bound.
 */
export function inspectModel(modelPath: string, options: RunOptions, host: Host): Report {
  const statics = analyzeStatically(readModel(modelPath), options.dimensions);
  const { weightBytes } = statics.parameters;
  return buildReport(statics, {
    status: 'static',
    modelPath,
    host,
    contentSha256: null,
    scenarios: statics.scenarios.map((scenario) =>
      staticScenario(statics.model, scenario, weightBytes, modelPath, options),
    ),
    warnings: [],
  });
}
