/** Whether a text is worth loading parsers for: cheap, and free of them. */

/** Longer texts are declined: nobody types in them, and every keystroke would cost. UTF-16 units. */
export const LONGEST_TEXT = 640 * 1024;

/** Words of which at least one stands in whatever gives a hint. */
const SIGNALS =
  /apiVersion|services:|applications:|max_batch_size|instance_group|dynamic_batching|platform\s*:|backend\s*:|aws_sagemaker|AWS::SageMaker|onlineDeployment|endpoint_name|dedicatedResources|_address\s*[=:]|workers_per_model|models\s*=|model_store|bentoml|vllm|\.onnx|\.ort\b/i;

/** Cheap: whether a text is worth loading parsers for. */
export const mayGiveHints = (text: string): boolean => text.length <= LONGEST_TEXT && SIGNALS.test(text);
