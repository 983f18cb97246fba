/** What a data centre's electricity is made of, and what it takes beside the machines. */

const CCF = 'cloud-carbon-footprint@b7a049c7 (2024-03-25)';
const OWID = 'codecarbon global_energy_mix.json (Our World in Data, year 2023)';
const GOOGLE = 'codecarbon impact.csv (2024-07-13, quoting Google)';

/** Grams of CO2 equivalent for a kilowatt hour, average of a year, by provider and region. */
const GRIDS: Readonly<Record<string, readonly [grams: number, source: string]>> = {
  'aws us-east-1': [416, CCF],
  'aws us-east-2': [440, CCF],
  'aws us-west-2': [351, CCF],
  'aws eu-west-1': [279, CCF],
  'aws eu-west-2': [225, CCF],
  'aws eu-central-1': [311, CCF],
  'aws eu-west-3': [51, CCF],
  'aws eu-north-1': [9, CCF],
  'aws ap-northeast-1': [466, CCF],
  'aws ap-south-1': [708, CCF],
  'aws ap-southeast-1': [408, CCF],
  'aws ap-southeast-2': [760, CCF],
  'aws ca-central-1': [120, CCF],
  'aws sa-east-1': [62, CCF],
  'gcp us-central1': [430, GOOGLE],
  'gcp us-east1': [560, GOOGLE],
  'gcp us-east4': [322, GOOGLE],
  'gcp us-west1': [94, GOOGLE],
  'gcp europe-west1': [122, GOOGLE],
  'gcp europe-west2': [136, GOOGLE],
  'gcp europe-west3': [345, GOOGLE],
  'gcp europe-west4': [236, GOOGLE],
  'gcp europe-west9': [34, GOOGLE],
  'gcp europe-north1': [46, GOOGLE],
  'gcp asia-northeast1': [459, GOOGLE],
  'gcp asia-south1': [648, GOOGLE],
  'gcp asia-southeast1': [369, GOOGLE],
  'gcp australia-southeast1': [501, GOOGLE],
  'gcp southamerica-east1': [56, GOOGLE],
  'gcp northamerica-northeast1': [2, GOOGLE],
  // Of the countries that they lie in.
  'azure eastus': [369, OWID],
  'azure westeurope': [268, OWID],
};

const EFFECTIVENESS: Readonly<Record<string, number>> = { aws: 1.135, gcp: 1.1, azure: 1.185 };

export interface Grid {
  gramsPerKwh: number;
  source: string;
}

/** null: not known. */
export function gridOf(provider: string, region: string): Grid | null {
  const key = `${provider} ${region}`.toLowerCase();
  const found = Object.hasOwn(GRIDS, key) ? GRIDS[key] : undefined;
  return found ? { gramsPerKwh: found[0], source: found[1] } : null;
}

export const POWER_SOURCE = CCF;

/** The data centre's power over the machines'; 1.2 where a provider says nothing. */
export function powerUsageEffectiveness(provider: string): number {
  const known = provider.toLowerCase();
  return Object.hasOwn(EFFECTIVENESS, known) ? (EFFECTIVENESS[known] ?? 1.2) : 1.2;
}
