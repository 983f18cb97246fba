/** Terraform, with its grammar. */

import { readTerraform } from './formats/sageMaker.js';
import type { ServingConfig } from './servingConfig.js';
import { parseHcl } from './tree/hcl.js';

export const terraformConfigs = (text: string): ServingConfig[] => readTerraform(parseHcl(text));
