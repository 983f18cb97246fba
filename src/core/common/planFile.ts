/** What a plan's model is called in the folder where it waits for its memory to be measured. */
export const planFile = (scenarioId: string, planId: string): string => `plan.${scenarioId}.${planId}.onnx`;
