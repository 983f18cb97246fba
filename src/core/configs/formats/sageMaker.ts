import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, entryAt, isOpen, itemsAt, nodeAt, textAt } from '../tree/node.js';
import { modelFilesBelow } from './modelPaths.js';

const MIB = 2 ** 20;

/** Machines that come and go with the requests: of their size only the memory is told. */
function serverless(
  variant: ConfigNode,
  block: string,
  memory: string,
): Pick<ServingConfig, 'serverless' | 'memoryLimitBytes'> {
  const entry = entryAt(variant, block);
  const size = countAt(variant, block, memory);
  return {
    serverless: entry && (size?.range ?? entry.range),
    memoryLimitBytes: size && { ...size, value: size.value * MIB },
  };
}

/** Endpoint configurations in Terraform. */
export function readTerraform(root: ConfigNode): ServingConfig[] {
  const resources = root.entries.filter(({ key }) => key === 'resource');
  const models = resources
    .filter(({ value }) => value.labels?.[0] === 'aws_sagemaker_model')
    .flatMap(({ value }) => modelFilesBelow(value));
  return resources
    .filter(({ value }) => value.labels?.[0] === 'aws_sagemaker_endpoint_configuration')
    .flatMap(({ value }) =>
      value.entries
        .filter(({ key }) => key === 'production_variants' || key === 'shadow_production_variants')
        .map(({ range, value: variant }) => ({
          ...terraformVariant(variant, range),
          name: textAt(variant, 'variant_name')?.value ?? value.labels?.[1] ?? null,
          models,
        })),
    );
}

function terraformVariant(variant: ConfigNode, range: ServingConfig['range']): ServingConfig {
  const scaling = nodeAt(variant, 'managed_instance_scaling');
  const scales = textAt(scaling, 'status')?.value !== 'DISABLED';
  return {
    ...emptyConfig('sageMaker', 'production variant', range),
    service: 'sagemaker',
    unit: 'machines',
    count: countAt(variant, 'initial_instance_count'),
    countOpen: isOpen(variant, 'initial_instance_count'),
    floor: scales ? countAt(scaling, 'min_instance_count') : null,
    ceiling: scales ? countAt(scaling, 'max_instance_count') : null,
    instance: textAt(variant, 'instance_type'),
    ...serverless(variant, 'serverless_config', 'memory_size_in_mb'),
  };
}

const SCALABLE = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** Endpoint configurations in a CloudFormation template, YAML or JSON; a scalable target gives floor and ceiling. */
export function readCloudFormation(document: ConfigNode): ServingConfig[] {
  const resources = nodeAt(document, 'Resources')?.entries ?? [];
  const ofType = (type: string): ConfigNode[] =>
    resources.filter(({ value }) => textAt(value, 'Type')?.value === type).map(({ value }) => value);
  const targets = ofType(SCALABLE).filter((each) =>
    (textAt(each, 'Properties', 'ScalableDimension')?.value ?? '').startsWith('sagemaker:variant'),
  );
  const models = ofType('AWS::SageMaker::Model').flatMap((each) => modelFilesBelow(each));
  const variants = ofType('AWS::SageMaker::EndpointConfig').flatMap((each) => [
    ...itemsAt(each, 'Properties', 'ProductionVariants'),
    ...itemsAt(each, 'Properties', 'ShadowProductionVariants'),
  ]);
  // Which variant a target scales stands in a computed id: clear only where there is one of each.
  const scaling = targets.length === 1 && variants.length === 1 ? (targets[0] ?? null) : null;
  return variants.map((variant) => ({
    ...emptyConfig('sageMaker', 'production variant', variant.range),
    name: textAt(variant, 'VariantName')?.value ?? null,
    service: 'sagemaker' as const,
    unit: 'machines' as const,
    count: countAt(variant, 'InitialInstanceCount'),
    countOpen: isOpen(variant, 'InitialInstanceCount'),
    floor:
      countAt(variant, 'ManagedInstanceScaling', 'MinInstanceCount') ?? countAt(scaling, 'Properties', 'MinCapacity'),
    ceiling:
      countAt(variant, 'ManagedInstanceScaling', 'MaxInstanceCount') ?? countAt(scaling, 'Properties', 'MaxCapacity'),
    scaledBy: scaling ? 'ScalableTarget' : null,
    instance: textAt(variant, 'InstanceType'),
    ...serverless(variant, 'ServerlessConfig', 'MemorySizeInMB'),
    models,
  }));
}
