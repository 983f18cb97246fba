/** Prices, machines and what serving costs. */
export const costText = {
  'cost.prices.tooLarge': '{file} is too large for a price list. The prices in force stay.',
  'cost.prices.unreadable': '{file} cannot be read as a price list. The prices in force stay.',
  'cost.prices.plainHttp':
    '{file}: without https anybody on the way could change the prices. The prices in force stay.',
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
  'cost.request': 'One request of “{name}”: {steps}.',
  'cost.request.step': '{calls} × {model}',
  'cost.request.outside': '{ms} ms outside the models',
  'cost.request.cached': '{percent} % answered by a cache',
  'cost.request.leftOut': 'Network and server not included.',
  'cost.request.leftOutAll': 'Pre- and post-processing, network and server not included.',
  'cost.request.stale':
    'Stale: {model} was measured {age} and its file has changed since. Profile it again: these figures are of the old file.',
  'cost.request.missing':
    'A request of “{name}” calls {model} too, which was not measured yet: these are the calls of this model alone.',
  'cost.request.apart':
    'The models of “{name}” were not measured with the same number of threads: these are the calls of this model alone.',
  'cost.noPrice.instance': 'No price known for {instance}.',
  'cost.noPrice.managed':
    'No price known for {instance}: a managed service has prices of its own, and no price list here holds them.',
  'cost.noPrice.region': 'No price known for {instance} in {region}; known in {others}.',
  'cost.measured.notJson': '{file} is not JSON.',
  'cost.measured.notMeasured': '{file} holds no measured times.',
  'cost.measured.tooLarge': '{file} is too large for a measurement.',
  'cost.measured.noInstance':
    '{file} does not say which machine it was measured on. Name it measured-NAME.json, after the machine.',
  'cost.measured.otherModel': '{file} was measured with another model: its content is not the same.',
  'cost.unmet.accelerator': 'no money from a CPU run',
  'cost.unmet.noRoofline': 'not projected: the ceilings of this machine are not known',
  'cost.unmet.otherProvider': 'not projected: this run was not on the CPU',
  'cost.unmet.unknownMachine': 'not projected: its processor is not known',
  'cost.unmet.notMeasured': 'not measured',
  'cost.unmet.memory': 'too little memory: one session needs {needed} GiB, the machine has {has} GiB',
  'cost.unmet.perhaps': 'may hold the target or not: measure it',
  'cost.unmet.noSpot': 'no spot price known',
  'cost.unmet.noSpotOnDemand': 'no spot price known; on demand {hour} an hour',
  'cost.unmet.noPrice': 'no price known',
  'cost.note.latencyOnly':
    'From the latency of single calls: how much several sessions at once carry was not measured.',
  'cost.note.batches':
    'In batches of up to {batch}, the first request waiting {wait} ms for others at most. Measured with {measured}; sizes between lie on a straight line. They form in one queue before all machines.',
  'cost.note.batchesCut':
    'In batches of up to {batch}, not {asked}: larger ones were not measured. The first request waits {wait} ms for others at most.',
  'cost.note.unbatched.request': 'Without batches: what a batch of whole requests takes was not measured.',
  'cost.note.unbatched.dimension': 'Without batches: the model has no batch dimension.',
  'cost.note.unbatched.capacity': 'Without batches: capacity was not measured, so what a batch takes is not known.',
  'cost.note.unbatched.single': 'Without batches: no calls of more than {batch} were measured.',
  'cost.note.projectedCalls': 'Without batches: what they take was not measured there.',
  'cost.note.projected':
    'Projected kernel by kernel from this machine to {cpu}. Clock and cores are published; operations per cycle and memory speed are as vendors state them.',
  'cost.note.onItsCpu': 'Measured on its CPU: the {accelerator} was not used.',
  'cost.note.ranWith': 'Measured with {provider}.',
  'cost.note.burstable': 'Bursts only: under steady load it works at a fraction of its speed.',
  'cost.there.nothing': 'There is nothing to measure yet: profile the model here first.',
  'cost.there.title': 'Measure on {instance}',
  'cost.there.command': 'Copy Command',
  'cost.there.commandWhat': 'For a machine that has this tool: one line, its JSON fills the row',
  'cost.there.script': 'Open Python Script',
  'cost.there.scriptWhat':
    'For a server with its own ONNX Runtime: TensorRT or CUDA where it has them, nothing to install',
  'cost.there.take': 'Choose Its JSON…',
  'cost.there.takeWhat': 'Where it was measured already: as if the file were dropped on the panel',
  'cost.there.commandDone': 'Copied. Run it on {instance}, beside the model, then drop {file} on this panel.',
  'cost.there.scriptDone': 'Run it on {instance}, beside the model, then drop {file} on this panel.',
  'cost.there.taken': '{instance} is measured now.',
  'cost.refresh.title': 'Refresh Prices',
  'cost.refresh.prompt':
    'A price list as CSV or JSON: a path, or an https address. Nothing is fetched from anywhere else.',
  'cost.refresh.promptAgain':
    'A price list as CSV or JSON: a path, or an https address. Nothing for the prices from before it.',
  'cost.refresh.done': '{count} prices of {source} are in force now.',
  'cost.refresh.done.one': '1 price of {source} is in force now.',
  'cost.refresh.own': 'The prices from before your list are in force again.',
  'cost.caveat.noMachines': 'The price list has no machine in this region that the filter lets through.',
  'cost.caveat.projectedCalls':
    'Projected machines are counted without batches: what batches take there was not measured.',
  'cost.caveat.idle': '{percent} % of the bill pays for machines that wait.',
  'cost.caveat.spot':
    'Spot machines can be taken away at two minutes’ notice or less, and their price changes by the hour: plan for fewer of them than you pay for.',
  'cost.caveat.oldPrices': 'Prices marked as old may have changed.',
  'cost.caveat.notIncluded':
    'List prices. Load balancer, traffic out, storage, support and discounts are not included.',
  'cost.caveat.notIncludedSpot':
    'Spot prices of one day. Load balancer, traffic out, storage, support and discounts are not included.',
  'cost.edge.noRate': 'Needs a request rate.',
  'cost.edge.noCloud': 'Needs a machine of the cloud to compare with.',
  'cost.edge.restUnknown': 'Needs a measured machine of the cloud: it serves what the devices do not.',
  'cost.edge.notMeasured': 'Not measured. It pays if one device carries at least {rate} req/s.',
  'cost.energy.inPrice': 'The price of a cloud machine holds its electricity already.',
  'cost.energy.rapl':
    'Measured by the counters of the processor (RAPL) while one session ran without a pause: the whole package, with what it takes when idle and whatever else ran; memory, disks and power supply not.',
  'cost.energy.waits': 'A machine that waits takes less than one that serves, how much is not read: hence the range.',
  'cost.energy.backToBack': 'For calls one after the other; machines that wait add to it.',
  'cost.energy.byLoad': 'Busy share times watts of its processor family, not a reading: the range is wide.',
  'cost.energy.noGrid': 'What the electricity of this region is made of is not known here.',
  'cost.energy.noEmbodied': 'What making the machines took is not included.',
  'cost.training.range': 'Three passes per sample; between 15 and 50 % of the accelerator’s dense half-precision peak.',
  'cost.training.noPrice': 'No price of an accelerator hour was given.',
  'cost.training.noVolume': 'Without a request rate and a number of months there is no share of a request.',
} as const;
