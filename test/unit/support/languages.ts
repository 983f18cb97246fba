import * as code from '../../../src/core/configs/code.js';
import { type ConfigReading, readConfigsWith } from '../../../src/core/configs/read.js';
import * as terraform from '../../../src/core/configs/terraform.js';

/** As `readConfigs` of the engine, with every language at hand. */
export const readConfigs = (text: string, file: string, previous: ConfigReading | null = null): ConfigReading =>
  readConfigsWith({ code, terraform }, text, file, previous);
