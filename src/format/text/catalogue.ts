/**
 * All text that a user reads, in English, by code. One file a room; `{name}` is a parameter. A code that ends in
 * `.one` is the singular of the code without it.
 *
 * Translations use the English text as key, as VS Code's l10n bundles do, so that one bundle serves the extension,
 * the page and the command line.
 */

import { cliText } from './cli.js';
import { cliCostText } from './cliCost.js';
import { costText } from './cost.js';
import { compareText } from './compare.js';
import { errorText } from './errors.js';
import { extensionText } from './extension.js';
import { hintText } from './hints.js';
import { measureText } from './measure.js';
import { modelText } from './model.js';
import { operatorText } from './operators.js';
import { pageCostText } from './pageCost.js';
import { pageText } from './page.js';
import { quantizationText } from './quantization.js';
import { provenanceText } from './provenance.js';
import { reportText } from './report.js';
import { scenarioText } from './scenarios.js';
import { traceText } from './trace.js';
import { trendText } from './trend.js';
import { servingText } from './serving.js';

export const catalogue = {
  ...cliText,
  ...cliCostText,
  ...costText,
  ...compareText,
  ...errorText,
  ...extensionText,
  ...hintText,
  ...measureText,
  ...modelText,
  ...operatorText,
  ...pageCostText,
  ...pageText,
  ...quantizationText,
  ...provenanceText,
  ...reportText,
  ...scenarioText,
  ...traceText,
  ...trendText,
  ...servingText,
} as const;

export type TextCode = keyof typeof catalogue;
