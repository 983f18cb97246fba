/** Another window: profiles a model and says when it is inside a run. Arguments: dist, temporary root, model. */

import { silentLogger } from '../../src/core/common/logger.js';
import { Runner } from '../../src/runner/runner.js';
import { runOptions } from './process.build.js';

const [distFolder = '', temporaryRoot = '', modelPath = ''] = process.argv.slice(2);
const runner = new Runner({ distFolder, temporaryRoot, logger: silentLogger });
void runner.profile(
  { modelPath, options: runOptions({ command: 'runs' }) },
  { onProgress: () => process.send?.('running') },
).result;
