/** Prices, machines and what serving costs. */
export const costText = {
  'cost.prices.tooLarge': '{file} is too large for a price list. The prices in force stay.',
  'cost.prices.unreadable': '{file} cannot be read as a price list. The prices in force stay.',
  'cost.prices.empty': '{file} holds no price. The prices in force stay.',
  'cost.prices.syntax': '{file}, line {line}: this is not valid JSON. The prices in force stay.',
  'cost.prices.noList':
    '{file}, line {line}: a price list is a list of objects, or an object with such a list as "prices". The prices in force stay.',
  'cost.prices.missingColumn': '{file}, line {line}: the column {column} is missing. The prices in force stay.',
  'cost.prices.emptyCell': '{file}, line {line}: {column} is empty. The prices in force stay.',
  'cost.prices.notNumber':
    '{file}, line {line}: {column} must be a plain number, not “{value}”. The prices in force stay.',
  'cost.prices.notPositive':
    '{file}, line {line}: {column} must be more than zero, not {value}. The prices in force stay.',
  'cost.prices.currency':
    '{file}, line {line}: the currency is {currency}; prices are in US dollars (USD). The prices in force stay.',
  'cost.prices.service':
    '{file}, line {line}: “{value}” is not a service; known are {known}. The prices in force stay.',
  'cost.prices.date':
    '{file}, line {line}: asOf must be a day such as 2026-07-20, not “{value}”. The prices in force stay.',
  'cost.prices.twice':
    '{file}, line {line}: {instance} has a price in line {earlier} already. The prices in force stay.',
  'cost.noPrice.instance': 'No price known for {instance}.',
  'cost.noPrice.managed':
    'No price known for {instance}: a managed service has prices of its own, and no price list here holds them.',
  'cost.noPrice.region': 'No price known for {instance} in {region}; known in {others}.',
} as const;
