/** Op types that do the same kind of work under different names: fused, quantized, for another layout. */

export type OpFamily =
  | 'convolution'
  | 'transposedConvolution'
  | 'matmul'
  | 'attention'
  | 'recurrent'
  | 'normalization'
  | 'pooling'
  | 'quantization'
  | 'activation'
  | 'control'
  | 'layout'
  | 'other';

const MEMBERS: Readonly<Partial<Record<OpFamily, string>>> = {
  convolution: 'Conv FusedConv NhwcConv NhwcFusedConv QLinearConv ConvInteger QConv',
  transposedConvolution: 'ConvTranspose ConvTransposeWithDynamicPads NhwcConvTranspose QLinearConvTranspose',
  matmul:
    'MatMul Gemm FusedMatMul FusedGemm FusedMatMulActivation TransposeMatMul GemmFastGelu GemmFloat8 QLinearMatMul QGemm ' +
    'MatMulInteger MatMulInteger16 MatMulIntegerToFloat DynamicQuantizeMatMul MatMulNBits MatMulBnb4 MatMulFpQ4 Einsum',
  attention:
    'Attention MultiHeadAttention GroupQueryAttention DecoderMaskedMultiHeadAttention DecoderAttention QAttention ' +
    'PackedAttention PackedMultiHeadAttention SparseAttention LongformerAttention',
  recurrent: 'LSTM GRU RNN DynamicQuantizeLSTM AttnLSTM',
  normalization:
    'BatchNormalization InstanceNormalization LayerNormalization SimplifiedLayerNormalization SkipLayerNormalization ' +
    'SkipSimplifiedLayerNormalization EmbedLayerNormalization GroupNormalization GroupNorm SkipGroupNorm LpNormalization ' +
    'RMSNormalization MeanVarianceNormalization LRN',
  pooling:
    'MaxPool AveragePool GlobalMaxPool GlobalAveragePool LpPool GlobalLpPool NhwcMaxPool QLinearAveragePool ' +
    'QLinearGlobalAveragePool',
  quantization: 'QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
  activation:
    'Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Gelu BiasGelu FastGelu ' +
    'QuickGelu ThresholdedRelu Clip QLinearSigmoid QLinearLeakyRelu',
  control: 'If Loop Scan SequenceMap BeamSearch GreedySearch Sampling WhisperBeamSearch',
  layout:
    'ReorderInput ReorderOutput Transpose Reshape Squeeze Unsqueeze Flatten Identity Cast MemcpyToHost MemcpyFromHost',
};

const familyByOpType: ReadonlyMap<string, OpFamily> = new Map(
  Object.entries(MEMBERS).flatMap(([family, members]) =>
    members.split(' ').map((opType) => [opType, family as OpFamily] as const),
  ),
);

export function familyOf(opType: string): OpFamily {
  return familyByOpType.get(opType) ?? 'other';
}

/** Whether a node of this type can be what an operator of that type became; a fused attention runs its products. */
export function canRun(nodeOpType: string, operatorOpType: string): boolean {
  const [node, operator] = [familyOf(nodeOpType), familyOf(operatorOpType)];
  return node === operator || (node === 'attention' && operator === 'matmul');
}
